"""The catalog of conflicts: facts of one record that can't both be true.

A conflict is shown, never settled: an attorney must find out which side is wrong. Until then, the
facts that it affects count as UNKNOWN. `transforms.normalize.conflicts` finds conflicts, and
`transforms.score.facts` applies them.

A charge that a judge sustained is a judge's finding. If the record denies what was found, the two
conflict. The rulebook decides what such a ruling proves for a criterion: it reads the facts
`sustained_...`.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.facts import FACTS


@dataclass(frozen=True, slots=True)
class Conflict:
    """One kind of conflict within a record.

    Args:
        id: Its name in the outputs.
        says: What conflicts, in plain words.
        facts: The facts that it affects.
        by_date: Whether it is about a future date. Then the thing with that date makes nothing TRUE
            and leaves open what it would add to, and earlier things still count. For any other
            conflict, the facts count as UNKNOWN.
    """

    id: str
    says: str
    facts: tuple[str, ...]
    by_date: bool = False


_CONVICTIONS = tuple(name for name, fact in FACTS.items() if fact.settled_by)
_SENTENCES = (
    "longest_sentence_days",
    "misdemeanors_90_days_sentence",
    "misdemeanors_90_days_custody",
)
_MAXIMUM = ("felonies_by_maximum_sentence", "dui_in_federal_range")
_REMOVALS = ("removals", "order_carried_out", "illegal_reentry")
_ILLEGAL_ENTRY = ("entered_illegally", "last_illegal_entry", "illegal_reentry")
_VIOLATIONS = ("violated_status", "last_status_violation", "continuing_violation")
_ENTRIES = ("first_entry", "last_entry", "last_illegal_entry", "age_at_first_entry")
_CHARGES = tuple(name for name in FACTS if name.startswith(("alleged_", "sustained_")))

_CATALOG = (
    Conflict(
        "UNMARRIED_WITH_SPOUSE",
        "the record says the person is unmarried, but lists a spouse",
        (
            "unmarried",
            "citizen_spouse",
            "resident_spouse",
            "spouse_served",
            "immediate_relative_served",
            "spouse_severe_illness",
            "spouse_pregnant_or_nursing",
        ),
    ),
    Conflict(
        "ENTRY_BREAKS_PRESENCE",
        "the record shows continuous presence since before a later entry without inspection",
        ("present_since", "last_entry", "last_illegal_entry", "illegal_reentry"),
    ),
    Conflict(
        "REMOVAL_BREAKS_PRESENCE",
        "the record shows continuous presence since before a later removal or return",
        ("present_since", "last_entry", *_REMOVALS),
    ),
    Conflict(
        "CRIMINAL_CHARGE_WITHOUT_CONVICTION",
        "a judge sustained a criminal charge, but the record says there are no convictions",
        _CONVICTIONS,
    ),
    Conflict(
        "REMOVAL_CHARGE_WITHOUT_REMOVAL",
        "a judge sustained a charge of an earlier removal, but the record says there was none",
        _REMOVALS,
    ),
    Conflict(
        "FRAUD_CHARGE_WITHOUT_FINDING",
        "a judge sustained a charge of fraud, but the record says there are no fraud findings",
        ("fraud_findings",),
    ),
    Conflict(
        "ENTRY_CHARGE_WITHOUT_ENTRY",
        "a judge sustained a charge of presence without admission, but the record lists no entry "
        "without inspection",
        _ILLEGAL_ENTRY,
    ),
    Conflict(
        "STATUS_CHARGE_WITHOUT_VIOLATION",
        "a judge sustained a charge of a status violation, but the record says there was none",
        _VIOLATIONS,
    ),
    Conflict(
        "SECURITY_CHARGE_WITHOUT_RISK",
        "a judge sustained a security charge, but the record says there is no security risk",
        ("security_risk",),
    ),
    Conflict(
        "RIGHTS_CHARGE_WITHOUT_VIOLATION",
        "a judge sustained a charge of human rights violations, but the record says the person "
        "isn't a violator",
        ("human_rights_violator",),
    ),
    Conflict(
        "CHARGE_SUSTAINED_AND_NOT",
        "the same charge is both sustained and not sustained",
        _CHARGES,
    ),
    Conflict(
        "RESIDENT_WITHOUT_DATE",
        "the person is a permanent resident, but the record doesn't say since when",
        ("lpr_since",),
    ),
    Conflict(
        "RESIDENCE_DATE_OF_NO_RESIDENT",
        "the record says the person isn't a permanent resident, but gives the date on which "
        "residence began",
        ("lawful_permanent_resident", "lpr_since"),
    ),
    Conflict(
        "CONVICTION_AFTER_AS_OF",
        "a conviction is dated after the as-of date, so it doesn't count yet",
        _CONVICTIONS,
        by_date=True,
    ),
    Conflict(
        "REMOVAL_AFTER_AS_OF",
        "a removal is dated after the as-of date, so it doesn't count yet",
        _REMOVALS,
        by_date=True,
    ),
    Conflict(
        "ENTRY_BEFORE_BIRTH",
        "an entry is dated before the person's birth",
        ("birth_date", *_ENTRIES, "present_since"),
    ),
    Conflict(
        "CONVICTION_BEFORE_BIRTH",
        "a conviction is dated before the person's birth",
        ("birth_date", *_CONVICTIONS),
    ),
    Conflict(
        "PRESENCE_BEFORE_BIRTH",
        "the record shows continuous presence since before the person's birth",
        ("birth_date", "age_at_first_entry", "present_since"),
    ),
    Conflict(
        "RESIDENCE_BEFORE_BIRTH",
        "permanent residence began before the person's birth",
        ("birth_date", "lpr_since"),
    ),
    Conflict(
        "AGE_OUT_OF_RANGE",
        "the date of birth makes the person more than 110 years old",
        ("birth_date", "age_at_first_entry"),
    ),
    Conflict(
        "JUVENILE_AFTER_21",
        "a conviction is recorded as a juvenile adjudication, but was entered after the person "
        "turned 21",
        ("birth_date", "juvenile_adjudications", *_CONVICTIONS),
    ),
    Conflict(
        "GANG_PARTICIPATION_BEFORE_16",
        "the record says the person took part in a gang at 16 or older, but the person is younger",
        ("birth_date", "gang_participation"),
    ),
    Conflict(
        "ORDER_OUTSTANDING_AND_CARRIED_OUT",
        "the record says an order hasn't been carried out, but the person was removed after it",
        ("outstanding_order", "order_carried_out", "order_not_complied_with"),
    ),
    Conflict(
        "NO_ORDER_TO_COMPLY_WITH",
        "the record says the person didn't comply with an order, but also that there is no order",
        ("final_order", "order_not_complied_with"),
    ),
    Conflict(
        "NOTICE_FILED_AND_NOT",
        "the record says the Notice to Appear isn't filed, but gives the date of its filing",
        ("nta_filed_with_court",),
    ),
    Conflict(
        "DOCKET_MOVED_AND_NOT",
        "the record says the case never left the detained docket, but gives the date on which it "
        "did",
        ("moved_from_detained_docket", "moved_docket_on"),
    ),
    Conflict(
        "MORE_OPEN_ARRESTS_THAN_ARRESTS",
        "the record has more arrests without an outcome than arrests",
        ("arrests", "arrests_without_disposition"),
    ),
    Conflict(
        "CUSTODY_LONGER_THAN_SENTENCE",
        "the days to serve for a conviction exceed the days imposed",
        _SENTENCES,
    ),
    Conflict(
        "SENTENCE_LONGER_THAN_MAXIMUM",
        "the days imposed for a conviction exceed the most that the law allows for the offense",
        (*_SENTENCES, *_MAXIMUM),
    ),
    Conflict(
        "LAWFUL_MONTHS_LONGER_THAN_STAY",
        "the months in lawful status exceed the time since the first entry",
        ("months_in_lawful_status",),
    ),
    Conflict("ARRESTS_OUT_OF_RANGE", "the number of arrests can't be right", ("arrests",)),
    Conflict(
        "OPEN_ARRESTS_OUT_OF_RANGE",
        "the number of arrests without an outcome can't be right",
        ("arrests_without_disposition",),
    ),
    Conflict(
        "PENDING_CHARGES_OUT_OF_RANGE",
        "the number of pending charges can't be right",
        ("pending_charges",),
    ),
    Conflict(
        "LAWFUL_MONTHS_OUT_OF_RANGE",
        "the number of months in lawful status can't be right",
        ("months_in_lawful_status",),
    ),
    Conflict(
        "SENTENCE_OUT_OF_RANGE",
        "the length of a sentence can't be right",
        (*_SENTENCES, *_MAXIMUM),
    ),
)

CONFLICTS: dict[str, Conflict] = {conflict.id: conflict for conflict in _CATALOG}


def conflicts_of(fact: str) -> tuple[str, ...]:
    """Return the conflicts that affect a fact.

    Args:
        fact: A fact of the catalog.

    Returns:
        Their ids, in catalog order.
    """
    return tuple(conflict.id for conflict in _CATALOG if fact in conflict.facts)
