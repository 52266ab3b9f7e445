"""Tables: workbooks, CSV, NDJSON, and Parquet files, as people and programs fill them in."""
