"""The start button: what will be run, and what came of pressing it."""

from pathlib import Path

import streamlit as st

from alcore.runs import launcher
from alcore.runs.command import command_line
from alcore.runs.config import RunConfig
from alcore.runs.fitting import misfit
from alcore.runs.info import RunInfo
from alcore.runs.store import Store
from pages.shared import controls
from pages.shared.errors import sentences
from pages.shared.lab import words
from pages.shared.lab.shown import look_at
from pages.shared.text import plain

_SAID = "_lab_start"


def start_panel(config: RunConfig, time: str, home: Path) -> None:
    """Offer to start a run and its random rival, and the command that does the same.

    Args:
        config: what to run.
        time: a sentence of how long it takes.
        home: the home folder.
    """
    trouble = misfit(config)
    wanted = [config]
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            "Start", type="primary", icon=":material/play_arrow:", key="mnist_go", disabled=bool(trouble)
        )
        if config.strategy != "random" and controls.toggle(
            "mnist",
            "random",
            "Also run random from the same start",
            True,
            help="The same first labels and first model: what cannot beat it is not worth its trouble.",
        ):
            wanted.append(config.rival)
        with st.popover("As a command", icon=":material/terminal:"):
            st.markdown("The same without the dashboard; it is stored among the runs of this page.")
            for one in wanted:
                st.code(command_line(one), language="bash", wrap_lines=True)
    if trouble:
        st.error(trouble, icon=":material/error:")
    st.caption(
        f"{plain(words.start(config))}. {time} It runs in the background: close the page or restart the "
        "server, it goes on, and the page finds it again."
    )
    if pressed:
        with sentences():
            st.session_state[_SAID] = " ".join(_start(one, home) for one in wanted)
            look_at(config.run_id)
            st.rerun()
    if said := st.session_state.pop(_SAID, None):
        st.info(said, icon=":material/flag:")


def random_button(info: RunInfo, home: Path) -> None:
    """One click to the random run from the same start, for a run that has none."""
    st.button(
        "Also run random from the same start",
        icon=":material/shuffle:",
        key="mnist_rival",
        on_click=_start_rival,
        args=(info.config, home),
    )


def _start_rival(config: RunConfig, home: Path) -> None:
    with sentences():
        st.session_state[_SAID] = _start(config.rival, home)


def _start(config: RunConfig, home: Path) -> str:
    """Submit a run; the sentence of what came of it."""
    with Store(home) as store:
        before = {info.id: info for info in store.runs()}.get(config.run_id)
    info = launcher.start(config, home)
    name = f"**{words.strategy(config.strategy)}**"
    if before is not None and before.state == "done":
        return (
            f"{name} with these settings was run already, on {words.moment(before.finished)}: "
            "that result is shown instead of being computed again."
        )
    if before is not None and before.state in words.ACTIVE:
        return (
            f"{name} with these settings is {'under way' if before.state == 'running' else 'queued'} already."
        )
    if info.queue_position is not None and info.queue_position > 1:
        return f"{name} is {words.ordinal(info.queue_position)} in the queue."
    return f"{name} starts."
