"""The columns that matter under one rulebook, for a template with no more than those."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from schemas.facts import FACTS
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.condition import Condition
from transforms.tables.forms import CASE_ID, CASES_SHEET, NO_OTHER, Form, forms

# They identify the case, tell whether it's still pending, or say in words what a code stands for.
ALWAYS = {CASE_ID, "a_number", "court", "next_hearing", "completed_on", "convictions.offense"}


def asked_forms(rulebook: CompiledRulebook) -> dict[str, Form]:
    """Return the sheets and columns that a rulebook's conditions depend on.

    Args:
        rulebook: The rulebook.

    Returns:
        The sheets by name, as in `forms`, without what the rulebook never reads.
    """
    facts = {fact for condition in _conditions(rulebook) for fact in rulebook.facts_read(condition)}
    fields = {field for fact in facts for field in FACTS[fact].fields}
    lists = {field.partition(".")[0] for field in fields}
    fields |= ALWAYS | {NO_OTHER + name for name in lists}
    found = {}
    for name, form in forms().items():
        # A fact that depends on a list as a whole depends on all that the list says.
        columns = tuple(c for c in form.columns if name in fields or c.path in fields)
        if name == CASES_SHEET or name in lists:
            found[name] = dataclasses.replace(form, columns=columns)
    return found


def _conditions(rulebook: CompiledRulebook) -> Iterator[Condition]:
    for criterion in rulebook.criteria:
        yield criterion.condition
        if criterion.judgment is not None:
            yield criterion.judgment
    for presumption in rulebook.presumptions:
        yield from (presumption.basis, *presumption.against)
    for _, condition in rulebook.human_review:
        yield condition
    yield from rulebook.scopes.values()
