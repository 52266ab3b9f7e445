"""Trials with two commands running at once in one directory."""

from __future__ import annotations

from scripts.fault_trials import checks, results
from scripts.fault_trials.process import Ended
from scripts.fault_trials.trial import Bench, trial
from scripts.fault_trials.world import THIRD, backlog_words, import_words, night_words

_PRUNE = ("prune", "--state", "OUT", "--keep", "1")


def _both(bench: Bench, one: tuple[str, ...], other: tuple[str, ...]) -> tuple[Ended, Ended]:
    """Run two commands, the second starting up to a little later."""
    first = bench.start(*one)
    later = bench.source.uniform(0, bench.cpu(one[0])) if bench.source.random() < 0.5 else 0.0
    bench.note(f"the second starts {later:.2f} CPU seconds after the first")
    first.until(lambda: first.cpu() >= later)
    second = bench.start(*other)
    return first.end(), second.end()


@trial("two at once", "backlog")
def _backlogs(bench: Bench) -> list[str]:
    bench.world.write_cases(bench.place / "cases")
    ended = _both(bench, backlog_words(), backlog_words())
    wrong = [problem for each in ended for problem in checks.ending(each, (0, 4, 5))]
    if sorted(each.code for each in ended)[0] != 0:
        wrong.append("neither of the two backlogs succeeded")
    if all(each.code == 0 for each in ended):
        wrong.append("two backlogs wrote the same run")
    return [*wrong, *checks.same(results.latest(bench.place / "out"), bench.world.backlog)]


@trial("two at once", "nightly")
def _nights(bench: Bench) -> list[str]:
    bench.world.write_news(bench.place)
    words = night_words(THIRD)
    ended = _both(bench, words, words)
    wrong = [problem for each in ended for problem in checks.ending(each, (0, 5))]
    if ended[0].code and ended[1].code:
        wrong.append("neither of the two nights succeeded")
    state = bench.place / "OUT"
    return [*wrong, *checks.same(results.latest(state), bench.world.night)]


@trial("two at once", "nightly and prune")
def _night_and_prune(bench: Bench) -> list[str]:
    bench.world.write_news(bench.place)
    state, words = bench.place / "OUT", night_words(THIRD)
    ended = _both(bench, *((words, _PRUNE) if bench.source.random() < 0.5 else (_PRUNE, words)))
    wrong = [problem for each in ended for problem in checks.ending(each, (0, 5))]
    if any(each.code == 5 and each.words == words for each in ended):
        wrong += checks.ending(bench.run(*words), (0,))
    return [*wrong, *checks.same(results.latest(state), bench.world.night)]


@trial("two at once", "nightly and readers")
def _night_and_readers(bench: Bench) -> list[str]:
    bench.world.write_news(bench.place)
    reader = bench.source.choice((("status", "--state", "OUT"), ("show", "OUT", "--json")))
    ended = _both(bench, night_words(THIRD), reader)
    wrong = [problem for each in ended for problem in checks.ending(each, (0,))]
    return [*wrong, *checks.same(results.latest(bench.place / "OUT"), bench.world.night)]


@trial("two at once", "import-eoir")
def _imports(bench: Bench) -> list[str]:
    (bench.place / "release").symlink_to(bench.world.release)
    ended = _both(bench, import_words(), import_words())
    wrong = [problem for each in ended for problem in checks.ending(each, (0, 4, 5))]
    if sorted(each.code for each in ended)[0] != 0:
        wrong.append("neither of the two imports succeeded")
    clean = bench.world.imported
    if results.content(bench.place / "made", tuple(clean)) != clean:
        wrong.append("the records differ from the clean import")
    return wrong
