"""Starting, following and stopping a tournament in the background."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from alcore.report.statistics.tournament import selection_seconds
from alcore.runs.tournament import background
from alcore.runs.tournament.plan import TournamentPlan
from alcore.runs.tournament.run import TournamentProgress, progress
from alcore.short import plural
from pages.screens.mnist_lab.texts import estimated
from pages.shared.errors import sentences
from pages.shared.markdown import plain

_POLL_SECONDS = 1.0


def run_panel(plan: TournamentPlan, ready: Mapping[str, Any], home: Path) -> None:
    """Start, resume or stop a plan; or copy its command.

    Args:
        plan: the plan.
        ready: record of the ready-made tournament, for an estimate of the time.
        home: folder of the results.
    """
    running = background.is_running(plan, home)
    before = progress(plan, home)
    st.button(
        _word(before),
        type="primary",
        icon=":material/play_arrow:",
        key="tournament_go",
        disabled=running or before.done == before.cells,
        on_click=_start,
        args=(plan, home),
        width="stretch",
    )
    if running:
        st.button(
            "Stop", icon=":material/stop:", key="tournament_stop", on_click=_stop, args=(plan, home), width="stretch"
        )
    st.caption(f"{plain(_size(plan))} {_estimate(plan, ready)}")
    if running or before.done or before.failed:
        polled = st.fragment(_look, run_every=_POLL_SECONDS if running else None)
        polled(plan, home, running, _seeds(plan, before))
    with st.popover("As a command", icon=":material/terminal:", width="stretch"):
        st.markdown(
            "The same without the dashboard, on all cores of this machine. With `--dask tcp://HOST:8786` "
            "it runs on a cluster; with `--out FOLDER` it writes tables and figures."
        )
        st.code(
            shlex.join(["python", "-m", "alcore", *background.words(plan)]),
            language="bash",
            wrap_lines=True,
        )
        st.markdown(
            "It runs in the background, also while this page is closed or the server is restarted; no finished race is "
            "lost."
        )


def _word(before: TournamentProgress) -> str:
    if before.done == before.cells:
        return "Done"
    if before.over:
        return "Retry the failed races"
    return "Resume" if before.done + before.failed else "Run tournament"


def _estimate(plan: TournamentPlan, ready: Mapping[str, Any]) -> str:
    """Time of selection, from the ready-made tournament's races of the same strategies on the same data sets."""
    seconds = selection_seconds(ready, plan.strategies, plan.tasks, seeds=plan.seeds, rounds=plan.rounds)
    cores = os.cpu_count() or 1
    if seconds is None:
        return "There is no estimate of its time: part of it was never measured."
    return f"Selection alone takes {estimated(seconds / cores)} on {cores} cores, training not counted."


def _size(plan: TournamentPlan) -> str:
    parts = [
        plural(count, word)
        for count, word in (
            (len(plan.datasets), "data set"),
            (len(plan.learners), "learner"),
            (plan.seeds, "seed"),
        )
        if count > 1 or word != "learner"
    ]
    races = len(plan.strategies) * len(plan.tasks) * plan.seeds
    return f"{len(plan.strategies)} strategies (random is one) × {' × '.join(parts)}: {races:,} races."


def _seeds(plan: TournamentPlan, now: TournamentProgress) -> int:
    return (now.done + now.failed) * plan.seeds // now.cells


def _look(plan: TournamentPlan, home: Path, was_running: bool, seeds: int) -> None:
    with sentences():
        now = progress(plan, home)
        if background.is_running(plan, home) != was_running or _seeds(plan, now) > seeds:
            # The page outside this fragment depends on the state: the buttons, the results, the polling.
            st.rerun()
        st.progress(min(1.0, (now.done + now.failed) / now.cells), _said(now, was_running))
        if now.failed:
            st.warning(
                f"{now.failed:,} of {now.cells:,} races failed; the reasons are below the results. The others "
                "continue.",
                icon=":material/warning:",
            )


def _said(now: TournamentProgress, running: bool) -> str:
    text = f"{now.done:,} of {now.cells:,} races done"
    if not running:
        return text if now.over else f"{text}; the others have not been run"
    if not now.done:
        return "Starting the processes"
    left = "" if now.seconds_left is None else f", {estimated(now.seconds_left)} left"
    return text + left


def _start(plan: TournamentPlan, home: Path) -> None:
    with sentences():
        background.launch(plan, home)


def _stop(plan: TournamentPlan, home: Path) -> None:
    with sentences():
        background.stop(plan, home)
        st.toast("It stops after the races in progress.")
