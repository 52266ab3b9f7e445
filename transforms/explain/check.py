"""Check: everything that can be proved wrong with a rulebook, and what its examples leave out."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.rulebook.compiled import CompiledRulebook, Problem
from transforms.explain.coverage import Coverage
from transforms.explain.criterion_proofs import criterion_notes, criterion_problems
from transforms.explain.empty_record import empty_record_problems
from transforms.explain.examples import run_examples
from transforms.explain.notes import Note
from transforms.explain.table_proofs import table_notes, table_problems


@dataclass(frozen=True)
class Check:
    """What a check found.

    Args:
        problems: What is wrong; with any problem, a rulebook doesn't pass.
        notes: What may be intended, but a reader should know.
        coverage: What the examples cover.
    """

    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    coverage: Coverage


def check(rulebook: CompiledRulebook) -> Check:
    """Check a rulebook.

    Args:
        rulebook: The rulebook.

    Returns:
        The results, each with its place in the file.
    """
    book = rulebook.rulebook
    problems_of_examples, counted, shown = run_examples(rulebook)
    problems = [
        *criterion_problems(rulebook, shown),
        *table_problems(book),
        *empty_record_problems(rulebook),
        *problems_of_examples,
    ]
    notes = [*criterion_notes(rulebook, shown), *table_notes(book)]
    return Check(tuple(problems), tuple(notes), counted)
