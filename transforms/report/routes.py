"""The route of each case by its id, in eight bytes a case."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.outcomes import ROUTES

# The lowest bits of a key hold the route, and the others are those of a hash of the id.
_ROUTE = np.uint64(3)
assert len(ROUTES) <= int(_ROUTE) + 1


class Routes:
    """Finds the routes of cases.

    Among as many ids as the court's data has, two have the same 62 bits with a probability of
    1 in 50,000; one case would then be counted under the other's route.
    """

    def __init__(self) -> None:
        self._parts: list[npt.NDArray[np.uint64]] = []
        self._keys = np.empty(0, np.uint64)

    def add(self, ids: pl.Series, route: str) -> None:
        """Add the cases of a route.

        Args:
            ids: Their ids (String), none of which is null or was added before.
            route: The route.
        """
        self._parts.append(_hashes(ids) | np.uint64(ROUTES.index(route)))

    def of(self, ids: pl.Series) -> pl.Series:
        """Find routes.

        Args:
            ids: Case ids (String).

        Returns:
            `route` (String); null for a case that wasn't added.
        """
        if self._parts:
            self._keys = np.concatenate([self._keys, *self._parts])
            self._parts = []
            self._keys.sort()
        wanted = _hashes(ids)
        # In order, they are found near each other.
        order = np.argsort(wanted)
        places = np.empty(len(wanted), np.int64)
        places[order] = np.searchsorted(self._keys, wanted[order])
        there = places < len(self._keys)
        found = np.zeros(len(wanted), np.uint64)
        found[there] = self._keys[places[there]]
        there &= (found & ~_ROUTE) == wanted
        codes = pl.Series("route", (found & _ROUTE).astype(np.uint32))
        names = pl.Series("route", ROUTES).gather(codes)
        return pl.select(pl.when(pl.Series(there)).then(names)).to_series()


def _hashes(ids: pl.Series) -> npt.NDArray[np.uint64]:
    hashes: npt.NDArray[np.uint64] = ids.hash(7).to_numpy()
    return hashes & ~_ROUTE
