"""Lists: rows of the sheets of convictions, entries, and so on, as the lists of their cases."""

from __future__ import annotations

import polars as pl

from transforms.frames.frame import Frame
from transforms.normalize.case_frame import CASES
from transforms.tables.forms import Form
from transforms.tables.judge import LOST, judge
from transforms.tables.sheet import ROW

KEY = "_key"


def grouped(items: Frame, form: Form) -> Frame:
    """Group the rows of a list's sheet by case.

    Args:
        items: `_key` (String), a column per field of the list, and `lost`.
        form: The list's form.

    Returns:
        One row per case: `_key`, the list in the dtype of a case record, named as it is, and
        `lost`, its labels each once.
    """
    fields = [column.field for column in form.columns[1:]]
    item = pl.struct(fields).alias(form.name)
    return (
        items.select(KEY, item, LOST)
        .group_by(KEY, maintain_order=True)
        .agg(form.name, pl.col(LOST).explode().drop_nulls().unique(maintain_order=True))
        .cast({form.name: CASES[form.name]})
    )


def no_items(form: Form) -> Frame:
    """Return no items of a list: `_key`, a column per field, and `lost`."""
    dtype = CASES[form.name]
    assert isinstance(dtype, pl.List)
    assert isinstance(dtype.inner, pl.Struct)
    fields = {one.name: one.dtype for one in dtype.inner.fields}
    return pl.DataFrame(schema={ROW: pl.Int64, **fields, LOST: pl.List(pl.String), KEY: pl.String})


def has_null(name: str) -> pl.Expr:
    """Tell whether a list has a null among its items; false if there is no list."""
    return pl.col(name).list.eval(pl.element().is_null()).list.any().fill_null(False)


def attached(cases: Frame, lists: Frame, name: str, complete: pl.Series) -> Frame:
    """Attach a list to its cases.

    Args:
        cases: `_key`, `lost`, and other columns.
        lists: From `grouped`.
        name: The list.
        complete: For each case, whether its rows are known to be all there are. If not, a null at
            the end of the list says that there may be more.

    Returns:
        The cases, with the list as a column, and with its labels in `lost`.
    """
    more = pl.lit(pl.Series([[None]], dtype=CASES[name])).first()
    none = pl.lit(pl.Series([[]], dtype=CASES[name])).first()
    listed, whole = pl.col(name), pl.col("_complete")
    both = cases.with_columns(complete.fill_null(False).alias("_complete")).join(
        lists.rename({LOST: "_lost"}), on=KEY, how="left", maintain_order="left"
    )
    made = (
        pl.when(listed.is_not_null() & whole)
        .then(listed)
        .when(listed.is_not_null())
        .then(listed.list.concat(more))
        .when(whole)
        .then(none)
    )
    labels = pl.col(LOST).list.concat(pl.col("_lost").fill_null([]))
    return both.with_columns(made.alias(name), labels.alias(LOST)).drop("_complete", "_lost")


def nested_items(frame: Frame, name: str, form: Form) -> tuple[Frame, Frame]:
    """Take the items of a column of lists, as rows like those of the list's own sheet.

    Args:
        frame: `row`, and the column (List of Struct of String).
        name: The column.
        form: The list's form.

    Returns:
        The items with `_key`, the number of their record's row; and the refused cells.
    """
    fields = [column.field for column in form.columns[1:]]
    items = frame.select(ROW, name).explode(name).filter(pl.col(name).is_not_null())
    texts = items.select(ROW, *(pl.col(name).struct.field(field) for field in fields))
    judged = judge(texts, form.columns[1:])
    return judged.frame.with_columns(pl.col(ROW).cast(pl.String).alias(KEY)), judged.refused
