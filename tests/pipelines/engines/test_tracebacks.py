"""What an engine's log learns of an error, and what a command makes of that."""

from __future__ import annotations

import pytest

from pipelines.engines.job import _failed, _raise_ours
from pipelines.engines.tracebacks import OnlyOurWords
from schemas.errors import DiscretionError, InputError

JOB = "abc"
JAVA = (
    "java.lang.RuntimeException: Error received from SDK harness for instruction 7: Traceback\n{}"
    "\tat org.apache.beam.runners.Some.java(Some.java:1)\n"
)


def told(error: Exception) -> str:
    """What a worker says of an error."""
    try:
        raise error
    except Exception:
        return OnlyOurWords().format_exc()


@pytest.mark.parametrize(
    ("error", "last"),
    [
        (InputError("f.avro: changed"), "InputError: f.avro: changed"),
        (
            RuntimeError("InputError: f.avro: changed [while running 'Read']"),
            "InputError: f.avro: changed",
        ),
        (ValueError("conversion of 'Maria'"), "ValueError"),
        (RuntimeError("polars.ComputeError: 'Maria' [while running 'Assess']"),
         "polars.ComputeError"),
        (OSError(28, "No space left on device", "/srv/Maria"),
         "OSError: [Errno 28] No space left on device"),
    ],
)  # fmt: skip
def test_says_the_place_and_kind_but_only_our_own_words(error: Exception, last: str) -> None:
    text = told(error)
    assert text.rstrip("\n").split("\n")[-1] == last
    assert "in told" in text
    assert "Maria" not in text.split("\n")[-2]


def test_an_error_of_ours_is_raised_again_with_its_kind() -> None:
    with pytest.raises(InputError) as raised:
        _raise_ours(["lost a machine", JAVA.format(told(InputError("f.avro: changed")))])
    assert str(raised.value) == "f.avro: changed"
    _raise_ours(["org.apache.flink.SomeException: lost a machine"])


def test_another_error_is_named_by_its_kind() -> None:
    found = _failed(JOB, JAVA.format(told(ValueError("Maria"))))
    assert isinstance(found, DiscretionError)
    assert "a worker failed unexpectedly (ValueError)" in str(found)
    lost = _failed(JOB, "x.NoResourceAvailableException: no slot\n\tat x.Y\n")
    assert str(lost) == "Flink's job abc failed: x.NoResourceAvailableException: no slot"
