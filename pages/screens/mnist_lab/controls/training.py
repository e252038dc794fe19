"""Controls of the training in each round, limited to those that apply to the learner."""

from typing import Any

import streamlit as st

from alcore.datasets.catalogue import DATASETS
from alcore.learners.options import hidden_widths
from alcore.learners.registry import LEARNERS
from pages.shared import controls
from pages.shared.markdown import plain

_RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)


def training(learner: str, dataset: str) -> dict[str, Any]:
    """The config fields of this learner's training; drawn as a panel, if there are any."""
    spec = LEARNERS[learner]
    if not (spec.network or "components" in spec.options):
        return {}
    with st.expander("Training", icon=":material/fitness_center:"):
        if not spec.network:
            return _components(dataset)
        return each_round() | _length() | _steps() | (_layers() if "widths" in spec.options else {})


def each_round() -> dict[str, Any]:
    """The warm-start mode of a network: its initial weights in each round."""
    kept = controls.segmented(
        "mnist",
        "carry",
        "Each round, the model is",
        ["kept", "shaken", "new"],
        "kept",
        labels={"kept": "Kept", "shaken": "Shaken up", "new": "Made anew"}.__getitem__,
        help="Kept (carried on): it goes on from the last one, so part of the rise is more training. "
        "Shaken up (shrink and perturb): it goes on from the last one's weights, made smaller and with noise "
        "added. Made anew (from scratch): nothing is kept, the control for both.",
    )
    values: dict[str, Any] = {"carry_on": kept != "new"}
    if kept == "shaken":
        values["shrink"] = controls.slider(
            "mnist",
            "shrink",
            "Share of the weights that stays",
            0.0,
            0.95,
            0.5,
            step=0.05,
            help="What the weights are multiplied by (shrink); a little noise is then added (perturb).",
        )
    return values


def _length() -> dict[str, Any]:
    until = controls.segmented(
        "mnist",
        "until",
        "Each round, train for",
        ["epochs", "steps", "settled"],
        "epochs",
        labels={"epochs": "Passes", "steps": "Steps", "settled": "As long as it helps"}.__getitem__,
        help="Passes over all labelled images (epochs), so many small steps whatever there is, or until the "
        "training loss no longer falls (convergence).",
    )
    if until == "steps":
        return {"steps": controls.number("mnist", "steps", "Steps per round", 1, 100_000, 500)}
    if until == "settled":
        most = controls.slider("mnist", "most", "At most so many passes", 5, 500, 50, help="Epochs.")
        return {"converge": True, "epochs": most}
    return {
        "epochs": controls.slider(
            "mnist", "epochs", "Passes per round", 1, 50, 1, help="Epochs: passes over the labelled images."
        )
    }


def _steps() -> dict[str, Any]:
    return {
        "augment": controls.toggle(
            "mnist",
            "augment",
            "Move the images a little",
            False,
            help="Augmentation: in each step every image is turned, moved, stretched and sheared a little.",
        ),
        "smoothing": controls.slider(
            "mnist",
            "smoothing",
            "Doubt about the labels",
            0.0,
            0.5,
            0.0,
            step=0.01,
            help="Label smoothing: this share of each label is spread over all classes, against over-confidence.",
        ),
        "batch_size": controls.number(
            "mnist", "minibatch", "Images per step", 1, 1024, 64, help="The minibatch of a gradient step."
        ),
        "learning_rate": controls.selectbox(
            "mnist",
            "rate",
            "Length of a step",
            _RATES,
            1e-3,
            labels=lambda rate: f"{rate:g}",
            help="The learning rate of Adam.",
        ),
    }


def _layers() -> dict[str, Any]:
    text = controls.line(
        "mnist",
        "widths",
        "Sizes of the hidden layers",
        "",
        40,
        placeholder="128, as published",
        help='Units of each layer between image and answer (widths), such as "256-128" for two layers.',
    ).strip()
    try:
        hidden_widths(text)
    except ValueError as error:
        st.error(f"{plain(str(error))}: 128 is used.", icon=":material/error:")
        return {}
    return {"widths": text}


def _components(dataset: str) -> dict[str, Any]:
    some = controls.number(
        "mnist",
        "components",
        "Directions of the images (0: all pixels)",
        0,
        DATASETS[dataset].image_sizes.pixels,
        0,
        help="The model is given the principal components (PCA) of the images in place of their pixels: the "
        "directions in which they differ most.",
    )
    return {"components": some or None}
