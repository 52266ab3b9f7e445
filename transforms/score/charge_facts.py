"""Facts about the charges in the Notice to Appear: what is alleged, and what a judge sustained.

A charge that wasn't sustained, or was withdrawn, is no longer alleged. Without a known disposition,
a charge stays alleged. If a charge can't be read, what it may allege is UNKNOWN, and the charges
don't count as seen.
"""

from __future__ import annotations

import functools

import polars as pl

from schemas.codes import charge_labels, charges_of
from transforms.score.list_facts import ListFacts, one_of

FAMILIES = {
    "security_ground": ("SECURITY",),
    "human_rights_ground": ("HUMAN_RIGHTS",),
    "criminal_ground": ("CRIMINAL",),
    "fraud": ("FRAUD",),
    "prior_removal": ("PRIOR_REMOVAL",),
    "illegal_entry": ("ENTRY_WITHOUT_INSPECTION",),
    "status_violation": ("STATUS_VIOLATION",),
}


@functools.cache
def charge_facts() -> ListFacts:
    """Return the facts over the elements of `charges`."""
    facts = ListFacts()
    read = facts.shared("_read", readable("code"))
    sustained = facts.shared("_sustained", one_of("status", "SUSTAINED"))
    dismissed = one_of("status", "NOT_SUSTAINED", "WITHDRAWN").fill_null(False)
    dismissed = facts.shared("_dismissed", dismissed)
    facts.any("unreadable_charge", ~read)
    for ground, families in FAMILIES.items():
        of_families = pl.when(read).then(pl.col("code").is_in(charges_of(*families)))
        of_ground = facts.shared(f"_{ground}", of_families)
        facts.any(f"alleged_{ground}", of_ground & ~dismissed)
        facts.any(f"sustained_{ground}", of_ground & sustained)
    return facts


def charges_seen() -> pl.Expr:
    """Tell whether all charges are listed and could be read; otherwise UNKNOWN, never FALSE."""
    return pl.when(~pl.col("unreadable_charge")).then(True).alias("charges_seen")


def readable(code: str) -> pl.Expr:
    """Tell whether normalized charges have a code; never null."""
    return pl.col(code).is_in(sorted(charge_labels())).fill_null(False)
