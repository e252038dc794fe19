"""Controlling a run in progress: pause, resume, cancel, change labels per round, switch strategy."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from alcore.report.phrases import plural
from alcore.runs.config import ConfigError
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store, StoreError
from alcore.runs.worker import launcher
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.selection import look_at
from pages.shared import controls
from pages.shared.markdown import plain

_MOST_LISTED = 6


def buttons(info: RunInfo, home: Path) -> None:
    """The actions allowed in a run's state; for a crashed run, resuming comes first."""
    actions: list[tuple[str, str, str, Callable[[Store, str], object]]] = []
    if info.resumable:
        actions.append(("resume", "Resume", ":material/play_arrow:", Store.resume))
    elif info.pause_asked and not info.cancel_asked:
        actions.append(("resume", "Do not pause", ":material/play_arrow:", Store.resume))
    elif info.state in texts.ACTIVE:
        actions.append(("pause", "Pause", ":material/pause:", Store.pause))
    if info.state in (*texts.ACTIVE, "paused"):
        actions.append(("cancel", "Cancel", ":material/stop:", Store.request_cancel))
    # Content width: with half of the row shared with the name, the buttons would wrap.
    with st.container(horizontal=True, width="content"):
        for name, label, icon, action in actions:
            st.button(
                label,
                icon=icon,
                key=f"mnist_{name}_{info.id}",
                type="primary" if name == "resume" and info.resumable else "secondary",
                disabled=name != "resume" and info.cancel_asked,
                on_click=_act,
                args=(action, info.id, home),
            )


def queue(infos: Sequence[RunInfo]) -> None:
    """All running and queued runs in one line, if there is more than one."""
    active = [info for info in infos if info.state in texts.ACTIVE]
    if len(active) < 2:
        return
    active.sort(key=lambda info: info.queue_position or 0)
    names = texts.legend(active)
    shown = [f"{_place(info)} {names[info.id]}" for info in active[:_MOST_LISTED]]
    more = f" · and {plural(len(active) - _MOST_LISTED, 'run')} more" if len(active) > _MOST_LISTED else ""
    st.caption(f":material/format_list_numbered: **Queue:** {plain(' · '.join(shown))}{more}")


def changes(info: RunInfo, home: Path) -> None:
    """A panel for changes of a run from a given round on; empty if none is possible."""
    queries = min(info.rounds_done, info.config.rounds)
    continues = info.state != "done" and info.rounds_done + (info.state == "running") < info.config.rounds
    if not queries and not continues:
        return
    with st.popover("Change this run", icon=":material/alt_route:"):
        if continues:
            _other_labels(info, home)
        # The control keeps its first value: it is offered once its default, round 2, is possible.
        if queries > 1 or (queries and info.state != "running"):
            _fork(info, queries, home)


def _other_labels(info: RunInfo, home: Path) -> None:
    st.markdown("**Labels per round, from the next round on**")
    wish = controls.number(
        "mnist", "nextlabels", "Labels per round from now on", 1, 10_000, info.config.labels_per_round
    )
    st.button(
        "Apply from the next round on",
        key="mnist_uselabels",
        disabled=wish == info.labels_per_round,
        on_click=_act,
        args=(lambda store, run_id: store.set_labels_per_round(run_id, wish), info.id, home),
    )
    st.caption(f"The round in progress is unchanged: it queries {plural(info.labels_per_round, 'label')}.")


def _fork(info: RunInfo, queries: int, home: Path) -> None:
    st.markdown("**Switch strategy mid-run**")
    label, help = "First round of the new strategy", "Earlier rounds are copied, not run again."
    number = controls.number("mnist", "forkround", label, 1, queries, min(2, queries), help=help)
    now = info.course.config_at(number - 1).strategy
    others = {name: label for name, label in texts.STRATEGY_NAMES.items() if name != now}
    strategy = controls.selectbox("mnist", "forkwith", "Query strategy from then on", others, next(iter(others)))
    st.button(
        "Fork",
        icon=":material/alt_route:",
        key="mnist_fork",
        on_click=_act,
        args=(lambda store, run_id: look_at(store.fork(run_id, number - 1, strategy).id), info.id, home),
    )
    st.caption("It starts a new run, which is drawn together with this one; this run is unchanged.")


def _act(action: Callable[[Store, str], object], run_id: str, home: Path) -> None:
    try:
        with Store(home) as store:
            action(store, run_id)
        launcher.ensure_worker(home)
    except (StoreError, ConfigError) as error:
        # Another tab may have acted first: the page shows the current state, and this message the result.
        st.toast(plain(str(error)), icon=":material/error:")


def _place(info: RunInfo) -> str:
    if info.queue_position is None:
        return "now"
    return f"{info.queue_position}."
