"""A race in progress: its states are polled, its charts are redrawn only after a new round."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from alcore.report.phrases import percent, plural
from alcore.report.text.alarms import alarms
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store
from alcore.runs.worker import launcher
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.ready import is_ready
from pages.screens.mnist_lab.round import cached
from pages.screens.mnist_lab.round.tabs import class_names, look_closer, pool_shares
from pages.screens.mnist_lab.run import live_charts, refresh, steer, summary
from pages.screens.mnist_lab.run.live_training import follow_training
from pages.screens.mnist_lab.selection import seeds_of
from pages.shared import progress
from pages.shared.errors import sentences
from pages.shared.markdown import plain
from pages.shared.session_cache import Stamp, stamp_of
from pages.shared.toolbar import main_visual
from pages.shared.viewport import is_narrow

_POLL_SECONDS = 3.0
# Seconds for which tabs share a read of the store, unless it changes.
_FRESH_SECONDS = 2.0
_FACTS = ("device name", "scoring", "threads", "torch", "scikit-learn")


def follow_run(
    race: Sequence[RunInfo],
    seeds: Sequence[RunInfo],
    infos: Sequence[RunInfo],
    metric: str,
    axis: str,
    home: Path,
) -> None:
    """Show a race; while any run is queued or running, poll every few seconds.

    Args:
        race: the run shown, and its baseline.
        seeds: these runs and those with other seeds, for the curves.
        infos: all runs.
        metric: metric of the large chart.
        axis: "labels" or "round".
        home: the home folder.
    """
    states = {info.id: info.state for info in infos}
    ids = [info.id for info in race]
    page_run = time.time_ns() // 1_000_000
    # On a phone the standings of finished runs, which the curves show as well, come after the picture.
    after = is_narrow() and all(info.state not in texts.ACTIVE for info in race)
    # Each in a place of its own, also while empty: a chart that moves in the page is mounted anew, without its zoom.
    standings, training, picture, standings_after = (st.container() for _ in range(4))
    with standings_after if after else standings:
        st.fragment(_poll)(ids, states, page_run, home)
    with training:
        for info in race:
            if info.state == "running":
                follow_training(info, home)
    with picture:
        st.fragment(_show)(ids, [info.id for info in seeds], metric, axis, page_run, home)


def with_seeds(race: Sequence[RunInfo], infos: Sequence[RunInfo]) -> list[RunInfo]:
    """A race and, once it has ended, the finished races with other seeds."""
    found = {info.id: info for info in race}
    if all(info.state not in texts.ACTIVE for info in race):
        for info in race:
            found |= {one.id: one for one in seeds_of(info, infos) if one.state == "done"}
    return list(found.values())


def _poll(race_ids: Sequence[str], states: Mapping[str, str], page_run: int, home: Path) -> None:
    with sentences():
        infos = _looked(str(home), _written(home), int(time.time() / _FRESH_SECONDS))
        if {info.id: info.state for info in infos.values()} != states:
            # The page outside this fragment depends on the states: the list, the export, the polling.
            st.rerun()
        if "queued" in states.values() and (trouble := launcher.trouble(home)):
            st.warning(plain(trouble), icon=":material/warning:")
        race = [infos[run_id] for run_id in race_ids if run_id in infos]
        for info, place in zip(race, st.columns(len(race), gap="medium") if race else [], strict=True):
            with place:
                _status(info, home)
        if any(state in texts.ACTIVE for state in states.values()):
            rounds = sum(info.rounds_done for info in race)
            refresh.publish(race_ids[0], rounds, every=_POLL_SECONDS, page_run=page_run)


def _show(race_ids: Sequence[str], seed_ids: Sequence[str], metric: str, axis: str, page_run: int, home: Path) -> None:
    with sentences(), progress.in_fragment():
        infos = _looked(str(home), _written(home), int(time.time() / _FRESH_SECONDS))
        race = [infos[run_id] for run_id in race_ids if run_id in infos]
        seeds = [infos[run_id] for run_id in seed_ids if run_id in infos]
        rows = _rows(str(home), tuple((info.id, info.created, info.rounds_done) for info in seeds))
        if not race:
            return
        active = any(info.state in texts.ACTIVE for info in race)
        if active:
            refresh.subscribe(race[0].id, sum(info.rounds_done for info in race), page_run=page_run)
        with main_visual():
            left, right = st.columns([5, 6], gap="medium")
        small_place, below = st.container(), st.container()
        with below:
            _sentence(seeds, rows)
            _alarms(race, home)
        with left:
            if rows or active:
                small = small_place if is_narrow() else None
                live_charts.draw(seeds, rows, metric, axis, below, small)
        if race[0].rounds_done or race[0].state in texts.ACTIVE:
            with right:
                look_closer(race[0], next(iter(race[1:]), None), home, below)


@st.cache_resource(max_entries=4, show_spinner=False)
def _looked(home: str, written: Stamp, moment: int) -> dict[str, RunInfo]:
    with Store(Path(home)) as store:
        infos = {info.id: info for info in store.runs()}
    if any(info.state == "queued" for info in infos.values()):
        launcher.ensure_worker(Path(home))
    return infos


@st.cache_resource(max_entries=16, show_spinner=False)
def _rows(home: str, runs: tuple[tuple[str, float, int], ...]) -> summary.Rows:
    """The curves of runs up to their known number of rounds."""
    with Store(Path(home)) as store:
        known = store.curve([run_id for run_id, _, _ in runs])
    rounds = {run_id: count for run_id, _, count in runs}
    return [row for row in known if int(row["round"]) < rounds[str(row["run"])]]


def _written(home: Path) -> Stamp:
    """A value that changes with every write to the store."""
    return stamp_of([home / "runs.sqlite", home / "runs.sqlite-wal"])


def _alarms(race: Sequence[RunInfo], home: Path) -> None:
    """The alarms of a run, one per line, above its curve."""
    info, rivals = race[0], race[1:]
    if not info.rounds_done:
        return
    random = [rival for rival in rivals if rival.config.strategy == "random"]
    rounds, beside = cached.slim_rounds(info, home), cached.slim_rounds(random[0], home) if random else ()
    names, share_C = class_names(info, home), pool_shares(info, home)
    name = texts.strategy(info.config.strategy)
    found = progress.working(
        "Checking for failures.",
        lambda on_step: alarms(rounds, beside, class_names=names, share_C=share_C, name=name),
    )
    if found:
        lines = [f":material/warning: **Round {one.round}:** {plain(one.sentence)}" for one in found]
        st.warning("  \n".join(lines))


def _status(info: RunInfo, home: Path) -> None:
    word, icon, color = texts.STATES[info.state]
    with st.container(gap="xsmall", key=f"mnist_status_{info.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            asked = "Cancelling" if info.cancel_asked else "Pausing" if info.pause_asked else word
            st.badge(asked, icon=icon, color=color)  # type: ignore[arg-type]
            standing = "" if info.state in texts.ACTIVE else _standing(info)
            name = f"**{texts.strategy(info.config.strategy)}**{': ' if standing else ''}{standing}"
            st.markdown(name, width="stretch", help=plain(_facts(info, home)))
            if not is_ready(home):
                steer.buttons(info, home)
        if way := texts.way(info):
            st.caption(plain(way))
        if info.state in texts.ACTIVE:
            total = info.config.rounds + 1
            st.progress(min(1.0, info.rounds_done / total), _progress(info, total))
        if info.state == "failed":
            st.error(plain(info.error), icon=":material/error:")


def _standing(info: RunInfo) -> str:
    """The status of a run: its rounds, labels and accuracy."""
    if info.accuracy is None or info.labels is None:
        return ""
    return f"{percent(info.accuracy)} with {plural(info.labels, 'label')}"


def _progress(info: RunInfo, total: int) -> str:
    if info.state == "queued":
        if info.queue_position == 1:
            return "Next in the queue"
        return f"{texts.ordinal(info.queue_position or 0)} in the queue"
    # What is loaded or trained at the moment is said from second to second, by `live_training`.
    standing = f"{_standing(info)} · " if info.rounds_done else ""
    left = "" if info.seconds_left is None or not info.rounds_done else f", {texts.estimated(info.seconds_left)} left"
    return f"{standing}{info.rounds_done} of {total} trainings done{left}"


def _facts(info: RunInfo, home: Path) -> str:
    parts = ["came with the program"] if is_ready(home) else []
    if info.finished is not None and info.started is not None and info.state != "failed" and not parts:
        parts.append(f"took {texts.duration(info.finished - info.started)}")
    for key in _FACTS:
        value = info.record.get(key)
        repeated = key == "threads" and "thread" in info.record.get("device name", "")
        if value and value != "not scored yet" and not repeated:
            named = {"scoring": "scores in ", "device name": ""}
            parts.append(f"{named.get(key, f'{key} ')}{value}")
    return " · ".join([*parts, f"seed {info.config.seed}", f"run {info.id}"])


def _sentence(race: Sequence[RunInfo], rows: summary.Rows) -> None:
    if any(info.state in texts.ACTIVE for info in race):
        waits = "both runs finish" if len(race) > 1 else "the run finishes"
        st.info(f"Verdict appears when {waits}.", icon=":material/hourglass_empty:")
    elif rows:
        verdict = progress.working("Comparing the runs.", lambda on_step: summary.verdict(race, rows))
        st.info(plain(verdict), icon=":material/flag:")
