from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from pipelines.runs.lock import locked, sole_writer
from schemas.errors import BusyError


def busy(lock: AbstractContextManager[None], message: str) -> None:
    with pytest.raises(BusyError) as caught, lock:
        pass
    assert str(caught.value) == message


def test_a_run_has_one_writer_and_another_run_has_its_own(tmp_path: Path) -> None:
    run = str(tmp_path / "runs/one")
    with sole_writer(run):
        for _ in range(2):
            busy(sole_writer(run), f"{run}: another process is writing it")
        with sole_writer(str(tmp_path / "runs/two")):
            pass
    with sole_writer(run):
        pass


def test_a_lock_is_released_however_its_run_ends(tmp_path: Path) -> None:
    with sole_writer(str(tmp_path / "runs/one")):
        assert [path.name for path in (tmp_path / "runs").iterdir()] == ["_one.lock"]
    assert list((tmp_path / "runs").iterdir()) == []
    with pytest.raises(ZeroDivisionError), sole_writer(str(tmp_path / "runs/one")):
        raise ZeroDivisionError
    assert list((tmp_path / "runs").iterdir()) == []
    # A killed run leaves the file, but no lock on it.
    (tmp_path / "runs/_one.lock").touch()
    with sole_writer(str(tmp_path / "runs/one")):
        pass
    assert list((tmp_path / "runs").iterdir()) == []


def test_there_is_never_more_than_one_writer(tmp_path: Path) -> None:
    run, inside = str(tmp_path / "runs/one"), list[int]()

    def work(me: int) -> None:
        won = 0
        while won < 40:
            try:
                with sole_writer(run):
                    inside.append(me)
                    time.sleep(0.0002)
                    assert inside == [me]
                    won += 1
                    inside.remove(me)
            except BusyError:
                # Each one tries just when the other is done.
                time.sleep(0.0001)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))


def test_a_state_runs_one_night_at_a_time(tmp_path: Path) -> None:
    state = str(tmp_path / "new/state")
    with locked(state):
        busy(locked(state), f"{state}: another night or prune is running on it")
    with locked(state):
        pass


def test_a_run_that_is_not_on_a_local_disk_has_no_lock() -> None:
    with sole_writer("gs://bucket/out/runs/one"), sole_writer("gs://bucket/out/runs/one"):
        pass
