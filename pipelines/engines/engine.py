"""Which engine runs a pipeline, as `--engine` names it."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass

from schemas.near import close_to

IN_PROCESS, FLINK, PRISM = "in-process", "flink", "prism"
ENGINES = (IN_PROCESS, FLINK, PRISM)
_ADDRESS = re.compile(r"[A-Za-z0-9._-]+:\d{1,5}|\[[0-9A-Fa-f:]+\]:\d{1,5}")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Engine:
    """An engine.

    Args:
        name: One of `ENGINES`.
        address: Where Beam's job server for it listens, `HOST:PORT`; empty in process.
    """

    name: str = IN_PROCESS
    address: str = ""

    @property
    def host(self) -> str:
        """Return the host of the address."""
        return self.address.rpartition(":")[0]

    @property
    def is_here(self) -> bool:
        """Tell whether the work stays on this machine."""
        return not self.address or self.host in LOOPBACK


def engine_of(text: str) -> Engine:
    """Parse an engine: `in-process`, `flink`, `flink=HOST:PORT`, or `prism`."""
    name, _, address = text.partition("=")
    if name not in ENGINES:
        near = close_to(name, ENGINES)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(ENGINES)}"
        raise argparse.ArgumentTypeError(f"{name!r} isn't an engine; {hint}")
    if "=" not in text:
        return Engine(name, "localhost:8099" if name == FLINK else "")
    if name != FLINK:
        raise argparse.ArgumentTypeError(f"{name} takes no address; write --engine {name}")
    if not _ADDRESS.fullmatch(address):
        raise argparse.ArgumentTypeError(f"{address!r} isn't an address; write HOST:PORT")
    return Engine(name, address)
