"""What to run: a preset or own values, as one config; every control is in the address."""

from typing import Any

import streamlit as st

from alcore.datasets.catalogue import IMAGE_DATASETS
from alcore.learners.learner import COMMITTEE, DROPOUT_SAMPLES, LEARNERS, NETWORKS
from alcore.runs.config import RunConfig, config_from
from alcore.runs.fitting import POOLS
from alcore.runs.presets import PRESETS
from alcore.strategies.catalogue import STRATEGIES
from pages.shared import controls
from pages.shared.lab import words

OWN = "Own values"
EXPERIMENTS = ("cnn-mnist", "mlp-1d-mnist", OWN)
# Measured on two CPU cores, one run.
_SECONDS = {"cnn-mnist": 20, "mlp-1d-mnist": 15}


def choose() -> tuple[str, RunConfig]:
    """Draw the choice of experiment and strategy here and the rest in the sidebar.

    Returns:
        The experiment's name and the config.

    Raises:
        ConfigError: the values do not go together; a sentence for each.
    """
    left, right = st.columns(2, gap="medium")
    with left:
        experiment = controls.segmented("mnist", "experiment", "Experiment", EXPERIMENTS, "cnn-mnist")
        if experiment == OWN:
            st.markdown("Every setting is yours, in the sidebar. They begin as those of `cnn-mnist`.")
        else:
            preset = PRESETS[experiment]
            st.markdown(preset.description)
            st.caption(f"Expect: {preset.expectation}")
    with right:
        strategy = controls.selectbox(
            "mnist",
            "strategy",
            "Ask for labels by",
            list(STRATEGIES),
            "least_confidence",
            labels=words.strategy,
        )
        st.caption(STRATEGIES[strategy].description)
    with st.sidebar:
        values = _own_values(strategy) if experiment == OWN else _variation(PRESETS[experiment].config)
    return experiment, config_from({**values, "strategy": strategy})


def how_long(experiment: str, *, on_digits: bool) -> str:
    """What happens after Start, and for how long."""
    if on_digits:
        return "A few seconds a run, after some seconds in which the network library is loaded."
    if experiment in _SECONDS:
        return f"About {_SECONDS[experiment]} s a run on two CPU cores, less on a GPU."
    return "The time left is shown from the first round on."


def _variation(config: RunConfig) -> dict[str, Any]:
    """A preset with another seed or device, or as its from-scratch control."""
    return config.model_dump() | {
        "carry_on": _carry_on(),
        "seed": _seed(),
        "device": _device(),
    }


def _own_values(strategy: str) -> dict[str, Any]:
    learner = controls.selectbox("mnist", "learner", "Learner", list(LEARNERS), "cnn", labels=words.learner)
    st.caption(LEARNERS[learner])
    values: dict[str, Any] = {
        "learner": learner,
        "dataset": controls.selectbox(
            "mnist",
            "data",
            "Data set",
            list(IMAGE_DATASETS),
            "mnist",
            labels=words.DATASET_NAMES.__getitem__,
        ),
        "seed_set": controls.segmented(
            "mnist",
            "seedset",
            "First labels",
            ["random", "balanced", "diverse"],
            "random",
            labels=str.capitalize,
            help="Balanced: as many of each class as possible. Diverse: one from each of as many clusters.",
        ),
        "seed_labels": controls.number("mnist", "seeds", "How many first labels", 1, 20_000, 1000),
        "labels_per_round": controls.number("mnist", "batch", "Labels per round", 1, 10_000, 500),
        "rounds": controls.slider("mnist", "rounds", "Rounds", 0, 100, 4),
    }
    # What is solved to its end each time, on the CPU: these would change nothing but the id.
    if learner in NETWORKS:
        values["epochs"] = controls.slider(
            "mnist", "epochs", "Epochs per round", 1, 50, 1, help="Passes over the labelled images."
        )
        values["carry_on"] = _carry_on()
    if controls.toggle(
        "mnist",
        "part",
        "Choose from a part of the pool",
        False,
        help="A random part is faster to score; the questions are then the best of fewer.",
    ):
        part = controls.number("mnist", "pool", "Images in that part", 100, 60_000, 10_000)
        whole = POOLS[values["dataset"]]
        if part < whole:
            values["pool_size"] = part
        else:
            st.caption(f"The data set has {whole:,} images to choose from: that is all of them.")
    values |= _remedies(strategy, learner)
    values["seed"] = _seed()
    if learner in NETWORKS:
        values["device"] = _device()
    return values


def _remedies(strategy: str, learner: str) -> dict[str, Any]:
    """What is put around the strategy; random choice beside it goes without."""
    values: dict[str, Any] = {}
    if "probs_N_K_C" in STRATEGIES[strategy].needs:
        usual = DROPOUT_SAMPLES if learner == "dropout_cnn" else COMMITTEE
        samples = controls.slider(
            "mnist",
            "samples",
            "Models that vote",
            2,
            100,
            usual,
            help="Members of a committee, each with its own bootstrap; or samples of a network with dropout.",
        )
        values["samples"] = samples if samples != usual else None
    if strategy == "random":
        return values
    with st.expander("Remedies", icon=":material/healing:"):
        values["epsilon"] = controls.slider(
            "mnist",
            "epsilon",
            "Random picks",
            0.0,
            1.0,
            0.0,
            step=0.05,
            help="Against sampling bias: each pick gives way to a random one with this probability.",
        )
        values["density"] = controls.slider(
            "mnist",
            "density",
            "Weight of density",
            0.0,
            5.0,
            0.0,
            step=0.25,
            help="Against outliers: scores times density to this power.",
        )
        values["calibration"] = controls.number(
            "mnist",
            "calibration",
            "Labels held out to calibrate",
            0,
            5_000,
            0,
            help="Against over-confidence: a temperature is fitted on them. They count as labels, and the "
            "network does not train on them.",
        )
        some = controls.number(
            "mnist",
            "candidates",
            "Candidates a round (0: all)",
            0,
            60_000,
            0,
            help="Against slow scoring: choose among so many images, drawn afresh each round.",
        )
        values["candidates"] = some or None
    return values


def _carry_on() -> bool:
    return controls.toggle(
        "mnist",
        "carry",
        "Carry the model on",
        True,
        help="On: each round goes on from the last model, so part of the rise is more training. "
        "Off: retrained from scratch each round, the control for that.",
    )


def _seed() -> int:
    return controls.number(
        "mnist", "seed", "Seed", 0, 999_999, 0, help="Decides the first labels and the first model."
    )


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
