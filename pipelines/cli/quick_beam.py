"""Beam without work that it repeats, and without a wait at the end of each bundle.

Beam reads the options of types several hundred times for a pipeline, and each time parses the
command line. It inspects the methods of each `DoFn` eight times. Both take more than a second for a
pipeline of some 80 steps, which is half of what a small run costs. The waits took another 0.7
seconds of a backlog.
"""

from __future__ import annotations

import functools
import types
import weakref
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.worker import statesampler
from apache_beam.transforms import userstate

View = TypeVar("View", bound=PipelineOptions)
SAMPLING_MS = 5
_views: weakref.WeakKeyDictionary[PipelineOptions, dict[type, PipelineOptions]]
_views = weakref.WeakKeyDictionary()


class Options(PipelineOptions):
    """Beam's options, of which each view is made once; all views share their values."""

    def view_as(self, cls: type[View]) -> View:
        """Return the options as another of Beam's classes of options."""
        views = _views.setdefault(self, {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        view = views[cls]
        assert isinstance(view, cls)
        return view


def quick_options(words: Sequence[str]) -> PipelineOptions:
    """Make the options of a pipeline that Beam builds quickly.

    Args:
        words: Beam's options, as on its command line.
    """
    remember_inspected()
    sample_often()
    return Options(words, save_main_session=False)


def remember_inspected() -> None:
    """Let Beam inspect the methods of each class of `DoFn` once.

    A `DoFn` declares its state and timers as defaults of its methods' parameters, so that all
    objects of a class have the same ones, unless an object has methods of its own.
    """
    inspect = userstate.get_dofn_specs
    if not hasattr(inspect, "__wrapped__"):
        userstate.get_dofn_specs = functools.wraps(inspect)(_remembering(inspect))


def sample_often() -> None:
    """Let Beam note every few milliseconds which step a bundle is at, instead of every 200.

    At the end of each bundle, it waits for the next of these moments. They cost next to nothing,
    because the thread that notes them doesn't take the interpreter's lock.
    """
    statesampler.StateSampler.__init__.__defaults__ = (SAMPLING_MS,)


def _remembering(inspect: Callable[[Any], Any]) -> Callable[[Any], Any]:
    known: dict[type, Any] = {}

    def inspected(dofn: Any) -> Any:
        if any(isinstance(value, types.MethodType) for value in vars(dofn).values()):
            return inspect(dofn)
        kind = type(dofn)
        if kind not in known:
            known[kind] = inspect(dofn)
        return known[kind]

    return inspected
