"""Turn a workbook, or CSV, NDJSON, or Parquet files, into case files."""

from __future__ import annotations

import datetime
import sys
import time
from dataclasses import dataclass

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.complain import complain
from pipelines.cli.exit_codes import ExitCode


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to import, and where to write it."""

    table: str = declare.argument(
        "a workbook made with `discretion template`, a folder of its CSV files, or a .csv, "
        ".ndjson, or .parquet file of cases",
        metavar="FILE|DIR",
    )
    output: str = declare.option("a new directory", type=declare.place, metavar="DIR")
    readable_by: str | None = declare.readable_by()
    json: bool = declare.manifest_json()


def _run(options: Options) -> int:
    # Imported here so that --help doesn't wait for them.
    from pipelines.cli.output import print_result
    from pipelines.cli.progress import Progress, Stage
    from pipelines.runs.fields import computed
    from pipelines.runs.imported_tables import import_table, refused_cells
    from pipelines.runs.run import files, output_files
    from pipelines.runs.table_lines import print_import, refused_file_line
    from pipelines.runs.whole_directory import WholeDirectory
    from schemas.avro import avro_schema
    from schemas.cases_manifest import CasesManifest
    from transforms.avro.write import encode_blocks, write_header
    from transforms.files.storage import create_file

    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    output = WholeDirectory(options.output.rstrip("/"), "another --output")
    parts = ("cases", "quarantine")
    with output.alone(*parts):
        root = output.partial
        with Progress([Stage("rows", "reading", "rows")]), refused_cells(root) as refused:
            table = import_table(
                options.table.rstrip("/"), f"{root}/cases/part-00000.avro", refused
            )
        if table.quarantined.height:
            schema = avro_schema("quarantined")
            with create_file(f"{root}/quarantine/part-00000.avro") as file:
                file.write(write_header(schema) + encode_blocks(table.quarantined, schema))
        manifest = CasesManifest(
            table=table.account,
            inputs=table.inputs,
            outputs=output_files(root, {part: files(root, part) for part in parts}),
            **computed(started, clock),
        )
        output.write("manifest.json", manifest.model_dump_json(indent=2) + "\n")
        output.close("manifest.json")
    print_result(
        "import-cases",
        f"{output.final} is complete",
        lambda: print_import(output.final, manifest, as_json=options.json),
    )
    account = manifest.table
    if not account.refused_cells:
        return ExitCode.OK
    complain("import-cases", refused_file_line(account, output.final))
    return ExitCode.DAMAGED


main = Command(
    "import-cases",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
