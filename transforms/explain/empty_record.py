"""Empty record: what a rulebook does with a case about which nothing is known.

It must do nothing: a case is closed or expedited because of what is in its record, never because of
what isn't.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.case_record import CaseRecord
from schemas.rulebook.compiled import CompiledRulebook, Problem
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records
from transforms.score.criteria import expression
from transforms.score.facts import derive_facts


def empty_record_problems(rulebook: CompiledRulebook) -> Iterator[Problem]:
    """Find where a rulebook decides or presumes based on nothing.

    Args:
        rulebook: The rulebook.

    Yields:
        The row that closes or expedites an empty record, and presumptions whose basis it meets.
    """
    as_of = rulebook.rulebook.issued
    records, _ = normalize(to_frame([CaseRecord(case_id="0")]), as_of)
    [got] = recommend_records(records, rulebook, as_of, presume=True).to_dicts()
    if got["route"] != "continue":
        ids = [row.id for row in rulebook.rulebook.routing]
        place = ("routing", ids.index(got["rule"])) if got["rule"] in ids else ("routing",)
        verb = "closes" if got["route"] == "close" else "expedites"
        leaning = (
            f", presuming {', '.join(c['fact'] for c in got['checks'])}" if got["checks"] else ""
        )
        yield Problem(
            place,
            f"the row {got['rule']} {verb} a case about which nothing is known{leaning}",
        )
    facts = derive_facts(records, rulebook.rulebook.counted_convictions, as_of)
    for number, presumption in enumerate(rulebook.presumptions):
        if facts.select(expression(presumption.basis.sql)).item():
            yield Problem(
                ("presumptions", number, "basis"),
                f"the basis of {presumption.presumption.id} holds for a case about which nothing "
                "is known; name what must have been seen, such as charges_seen",
            )
