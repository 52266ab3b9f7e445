"""The English of everything that a person reads: US spelling, plain turns, one word for one thing.

Checked are the pages of the docs, and the strings, docstrings, and comments of the code. Rulebooks
and code tables quote the law, so only their spelling is checked.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("pipelines", "schemas", "transforms", "scripts")

# What not to write, as a regular expression in any case, and what to write instead.
SPELLING = {
    r"(?:normal|organ|recogn|summar|prior|util|victim|author|special)is(?:e[ds]?|ing|ation)": "z",
    r"analys(?:e[ds]?|ing)": "analyze",
    r"(?:fav|col|behavi|neighb|lab|hon|harb)our\w*": "-or",
    r"(?:spelt|learnt|burnt)": "-ed",
    r"(?:cancell|travell|labell|modell)(?:ed|ing)": "one l",
    r"(?:whilst|amongst)": "while, among",
    r"(?:offence|defence|licence)s?": "-se",
    r"judgement\w*": "judgment",
    r"programmes?": "program",
}
# A word of attorneys for something of ours, or one word for two things.
WORDS = {
    r"set(?:s|ting)? (?:\w+ )?aside": "quarantine",
    r"(?<!good )standing(?! for)": "position",
    r"grounds(?! of| for| charged)": "reasons (a ground is the law's, of a charge)",
    r"review(?:s|ed|ing)? (?:every|each|all) case": "assess",
    r"weigh(?:s|ed)? (?:cases|the cases|a case|again)": "assess",
    r"look by a person|for a look|person has looked": "human review",
    r"went to quarantine": "was quarantined",
    r"for machines": "as JSON",
}
# A phrase that reads as translated.
TURNS = {
    r"begins? anew": "start over",
    r"tells? the options": "see --help",
    r"without a word": "silently",
    r"comes? out otherwise": "change, differ",
    r"recommended otherwise": "have another recommendation",
    r"(?:is|are|was|were) (?:told|said) (?:of|by|with|once)": "is reported, listed",
    r"brought about": "caused",
    r"seconds of a processor": "CPU seconds",
    r"noughts?": "zero",
    r"hangs? on": "depend on",
    r"bears? on": "affect",
    r"are made up for": "catch up on",
    r"nothing of it was": "nothing in it was",
    r"told apart by case": "case-sensitive",
    r"(?:is|are|stands?) there twice": "appear twice",
    r"at hand": "available",
    r"in (?:the )?good form": "valid, normalized",
    r"no fold can use": "can't be applied",
    r"(?:where|when|if) need be": "if necessary",
    r"what (?:became|becomes|has become) of": "what happened to",
    r"(?:row|column|line|file|record|list|one) a (?:case|row|record|file|bucket|fact)": "per",
    r"(?<!there )(?:is|are) no (?:date|number|file|event|name|night|valid|whole|one)": "isn't a",
    r"(?:that|what|which) (?:is|are) none": "isn't one",
    r"of which (?:nothing|nobody) (?:is|can)": "about which nothing",
}
# At the start of a sentence, the subject comes first.
STARTS = {
    r"Of (?:two|the two|a|an|each|those|some|such) ": "the subject first",
    r"See that ": "Check that",
}


def hits(text: str, *, spelling_only: bool = False) -> Iterator[tuple[str, str]]:
    """Find what a text shouldn't have, and what to write instead."""
    banned = SPELLING if spelling_only else SPELLING | WORDS | TURNS
    for pattern, instead in banned.items():
        for found in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            yield found[0], instead
    if not spelling_only:
        for pattern, instead in STARTS.items():
            for found in re.finditer(rf"(?:^|[.:] )({pattern})", text, re.MULTILINE):
                yield found[1].strip(), instead


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module that a person reads, each with its line."""
    source = path.read_text("utf-8")
    inside = set[int]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in ast.walk(node)} - {id(node)}
            parts = (part.value for part in node.values if isinstance(part, ast.Constant))
            yield node.lineno, "x".join(str(part) for part in parts)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in inside
            and " " in node.value.strip()
        ):
            yield node.lineno, " ".join(node.value.split())
    comments = list[tuple[int, str]]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            text = token.string.lstrip("# ")
            if comments and comments[-1][0] + 1 == token.start[0]:
                text = f"{comments.pop()[1]} {text}"
            comments.append((token.start[0], text))
    yield from comments


def ours(ending: str) -> list[Path]:
    """List the project's files with an extension."""
    folders = [ROOT / name for name in (*CODE, "docs", "tests")]
    below = (path for folder in folders for path in folder.rglob(f"*{ending}"))
    return sorted([*ROOT.glob(f"*{ending}"), *below])


def complaints(path: Path, texts: Iterator[tuple[int, str]], *, law: bool = False) -> list[str]:
    place = path.relative_to(ROOT)
    return [
        f"{place}:{line}: {found!r}: write {instead}"
        for line, text in texts
        for found, instead in hits(text, spelling_only=law)
    ]


@pytest.mark.parametrize("path", ours(".md"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_is_in_plain_us_english(path: Path) -> None:
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    assert complaints(path, lines) == []


@pytest.mark.parametrize("folder", CODE)
def test_the_text_in_the_code_is_in_plain_us_english(folder: str) -> None:
    found = list[str]()
    for path in sorted((ROOT / folder).rglob("*.py")):
        found += complaints(path, prose(path))
    assert found == []


def test_text_that_quotes_the_law_has_us_spelling() -> None:
    found = list[str]()
    for path in (*ours(".yaml"), *ours(".avsc")):
        found += complaints(path, enumerate(path.read_text("utf-8").splitlines(), 1), law=True)
    assert found == []


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("Normalised dates.", "z"),
        ("The record was set aside.", "quarantine"),
        ("Of two nights at once one must win.", "the subject first"),
        ("A message that is none goes elsewhere.", "isn't one"),
        ("Run the first night by hand or begin anew.", "start over"),
        ("--help tells the options", "see --help"),
        ("One row a case.", "per"),
    ],
)
def test_finds_a_phrase_and_what_to_write_instead(text: str, instead: str) -> None:
    assert instead in {wanted for _, wanted in hits(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Honorably discharged, or serving in good standing.",
        "An outstanding order.",
        "If two nights run at once, only one may win.",
        "Messages that aren't valid events go to quarantine.",
        "The harbor memo colors nothing.",
    ],
)
def test_accepts_plain_text(text: str) -> None:
    assert list(hits(text)) == []
