"""A rulebook as a page for a lawyer: Markdown, at most 80 columns wide."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from schemas import words
from schemas.facts import FACTS
from schemas.outcomes import FORM_TEXTS, STEP_TEXTS
from schemas.rulebook.condition_words import condition_words, settings
from schemas.rulebook.model import Criterion, Presumption, RoutingRow, Rulebook, Truth
from schemas.rulebooks.in_force import when as in_words

WIDTH = 80
LISTS = {
    "priority": "Priorities: what speaks for pursuing a case",
    "favored": "Favored classes: what speaks for closing a case",
    "finding": "Findings: on neither list, read by the routing table or by a person",
    "factor": "Factors to weigh",
}
OFFICES = {
    "attorneys": "for the attorneys of ICE",
    "agency": "of the agency (ICE)",
    "department": "of the department (DHS)",
}
SEEN = {
    "text": "wording seen",
    "secondary": "from a secondary source",
    "substance": "known in substance only",
    "once": "wording seen once and not found again",
}


def page(book: Rulebook) -> Iterator[str]:
    """Write a rulebook as Markdown.

    Args:
        book: The rulebook.

    Yields:
        Lines of at most 80 columns, unless a word is longer.
    """
    yield from _title(f"# {book.title}")
    issued = f"`{book.id}`, issued {words.day(book.issued)}, a document {OFFICES[book.office]}."
    yield from _paragraph(issued)
    yield from _in_force(book)
    yield from _paragraph(book.summary)
    yield from _paragraph(book.notes)
    yield from _section("Sources", _sources(book))
    yield from _section("Words the sources leave open", _parameters(book))
    yield from _section("Convictions that count", _counted(book))
    for name, heading in LISTS.items():
        criteria = [criterion for criterion in book.criteria if criterion.list == name]
        yield from _section(heading, (line for c in criteria for line in _criterion(book, c)))
    yield from _section("What follows", _routing(book))
    yield from _section("When an attorney must review first", _human_review(book))
    yield from _section("What may be presumed", _presumptions(book))
    yield from _section("Scopes", _scopes(book))
    yield from _section("Examples", _examples(book))


def _title(line: str) -> Iterator[str]:
    if len(line) <= WIDTH:
        yield line
    else:
        # Only an underlined heading of Markdown may have several lines.
        lines = _wrapped(line.removeprefix("# "), "", "")
        yield from (*lines, "=" * max(map(len, lines)))
    yield ""


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    content = list(lines)
    if content:
        yield from (f"## {heading}", "", *content)
        if content[-1]:
            yield ""


def _paragraph(text: str | None, indent: str = "") -> Iterator[str]:
    if text:
        yield from _wrapped(text, indent, indent)
        yield ""


def _item(text: str, indent: str = "") -> Iterator[str]:
    yield from _wrapped(text, f"{indent}- ", f"{indent}  ")


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _in_force(book: Rulebook) -> Iterator[str]:
    for interval in book.in_force:
        how = f" {interval.how}" if interval.how else ""
        yield from _item(f"In force {in_words([interval])}.{how}")
    if book.in_force:
        yield ""


def _sources(book: Rulebook) -> Iterator[str]:
    for source in book.sources:
        note = f" {source.note}" if source.note else ""
        yield from _item(f"{source.title}. {source.publisher}, {words.day(source.date)}.{note}")


def _parameters(book: Rulebook) -> Iterator[str]:
    for name, parameter in book.parameters.items():
        value = _value(parameter.value)
        yield from _item(f"`{name}`: {value}. {parameter.note}")


def _counted(book: Rulebook) -> Iterator[str]:
    counted = book.counted_convictions
    for kind, counts in counted.model_dump(exclude={"note"}).items():
        yield from _item(f"{kind}: {'counted' if counts else 'not counted'}")
    if counted.note:
        yield from ("", *_paragraph(counted.note))


def _criterion(book: Rulebook, criterion: Criterion) -> Iterator[str]:
    points = f" ({criterion.weight:+d})" if criterion.weight is not None else ""
    yield from _paragraph(f"**{criterion.id}**{points} {criterion.title}")
    cite = criterion.cite
    if cite is not None:
        source = f"{book.citation(criterion)}; {SEEN[cite.seen]}"
        yield from _wrapped(f"Paraphrased: {cite.says}. ({source})", "> ", "> ")
        yield ""
    yield from _condition("Holds if", criterion.when, book)
    if criterion.judgment is not None:
        if criterion.judgment.when is None:
            yield from _paragraph(
                f"An attorney must judge it where it holds: {criterion.judgment.why}"
            )
        else:
            yield from _condition("An attorney must judge it where", criterion.judgment.when, book)
            yield from _paragraph(criterion.judgment.why)
    yield from _paragraph(criterion.note)


def _condition(lead: str, when: str, book: Rulebook, indent: str = "") -> Iterator[str]:
    first, *rest = condition_words(when, book)
    yield from _wrapped(f"{lead} {first}" if rest else f"{lead}: {first}.", indent, indent)
    if rest:
        yield ""
    for line in rest:
        text = line.lstrip()
        level = f"{indent}{' ' * (len(line) - len(text))}"
        if text.startswith("- "):
            yield from _item(text.removeprefix("- "), level)
        else:
            yield from _wrapped(text, level, level)
    yield ""
    if rest and (chosen := settings(when, book)):
        names = ", ".join(f"`{name}`" for name in chosen)
        yield from _paragraph(f"As chosen by {names}.", indent)


def _routing(book: Rulebook) -> Iterator[str]:
    yield from _paragraph("The first of these that holds decides.")
    for number, row in enumerate(book.routing, 1):
        first, *rest = condition_words(row.when, book)
        start = f"{number}. "
        where = "In every other case" if first == "always" else f"If {first}"
        yield from _wrapped(
            f"{where}{'' if rest else f': {_outcome(row)}. {row.why}'}", start, " " * len(start)
        )
        if rest:
            for line in rest:
                yield from _wrapped(line.strip(), "   ", "     ")
            yield from _wrapped(f"{_outcome(row)}. {row.why}", "   ", "   ")
    yield ""
    for route, steps in book.steps.items():
        yield from _wrapped(f"Before a {route}:", "", "")
        for step in steps:
            yield from _item(STEP_TEXTS[step])


def _outcome(row: RoutingRow) -> str:
    form = f" ({FORM_TEXTS[row.form]})" if row.form else ""
    review = ", needs human review" if row.needs_review else ""
    return f"**{row.route}**{form}{review}"


def _human_review(book: Rulebook) -> Iterator[str]:
    for review in book.human_review:
        routes = "any route" if len(review.routes) == 3 else " or ".join(review.routes)
        yield from _condition(f"Before {routes}, if", review.when, book)
        yield from _paragraph(review.why)


def _presumptions(book: Rulebook) -> Iterator[str]:
    if book.presumptions:
        yield from _paragraph(
            "If the file says nothing at all about these facts, they are presumed, so "
            "that they don't stop a route. Each one is a check to make first."
        )
    for presumption in book.presumptions:
        yield from _presumption(presumption)


def _presumption(presumption: Presumption) -> Iterator[str]:
    presumed = "; ".join(_presumed(fact, value) for fact, value in presumption.presume.items())
    yield from _wrapped(f"**{presumption.id}**: {presumed}.", "", "")
    yield ""
    yield from _item(f"only if {presumption.basis.says}")
    if presumption.against:
        against = "; ".join(one.says for one in presumption.against)
        yield from _item(f"not if {against}")
    for route, reason in presumption.reason.items():
        yield from _item(f"for a {route}: {reason}")
    yield ""


def _presumed(fact: str, value: bool | int) -> str:
    if isinstance(value, bool):
        label = FACTS[fact].label
        return label if value else FACTS[fact].asked.absent or f"{label}: no"
    return f"{words.number(value)} {FACTS[fact].label}"


def _scopes(book: Rulebook) -> Iterator[str]:
    for scope in book.scopes:
        yield from _paragraph(f"**{scope.id}** {scope.title}: {scope.cite.says}.")
        yield from _condition("Covers a case if", scope.when, book)


def _examples(book: Rulebook) -> Iterator[str]:
    for example in book.examples:
        expect = example.expect
        truths = [f"{name} {_truth(value)}" for name, value in expect.criteria.items()]
        result = [*([expect.route] if expect.route else []), *truths[:4]]
        comes_out = f": {', '.join(result)}" if result else ""
        yield from _item(f"{example.name} ({words.day(example.as_of)}){comes_out}")


def _truth(value: Truth) -> str:
    return "not known" if value == "unknown" else "holds" if value else "does not hold"


def _value(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime.date():
            return words.day(value)
        case list():
            return ", ".join(str(part) for part in value) or "none"
        case _:
            return str(value)
