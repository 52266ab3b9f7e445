"""Requests, for cases worked out by hand."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from typing import Any

import docx
import pytest

from schemas.intake import Language, intake
from schemas.rulebooks import load
from transforms.documents.document import Asked, Document, Heading, Item, Items, Note, Paragraph
from transforms.documents.html import to_html
from transforms.documents.request import ANSWER_HERE, draft
from transforms.documents.word import to_word
from transforms.explain.case import explain
from transforms.normalize.records import normalize
from transforms.testing import case_frame

VETERAN: dict[str, Any] = {
    "case_id": "V-1",
    "court": "BAL",
    "a_number": "A200000013",
    "next_hearing": "2012-07-24",
    "nta_filed_with_court": True,
    "military_service": [{"who": "SELF", "status": "HONORABLE_DISCHARGE"}],
    "convictions": [],
    "arrests": 0,
    "arrests_without_disposition": 0,
    "pending_charges": 0,
    "outstanding_warrant": False,
    "removals": [],
    "fraud_findings": [],
    "orders": [],
    "status_violations": [],
    "entries": [{"date": "1999-05-04", "manner": "ADMITTED"}],
    "agency_record_seen": True,
    "charges": [{"code": "237a01B"}],
}


def drafted(
    case: dict[str, Any], rulebook: str = "ice-2011-11-17", language: Language = "en"
) -> Document:
    book = load(rulebook)
    records, quarantined = normalize(case_frame([case]), book.rulebook.issued)
    assert quarantined.is_empty()
    told = explain(records, book, book.rulebook.issued, everything=True)
    return draft(told, records.to_dicts()[0], book.rulebook, intake(), language)


def texts(document: Document, kind: type[Paragraph] | type[Note]) -> str:
    return "\n".join(block.text for block in document.blocks if isinstance(block, kind))


def items_below(document: Document, heading: str) -> tuple[Item, ...]:
    blocks = iter(document.blocks)
    for block in blocks:
        if isinstance(block, Heading) and block.text == heading:
            break
    found = next(blocks)
    assert isinstance(found, Items)
    return found.items


def test_a_case_that_closes_asks_for_its_form_with_reason_and_evidence() -> None:
    document = drafted(VETERAN)
    [first, *_] = items_below(document, "What speaks for the respondent")
    assert "military service, the respondent" in first.text
    assert any("Section II" in line for line in first.below)
    assert "Attach: the DD-214, or a letter from the command." in first.below
    asks = texts(document, Paragraph)
    assert "to join a motion to close the proceedings administratively" in asks
    assert "not to file the Notice to Appear" not in asks
    assert "The file supports this" in asks


def test_adverse_facts_are_listed_to_be_answered() -> None:
    conviction = {"grade": "MISDEMEANOR", "category": "DUI", "date": "2010-02-03"}
    document = drafted(VETERAN | {"convictions": [conviction]})
    items = items_below(document, "What speaks against the respondent, and our answer")
    expected = "Misdemeanor, driving under the influence, February 3, 2010."
    assert items[0] == Item(expected, (ANSWER_HERE,))
    assert "The file shows no adverse fact." not in texts(document, Paragraph)


def test_an_empty_file_claims_nothing() -> None:
    document = drafted({"case_id": "E-1"})
    assert "The file supports this" not in texts(document, Paragraph)
    notes = texts(document, Note)
    assert "the recommendation is continue, open" in notes
    assert "The file doesn't show whether these apply" in notes
    assert "None of the guidance's priorities applies" not in texts(document, Paragraph)
    assert "That isn't a finding that there are none" in notes
    assert "shows nothing in the respondent's favor" in notes


def test_guidance_that_closes_nothing_leaves_the_form_to_the_attorney() -> None:
    document = drafted(VETERAN, "dhs-2017-02-20")
    assert "[Attorney: say how]" in texts(document, Paragraph)
    assert "No fact that is still unknown makes it close" in texts(document, Note)


def test_protected_facts_are_marked() -> None:
    harm = [{"kind": "DOMESTIC_VIOLENCE", "in_united_states": True}]
    document = drafted(VETERAN | {"victimization": harm})
    items = items_below(document, "What speaks for the respondent")
    assert any("victim of domestic violence [protected by law]" in item.text for item in items)


def test_the_client_is_asked_in_the_clients_language() -> None:
    document = drafted({"case_id": "E-1"}, language="es")
    asked = [block for block in document.blocks if isinstance(block, Asked)]
    assert asked
    assert all(block.text.startswith(("¿", "Anote")) for block in asked)
    assert [block.number for block in asked] == list(range(1, len(asked) + 1))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "a & b <b>"])
def test_text_from_data_is_no_markup(hostile: str) -> None:
    document = drafted(VETERAN | {"case_id": hostile, "opla_office": hostile})
    page = _Text()
    page.feed(to_html(document).decode())
    assert hostile in page.text
    assert not page.tags & {"script", "b "}
    assert "{{ 7 * 7 }}" in page.text or "{{" not in hostile


def test_a_word_file_says_what_the_page_says() -> None:
    document = drafted(VETERAN)
    file = docx.Document(io.BytesIO(to_word(document)))
    word_text = "\n".join(paragraph.text for paragraph in file.paragraphs)
    word_text += "\n".join(
        cell.text for table in file.tables for row in table.rows for cell in row.cells
    )
    page = _Text()
    page.feed(to_html(document).decode())
    for block in document.blocks:
        if isinstance(block, Heading | Paragraph | Note | Asked):
            assert block.text in word_text
            assert block.text in page.text
        if isinstance(block, Items):
            for item in block.items:
                assert item.text in word_text
                assert item.text in page.text
    assert "A200000013" in word_text
    assert file.core_properties.author == ""
