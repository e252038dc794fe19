"""Work that takes time: a bar while it lasts, an end when the reader moves on, and nothing half done."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from pages.shared import progress

# Seconds that something which happens at once may take on a busy machine.
PATIENCE = 60.0

SCRIPT = """
import streamlit as st
from pages.shared import progress, session_cache

st.session_state["_progress_place"] = st.session_state["place"]
st.session_state["found"] = session_cache.cached("work", 0, st.session_state["work"], "Working.")
st.write("after")
"""


class Place:
    """Where the bar is drawn; may raise what Streamlit raises there once the reader has moved on."""

    def __init__(self, on_draw: Callable[[], None] = lambda: None) -> None:
        self.on_draw = on_draw
        self.drawn: list[tuple[float, str]] = []
        self.emptied = 0

    def progress(self, share: float, words: str) -> None:
        self.drawn.append((share, words))
        self.on_draw()

    def empty(self) -> None:
        self.emptied += 1


def opened(work: Callable[[progress.OnStep], Any], place: Place) -> AppTest:
    at = AppTest.from_string(SCRIPT, default_timeout=PATIENCE)
    at.session_state["place"], at.session_state["work"] = place, work
    return at


def test_a_bar_is_there_while_work_lasts_and_goes_with_it() -> None:
    seen = threading.Event()
    place = Place(seen.set)

    def work(on_step: progress.OnStep) -> int:
        on_step(0.25)
        assert seen.wait(PATIENCE)
        return 7

    at = opened(work, place).run()
    assert not at.exception and at.session_state["found"] == 7
    assert place.drawn[0] == (0.25, "Working.") and place.emptied == 1


def test_quick_work_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SHOWN_AFTER", PATIENCE)
    place = Place()
    at = opened(lambda on_step: 7, place).run()
    assert at.session_state["found"] == 7 and not place.drawn and not place.emptied


def test_moving_on_ends_the_work_and_keeps_nothing() -> None:
    ended = threading.Event()
    moves_on = True

    def move_on() -> None:
        if moves_on:
            raise StopException

    def work(on_step: progress.OnStep) -> int:
        try:
            while moves_on:
                on_step(0.5)
        finally:
            ended.set()
        return 7

    at = opened(work, Place(move_on)).run()
    assert not at.exception and not at.markdown and "found" not in at.session_state
    # Only a step ends it.
    assert ended.wait(PATIENCE)
    moves_on = False
    at.run()
    assert at.session_state["found"] == 7 and at.markdown[0].value == "after"


def test_new_work_begins_when_the_old_has_ended() -> None:
    moved_on, ended = threading.Event(), threading.Event()
    happened: list[str] = []

    def move_on() -> None:
        if not moved_on.is_set():
            moved_on.set()
            raise StopException

    def old(on_step: progress.OnStep) -> None:
        assert moved_on.wait(PATIENCE)
        # A long step: the script has ended by now, and the next one has begun.
        assert not ended.wait(0.5)
        happened.append("old ended")
        on_step(1.0)

    at = opened(old, Place(move_on)).run()
    at.session_state["work"] = lambda on_step: happened.append("new began")
    at.run()
    ended.set()
    assert happened == ["old ended", "new began"]


def test_what_work_raises_arrives() -> None:
    def work(on_step: progress.OnStep) -> int:
        raise KeyError("nothing")

    at = opened(work, Place()).run()
    assert len(at.exception) == 1 and "found" not in at.session_state


def test_work_within_work_is_a_part_of_it() -> None:
    threads = []

    def work(on_step: progress.OnStep) -> int:
        threads.append(threading.current_thread())

        def inner(step: progress.OnStep) -> int:
            step(1.0)
            threads.append(threading.current_thread())
            return 7

        return progress.working("Inside.", inner)

    at = opened(work, Place()).run()
    assert at.session_state["found"] == 7 and threads[0] is threads[1] is not threading.current_thread()


def test_without_a_page_work_is_just_done() -> None:
    assert progress.working("Working.", lambda on_step: (on_step(1.0), 7)[1]) == 7
