"""Progress bar of long computations, which stop when the reader moves on.

The work runs in a thread beside the script. Streamlit can stop a script only where it draws, so the script draws the
bar and never waits for a step of the work: a moved slider, another page or a closed tab ends the script within a tenth
of a second, and the work at its next step.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from alcore.loops.background import Work
from alcore.loops.steps import OnStep

__all__ = ["STYLE", "OnStep", "in_fragment", "let_draw", "meanwhile", "open_place", "working"]

Result = TypeVar("Result")

# Seconds before the bar appears, and between looks whether the reader has moved on.
SHOWN_AFTER = 0.2
LOOKED_EVERY = 0.1
# Seconds between updates of the bar. Each makes the browser go through the whole page: ten a second leave a slow one no
# time for the page's controls, which then appear only when the work has ended.
DRAWN_EVERY = 1.0
# Seconds after which the bar shows the elapsed time.
COUNTED_AFTER = 2.0

# Seconds in which a browser draws a picture, if nothing follows it.
DRAWING = 0.03

_HERE: ContextVar[DeltaGenerator | None] = ContextVar("_HERE", default=None)
_MEANWHILE: ContextVar[Callable[[], object] | None] = ContextVar("_MEANWHILE", default=None)
_PLACE, _WORK = "_progress_place", "_progress_work"

# Fixed over the page: the layout does not shift when the bar appears or disappears.
STYLE = """
.st-key-_progress, .st-key-_progress_part {
  bottom: 1rem; left: 0; pointer-events: none; position: fixed; right: 0; z-index: 1000; }
:is(.st-key-_progress, .st-key-_progress_part) [data-testid="stProgress"] {
  background: var(--st-background-color); border: 1px solid var(--st-border-color); border-radius: 0.5rem;
  box-shadow: 0 2px 10px rgb(0 0 0 / 25%); margin: 0 auto; padding: 0.5rem 0.9rem 0.8rem;
  width: min(30rem, calc(100vw - 2rem)); }
/* A panel is a page of its own to what is fixed: there the bar has its place among the controls. */
[data-testid="stPopoverBody"] .st-key-_progress_part { position: static; }
[data-testid="stPopoverBody"] .st-key-_progress_part [data-testid="stProgress"] { box-shadow: none; width: auto; }
"""


def open_place() -> None:
    """Reserve the place of the bar; called once per run by the page frame, which has its STYLE."""
    st.session_state[_PLACE] = st.container(key="_progress").empty()


@contextmanager
def in_fragment() -> Iterator[None]:
    """Draw the bars of the block at a place of its own: a fragment cannot draw outside itself."""
    token = _HERE.set(st.container(key="_progress_part").empty())
    try:
        yield
    finally:
        _HERE.reset(token)


@contextmanager
def meanwhile(draw: Callable[[], object]) -> Iterator[None]:
    """Draw something before a bar: within the block a picture comes first, unless it takes longer than a moment.

    Args:
        draw: draws at places of its own; may be called several times, and draws once.
    """
    token = _MEANWHILE.set(draw)
    try:
        yield
    finally:
        _MEANWHILE.reset(token)


def let_draw() -> None:
    """Wait until the browser has drawn the picture that was sent: what is sent right after would be drawn with it."""
    if get_script_run_ctx(suppress_warning=True) is not None:
        time.sleep(DRAWING)


def working(words: str, work: Callable[[OnStep], Result]) -> Result:
    """The result of a computation, with a bar if it takes longer than a moment.

    A nested call runs as part of the outer one, without a bar of its own.

    Args:
        words: a sentence that describes the work.
        work: called with `on_step`, to be called with the share completed, 0 to 1, several times a second if possible;
            that call ends the work once the reader has moved on. `work` must not draw.

    Raises:
        Exception: any exception of the work.
    """
    if (around := Work.current()) is not None:
        return work(around.check)
    if get_script_run_ctx(suppress_warning=True) is None:
        return work(lambda share: None)
    task = Work(work, before=st.session_state.get(_WORK))
    add_script_run_ctx(task, get_script_run_ctx())
    try:
        task.start()
        st.session_state[_WORK] = task
        if not task.wait(SHOWN_AFTER):
            if (draw := _MEANWHILE.get()) is not None:
                draw()
            _draw(task, words)
    finally:
        # Also reached by a rerun or a stop: the result is then no longer needed.
        task.stopped = True
    return task.result()


def _draw(task: Work[Any], words: str) -> None:
    """Draw the bar until the work is done."""
    place: DeltaGenerator = _HERE.get() or st.session_state.get(_PLACE) or st.empty()
    started = time.monotonic() - SHOWN_AFTER
    drawn = -DRAWN_EVERY
    while True:
        waited = time.monotonic() - started
        if waited - drawn >= DRAWN_EVERY:
            place.progress(task.share, words if waited < COUNTED_AFTER else f"{words} {waited:.0f} s")
            drawn = waited
        if task.wait(LOOKED_EVERY):
            break
        # Here Streamlit may stop the script, as at every drawing.
        st.session_state.get(_WORK)
    place.empty()
