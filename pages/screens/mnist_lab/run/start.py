"""The start button: the runs to start, and the result of pressing it."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.cli.command_line import command_line
from alcore.learners.registry import is_network
from alcore.report.phrases import plural
from alcore.runs.config import RunConfig
from alcore.runs.feasibility import pool_size, why_infeasible
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store
from alcore.runs.worker import launcher
from alcore.runs.worker.gpu_slots import stacks
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.selection import COMPARE, look_at
from pages.shared import address, controls
from pages.shared.errors import sentences
from pages.shared.markdown import plain

_DRIVER = Path("/proc/driver/nvidia/version")
# Default number of seeds of a race: trained as one model on a GPU; on a CPU a single race is slow enough.
_SEEDS_ON_GPU, _SEEDS_ON_CPU = 5, 1
_SAID = "_lab_start"
# Seconds for which the message is kept: the page is redrawn as soon as a worker claims the run.
_SAID_SECONDS = 10.0
_NUMBER_WIDTH = 170  # pixels
_QUEUE, _STARTS = "in the queue.", "starts."
_STARTS_MADE = "_lab_starts_made"


@cache
def has_gpu() -> bool:
    """Whether the device "auto" is a CUDA GPU; torch, slow to load, is imported only if a GPU is likely."""
    if not _DRIVER.exists() and shutil.which("nvidia-smi") is None:
        return False
    from alcore.device import resolve_device
    from alcore.extras import MissingExtraError

    try:
        return resolve_device("auto").type == "cuda"
    except MissingExtraError:
        return False


def form_key() -> str:
    """The key of the form in which a run is set up: another one after each start, so that it is folded then."""
    return f"_lab_form_{st.session_state.get(_STARTS_MADE, 0)}"


def fold_form() -> None:
    """Fold the form from the next run of the page on."""
    st.session_state[_STARTS_MADE] = st.session_state.get(_STARTS_MADE, 0) + 1


@dataclass(frozen=True)
class WantedRuns:
    """What Start starts: the runs, seed by seed, those of one seed, and whether it can."""

    runs: Sequence[RunConfig]
    race: Sequence[RunConfig]
    possible: bool


def race_panel(config: RunConfig, how_long: str, missing: str | None = None) -> WantedRuns:
    """Controls of a race: the run and its baselines over paired seeds; and the equivalent command.

    `how_long` is a sentence about its duration; `missing` says why its data is not available, if so.
    """
    trouble = why_infeasible(config)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        race, seeds = _race(config)
    with st.expander("As a command", key="group_command", icon=":material/terminal:"):
        st.markdown("The same without the dashboard; it is stored among the runs of this page.")
        for one in race:
            st.code(command_line(one), language="bash", wrap_lines=True)
        if seeds > 1:
            st.markdown(f"And again with each seed up to {config.seed + seeds - 1}.")
    if trouble:
        st.error(trouble, icon=":material/error:")
    # Seed by seed: an interrupted race has complete seeds.
    wanted = [one.model_copy(update={"seed": one.seed + more}) for more in range(seeds) for one in race]
    pool, (_, labels) = pool_size(config), config.label_range
    if pool is not None and labels > pool and not trouble:
        how_long = f"The pool has {pool:,} images: the run ends when all are labelled. {how_long}"
    # Networks of one config are trained as one model on a GPU.
    at_once = config.device != "cpu" and stacks(config) and has_gpu()
    order = "all at once on the GPU" if at_once else "one after the other"
    queued = f" Start queues {len(wanted)} runs, {order}." if len(wanted) > 2 else ""
    st.caption(
        f"{plain(texts.start(config))}. {how_long}{queued} It runs in the background, also while this page is closed "
        "or the server is restarted."
    )
    return WantedRuns(wanted, race, not (trouble or missing))


def start_button(wanted: WantedRuns, config: RunConfig, home: Path, go: DeltaGenerator) -> None:
    """The button, in its place `go`; and what became of pressing it, here."""
    if _start_button(go, primary=True, disabled=not wanted.possible):
        fold_form()
        with sentences():
            _say(_summary([_start(one, home) for one in wanted.runs]))
            look_at(config.run_id)
            if any(one.carry_on != config.carry_on for one in wanted.race):
                # Runs that differ in more than the strategy are compared only in the overlay.
                address.write(COMPARE, ",".join(one.run_id for one in wanted.race))
            st.rerun()
    text, until = st.session_state.get(_SAID, ("", 0.0))
    if time.monotonic() < until:
        st.info(text, icon=":material/flag:")


def refused(go: DeltaGenerator) -> None:
    """A placeholder for the button if the settings are invalid: the reason is shown."""
    _start_button(go, primary=False, disabled=True)


def _start_button(go: DeltaGenerator, *, primary: bool, disabled: bool) -> bool:
    return go.button(
        "Start",
        type="primary" if primary else "secondary",
        icon=":material/play_arrow:",
        key="mnist_go",
        disabled=disabled,
    )


def from_scratch(config: RunConfig) -> RunConfig:
    """The same run with a model retrained from scratch each round: its remaining gain is due to labels alone."""
    return config.model_copy(update={"carry_on": False, "shrink": 1.0})


def _race(config: RunConfig) -> tuple[list[RunConfig], int]:
    """Controls for the runs of a seed and the number of seeds."""
    help = "The baseline: the same seed set and the same first model."
    random = config.strategy != "random" and controls.toggle(
        "mnist", "random", "Also run random from the same start", True, help=help
    )
    starts = [config]
    if is_network(config.learner) and config.carry_on:
        help = (
            "The control for a warm start, where part of the rise is due to more training: retrained from scratch, the "
            "rise is due to labels alone."
        )
        if controls.toggle("mnist", "scratch", "Also retrain from scratch", False, help=help):
            starts.append(from_scratch(config))
    with st.container(width=_NUMBER_WIDTH):
        seeds = controls.number(
            "mnist",
            "paired",
            "Paired seeds",
            1,
            20,
            _SEEDS_ON_GPU if has_gpu() else _SEEDS_ON_CPU,
            help="Number of races, each with another seed set and another first model, the same for all its runs. "
            "Several give confidence intervals.",
        )
    return [one for start in starts for one in ([start, start.rival] if random else [start])], seeds


def random_button(info: RunInfo, home: Path) -> None:
    """A button that starts the random run from the same start, for a run without one."""

    def start_rival() -> None:
        with sentences():
            _say(_start(info.config.rival, home))

    st.button("Also run random from the same start", icon=":material/shuffle:", key="mnist_rival", on_click=start_rival)


def _say(text: str) -> None:
    st.session_state[_SAID] = (text, time.monotonic() + _SAID_SECONDS)


def _summary(results: Sequence[str]) -> str:
    """The results of starting several runs: a sentence for each, or a count."""
    if len(results) <= 2:
        return " ".join(results)
    first = sum(result.endswith(_STARTS) for result in results)
    waiting = sum(result.endswith(_QUEUE) for result in results)
    known = len(results) - first - waiting
    if known == len(results):
        return f"All {known} runs with these settings are done or in progress already."
    parts = [
        "one starts" if first else "",
        f"{plural(waiting, 'run')} in the queue" if waiting else "",
        f"{plural(known, 'run')} with these settings done or in progress already" if known else "",
    ]
    return f"{plural(len(results), 'run')}: {', '.join(filter(None, parts))}."


def _start(config: RunConfig, home: Path) -> str:
    """Submit a run; the result in a sentence."""
    with Store(home) as store:
        before = store.find(config.run_id)
    info = launcher.start(config, home)
    name = f"**{texts.strategy(config.strategy)}**"
    if before is not None and before.state == "done":
        return (
            f"{name} with these settings was run already, on {texts.moment(before.finished)}: "
            "that result is shown instead of being computed again."
        )
    if before is not None and before.state in texts.ACTIVE:
        return f"{name} with these settings is {'in progress' if before.state == 'running' else 'queued'} already."
    if info.queue_position is not None and info.queue_position > 1:
        return f"{name} is {texts.ordinal(info.queue_position)} {_QUEUE}"
    return f"{name} {_STARTS}"
