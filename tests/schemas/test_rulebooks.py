"""Rulebooks: what the checker rejects, with line and reason, and the built-in ones."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import RulebookError
from schemas.rulebook.compile import compile_rulebook
from schemas.rulebooks import FOLDER, content, load, load_kept, load_text, names, read
from schemas.rulebooks.parsed import locate, parse
from transforms.explain.examples import example_problems

# A valid rulebook; each test below breaks one line of it.
GOOD = """\
id: small
title: A small rulebook
issued: 2011-11-17
summary: For tests.
sources:
  - {id: memo, title: The memo, publisher: The agency, date: 2011-11-17}
parameters:
  many: {value: 2, note: The project's choice.}
presumptions:
  - id: record
    presume: {arrests: 0}
    basis: {when: nta_filed_with_court, says: the file is here}
    against: [{when: outstanding_warrant, says: a warrant is outstanding}]
    reason: {close: A check is made.}
human_review:
  - {id: warrant, when: outstanding_warrant AND favored, routes: [close], why: A warrant.}
milestones:
  - {id: turned_65, from: birth_date, years: 65}
criteria:
  - id: P1
    list: priority
    title: Many arrests
    cite: {source: memo, section: one, says: many arrests}
    when: arrests >= :many
  - id: F1
    list: favored
    title: Old
    cite: {source: memo, section: two, says: is old}
    when: turned_65
routing:
  - {id: against, when: priority, route: expedite, why: So it says.}
  - {id: for, when: favored, route: close, why: So it says.}
  - {id: else, when: "TRUE", route: continue, why: So it says.}
scopes:
  - {id: some, title: Some, cite: {source: memo, section: three, says: some}, when: represented}
"""
EXAMPLES = """\
examples:
  - name: The day before
    as_of: 2011-11-16
    case: {arrests: 2, birth_date: "1946-11-17"}
    expect: {route: expedite, criteria: {P1: true, F1: false}}
  - name: The day
    as_of: 2011-11-17
    case: {arrests: 1, birth_date: "1946-11-17"}
    expect: {route: close, criteria: {P1: false, F1: true}}
  - name: The day after
    as_of: 2011-11-18
    case: {arrests: 1, birth_date: "1946-11-17"}
    expect: {route: close}
  - name: Neither
    as_of: 2011-11-18
    case: {arrests: 1, birth_date: "1986-11-17"}
    expect: {route: continue, rule: else}
"""


# Each line holds the one before nine times: 9 ** 40 texts, and as many keys.
BOMB = "a0: &a0 [lol]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)
)
MERGED = "a0: &a0 {lol: lol}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 40)
)


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def problems(text: str) -> list[str]:
    with pytest.raises(RulebookError) as caught:
        load_text("mine.yaml", text)
    return caught.value.lines


def test_accepts_a_valid_rulebook() -> None:
    rulebook = load_text("mine.yaml", GOOD + EXAMPLES)
    assert example_problems(rulebook) == []


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ("when: arrests >= :many", "when: arrest >= :many", None, "unknown fact arrest "),
        ("when: arrests >= :many", "when: arrests + :many", None, "not a boolean expression"),
        (
            "when: arrests >= :many",
            "when: arrests >= :many AND arrests > (SELECT 1)",
            None,
            "a subquery is not allowed",
        ),
        ("when: arrests >= :many", "when: ABS(arrests) >= :many", None, "the function ABS"),
        ("when: arrests >= :many", "when: arrests >= :few", None, "unknown parameter :few"),
        (
            "    cite: {source: memo, section: one, says: many arrests}\n",
            "",
            "id: P1",
            "criterion P1 has no citation",
        ),
        ("source: memo, section: one", "source: nemo, section: one", None, "no source nemo"),
        (
            "when: arrests >= :many",
            "when: arrests >= :many AND nationality = 'MX'",
            None,
            "nationality is a protected attribute",
        ),
        ("when: turned_65", "when: served", "id: turned_65", "no criterion uses the milestone"),
        ("arrests >= :many", "arrests >= 2", "  many:", "nothing uses the parameter many"),
        ("from: birth_date", "from: arrests", None, "arrests is not a date fact"),
        ("years: 65", 'years: ":old"', None, ":old is not a whole-number parameter"),
        ("{arrests: 0}", "{arests: 0}", None, "unknown fact arests"),
        ("{arrests: 0}", "{birth_date: 0}", None, "cannot be presumed"),
        ("{arrests: 0}", "{arrests: true}", None, "arrests is a count"),
        ("{arrests: 0}", "{arrests: 0.5}", None, "Input should be a valid"),
        ("{arrests: 0}", "{}", None, "at least 1 item"),
        ("when: represented", "when: sex = 'MALE'", None, "a protected attribute may be read only"),
        ("when: represented", "when: turned_65", "id: some", "turned_65 is a milestone; only"),
        ("when: nta_filed_with_court", "when: turned_65", None, "only facts can be read"),
        ("{when: outstanding_warrant,", "{when: turned_65,", None, "only facts can be read"),
        ("{close: A check is made.}", "{}", None, "at least 1 item"),
        ("{close: A check", "{shut: A check", None, "Input should be 'close', 'continue'"),
        ("routes: [close]", "routes: [shut]", None, "Input should be 'close', 'continue'"),
        ("outstanding_warrant AND favored", "warrant AND favored", None, "unknown fact warrant"),
        ("summary: For tests.", "summary: x\ncompanions: [b]", "companions:", "no companion b"),
        ("when: favored, route", "when: served, route", None, "served cannot be used here"),
        ("id: F1", "id: P1  # again", None, "P1 appears twice"),
        ("id: F1", "id: served", None, "served is the name of something else"),
        ("list: favored", "list: factor", "id: F1", "factor F1 has no weight"),
        ("title: Old\n", "title: Old\n    weight: 3\n", "weight: 3", "only a factor has a weight"),
        ("route: close", "route: shut", None, "Input should be 'close', 'continue' or 'expedite'"),
        ("title: Old\n", "title: Old\n    color: red\n", "color: red", "Extra inputs are not"),
        (
            "when: turned_65\n",
            "when: turned_65\n    when: served\n",
            "when: served",
            "when appears",
        ),
        ("scopes:\n", "presumptions: []\nscopes:\n", "presumptions: []", "presumptions appears"),
        ("years: 65", "years: 99999", None, "must be from 0 to 150"),
        ("years: 65", "years: -65", None, "must be from 0 to 150"),
        ("years: 65", "years: 65, months: 1801", None, "must be from 0 to 1800"),
        ("years: 65", "years: 65, days: -1", None, "must be from 0 to 55000"),
        ("from: birth_date, years: 65", "day: 2015-04-06, years: 65", None, "with a `day` has no"),
        ("from: birth_date, years: 65", "years: 65", "id: turned_65", "either `from` or `day`"),
        ("years: 65", 'years: 65, days: ":old"', None, ":old is not a whole-number parameter"),
        ("years: 65", "years: 0", None, "turned_65 must be later than birth_date"),
        ("when: turned_65", f"when: {'(' * 3000}turned_65{')' * 3000}", None, "nested too deeply"),
        (
            "when: turned_65",
            f"when: {'NOT (served OR ' * 20}turned_65{')' * 20}",
            None,
            "nested too deeply: more than 20 levels of brackets and NOTs",
        ),
        ("when: turned_65", f"when: ({'NOT ' * 24}turned_65)", None, "nested too deeply"),
        (
            "parameters:\n",
            "  - {id: memo, title: M, publisher: A, date: 2011-11-18}\nparameters:\n",
            "2011-11-18",
            "memo appears twice",
        ),
        (
            "scopes:\n",
            "scopes:\n"
            "  - {id: some, title: S, cite: {source: memo, section: x, says: x}, when: served}\n",
            "id: some, title: Some",
            "some appears twice",
        ),
        ("parameters:\n", "parameters:\n  man: {value: 2, note: x}\n", "man:", "parameter man"),
        ("title: Old\n", "title: \x07\n", None, "not YAML: control characters"),
    ],
)
def test_rejects_errors_with_their_line(old: str, new: str, at: str | None, reason: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    found = problems(text)
    line = line_of(text, at or new.strip())
    assert any(m.startswith(f"mine.yaml:{line}: ") and reason in m for m in found), found


def test_a_criterion_may_quote_guidance_that_uses_a_protected_attribute() -> None:
    text = GOOD.replace(
        "when: arrests >= :many",
        "when: arrests >= :many AND nationality = 'MX'\n    protected: [nationality]",
    )
    assert load_text("mine.yaml", text).id == "small"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: [", "mine.yaml:2: not YAML"),
        ("- a list", "mine.yaml:1: not a rulebook"),
        ("", "mine.yaml:1: not a rulebook"),
        ("id: x", "mine.yaml:1: criteria: Field required"),
        ("\x00", "mine.yaml:1: not YAML: control characters are not allowed"),
        ("id: \u00e9\ntitle: \x01", "mine.yaml:2: not YAML: control characters are not allowed"),
        ("id: " + "[" * 2000 + "]" * 2000, "mine.yaml:1: not YAML: exceeded maximum nesting depth"),
        ("id: " + "[" * 990 + "]" * 990, "mine.yaml: not a rulebook: nested too deeply"),
        ("id: &a [*a]", "mine.yaml: not a rulebook: an alias refers to a value that contains it"),
        (
            "id: &a {<<: *a}",
            "mine.yaml: not a rulebook: an alias refers to a value that contains it",
        ),
        (BOMB, "mine.yaml: not a rulebook: its aliases expand to more than a rulebook can hold"),
        (MERGED, "mine.yaml: not a rulebook: its aliases expand to more than a rulebook can"),
        (f"id: {'9' * 100_000}\n", "mine.yaml:1: not YAML: a number of more than 100 digits"),
        ("criteria: [" + "x, " * 400_000 + "x]", "mine.yaml: not a rulebook: it has more than 1,0"),
        ("criteria: [" + "x, " * 60_000 + "x]", "mine.yaml: not a rulebook: it has more than 40,"),
        ("a: [&a x" + ", *a" * 60_000 + "]", "mine.yaml: not a rulebook: it has more than 40,"),
        ("criteria: [" + "x, " * 15_000 + "x]", "mine.yaml: and 14,9"),
    ],
)
def test_rejects_files_that_are_not_rulebooks(text: str, message: str) -> None:
    assert any(line.startswith(message) for line in problems(text)), problems(text)


def test_does_not_call_a_list_too_short_if_its_items_are_wrong() -> None:
    found = problems(
        GOOD.replace("section: one", "section: 1").replace("section: two", "section: 2")
    )
    assert [line.rpartition(": ")[2] for line in found] == ["Input should be a valid string"] * 2
    before, _, rest = GOOD.partition("criteria:")
    none = f"{before}criteria: []\nrouting:{rest.partition('routing:')[2]}"
    assert any("criteria: a rulebook, with its companions, has at" in m for m in problems(none))


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ("criteria: {P1: true, F1: false}", "criteria: {F1: false}", "id: P1", "P1 to be TRUE"),
        ("criteria: {P1: false, F1: true}", "criteria: {F1: true}", "id: P1", "P1 to be FALSE"),
        ("as_of: 2011-11-16", "as_of: 2011-11-15", "id: turned_65", "no example is the day before"),
        ("{route: continue,", "{route: close, ", "rule: else", "route: expected close, got"),
        ("P1: true, F1", "P1: true, X9: true, F1", None, "there is no criterion X9"),
        ("P1: false, F1: true}", "P1: false, F1: false}", None, "F1: expected False, got True"),
        ('birth_date: "1986-11-17"', 'birth_date: "soon"', "name: Neither", "birth_date:BAD_DATE"),
        ("case: {arrests: 2,", "case: {arests: 2,", "name: The day before", "case.arests: Extra"),
        ("1986-11-17", "1926-11-17", "id: else", "no example reaches the row else"),
    ],
)
def test_rejects_failing_and_incomplete_examples(
    old: str, new: str, at: str | None, reason: str
) -> None:
    text = (GOOD + EXAMPLES).replace(old, new, 1)
    assert text != GOOD + EXAMPLES
    found = locate("mine.yaml", text, example_problems(load_text("mine.yaml", text)))
    line = line_of(text, at or new.strip())
    assert any(m.startswith(f"mine.yaml:{line}: ") and reason in m for m in found), found


@pytest.mark.parametrize("name", names())
def test_the_built_in_rulebooks_pass_their_checks(name: str) -> None:
    assert example_problems(load(name)) == []


@pytest.mark.parametrize("name", names())
def test_the_digest_depends_on_content_not_on_layout(name: str, tmp_path: Path) -> None:
    rulebook = load(name)
    path, text = read(name)
    values: Any = yaml.load(text, Loader=yaml.BaseLoader)
    flow = yaml.dump(yaml.safe_load(text), default_flow_style=True, sort_keys=True)
    assert load_text(path, f"# Said otherwise.\n{flow}").digest == rulebook.digest
    as_json = rulebook.rulebook.model_dump_json(by_alias=True)
    (tmp_path / "copy.json").write_text(as_json)
    assert load(str(tmp_path / "copy.json")).digest == rulebook.digest
    assert load_kept("rulebook.json", as_json) == rulebook
    changed = json.loads(as_json) | {"title": values["title"] + "."}
    assert load_text(path, json.dumps(changed)).digest != rulebook.digest


def test_a_kept_rulebook_names_the_line_that_is_damaged() -> None:
    kept = load("ice-2011-11-17").rulebook.model_dump_json(by_alias=True, indent=2)
    for old, new, at in (
        ('"title"', '"titel"', "titel: Extra inputs are not permitted"),
        ('"when": "', '"when": "NOT ', "not a SQL expression"),
        ("{", "[", "not YAML"),
    ):
        damaged = kept.replace(old, new, 1).replace("NOT ", "NOT ) ", 1)
        with pytest.raises(RulebookError) as raised:
            load_kept("rulebook.json", damaged)
        assert re.search(
            rf"^rulebook.json:\d+: .*{at}", "\n".join(raised.value.lines), re.MULTILINE
        )


@given(st.text("-?:,[]{}\n\r\x85\u2028 a&*!'\"|>#", max_size=12))
def test_never_reads_more_values_than_it_allows(text: str) -> None:
    few = 3
    with pytest.MonkeyPatch.context() as patched, contextlib.suppress(yaml.YAMLError):
        patched.setattr(content, "MOST_VALUES", few)
        values = sum(isinstance(event, yaml.NodeEvent) for event in yaml.parse(text))
        if values > few:
            with pytest.raises(content.TooMuchError):
                content.read_content(text)


def test_reports_a_missing_or_binary_file_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match=r"no such rulebook .*`discretion rulebook list`"):
        load("nowhere")
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulebookError, match="is not UTF-8 text"):
        load(str(tmp_path / "x.yaml"))


def test_rulebooks_are_named_for_their_files() -> None:
    assert names() == sorted(path.stem for path in FOLDER.glob("*.yaml"))
    assert all(parse(*read(name)).id == name for name in names())


def test_a_rulebook_with_errors_does_not_compile() -> None:
    rulebook = parse("mine.yaml", GOOD.replace("when: turned_65", "when: served"))
    compiled, found = compile_rulebook(rulebook)
    assert compiled is None
    assert [problem.path for problem in found] == [("milestones", 0)]


COMPANION = """\
id: shared
title: A shared memo
sources:
  - {id: shared-memo, title: The shared memo, publisher: The agency, date: 2011-06-17}
parameters:
  many: {value: 9, note: Its own.}
  few: {value: 1, note: Its own.}
criteria:
  - id: B1
    list: finding
    title: Warrant
    cite: {source: shared-memo, page: 2, says: a warrant}
    when: outstanding_warrant AND arrests >= :few
"""


def test_a_companion_adds_its_parts_and_reports_its_own_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schemas.rulebooks.parsed.COMPANIONS", tmp_path)
    (tmp_path / "shared.yaml").write_text(COMPANION)
    text = GOOD.replace("summary: For tests.", "summary: For tests.\ncompanions: [shared]")
    compiled = load_text("mine.yaml", text)
    assert [c.id for c in compiled.criteria] == ["P1", "F1", "B1"]
    assert compiled.criteria[2].citation == "The shared memo, p. 2"
    parameters = {name: note.value for name, note in compiled.rulebook.parameters.items()}
    assert parameters == {"many": 2, "few": 1}
    before = compiled.digest
    (tmp_path / "shared.yaml").write_text(COMPANION.replace("arrests >=", "arrests >"))
    assert load_text("mine.yaml", text).digest != before
    (tmp_path / "shared.yaml").write_text(COMPANION.replace("arrests >=", "arests >="))
    line = line_of(COMPANION, "arrests >=")
    [problem] = problems(text)
    assert problem.startswith(f"{tmp_path.name}/shared.yaml:{line}: criteria.B1.when: unknown fact")
    (tmp_path / "shared.yaml").write_text(COMPANION.replace("list: finding", "list: found"))
    [problem] = problems(text)
    assert problem.startswith(
        f"{tmp_path.name}/shared.yaml:{line_of(COMPANION, 'list:')}: criteria"
    )
