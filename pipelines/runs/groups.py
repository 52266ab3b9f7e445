"""A run's cases counted by group: read, and printed as a table, as CSV, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl

from pipelines.cli.table import paragraph, table_lines
from pipelines.runs.frames import part_frames, routed_frame
from schemas.codes import CODE_TABLES, aliases, code_key
from schemas.errors import UsageError
from schemas.near import close_to
from schemas.outcomes import FORM_TEXTS, ROUTES, STATES
from schemas.shown import shown
from schemas.small_cells import LEAST
from transforms.export.cells import without_formulas
from transforms.export.groups import CASE, COUNTED, COUNTS, By, add_up, columns, count, parse_by
from transforms.frames.frame import Frame

UNKNOWN, NOT_KNOWN, MARK = "UNKNOWN", "not known", "*"
LEGEND = f"{MARK} fewer than {LEAST} cases: such a count may tell who somebody is"


def read_by(text: str) -> tuple[By, ...]:
    """Read `--by`.

    Raises:
        UsageError: A name isn't a column that cases can be grouped by.
    """
    found = parse_by(text)
    if isinstance(found, str):
        near = close_to(found, columns())
        hint = f"did you mean {near}?" if near else "docs/data.md lists the fields of a case"
        raise UsageError(f"--by: {shown(found)} isn't a column; {hint}")
    return found


def count_groups(run: str, by: Sequence[By]) -> Frame:
    """Count a run's cases by group (`transforms.export.groups.add_up`)."""
    of_cases = [*dict.fromkeys(("case_id", *(one.column for one in by if one.of_case)))]
    recommended = routed_frame(run, COUNTED)
    cases = part_frames(run, "cases", "case_record", of_cases)
    return add_up((count(frame, recommended, by) for frame in cases), by)


def print_csv(groups: Frame, by: Sequence[By]) -> None:
    """Print groups as CSV, one row per group and route."""
    names = [one.name for one in by]
    table = groups.select(
        *(pl.col(name).fill_null(UNKNOWN) for name in names),
        "route",
        "cases",
        pl.col("share").round(4),
        *COUNTS[1:],
        small=pl.when(pl.col("cases") < LEAST).then(pl.lit("yes")).otherwise(pl.lit("no")),
    )
    print(without_formulas(table).write_csv(), end="")


def print_json(groups: Frame, by: Sequence[By]) -> None:
    """Print groups as a JSON list, one object per group and route; null isn't known."""
    small = groups.with_columns(small=pl.col("cases") < LEAST)
    print(json.dumps({"by": [one.name for one in by], "groups": small.to_dicts()}))


def print_groups(groups: Frame, by: Sequence[By]) -> None:
    """Print groups as tables of 80 columns: routes with their shares, and how firm they are."""
    names = [one.name for one in by]
    rows = dict(groups.partition_by(names, as_dict=True, maintain_order=True).items())
    title = ", ".join(names)
    heads = ["cases", *(head for route in ROUTES for head in (route, "share"))]
    routes = [(_label(by, key), _by_route(part)) for key, part in rows.items()]
    routes.append(("all", _by_route(groups)))
    print("\n".join(table_lines(f"By {title}", heads, routes)))
    print()
    firm = ["on the\nrecord", "after\nchecks", "open", "needs\nreview"]
    states = [(_label(by, key), _by_state(part)) for key, part in rows.items()]
    states.append(("all", _by_state(groups)))
    print("\n".join(table_lines(f"How firm, by {title}", firm, states)))
    if any(cell.endswith(MARK) for _, cells in (*routes, *states) for cell in cells):
        print(paragraph(LEGEND, "  "))


def _by_route(part: Frame) -> list[str]:
    counted = dict(part.group_by("route").agg(pl.col("cases").sum()).iter_rows())
    whole = sum(counted.values())
    cells = [_cell(whole)]
    for route in ROUTES:
        number = counted.get(route, 0)
        cells += [_cell(number), f"{100 * number / whole:.1f} %" if whole else ""]
    return cells


def _by_state(part: Frame) -> list[str]:
    names = [*(state.lower() for state in STATES), "needs_review"]
    return [_cell(int(part[name].sum())) for name in names]


def _cell(number: int) -> str:
    return f"{number:,}{MARK if 0 < number < LEAST else ' '}"


def _label(by: Sequence[By], key: tuple[str | None, ...]) -> str:
    return ", ".join(_value(one, value) for one, value in zip(by, key, strict=True))


def _value(by: By, value: str | None) -> str:
    if value is None:
        return NOT_KNOWN
    if by.column in CODE_TABLES:
        words = (
            word for word, code in aliases(CODE_TABLES[by.column]).items()
            if code == value and word != code_key(code)
        )  # fmt: skip
        name = next(words, None)
        return f"{value} {name.title()}" if name else value
    if by.column == "form":
        return FORM_TEXTS[value] if value in FORM_TEXTS else shown(value)
    is_code = by.of_case and isinstance(CASE[by.column], pl.Enum)
    return value.lower().replace("_", " ") if is_code else shown(value)
