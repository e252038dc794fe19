"""A race while it goes on: states, progress, charts and questions, polled until it has ended."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from alcore.runs import launcher
from alcore.runs.info import RunInfo
from alcore.runs.store import Store
from pages.shared.errors import sentences
from pages.shared.lab import curves, steer, words
from pages.shared.lab.questions import show_questions
from pages.shared.text import plain

_POLL_SECONDS = 1.0
_FACTS = ("device name", "scoring", "threads", "torch", "scikit-learn")


def watch(race: Sequence[RunInfo], infos: Sequence[RunInfo], axis: str, home: Path) -> None:
    """Show a race; while any run is queued or running, look again every second."""
    states = {info.id: info.state for info in infos}
    active = any(state in words.ACTIVE for state in states.values())
    polled = st.fragment(_look, run_every=_POLL_SECONDS if active else None)
    polled([info.id for info in race], states, axis, home)


def _look(race_ids: Sequence[str], states: Mapping[str, str], axis: str, home: Path) -> None:
    with sentences():
        with Store(home) as store:
            infos = {info.id: info for info in store.runs()}
            if {info.id: info.state for info in infos.values()} != states:
                # What lies outside this part of the page depends on it: the list, the export, the polling.
                st.rerun()
            race = [infos[run_id] for run_id in race_ids if run_id in infos]
            rows = store.curve([info.id for info in race])
        if any(info.state == "queued" for info in infos.values()):
            launcher.ensure_worker(home)
        for info, place in zip(race, st.columns(len(race)) if race else [], strict=True):
            with place:
                _status(info, home)
        _sentence(race, rows)
        if rows or any(info.state in words.ACTIVE for info in race):
            curves.draw_race(race, rows, axis)
        if race[0].rounds_done or race[0].state in words.ACTIVE:
            show_questions(race[0], home)


def _status(info: RunInfo, home: Path) -> None:
    word, icon, color = words.STATES[info.state]
    name = words.strategy(info.config.strategy)
    with st.container(border=True, gap="xsmall", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            asked = "Cancelling" if info.cancel_asked else "Pausing" if info.pause_asked else word
            st.badge(asked, icon=icon, color=color)  # type: ignore[arg-type]
            st.markdown(f"**{name}**", width="stretch")
            steer.buttons(info, home)
        if way := words.way(info):
            st.caption(plain(way))
        if info.state in words.ACTIVE:
            total = info.config.rounds + 1
            st.progress(min(1.0, info.rounds_done / total), _progress(info, total))
        elif standing := _standing(info):
            st.markdown(standing)
        if info.state == "failed":
            st.error(plain(info.error), icon=":material/error:")
        if facts := _facts(info):
            st.caption(plain(facts))


def _standing(info: RunInfo) -> str:
    """Where a run stands: what it has reached."""
    if info.accuracy is None or info.labels is None:
        return ""
    return f"{info.accuracy:.1%} with {words.plural(info.labels, 'label')}"


def _progress(info: RunInfo, total: int) -> str:
    if info.state == "queued":
        if info.queue_position == 1:
            return "Next in the queue"
        return f"{words.ordinal(info.queue_position or 0)} in the queue"
    if not info.rounds_done:
        return "Loading the network library and the data, then the first training"
    left = "" if info.seconds_left is None else f", about {words.duration(info.seconds_left)} left"
    return f"{_standing(info)} · {info.rounds_done} of {total} trainings done{left}"


def _facts(info: RunInfo) -> str:
    parts = []
    if info.finished is not None and info.started is not None and info.state != "failed":
        parts.append(f"took {words.duration(info.finished - info.started)}")
    for key in _FACTS:
        value = info.record.get(key)
        if value and value != "not scored yet":
            named = {"scoring": "scores in ", "torch": "torch ", "scikit-learn": "scikit-learn "}
            parts.append(f"{named.get(key, '')}{value}")
    return " · ".join([*parts, f"run {info.id}"])


def _sentence(race: Sequence[RunInfo], rows: curves.Rows) -> None:
    if any(info.state in words.ACTIVE for info in race):
        waits = "both runs have" if len(race) > 1 else "the run has"
        st.info(f"What it shows is said here once {waits} ended.", icon=":material/hourglass_empty:")
    elif rows:
        st.info(plain(curves.verdict(race, rows)), icon=":material/flag:")
