"""How data is printed."""

from __future__ import annotations

import io
import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.cli.console import SafeConsole
from schemas.shown import shown


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain [bold]text[/] :smile:", "plain [bold]text[/] :smile:"),
        ("José Núñez, 2\u00a0km", "José Núñez, 2\u00a0km"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[31mred\x9b0m\x07\x00", r"\x1b[31mred\x9b0m\x07\x00"),
        ("\u202egnp.exe\u2066\u200f", r"\u202egnp.exe\u2066\u200f"),
        (os.fsdecode(b"\xff.avro"), r"\xff.avro"),
        ("\ud800\U000e0001\u2028", r"\ud800\U000e0001\u2028"),
    ],
)
def test_escapes_terminal_control_characters(text: str, printed: str) -> None:
    assert shown(text) == printed


@given(st.text(st.characters()))
def test_any_message_is_one_line_that_can_be_encoded(text: str) -> None:
    line = shown(text)
    line.encode()
    assert not {unicodedata.category(one) for one in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert shown(line) == line


def test_the_console_never_interprets_markup() -> None:
    file = io.StringIO()
    SafeConsole(file=file).print("[bold]a[/] :smile: [/nothing] \x1b[31m\n[link=x]b[/link]")
    assert file.getvalue() == "[bold]a[/] :smile: [/nothing] \\x1b[31m\n[link=x]b[/link]\n"
