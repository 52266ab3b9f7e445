from __future__ import annotations

import json

import pytest

from pipelines.commands.codes import main
from schemas.codes import aliases, charge_labels
from schemas.codes.listing import KINDS, rows


@pytest.mark.parametrize("kind", KINDS)
def test_lists_each_table_completely_within_80_columns(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([kind]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == KINDS[kind]
    assert all(len(line) <= 80 for line in lines)
    text = "\n".join(lines)
    assert rows(kind)
    assert all(row.code in text for row in rows(kind))


def test_names_the_kinds_if_none_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(kind in out for kind in KINDS)


def test_searches_codes_labels_and_words_in_any_case(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--search", "HARASSMENT"]) == 0
    out = capsys.readouterr().out
    assert "harassment" in out
    assert "THREATS or PUBLIC_ORDER" in out
    assert "baltimore" not in out
    assert main(["courts", "--search", "balt"]) == 0
    assert "BAL" in capsys.readouterr().out


def test_json_has_every_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == set(KINDS)
    assert {row["code"] for row in found["courts"]} == set(aliases("courts").values())
    assert set(charge_labels()) <= {row["code"] for row in found["charges"]}


def test_rejects_an_unknown_kind(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["colours"])
    assert ended.value.code == 2
    assert "courts" in capsys.readouterr().err
