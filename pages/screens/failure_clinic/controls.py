"""Controls of the failure clinic, all in the address."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from alcore.loops.failure_modes.cases import FAILURE_MODES, ColdStart, Miscalibration, OutlierAttraction, SamplingBias
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.failure_clinic.texts import WORDS
from pages.shared import controls, planar_scene

PAGE = "clinic"
Setting = Miscalibration | SamplingBias | OutlierAttraction | ColdStart
# Default number of paired seeds of each failure mode, enough for its effects to be significant.
_PAIRED = {"calibration": 50, "bias": 20, "outliers": 20, "cold": 20}
_MOST_SEEDS = 50
_MEDIAN = "Median seed"
_PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)


@dataclass(frozen=True)
class ClinicView:
    """The view.

    Attributes:
        paired: races per arm.
        seed: of the race on the maps; None for the race with the median effect.
        asked: queries shown on the maps.
    """

    paired: int
    seed: int | None
    asked: int


def choose_failure_mode() -> str:
    """The chosen failure mode, a key of WORDS."""
    titles = {mode: words.title for mode, words in WORDS.items()}
    return controls.segmented(PAGE, "ward", "Failure mode", titles, "calibration")


def failure_mode_controls(mode: str) -> tuple[Setting, ClinicView]:
    """Draw the controls of a failure mode in the sidebar."""
    kind = FAILURE_MODES[mode]
    usual = kind()
    on = f"{PAGE}_{mode}"
    with st.sidebar:
        st.markdown("**Severity of the failure mode**")
        values = _severity(mode, on)
        labels = {name: STRATEGIES[name].label for name in kind.strategies}
        values["strategy"] = controls.selectbox(on, "strategy", "Query strategy", labels, usual.strategy)
        values["overlap"] = planar_scene.overlap_control(on, usual.overlap)
        st.markdown("**The remedy**")
        values |= _remedy(mode, on)
        st.markdown("**The races**")
        if mode in ("bias", "outliers"):
            values["seed_labels"] = controls.slider(
                on, "start", "Initial labels", 2, 20, 4, help="As many of each class as possible."
            )
        values["rounds"] = controls.slider(on, "rounds", "Queries", 10, 60, usual.rounds)
        values["points"] = controls.slider(on, "points", "Points in the pool", 100, 600, usual.points, step=20)
        paired = controls.slider(
            on,
            "paired",
            "Paired seeds",
            5,
            _MOST_SEEDS,
            _PAIRED[mode],
            help="Races of every arm, each from its own start. More of them give narrower intervals.",
        )
        seed = controls.selectbox(
            on,
            "seed",
            "Seed shown",
            {name: name for name in (_MEDIAN, *map(str, range(_MOST_SEEDS)))},
            _MEDIAN,
            help="On the maps. The median seed: the remedy's effect is at most as large for half of the seeds, and at "
            "least as large for half; of an even number, the lower of the two in the middle. For a seed that did not "
            "race, the last one is shown.",
        )
        asked = controls.slider(PAGE, "asked", "Queries shown on the maps", 0, 60, 60, help="60: all of them.")
    chosen = None if seed == _MEDIAN else min(int(seed), paired - 1)
    return kind(**values), ClinicView(paired, chosen, min(asked, values["rounds"]))


def _severity(mode: str, on: str) -> dict[str, Any]:
    """The settings that make a failure mode more or less severe; sampling bias has none but the overlap."""
    if mode == "calibration":
        return {
            "sharpness": controls.slider(
                on,
                "sharpness",
                "Logit scale (inverse temperature)",
                1.0,
                20.0,
                8.0,
                step=0.5,
                help="Factor of the model's logits. 1: unchanged.",
            ),
            "C": controls.selectbox(
                on,
                "c",
                "Inverse regularisation C",
                {C: f"{C:g}" for C in _PENALTIES},
                1.0,
                help="The inverse strength of the penalty on large weights. Large: hardly regularised.",
            ),
            "label_noise": controls.slider(on, "noise", "Label noise", 0.0, 0.4, 0.0, step=0.05, format="percent"),
        }
    if mode == "outliers":
        return {"outliers": planar_scene.outliers_control(on, 20)}
    if mode == "cold":
        label, help = "Points of B per point of A", "In the pool. The test set is balanced: both classes count equally."
        return {"imbalance": controls.slider(on, "imbalance", label, 0.05, 1.0, 0.1, step=0.05, help=help)}
    return {}


def _remedy(mode: str, on: str) -> dict[str, Any]:
    """The strength of the remedy."""
    if mode == "calibration":
        held_help = "Kept from training to fit the temperature."
        trained_help = "Without the remedy all initial labels are trained on."
        return {
            "held_out": controls.slider(on, "held", "Strength: labels for the temperature", 1, 20, 4, help=held_help),
            "trained": controls.slider(on, "trained", "Other initial labels", 2, 20, 2, help=trained_help),
        }
    if mode == "bias":
        help = "Share of random queries."
        return {"epsilon": controls.slider(on, "epsilon", "Strength: epsilon", 0.0, 1.0, 0.2, step=0.05, help=help)}
    if mode == "outliers":
        help = "Power of the density weight."
        return {"beta": controls.slider(on, "beta", "Strength: beta", 0.0, 8.0, 2.0, step=0.5, help=help)}
    help = "Random without the remedy, one of each cluster with it. The race begins after them."
    return {"seed_labels": controls.slider(on, "start", "Strength: initial labels", 2, 20, 3, help=help)}
