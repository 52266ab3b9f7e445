"""The worklist: one row per case, in words, with columns for what an attorney decides.

The names are stable: spreadsheets, scripts, and `discretion import-reviews` rely on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "yes or no", "number", "date"]
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the worklist.

    Args:
        name: Its name, which never changes.
        kind: What its cells hold. An empty cell means that there is nothing, or that it isn't
            known.
        says: What it holds, in one line.
        width: Its width in a workbook, in characters.
        marked: Whether a text in it may be marked as confidential by law.
        shared: Whether a copy to give away has it.
    """

    name: str
    kind: Kind
    says: str
    width: int = 12
    marked: bool = False
    shared: bool = False


RECOMMENDED = (
    Column("case_id", "text", "the case; a pseudonym in a shared copy", 14, shared=True),
    Column("court", "text", "the immigration court's code", 8, shared=True),
    Column("court_name", "text", "the immigration court's name", 16, shared=True),
    Column("office", "text", "the chief counsel's office", 12),
    Column("route", "text", "close, continue, or expedite", 10, shared=True),
    Column("form", "text", "what is recommended, in words", 24, shared=True),
    Column("state", "text", "on the record, after checks, or open", 13, shared=True),
    Column(
        "needs_review", "yes or no", "whether an attorney must review it first", 13, shared=True
    ),
    Column("review_why", "text", "why, in words", 28, marked=True),
    Column("score_low", "number", "the lowest total of the weighted factors", 10),
    Column("score_high", "number", "the highest total", 11),
    Column("reasons", "text", "each criterion that gave the route, with its citation", 46, True),
    Column("check", "text", "what to check before anybody acts", 34, marked=True),
    Column("ask", "text", "what to ask next, the most decisive first", 46, marked=True),
    Column("next_hearing", "date", "the next hearing; its month in a shared copy", 13, shared=True),
    Column("changes_on", "date", "when the route changes with no new fact", 13),
    Column("changes_to", "text", "the route from that date", 11),
)
DECIDED = (
    Column("decision", "text", "the route taken: close, continue, or expedite", 11),
    Column("reason_code", "text", "why, as one of the codes below", 18),
    Column("reason", "text", "why, in the attorney's words", 30),
    Column("reviewer", "text", "who decided", 14),
    Column("supervisor", "text", "who signed", 14),
    Column("decided_on", "date", "when, as YYYY-MM-DD, with a time of day if you like", 13),
    Column("offered", "yes or no", "whether closure was offered", 9),
    Column("accepted", "yes or no", "whether the respondent accepted", 9),
    Column("humanitarian", "yes or no", "whether humanitarian factors were considered", 13),
)
ABOUT = (
    Column("confidential", "text", "the columns of this row that hold a [confidential] text", 16),
    Column("criteria", "text", "the ids of the criteria in `reasons`", 16),
    Column("rulebook", "text", "the rulebook's id", 16, shared=True),
    Column("as_of", "date", "the date as of which the case was assessed", 12, shared=True),
)
COLUMNS: tuple[Column, ...] = (*RECOMMENDED, *DECIDED, *ABOUT)
SHARED: tuple[Column, ...] = tuple(column for column in COLUMNS if column.shared)

REASON_CODES = {
    "AS_RECOMMENDED": "for the reasons that the recommendation gives",
    "CHECK_FAILED": "a check showed that what was presumed isn't so",
    "NEW_FACT": "a fact that wasn't in the record",
    "RECORD_WRONG": "the record is wrong",
    "WEIGHED_DIFFERENTLY": "the attorney weighs the same facts differently",
    "OTHER_GUIDANCE": "other guidance, or a supervisor's direction, governs the case",
    "DECLINED": "the respondent declined the offer",
    "OTHER": "something else, explained in `reason`",
}
CONFIDENTIAL_LINE = (
    "Cells marked [confidential] hold facts about victims and applicants for protection, which the "
    "law protects from disclosure (8 USC 1367, 8 CFR 208.6)."
)
SHARED_LINE = (
    "A copy to give away: it says nothing of the facts of a case. Case ids are pseudonyms, and "
    "courts and hearings of fewer than 11 cases are pooled."
)
