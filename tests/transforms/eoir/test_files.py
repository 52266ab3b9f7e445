from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from schemas.eoir.headers import HEADERS
from schemas.eoir.tables import TABLES
from schemas.errors import InputError
from transforms.eoir.files import find_release


def folder_of(place: Path, *, without: tuple[str, ...] = (), lacks: tuple[str, ...] = ()) -> Path:
    """A release of empty tables, some left out, and some columns left out of all."""
    place.mkdir()
    for table in set(TABLES) - set(without):
        header = [name for name in HEADERS[table] if name not in lacks]
        (place / f"{table}.csv").write_text("\t".join(header) + "\n")
    return place


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(folder.iterdir()):
            made.write(path, f"EOIR Case Data/{path.name}")
    return target


def test_reads_a_zip_like_the_folder_it_was_made_from(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "release")
    archive = zipped(folder, tmp_path / "Release.ZIP")
    plain, packed = find_release(str(folder)), find_release(str(archive))
    assert packed.inputs == {str(archive): archive.stat().st_size}
    assert [(f.table, f.header, f.body, f.bytes) for f in packed.files] == [
        (f.table, f.header, f.body, f.bytes) for f in plain.files
    ]
    for one, other in zip(plain.files, packed.files, strict=True):
        with one.open() as ours, other.open() as theirs:
            assert ours.read() == theirs.read()
        assert other.path == f"{archive}/EOIR Case Data/{one.table}.csv"


def test_a_zipped_table_is_one_range_and_a_plain_one_is_split(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "release")
    with (folder / "A_TblCase.csv").open("a") as file:
        file.write("1" + "\t" * (len(HEADERS["A_TblCase"]) - 1) + "\n")
    archive = zipped(folder, tmp_path / "release.zip")
    assert len(find_release(str(folder)).ranges(10)) > 1
    assert len(find_release(str(archive)).ranges(10)) == 1


@pytest.mark.parametrize("damage", ["cut", "text", "missing", "empty"])
def test_names_an_unreadable_zip(tmp_path: Path, damage: str) -> None:
    archive = zipped(folder_of(tmp_path / "release"), tmp_path / "release.zip")
    content = archive.read_bytes()
    if damage == "missing":
        archive.unlink()
    elif damage == "empty":
        zipfile.ZipFile(archive, "w").close()
    else:
        archive.write_bytes(content[: len(content) // 2] if damage == "cut" else b"no zip" * 99)
    with pytest.raises(InputError, match=r"release\.zip: "):
        find_release(str(archive))


def test_a_flipped_byte_in_a_zipped_table_is_damage(tmp_path: Path) -> None:
    archive = zipped(folder_of(tmp_path / "release"), tmp_path / "release.zip")
    content = bytearray(archive.read_bytes())
    content[len("PK..") + 26 + len("EOIR Case Data/A_TblCase.csv") + 20] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(InputError, match=r"A_TblCase\.csv: the zip is damaged there"):
        find_release(str(archive))


def test_reports_missing_optional_tables_and_columns(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "release", without=("tbl_schedule",), lacks=("LPR", "Sex"))
    found = find_release(str(folder))
    assert "tbl_schedule" not in {file.table for file in found.files}
    assert {f.table: f.missing for f in found.files if f.missing} == {
        "A_TblCase": ("GENDER", "LPR")
    }


@pytest.mark.parametrize(
    ("without", "lacks", "message"),
    [
        (("A_TblCase",), (), "there is no A_TblCase.csv in it"),
        ((), ("COMP_DATE",), "the header has no COMP_DATE"),
        ((), ("IDNCASE",), "the header has no IDNCASE"),
    ],
)
def test_a_missing_required_table_or_column_is_an_error(
    tmp_path: Path, without: tuple[str, ...], lacks: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        find_release(str(folder_of(tmp_path / "release", without=without, lacks=lacks)))
