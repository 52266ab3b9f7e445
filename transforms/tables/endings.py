"""The endings of files of tables; apart, so that telling them takes none of what reads them."""

from __future__ import annotations

WORKBOOKS = (".xlsx", ".xlsm")
CSV = (".csv",)
NDJSON = (".ndjson", ".jsonl")
PARQUET = (".parquet",)
ENDINGS = (*WORKBOOKS, *CSV, *NDJSON, *PARQUET)


def is_table(path: str) -> bool:
    """Tell whether a path's ending is that of a table.

    Examples:
        >>> is_table("Cases.XLSX"), is_table("cases.avro")
        (True, False)
    """
    return path.lower().endswith(ENDINGS)
