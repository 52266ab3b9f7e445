"""The report of a small run: made once, then read as a file and in a browser."""

from __future__ import annotations

import functools
import html.parser
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from pipelines import backlog
from pipelines.cli.exit_codes import ExitCode
from pipelines.commands import report, sample
from pipelines.commands.report_data import read_run
from pipelines.runs.run import load_run, run_rulebook
from schemas.avro import avro_schema
from tests.helpers.browser import browser, needs_browser
from tests.helpers.commands import Row, rows, run_of
from transforms.report.comparison import differing
from transforms.report.counts import Counted
from transforms.report.island import island, read_island
from transforms.report.page import Page, QueueShown, write_page

ROUTES = ("close", "continue", "expedite")
HOSTILE = "<script>alert('1')</script>\"&<img src=x onerror=alert(1)>"
CASES = 300


class Made(NamedTuple):
    """A run and its page."""

    run: Path
    page: Path

    @property
    def html(self) -> str:
        return self.page.read_text("utf-8")

    @property
    def data(self) -> dict[str, Any]:
        [text] = re.findall(r'id="data">([^<]*)<', self.html)
        found: dict[str, Any] = read_island(text)
        return found

    def recommended(self) -> list[Row]:
        return [row for route in ROUTES for row in rows(self.run, route)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    place = tmp_path_factory.mktemp("report")
    words = ["--output", place / "in", "--cases", CASES, "--files", 2, "--damage"]
    assert sample.main([*map(str, words)]) == ExitCode.OK
    hostile = {
        **dict.fromkeys(("case_id", "opla_office", "case_type", "language", "court"), HOSTILE),
        **dict.fromkeys(("source", "nationality", "lead_case_id", "next_hearing"), HOSTILE),
        "serious_condition": True,
        "convictions": [{"offense": HOSTILE, "incident": HOSTILE}],
    }
    with (place / "in" / "hostile.avro").open("wb") as file:
        fastavro.writer(file, fastavro.parse_schema(dict(avro_schema("case_record"))), [hostile])
    words = ["--input", place / "in", "--output", place / "out"]
    assert backlog.main([*map(str, words)]) == ExitCode.DAMAGED
    page = place / "report.html"
    assert report.main([str(place / "out"), "--output", str(page)]) == ExitCode.OK
    return Made(run_of(place / "out"), page)


@functools.cache
def counted(made: Made) -> Counted:
    run, manifest = load_run(str(made.run))
    rulebook = run_rulebook(run, manifest)
    assert rulebook is not None
    return read_run(run, manifest, rulebook, None).counted


class _Tags(html.parser.HTMLParser):
    """Counts the tags of a page, and collects its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags = Counter[str]()
        self.loaded: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            if name in ("src", "srcset", "style") or name.startswith("on"):
                self.loaded.append(f"{tag} {name}")
            if name == "href" and not (value or "").startswith("#"):
                self.loaded.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(text: str) -> _Tags:
    parser = _Tags()
    parser.feed(text)
    return parser


def test_the_page_has_all_it_needs_and_shows_data_as_text(made: Made) -> None:
    tags = parsed(made.html)
    assert tags.loaded == []
    assert tags.tags["script"] == 2
    assert tags.tags["img"] == tags.tags["link"] == tags.tags["iframe"] == 0
    assert HOSTILE in "".join(tags.text)
    # In the data for the script, too, it is the same text.
    assert any(HOSTILE in made.data["queues"][route]["columns"]["id"] for route in ROUTES)


def test_the_page_says_what_the_run_holds(made: Made) -> None:
    text = " ".join(" ".join(parsed(made.html).text).split())
    found = made.recommended()
    manifest = json.loads((made.run / "manifest.json").read_text())
    assert f"{len(found):,} cases, as of November 17, 2011" in text
    assert f"records read {manifest['counts']['read']:,}" in text
    for route in ROUTES:
        mine = [row for row in found if row["route"] == route]
        least = sum(row["possible_routes"] == [route] for row in found)
        most = sum(route in row["possible_routes"] for row in found)
        shares = [f"{100 * n / len(found):.1f}" for n in (len(mine), least, most)]
        assert re.search(
            rf"{route} .{{,120}}{shares[0]} % {len(mine):,} cases "
            rf"Between {shares[1]} and {shares[2]} % if all were known",
            text,
        )
    assert "in force on that date: from 2011-11-17 through 2015-01-04" in text
    assert text.rstrip().endswith("none of the agencies named has anything to do with it.") or (
        "It recommends. An attorney decides." in text
    )


def test_the_queues_hold_each_case_by_score_with_its_explanation(made: Made) -> None:
    data = made.data
    for route in ROUTES:
        expected = sorted(
            rows(made.run, route), key=lambda row: (-row["score_low"], row["case_id"])
        )
        columns = data["queues"][route]["columns"]
        assert columns["id"] == [row["case_id"] for row in expected]
        assert [[data["words"]["criterion"][n][0] for n in each] for each in columns["reason"]] == [
            [one["criterion"] for one in row["reasons"]] for row in expected
        ]
        assert [[data["words"]["fact"][n][0] for n in each] for each in columns["settles"]] == [
            row["settling_facts"] for row in expected
        ]
        assert len(data["explanations"][route]) == len(expected)
        for row, (settled, sections) in zip(expected, data["explanations"][route], strict=True):
            assert len(settled) == 1 + (row["possible_routes"] != [route]) + len(
                row["review_reasons"]
            )
            assert "Why" in {heading for heading, _ in sections}


def test_a_page_without_cases_names_none(made: Made, tmp_path: Path) -> None:
    page = tmp_path / "counts.html"
    assert report.main([str(made.run), "--output", str(page), "--no-cases"]) == ExitCode.OK
    text = page.read_text("utf-8")
    assert not [row["case_id"] for row in made.recommended() if row["case_id"] in text]
    assert "This page was made without cases." in text
    assert parsed(text).tags["script"] == 0


def test_a_copy_to_give_away_has_counts_only_and_none_from_1_to_10(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "shared.html"
    assert report.main([str(made.run), "--output", str(page), "--share"]) == ExitCode.OK
    html = page.read_text("utf-8")
    tags = parsed(html)
    text = " ".join(" ".join(tags.text).split())
    assert "Shared copy. Counts only" in text[: text.index(" cases, as of ")]
    assert (tags.loaded, tags.tags["script"]) == ([], 0)
    cells = re.findall(r"<td[^>]*>(?:<[^>]*>)*([\d,]+)(?:<[^>]*>)*</td>", html)
    numbers = [int(cell.replace(",", "")) for cell in cells]
    assert len(numbers) > 50
    assert not [number for number in numbers if 0 < number < 11]
    # No case, no text, and no name of a file; the inputs of this run have all of them.
    assert not any(row["case_id"] in text for row in made.recommended())
    assert HOSTILE not in text
    assert not any(word in text for word in (".avro", "quarantine/", made.run.name))
    words = [str(made.run), "--share", "--against", str(made.run), "--output", f"{page}.2"]
    assert report.main(words) == ExitCode.USAGE
    assert "doesn't go with --share" in capsys.readouterr().err


def test_an_existing_page_is_not_overwritten(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    before = made.page.stat()
    assert report.main([str(made.run), "--output", str(made.page)]) == ExitCode.OUTPUT
    assert made.page.stat() == before
    assert f"{made.page}: already exists; give another --output or remove it" in (
        capsys.readouterr().err
    )
    assert report.main([str(made.page.parent / "no"), "--output", "x"]) == ExitCode.INPUT


@settings(max_examples=4)
@given(st.lists(st.text(), min_size=4, max_size=4))
def test_text_from_data_never_becomes_markup(made: Made, texts: list[str]) -> None:
    hostile = [f"{HOSTILE}{text}</table></script>" for text in texts]
    page = Page(
        counted=counted(made),
        comparisons=(),
        rulebook_text=Markup(""),
        unread=hostile[:1],
        entries=[dict.fromkeys(("reason", "file", "offset", "detail"), hostile[1])],
        queues=[
            QueueShown(
                "close",
                1,
                1,
                [
                    {
                        **dict.fromkeys(("id", "court", "mark", "score", "hearing"), hostile[2]),
                        **dict.fromkeys(("reasons", "ask"), hostile[3:]),
                        "changes": hostile[3],
                        "state": 0,
                        "review": True,
                    }
                ],
            )
        ],
        data=island(hostile),
    )
    tags = parsed(write_page(page))
    assert tags.loaded == []
    assert (tags.tags["script"], tags.tags["img"]) == (2, 0)
    assert "".join(tags.text).count(HOSTILE) >= 1 + 4 + 8


def test_an_earlier_run_shows_what_moved_and_why(made: Made, tmp_path: Path) -> None:
    place = made.page.parent
    words = ["--input", place / "in", "--output", tmp_path, "--as-of", "2013-06-01"]
    assert backlog.main([*map(str, words)]) == ExitCode.DAMAGED
    later, page = run_of(tmp_path), tmp_path / "against.html"
    words = [later, "--against", made.run, "--output", page]
    assert report.main([*map(str, words)]) == ExitCode.OK
    before = {row["case_id"]: row["route"] for row in made.recommended()}
    after = {row["case_id"]: row["route"] for route in ROUTES for row in rows(later, route)}
    moved = {case for case in before.keys() & after.keys() if before[case] != after[case]}
    assert moved
    html_ = page.read_text("utf-8")
    [section] = re.findall(r'<section id="against".*?</section>', html_, re.DOTALL)
    text = " ".join(" ".join(parsed(section).text).split())
    assert (
        f"{len(moved)} of the {len(before.keys() & after.keys())} cases that have a route in both "
        "runs have another one. Another as-of date: June 1, 2013 instead of November 17, 2011."
    ) in text
    assert "a milestone reached: " in text
    [packed] = re.findall(r'id="data">([^<]*)<', html_)
    data = read_island(packed)
    was = {
        case: data["words"]["was"][number][0]
        for route in ROUTES
        for case, number in zip(
            data["queues"][route]["columns"]["id"],
            data["queues"][route]["columns"]["was"],
            strict=True,
        )
        if number >= 0
    }
    assert was == {case: before.get(case, "no route") for case in after if case not in before} | {
        case: before[case] for case in moved
    }


def test_differences_between_runs_are_named(made: Made) -> None:
    _, manifest = load_run(str(made.run))
    other = manifest.model_copy(
        update={
            "rulebook": manifest.rulebook.model_copy(update={"id": "mine", "digest": "0"}),
            "presume": False,
            "versions": {},
            "inputs": (),
        }
    )
    assert differing(manifest, manifest) == {}
    assert differing(other, manifest) == {
        "RULEBOOK": "Another rulebook: ice-2011-11-17 instead of mine.",
        "OPTIONS": "Other presumptions, another scope, or other courts.",
        "FACT": "Other case files, events, or reviews.",
        "SOFTWARE": "Another version of the software.",
    }


@pytest.fixture(scope="module")
def chrome(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with browser(tmp_path_factory.mktemp("profile")) as driver:
        driver.get(made.page.as_uri())
        WebDriverWait(driver, 20).until(
            lambda there: (
                there.execute_script("return document.documentElement.className") == "live"
            )
        )
        yield driver


def shown_cases(chrome: Chrome, route: str) -> list[str]:
    found: list[str] = chrome.execute_script(
        "return [...document.querySelectorAll("
        f"'#queue-{route} tbody button.open')].map(one => one.textContent)"
    )
    return found


def queue(chrome: Chrome, route: str) -> Any:
    return chrome.find_element(By.ID, f"queue-{route}")


def logged(chrome: Chrome, log: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chrome.execute("getLog", {"type": log})["value"]
    return found


@needs_browser
def test_a_queue_is_filtered_searched_and_sorted(made: Made, chrome: Chrome) -> None:
    expected = sorted(
        rows(made.run, "expedite"), key=lambda row: (-row["score_low"], row["case_id"])
    )
    section = queue(chrome, "expedite")
    everything = [row["case_id"] for row in expected]
    assert shown_cases(chrome, "expedite") == everything[:100]

    court = Counter(row["court"] for row in expected).most_common(1)[0][0]
    select = Select(section.find_element(By.CSS_SELECTOR, "select[data-key=court]"))
    [label] = [one.text for one in select.options if one.text.endswith(f"({court})")]
    select.select_by_visible_text(label)
    there = [row["case_id"] for row in expected if row["court"] == court]
    assert shown_cases(chrome, "expedite") == there

    heads = section.find_elements(By.CSS_SELECTOR, "thead button")
    heads[0].click()
    assert shown_cases(chrome, "expedite") == sorted(there)
    heads[0].click()
    assert shown_cases(chrome, "expedite") == sorted(there, reverse=True)

    search = section.find_element(By.CSS_SELECTOR, "input[type=search]")
    search.send_keys(there[0])
    WebDriverWait(chrome, 10).until(lambda driver: shown_cases(driver, "expedite") == there[:1])


@needs_browser
def test_a_number_leads_to_its_cases_and_a_case_opens_to_its_explanation(
    made: Made, chrome: Chrome
) -> None:
    fact = next(
        row["settling_facts"][0] for row in rows(made.run, "close") if row["settling_facts"]
    )
    chrome.execute_script(
        f"document.querySelector('[data-route=close][data-wanted=\"decided:{fact}\"]').click()"
    )
    wanted = [row for row in rows(made.run, "close") if fact in row["settling_facts"]]
    assert sorted(shown_cases(chrome, "close")) == sorted(row["case_id"] for row in wanted)

    button = queue(chrome, "close").find_element(By.CSS_SELECTOR, "tbody button.open")
    chrome.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    detail = chrome.find_element(By.ID, button.get_attribute("aria-controls") or "")
    assert button.get_attribute("aria-expanded") == "true"
    assert "Before anybody acts" in detail.text
    place = made.data["queues"]["close"]["columns"]["id"].index(button.text)
    for _, items in made.data["explanations"]["close"][place][1]:
        for _, text in items:
            assert " ".join(text.split()) in " ".join(detail.text.split())
    for link in detail.find_elements(By.TAG_NAME, "a"):
        anchor = (link.get_attribute("href") or "").split("#")[1]
        assert chrome.find_element(By.ID, anchor).text
    button.click()
    assert not queue(chrome, "close").find_elements(By.CSS_SELECTOR, "tr.detail")


# Follows the first numbers of each kind, and returns those whose lists have another length.
FOLLOW = """
const number = (text) => Number(text.replace(/,/g, ""));
const found = (route) => document.querySelector(`#queue-${route} .found`).textContent;
const listed = (route) => number(found(route).split(" ")[0]);
const routes = ["close", "continue", "expedite"];
const wrong = [], followed = {};
for (const link of document.querySelectorAll("a[data-wanted]")) {
  const key = link.dataset.wanted.split(":")[0] + (link.dataset.route ? "" : " of all");
  followed[key] = (followed[key] || 0) + 1;
  if (followed[key] > 2) continue;
  link.click();
  const of = link.dataset.route ? [link.dataset.route] : routes;
  const there = of.reduce((sum, route) => sum + listed(route), 0);
  const says = link.textContent;
  if (there !== number(says)) wrong.push([link.dataset.wanted, says, there]);
}
return [followed, wrong];
"""


@needs_browser
def test_a_number_leads_to_a_list_of_as_many_cases(made: Made, chrome: Chrome) -> None:
    followed, wrong = chrome.execute_script(FOLLOW)
    assert {"state", "review", "court of all", "reason of all", "why of all",
            "warning of all", "further", "any", "decided of all"} <= followed.keys()  # fmt: skip
    # A case may have a value twice that couldn't be read, and needs no route.
    assert [one for one in wrong if not one[0].startswith(("warning:", "conflict:"))] == []


@needs_browser
def test_the_browser_reports_no_error_and_asks_no_network(made: Made, chrome: Chrome) -> None:
    assert logged(chrome, "browser") == []
    messages = [json.loads(one["message"])["message"] for one in logged(chrome, "performance")]
    asked = {
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    }
    # Chromium's own first page, and data that the page unpacks in memory.
    inside = ("chrome:", "blob:", "data:")
    assert {url for url in asked if not url.startswith(inside)} == {made.page.as_uri()}


@needs_browser
def test_without_a_script_the_tables_and_the_first_cases_stand(made: Made, tmp_path: Path) -> None:
    with browser(tmp_path, script=False) as driver:
        driver.get(made.page.as_uri())
        assert driver.find_element(By.TAG_NAME, "html").get_attribute("class") == ""
        for route in ROUTES:
            cells = driver.find_elements(By.CSS_SELECTOR, f"#queue-{route} tbody th")
            assert len(cells) == min(200, len(rows(made.run, route)))
        assert driver.find_element(By.CSS_SELECTOR, "table.routes svg rect").is_displayed()
        assert not driver.find_element(By.CSS_SELECTOR, ".tools").is_displayed()
