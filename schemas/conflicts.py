"""The catalog of conflicts: facts of one record that cannot both be true.

A conflict is shown, never settled: an attorney must find out which side is wrong. Until then, the
facts that it bears on count as UNKNOWN. `transforms.normalize.conflicts` finds conflicts,
`transforms.score.facts` lets them count.

A charge that a judge sustained is a judge's finding. Where the record denies what was found, the
two are in conflict. What such a ruling proves of a criterion is for the rulebook to say: it reads
the facts `sustained_...`.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.facts import FACTS


@dataclass(frozen=True, slots=True)
class Conflict:
    """One kind of conflict within a record.

    Args:
        id: Its name, as outputs carry it.
        says: What conflicts, in plain words.
        facts: The facts that it bears on.
        by_date: Whether it is about a date that lies ahead. Then the thing dated so makes nothing
            TRUE and leaves open what it would add to, and what is dated before still counts. Of any
            other conflict, the facts count as UNKNOWN.
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
        "the record says unmarried, and has a spouse among the relatives",
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
        "continuous presence is shown since a day before a later entry without inspection",
        ("present_since", "last_entry", "last_illegal_entry", "illegal_reentry"),
    ),
    Conflict(
        "REMOVAL_BREAKS_PRESENCE",
        "continuous presence is shown since a day before a later removal or return",
        ("present_since", "last_entry", *_REMOVALS),
    ),
    Conflict(
        "CRIMINAL_CHARGE_WITHOUT_CONVICTION",
        "a judge sustained a criminal charge, and the record says that there are no convictions",
        _CONVICTIONS,
    ),
    Conflict(
        "REMOVAL_CHARGE_WITHOUT_REMOVAL",
        "a judge sustained a charge of an earlier removal, and the record says that there is none",
        _REMOVALS,
    ),
    Conflict(
        "FRAUD_CHARGE_WITHOUT_FINDING",
        "a judge sustained a charge of fraud, and the record has no finding of any",
        ("fraud_findings",),
    ),
    Conflict(
        "ENTRY_CHARGE_WITHOUT_ENTRY",
        "a judge sustained a charge of presence without admission, and the record has no entry "
        "without inspection",
        _ILLEGAL_ENTRY,
    ),
    Conflict(
        "STATUS_CHARGE_WITHOUT_VIOLATION",
        "a judge sustained a charge of a status violation, and the record says that there is none",
        _VIOLATIONS,
    ),
    Conflict(
        "SECURITY_CHARGE_WITHOUT_RISK",
        "a judge sustained a security charge, and the record says that there is no security risk",
        ("security_risk",),
    ),
    Conflict(
        "RIGHTS_CHARGE_WITHOUT_VIOLATION",
        "a judge sustained a charge of human rights violations, and the record says that the "
        "person is no violator",
        ("human_rights_violator",),
    ),
    Conflict(
        "CHARGE_SUSTAINED_AND_NOT",
        "one and the same charge is both sustained and not sustained",
        _CHARGES,
    ),
    Conflict(
        "RESIDENT_WITHOUT_DATE",
        "the person is a permanent resident, and the record does not say since when",
        ("lpr_since",),
    ),
    Conflict(
        "RESIDENCE_DATE_OF_NO_RESIDENT",
        "the record says since when the person is a permanent resident, and that he or she is none",
        ("lawful_permanent_resident", "lpr_since"),
    ),
    Conflict(
        "CONVICTION_AFTER_AS_OF",
        "a conviction is dated after the as-of date; it does not count as of then",
        _CONVICTIONS,
        by_date=True,
    ),
    Conflict(
        "REMOVAL_AFTER_AS_OF",
        "a removal is dated after the as-of date; it does not count as of then",
        _REMOVALS,
        by_date=True,
    ),
    Conflict(
        "ENTRY_BEFORE_BIRTH",
        "an entry is dated before the birth",
        ("birth_date", *_ENTRIES, "present_since"),
    ),
    Conflict(
        "CONVICTION_BEFORE_BIRTH",
        "a conviction is dated before the birth",
        ("birth_date", *_CONVICTIONS),
    ),
    Conflict(
        "PRESENCE_BEFORE_BIRTH",
        "continuous presence is shown since a day before the birth",
        ("birth_date", "age_at_first_entry", "present_since"),
    ),
    Conflict(
        "RESIDENCE_BEFORE_BIRTH",
        "permanent residence began before the birth",
        ("birth_date", "lpr_since"),
    ),
    Conflict(
        "AGE_OUT_OF_RANGE",
        "by the date of birth the person is over 110 years of age",
        ("birth_date", "age_at_first_entry"),
    ),
    Conflict(
        "JUVENILE_AFTER_21",
        "a conviction is said to be a juvenile adjudication, and was entered after the age of 21",
        ("birth_date", "juvenile_adjudications", *_CONVICTIONS),
    ),
    Conflict(
        "GANG_PARTICIPATION_BEFORE_16",
        "the person is said to have taken part in a gang at 16 or older, and is younger",
        ("birth_date", "gang_participation"),
    ),
    Conflict(
        "ORDER_OUTSTANDING_AND_CARRIED_OUT",
        "an order is said not to be carried out, and the person was removed after it",
        ("outstanding_order", "order_carried_out", "order_not_complied_with"),
    ),
    Conflict(
        "NO_ORDER_TO_COMPLY_WITH",
        "the person is said not to have complied with an order, and the record says that there is "
        "none",
        ("final_order", "order_not_complied_with"),
    ),
    Conflict(
        "NOTICE_FILED_AND_NOT",
        "the Notice to Appear is said not to be filed, and the record has the day of its filing",
        ("nta_filed_with_court",),
    ),
    Conflict(
        "DOCKET_MOVED_AND_NOT",
        "the case is said not to have left the detained docket, and the record has the day it did",
        ("moved_from_detained_docket", "moved_docket_on"),
    ),
    Conflict(
        "MORE_OPEN_ARRESTS_THAN_ARRESTS",
        "the record has more arrests without an outcome than arrests",
        ("arrests", "arrests_without_disposition"),
    ),
    Conflict(
        "CUSTODY_LONGER_THAN_SENTENCE",
        "of a conviction more days are to be served than were imposed",
        _SENTENCES,
    ),
    Conflict(
        "SENTENCE_LONGER_THAN_MAXIMUM",
        "of a conviction more days were imposed than the law allows for the offense",
        (*_SENTENCES, *_MAXIMUM),
    ),
    Conflict(
        "LAWFUL_MONTHS_LONGER_THAN_STAY",
        "more months in lawful status are counted than have passed since the first entry",
        ("months_in_lawful_status",),
    ),
    Conflict("ARRESTS_OUT_OF_RANGE", "the number of arrests cannot be right", ("arrests",)),
    Conflict(
        "OPEN_ARRESTS_OUT_OF_RANGE",
        "the number of arrests without an outcome cannot be right",
        ("arrests_without_disposition",),
    ),
    Conflict(
        "PENDING_CHARGES_OUT_OF_RANGE",
        "the number of pending charges cannot be right",
        ("pending_charges",),
    ),
    Conflict(
        "LAWFUL_MONTHS_OUT_OF_RANGE",
        "the number of months in lawful status cannot be right",
        ("months_in_lawful_status",),
    ),
    Conflict(
        "SENTENCE_OUT_OF_RANGE",
        "the length of a sentence cannot be right",
        (*_SENTENCES, *_MAXIMUM),
    ),
)

CONFLICTS: dict[str, Conflict] = {conflict.id: conflict for conflict in _CATALOG}


def conflicts_of(fact: str) -> tuple[str, ...]:
    """The conflicts that bear on a fact.

    Args:
        fact: A fact of the catalog.

    Returns:
        Their ids, in the order of the catalog.
    """
    return tuple(conflict.id for conflict in _CATALOG if fact in conflict.facts)
