"""Releases in the forms of exports, spreadsheets, and zip files, imported as a user would."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli.exit_codes import ExitCode
from scripts.eoir_release import write_release
from tests.helpers.commands import discretion, rows

DAY = "2011-11-17"


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eoir") / "tidy"
    folder.mkdir()
    write_release(folder, 200, 7, tidy=True)
    return folder


@pytest.fixture(scope="module")
def cases(tidy: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The cases of the release as the court publishes it."""
    output = tmp_path_factory.mktemp("out") / "tidy"
    done = discretion("import-eoir", tidy, "--output", output, "--pending-on", DAY)
    assert (done.returncode, done.stderr) == (0, "")
    return rows(output, "cases")


def rewritten(tidy: Path, place: Path, *, tail: bytes = b"", quoted: bool = False) -> Path:
    """Rewrite the release with every field in quotes, or with something after every row."""
    place.mkdir()
    for path in tidy.rglob("*"):
        if path.is_file():
            target = place / path.relative_to(tidy)
            target.parent.mkdir(exist_ok=True)
            header, *lines = path.read_bytes().rstrip(b"\n").split(b"\n")
            if quoted:
                header, *lines = (
                    b'"' + line.replace(b"\t", b'"\t"') + b'"' for line in (header, *lines)
                )
            target.write_bytes(b"\n".join([header, *(line + tail for line in lines), b""]))
    return place


@pytest.mark.parametrize("form", ["quoted", "a tab behind each row", "zip"])
def test_every_form_gives_the_same_cases(
    tidy: Path, cases: list[dict[str, Any]], tmp_path: Path, form: str
) -> None:
    source = tmp_path / "release"
    if form == "zip":
        source = tmp_path / "release.zip"
        with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as made:
            for path in tidy.rglob("*"):
                made.write(path, path.relative_to(tidy))
    elif form == "quoted":
        rewritten(tidy, source, quoted=True)
    else:
        rewritten(tidy, source, tail=b"\t")
    output = tmp_path / "out"
    done = discretion("import-eoir", source, "--output", output, "--pending-on", DAY)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(output, "cases") == cases
    assert rows(output, "quarantine") == []


def test_rejects_a_release_in_which_nothing_can_be_read(tidy: Path, tmp_path: Path) -> None:
    source = rewritten(tidy, tmp_path / "release")
    table = source / "A_TblCase.csv"
    header, *lines = table.read_bytes().split(b"\n")
    table.write_bytes(b"\n".join([header, *(b"x" + line for line in lines if line)]))
    done = discretion("import-eoir", source, "--output", tmp_path / "out", "--pending-on", DAY)
    assert done.returncode == ExitCode.INPUT
    assert done.stderr.count("\n") == 1
    assert f"{table}: none of its" in done.stderr
    assert not (tmp_path / "out").exists()


def test_reports_a_table_in_which_nothing_can_be_read(tidy: Path, tmp_path: Path) -> None:
    source = rewritten(tidy, tmp_path / "release")
    table = source / "B_TblProceedCharges.csv"
    header, *lines = table.read_bytes().split(b"\n")
    table.write_bytes(b"\n".join([header, *(b"cut short" for line in lines if line)]))
    output = tmp_path / "out"
    words = ("import-eoir", source, "--output", output, "--pending-on", DAY, "--json")
    done = discretion(*words)
    counts = json.loads((output / "manifest.json").read_text())["tables"][table.stem]
    assert counts["quarantined"] == counts["read"] > 0
    assert done.returncode == ExitCode.DAMAGED
    assert "B_TblProceedCharges: none of its" in done.stderr


def test_an_unreadable_charge_leaves_the_list_open(tidy: Path, tmp_path: Path) -> None:
    source = rewritten(tidy, tmp_path / "release")
    table = source / "B_TblProceedCharges.csv"
    output = tmp_path / "before"
    discretion("import-eoir", source, "--output", output, "--pending-on", DAY)
    case = next(row["case_id"] for row in rows(output, "cases") if row["charges"])
    with table.open("a") as file:
        file.write(f"99999999\t{case}\n")
    output = tmp_path / "after"
    done = discretion("import-eoir", source, "--output", output, "--pending-on", DAY)
    assert done.returncode == 0
    charges = {row["case_id"]: row["charges"] for row in rows(output, "cases")}
    assert charges.pop(case)[-1] is None
    assert all(None not in (listed or []) for listed in charges.values())


def test_prints_the_tables_and_columns_missing_from_the_release(tidy: Path, tmp_path: Path) -> None:
    source = rewritten(tidy, tmp_path / "release")
    (source / "tbl_schedule.csv").unlink()
    cases = source / "A_TblCase.csv"
    cases.write_bytes(cases.read_bytes().replace(b"\tLPR\t", b"\tLPR_FLAG\t", 1))
    output = tmp_path / "out"
    done = discretion("import-eoir", source, "--output", output, "--pending-on", DAY)
    assert done.returncode == 0
    assert "tbl_schedule: not in the release, so what it would say is unknown" in done.stdout
    assert "A_TblCase: has no LPR; unknown" in done.stdout
    made = json.loads((output / "manifest.json").read_text())
    assert made["missing_tables"] == ["tbl_schedule"]
    assert made["missing_columns"] == {"A_TblCase": ["LPR"]}
    assert "A_TblCase: LPR_FLAG: not known; nothing in it was read" in done.stdout
    assert made["unknown_columns"] == {"A_TblCase": ["LPR_FLAG"]}
