"""Controlling a run in progress: pause, resume, cancel, change labels per round, switch strategy."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from alcore.runs.config import ConfigError
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store, StoreError
from alcore.runs.worker import launcher
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.selection import look_at
from pages.shared import controls
from pages.shared.markdown import plain

_MOST_LISTED = 50


def buttons(info: RunInfo, home: Path) -> None:
    """The actions allowed in a run's state; for a crashed run, resuming comes first."""
    # Content width: with half of the row shared with the name, the buttons would wrap.
    with st.container(horizontal=True, width="content"):
        if info.resumable:
            _button(info, home, "resume", "Resume", ":material/play_arrow:", _resume, eager=True)
        elif info.pause_asked and not info.cancel_asked:
            _button(info, home, "resume", "Do not pause", ":material/play_arrow:", _resume)
        elif info.state in texts.ACTIVE:
            _button(info, home, "pause", "Pause", ":material/pause:", Store.pause, off=info.cancel_asked)
        if info.state in (*texts.ACTIVE, "paused"):
            _button(info, home, "cancel", "Cancel", ":material/stop:", Store.request_cancel, off=info.cancel_asked)


def queue(infos: Sequence[RunInfo]) -> None:
    """All running and queued runs in order, if there is more than one."""
    active = [info for info in infos if info.state in texts.ACTIVE]
    if len(active) < 2:
        return
    active.sort(key=lambda info: info.queue_position or 0)
    behind = active[_MOST_LISTED:]
    with st.expander(f"The queue: {texts.plural(len(active), 'run')}", icon=":material/format_list_numbered:"):
        st.markdown(
            "\n".join(
                f"- {_place(info)}: {plain(texts.run(info))}"
                + ("" if info.config.run_id == info.id else f" ({info.id})")
                for info in active[:_MOST_LISTED]
            )
            + (f"\n- {texts.plural(len(behind), 'run')} more behind them" if behind else "")
        )


def changes(info: RunInfo, home: Path) -> None:
    """A panel for changes of a run from a given round on; empty if none is possible."""
    asked = min(info.rounds_done, info.config.rounds)
    asks_again = info.state != "done" and info.rounds_done + (info.state == "running") < info.config.rounds
    if not asked and not asks_again:
        return
    with st.popover("Change this run", icon=":material/alt_route:"):
        if asks_again:
            _other_labels(info, home)
        # The control keeps its first value: it is offered once its default, round 2, is possible.
        if asked > 1 or (asked and info.state != "running"):
            _fork(info, asked, home)


def _other_labels(info: RunInfo, home: Path) -> None:
    st.markdown("**Labels per round, from the next round on**")
    wish = controls.number(
        "mnist", "nextlabels", "Labels per round from now on", 1, 10_000, info.config.labels_per_round
    )
    st.button(
        "Use from the next round on",
        key="mnist_uselabels",
        disabled=wish == info.labels_per_round,
        on_click=_set_labels,
        args=(info.id, wish, home),
    )
    st.caption(f"The round that is under way stays as it is; it now asks for {info.labels_per_round:,}.")


def _fork(info: RunInfo, asked: int, home: Path) -> None:
    st.markdown("**Fork: the same up to a round, then another strategy**")
    number = controls.number(
        "mnist",
        "forkround",
        "First round of the other strategy",
        1,
        asked,
        min(2, asked),
        help="The rounds before it are copied, not run again.",
    )
    now = info.course.config_at(number - 1).strategy
    others = [name for name in STRATEGIES if name != now]
    strategy = controls.selectbox("mnist", "forkwith", "It asks by", others, others[0], labels=texts.strategy)
    st.button(
        "Fork",
        icon=":material/alt_route:",
        key="mnist_fork",
        on_click=_start_fork,
        args=(info.id, number - 1, strategy, home),
    )
    st.caption("A new run; this one stays as it is, and both are drawn together.")


def _button(
    info: RunInfo,
    home: Path,
    name: str,
    label: str,
    icon: str,
    action: Callable[[Store, str], object],
    *,
    eager: bool = False,
    off: bool = False,
) -> None:
    st.button(
        label,
        icon=icon,
        key=f"mnist_{name}_{info.id}",
        type="primary" if eager else "secondary",
        disabled=off,
        on_click=_act,
        args=(action, info.id, home),
    )


def _act(action: Callable[[Store, str], object], run_id: str, home: Path) -> None:
    try:
        with Store(home) as store:
            action(store, run_id)
        launcher.ensure_worker(home)
    except (StoreError, ConfigError) as error:
        # Another tab may have acted first: the page shows the current state, and this message the result.
        st.toast(plain(str(error)), icon=":material/error:")


def _resume(store: Store, run_id: str) -> None:
    store.resume(run_id)


def _set_labels(run_id: str, labels: int, home: Path) -> None:
    _act(lambda store, one: store.set_labels_per_round(one, labels), run_id, home)


def _start_fork(run_id: str, number: int, strategy: str, home: Path) -> None:
    _act(lambda store, one: look_at(store.fork(one, number, strategy).id), run_id, home)


def _place(info: RunInfo) -> str:
    if info.queue_position is None:
        return "Runs now"
    return f"{texts.ordinal(info.queue_position)} in the queue"
