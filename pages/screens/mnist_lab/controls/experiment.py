"""The experiment: a preset or custom values, as one config; every control is in the address."""

from typing import Any

import streamlit as st

from alcore.datasets.catalogue import DATASETS, image_datasets
from alcore.learners.registry import LEARNERS, is_network
from alcore.runs.config import RunConfig, config_from
from alcore.runs.presets import PRESETS, Preset
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.controls.acquisition import candidates, remedies, voters
from pages.screens.mnist_lab.controls.data_and_stopping import harder, stops
from pages.screens.mnist_lab.controls.experiment_notes import EXPERIMENTS, OWN, label
from pages.screens.mnist_lab.controls.training import each_round, training
from pages.shared import controls
from pages.shared.markdown import plain

_STRATEGY = "mnist_strategy"
_SEEN = "_lab_experiment"


def experiment_controls() -> tuple[str, RunConfig]:
    """Draw the choice of experiment and strategy here, and the other controls in the sidebar.

    Returns:
        The experiment's name and the config.

    Raises:
        ConfigError: if the values are incompatible; with a sentence for each.
    """
    left, right = st.columns(2, gap="medium")
    with left:
        experiment = controls.selectbox(
            "mnist", "experiment", "Experiment", list(EXPERIMENTS), next(iter(EXPERIMENTS)), labels=label
        )
        told = EXPERIMENTS[experiment]
        st.markdown(f"**What it does.** {told.does}")
        st.markdown(f"**What you will see.** {told.see}")
    usual = PRESETS[experiment].config.strategy if experiment in PRESETS else RunConfig().strategy
    _follow(experiment, usual)
    with right:
        strategy = controls.selectbox(
            "mnist", "strategy", "Ask for labels by", list(STRATEGIES), usual, labels=texts.strategy
        )
        st.markdown(f"**How it chooses.** {STRATEGIES[strategy].description}")
        if experiment in PRESETS:
            _terms(PRESETS[experiment])
    with st.sidebar:
        own = experiment == OWN
        values = _own_values(strategy) if own else _variation(PRESETS[experiment].config, strategy)
    return experiment, config_from({**values, "strategy": strategy})


def how_long(experiment: str, *, on_digits: bool) -> str:
    """Expected duration of a run after Start, in a sentence."""
    seconds = EXPERIMENTS[experiment].seconds
    if on_digits and seconds is not None:
        return "A few seconds a run, after some seconds in which the network library is loaded."
    if seconds is not None:
        return f"About {seconds} s a run on two CPU cores, less on a GPU."
    return "The time left is shown from the first round on."


def _terms(preset: Preset) -> None:
    """A short description of the experiment, and its published results."""
    with st.popover("In the field's terms", icon=":material/school:"):
        st.markdown(f"`{preset.name}`: {plain(preset.description)}")
        st.markdown(f"**Expect:** {plain(preset.expectation)}")
        if preset.published:
            curve = ", ".join(f"{100 * accuracy:.1f} % at {labels:,}" for labels, accuracy in _few(preset.published))
            st.markdown(f"**Published:** {curve} labels. {plain(preset.published_note)}")


def _few(points: tuple[tuple[int, float], ...]) -> tuple[tuple[int, float], ...]:
    return points if len(points) <= 6 else (points[0], points[-1])


def _follow(experiment: str, usual: str) -> None:
    """Set the strategy of a newly chosen experiment; a strategy in the link is kept."""
    before = st.session_state.get(_SEEN)
    if before is not None and before != experiment:
        st.session_state[_STRATEGY] = usual
    st.session_state[_SEEN] = experiment


def _variation(config: RunConfig, strategy: str) -> dict[str, Any]:
    """A preset with another strategy, seed, device or warm-start mode."""
    values = config.model_dump()
    if "probs_N_K_C" not in STRATEGIES[strategy].needs:
        values["samples"] = None
    if is_network(config.learner) and config.carry_on:
        values |= each_round()
    if config.dataset in image_datasets():
        values |= candidates(strategy)
    values["seed"] = _seed()
    if is_network(config.learner):
        values["device"] = _device()
    return values


def _own_values(strategy: str) -> dict[str, Any]:
    learner = controls.selectbox("mnist", "learner", "Learner", list(LEARNERS), "cnn", labels=texts.learner)
    st.caption(LEARNERS[learner].description)
    values: dict[str, Any] = {
        "learner": learner,
        "dataset": controls.selectbox(
            "mnist",
            "data",
            "Data set",
            list(image_datasets()),
            "mnist",
            labels=texts.dataset,
        ),
        "seed_set": controls.segmented(
            "mnist",
            "seedset",
            "First labels",
            ["random", "balanced", "diverse"],
            "random",
            labels=str.capitalize,
            help="The seed set. Balanced: as many of each class as possible. Diverse: one from each of as "
            "many clusters.",
        ),
        "seed_labels": controls.number("mnist", "seeds", "How many first labels", 1, 20_000, 1000),
        "labels_per_round": controls.number("mnist", "batch", "Labels per round", 1, 10_000, 500),
        "rounds": controls.slider("mnist", "rounds", "Rounds", 0, 100, 4),
    }
    values |= training(learner, values["dataset"])
    values |= voters(strategy, learner)
    values |= _part(values["dataset"])
    values |= candidates(strategy)
    values |= harder() | stops() | remedies(strategy)
    values["seed"] = _seed()
    # Only networks have a device: other learners are fitted on the CPU, so a device would change only the id.
    if is_network(learner):
        values["device"] = _device()
    return values


def _part(dataset: str) -> dict[str, Any]:
    if not controls.toggle(
        "mnist",
        "part",
        "Choose from a part of the pool",
        False,
        help="The pool is all images without a label. A random part is faster to score, and the same in "
        "every round; the questions are then the best of fewer.",
    ):
        return {}
    part = controls.number("mnist", "pool", "Images in that part", 100, 60_000, 10_000)
    whole = DATASETS[dataset].image_sizes.pool
    if part < whole:
        return {"pool_size": part}
    st.caption(f"The data set has {whole:,} images to choose from: that is all of them.")
    return {}


def _seed() -> int:
    return controls.number("mnist", "seed", "Seed", 0, 999_999, 0, help="Decides the first labels and the first model.")


def _device() -> str:
    return controls.segmented(
        "mnist",
        "device",
        "Device",
        ["auto", "cpu", "cuda"],
        "auto",
        labels={"auto": "Auto", "cpu": "CPU", "cuda": "GPU"}.__getitem__,
        help="Auto: the GPU if there is one.",
    )
