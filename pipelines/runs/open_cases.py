"""Open cases of a run: which questions could settle them, over all and by court."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from pipelines.runs.frames import part_frames
from schemas.manifest import Manifest
from schemas.rulebook.compiled import CompiledRulebook
from transforms.assess.frame import Terms, in_scope
from transforms.frames.frame import Frame
from transforms.route.asking import added, directions, open_cases, sets
from transforms.route.cover import cover


class AskedFor(NamedTuple):
    """A fact to ask for, after those before it.

    Args:
        fact: The fact.
        cases: The open cases in which an answer to it alone could settle the route.
        close: Those of them in which some answer settles it to close.
        continue_: Those in which some answer settles it to continue.
        expedite: Those in which some answer settles it to expedite.
        together: The open cases that an answer to it or to one before could settle.
    """

    fact: str
    cases: int
    close: int
    continue_: int
    expedite: int
    together: int


@dataclass(frozen=True)
class OpenCases:
    """The open cases of a run, or of one court.

    Args:
        routed: How many cases have a route.
        settled: Columns `transforms.route.asking.SETTLED`.
    """

    routed: int
    settled: Frame

    @property
    def open(self) -> int:
        """Return how many cases are open."""
        return int(self.settled["count"].sum())

    @property
    def reachable(self) -> int:
        """Return in how many of them one answer could settle the route."""
        return int(self.settled.filter(pl.col("settled") != "")["count"].sum())

    @property
    def directions(self) -> Frame:
        """Return the counts of every fact, by court (`transforms.route.asking.DIRECTIONS`)."""
        return directions(self.settled)

    def questions(self, most: int) -> list[AskedFor]:
        """Choose the facts that reach the most cases, one after the other.

        Args:
            most: The most facts to choose.
        """
        counted = self.directions.group_by("fact").agg(pl.exclude("court").sum())
        by_fact = {row["fact"]: row for row in counted.to_dicts()}
        chosen = [(by_fact[one.fact], one) for one in cover(sets(self.settled), most)]
        return [
            AskedFor(
                fact=one.fact,
                cases=row["cases"],
                close=row["close"],
                continue_=row["continue"],
                expedite=row["expedite"],
                together=one.together,
            )
            for row, one in chosen
        ]

    def by_court(self) -> list[tuple[str | None, OpenCases]]:
        """Return the open cases of each court, the court with the most first."""
        parts = [
            (key[0], OpenCases(self.routed, there))
            for key, there in self.settled.partition_by("court", as_dict=True).items()
        ]
        return sorted(parts, key=lambda part: (-part[1].open, part[0] or ""))


def count_open_cases(run: str, manifest: Manifest, rulebook: CompiledRulebook) -> OpenCases:
    """Assess the cases of a run again, on its own terms, and try every answer to every question.

    Args:
        run: The run's directory.
        manifest: Its manifest.
        rulebook: Its rulebook.

    Raises:
        DamagedError: A file of the run can't be read whole.
    """
    courts = frozenset(manifest.courts) if manifest.courts else None
    terms = Terms(rulebook, manifest.as_of, manifest.presume, manifest.scope, courts)
    parts, routed = [], 0
    for cases in part_frames(run, "cases", "case_record"):
        facts = in_scope(cases, terms).facts
        routed += facts.height
        parts.append(open_cases(facts, rulebook, manifest.as_of, presume=manifest.presume))
    return OpenCases(routed, added(parts))
