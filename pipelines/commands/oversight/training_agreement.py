"""How far two trainees agree beyond chance: Cohen's kappa of the routes that they chose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.cli.table import paragraph, table_lines
from schemas.errors import UsageError
from schemas.shown import shown
from transforms.oversight.figures import Between, kappa
from transforms.training.results import Results

_MOST = 5


def agreement(found: Results) -> tuple[list[Between], str | None]:
    """Work out kappa for each two trainees.

    Args:
        found: What trainees answered.

    Returns:
        A kappa for each of `found.together`; or none, and why not: SciPy isn't installed.
    """
    try:
        return [kappa(one.table) for one in found.together], None
    except UsageError as error:
        return [], str(error)


def name_of(name: str, number: int) -> str:
    """Name a trainee, who may have given none."""
    return shown(name) or f"no name ({number})"


def agreement_lines(found: Results, kappas: Sequence[Between]) -> Iterator[str]:
    """Write the kappas for a terminal: their mean and range, and the two who agree least.

    Args:
        found: What trainees answered.
        kappas: From `agreement`.
    """
    known = sorted((one.value, at) for at, one in enumerate(kappas) if one.value is not None)
    if not known:
        return
    values = [value for value, _ in known]
    says = f"their kappa is {values[0]:.2f}"
    if len(values) > 1:
        says = (
            f"kappa of two trainees is {sum(values) / len(values):.2f} on average, from "
            f"{values[0]:.2f} to {values[-1]:.2f}"
        )
    yield paragraph(f"Beyond chance: {says}. 1 is full agreement, and 0 is what chance would give.")
    yield ""
    rows = []
    for _, at in known[:_MOST]:
        pair, (value, low, high) = found.together[at], kappas[at]
        names = (name_of(found.trainees[n].name, n + 1) for n in (pair.first, pair.second))
        rows.append(
            (" and ".join(names),
             [f"{pair.cases:,}", f"{pair.same:,}", f"{value:.2f}", f"{low:.2f} to {high:.2f}"])
        )  # fmt: skip
    yield from table_lines(
        "Who agree least", ["cases", "same\nroute", "kappa", "95 %\nbetween"], rows
    )
    if len(known) > _MOST:
        yield f"  and {len(known) - _MOST:,} more: --json lists them"
