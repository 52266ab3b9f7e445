"""Random normalized case records, and random completions of what they leave unknown."""

from __future__ import annotations

import datetime
import random
from typing import Any

import polars as pl

from schemas.codes import charge_families, form_families
from transforms.normalize.case_frame import CASES
from transforms.score.conviction_facts import IMMIGRATION_OFFENSES, SEXUAL, VIOLENT

Row = dict[str, Any]
FIRST, DAYS = datetime.date(1950, 1, 1), 22_000
TEXTS = {
    "category": [
        *(*VIOLENT, *SEXUAL, *IMMIGRATION_OFFENSES),
        *("DUI", "DWAI", "TRAFFIC", "GANG", "FIREARM", "ARSON"),
    ],
    "code": [*sorted(frozenset().union(*charge_families().values())), "212a07AiI", "INA 237?"],
    "form": [*sorted(frozenset().union(*form_families().values())), "OTHER"],
    "court": ["BAL", "DEN"],
    "case_type": ["RMV", "DEP"],
    "nationality": ["MX", "CH"],
    "language": ["SP", "EN"],
}
DATES = {"date", "filed", "decided", "next_hearing", "nta_issued", "lpr_since"}
DATES |= {"present_continuously_since", "birth_date", "moved_docket_on", "apprehended_on"}
DATES |= {"released_from_incarceration", "updated_at"}
# If these are unknown, another field of the record counts instead.
DEFAULTED = {
    "present_continuously_since",
    "warnings",
    "agency_record_seen",
    "convictions.violent",
    "convictions.immigration_element",
    "convictions.category_open",
    "convictions.gang_element",
    "convictions.weapon",
    "convictions.incident",
    "convictions.juvenile_adjudication",
    "charges.status",
    "applications.before",
}


def random_record(rng: random.Random, known: float = 0.7) -> Row:
    """A random record with a given share of known values."""
    row = {name: _value(rng, name, dtype, known) for name, dtype in CASES.items()}
    row["warnings"] = None
    if row["birth_date"] is not None:
        row["birth_date"] = row["birth_date"][: rng.choice([4, 7, 10, 10])]
    return row | {"case_id": str(rng.randrange(10**6))}


def random_completion(rng: random.Random, row: Row) -> Row:
    """Complete a record: everything that it leaves unknown gets a value."""
    whole = {name: _settled(rng, name, dtype, row[name]) for name, dtype in CASES.items()}
    if row["birth_date"] is not None:
        day = _day(rng)
        whole["birth_date"] = row["birth_date"] + day[len(row["birth_date"]) :]
    return whole


def frame(rows: list[Row]) -> pl.DataFrame:
    """Convert records to a frame."""
    return pl.DataFrame(rows, schema=CASES)


def _value(rng: random.Random, name: str, dtype: Any, known: float) -> Any:
    if rng.random() > known:
        return "UNKNOWN" if isinstance(dtype, pl.Enum) and rng.random() < 0.5 else None
    if isinstance(dtype, pl.List):
        return [_value(rng, name, dtype.inner, known + 0.2) for _ in range(rng.randrange(4))]
    if isinstance(dtype, pl.Struct):
        return {field.name: _value(rng, field.name, field.dtype, known) for field in dtype.fields}
    if isinstance(dtype, pl.Enum):
        return rng.choice(dtype.categories.to_list()[1:])
    if dtype == pl.Boolean:
        return rng.random() < 0.5
    if dtype.is_integer():
        return rng.choice([0, 1, 2, 89, 90, 91, 400])
    return _day(rng) if name in DATES else rng.choice(TEXTS.get(name, ["a", "b"]))


def _day(rng: random.Random) -> str:
    return (FIRST + datetime.timedelta(days=rng.randrange(DAYS))).replace(day=28).isoformat()


def _settled(rng: random.Random, name: str, dtype: Any, value: Any) -> Any:
    if name in DEFAULTED:
        return value
    if isinstance(dtype, pl.List) and value is not None:
        there = [_settled(rng, name, dtype.inner, item) for item in value if item is not None]
        more = 0 if None not in value else rng.randrange(4)
        return there + [_whole(rng, name, dtype.inner) for _ in range(more)]
    if isinstance(dtype, pl.Struct) and value is not None:
        return {
            f.name: _settled(rng, f.name, f.dtype, value[f.name])
            if f"{name}.{f.name}" not in DEFAULTED
            else value[f.name]
            for f in dtype.fields
        }
    return _whole(rng, name, dtype) if value in (None, "UNKNOWN") else value


def _whole(rng: random.Random, name: str, dtype: Any) -> Any:
    return _value(rng, name, dtype, known=1.0)
