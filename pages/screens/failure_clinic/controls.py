"""Controls of the failure clinic, all in the address."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from alcore.loops.failure_modes.cases import FAILURE_MODES, ColdStart, Miscalibration, OutlierAttraction, SamplingBias
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.failure_clinic.texts import WORDS
from pages.shared import controls, planar_scene
from pages.shared.viewport import is_narrow

PAGE = "clinic"
Setting = Miscalibration | SamplingBias | OutlierAttraction | ColdStart
# Default number of paired seeds of each failure mode, enough for its effects to be significant.
PAIRED = {"calibration": 50, "bias": 20, "outliers": 20, "cold": 20}
_MOST_SEEDS = 50
_TYPICAL = "Typical seed"
_COSTS = (
    "Beside each: points of mean accuracy that it costs in its default setting, over the paired seeds it opens with."
)
_PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)


@dataclass(frozen=True)
class ClinicView:
    """The view.

    Attributes:
        paired: races per arm.
        seed: of the race on the maps; None for the one whose effect of the remedy is nearest to the mean.
    """

    paired: int
    seed: int | None


def choose_failure_mode() -> str:
    """The chosen failure mode, a key of WORDS."""
    titles = {mode: words.title for mode, words in WORDS.items()}
    if not is_narrow():
        # Costs stand on the tabs but not in their labels, which are in the address.
        costs = (
            f'.st-key-clinic_ward button:nth-child({n}) p::after {{ content: " −{words.cost:.1f}"; opacity: 0.8 }}'
            for n, words in enumerate(WORDS.values(), start=1)
        )
        st.html(f"<style>{' '.join(costs)}</style>")
    return controls.segmented(PAGE, "ward", "Failure mode", titles, next(iter(WORDS)), help=_COSTS)


def main_controls(mode: str) -> dict[str, Any]:
    """Severity of the failure mode and strength of the remedy, beneath the picture."""
    on, usual = f"{PAGE}_{mode}", FAILURE_MODES[mode]()
    left, right = st.columns(2, gap="small" if is_narrow() else "large")
    with left:
        values = _severity(mode, on, usual)
    with right:
        return values | _strength(mode, on, usual)


def failure_mode_controls(mode: str) -> tuple[dict[str, Any], ClinicView]:
    """All other settings of a failure mode, in the sidebar."""
    kind = FAILURE_MODES[mode]
    usual = kind()
    on = f"{PAGE}_{mode}"
    values: dict[str, Any] = {}
    with st.sidebar:
        labels = {name: STRATEGIES[name].label for name in kind.strategies}
        values["strategy"] = controls.selectbox(on, "strategy", "Query strategy", labels, usual.strategy)
        if mode in ("bias", "outliers"):
            help = "As many of each class as possible."
            values["seed_labels"] = controls.slider(on, "start", "Initial labels", 2, 20, 4, help=help)
        if mode == "calibration":
            help = "Without the remedy all initial labels are trained on."
            values["trained"] = controls.slider(on, "trained", "Other initial labels", 2, 20, 2, help=help)
        values["rounds"] = controls.slider(on, "rounds", "Queries", 10, 60, usual.rounds)
        seed = controls.selectbox(
            on,
            "seed",
            "Seed shown",
            {name: name for name in (_TYPICAL, *map(str, range(_MOST_SEEDS)))},
            _TYPICAL,
            help="The typical seed: the one in which the remedy's effect is nearest to its mean. For a seed that did "
            "not race, the last one is shown.",
        )
        with controls.group("Data"):
            values["points"] = controls.slider(on, "points", "Points in the pool", 100, 600, usual.points, step=20)
            if mode != "bias":
                values["overlap"] = planar_scene.overlap_control(on, usual.overlap)
        if isinstance(usual, Miscalibration):
            with controls.group("Noise and outliers"):
                values["label_noise"] = controls.slider(
                    on, "noise", "Label noise", 0.0, 0.4, usual.label_noise, step=0.05, format="percent"
                )
            with controls.group("Learner"):
                values["C"] = controls.selectbox(
                    on,
                    "c",
                    "Inverse regularisation C",
                    {C: f"{C:g}" for C in _PENALTIES},
                    1.0,
                    help="The inverse strength of the penalty on large weights. Large: hardly regularised.",
                )
        with controls.group("Evidence"):
            paired = controls.slider(
                on,
                "paired",
                "Paired seeds",
                5,
                _MOST_SEEDS,
                PAIRED[mode],
                help="Races of every arm, each from its own start. More of them give narrower intervals.",
            )
    return values, ClinicView(paired, None if seed == _TYPICAL else min(int(seed), paired - 1))


def _severity(mode: str, on: str, usual: Setting) -> dict[str, Any]:
    """The setting that makes a failure mode more or less severe."""
    if mode == "calibration":
        # Measured in the 50 default races, round 20: the uncertainty is below a hundredth of its range at 87 % of the
        # pool with a scale of 8 and at 97 % with 20; the far cluster is missed in 16 % and in 2 % of the races.
        help = (
            "Inverse temperature: factor of the model's logits. 1: unchanged. Beyond about 8 nearly all points have an "
            "uncertainty near 0, so that a sum of uncertainty and distance is decided by the distance: the failure "
            "does not cost more there, and in the end less."
        )
        label = "Severity: logit scale"
        return {"sharpness": controls.slider(on, "sharpness", label, 1.0, 20.0, 8.0, step=0.5, format="%g", help=help)}
    if mode == "outliers":
        help = "Isolated points around the classes, with random labels."
        return {"outliers": controls.slider(on, "outliers", "Severity: outliers", 0, 40, 20, help=help)}
    if mode == "cold":
        label = "Severity: points of B per point of A (fewer is worse)"
        help = "In the pool. The test set is balanced: both classes count equally."
        return {"imbalance": controls.slider(on, "imbalance", label, 0.05, 1.0, 0.1, step=0.05, help=help)}
    label = "Severity: overlap (less is worse)"
    help = "The farther apart the classes, the more often the far cluster is never queried."
    return {"overlap": controls.slider(on, "overlap", label, 0.0, 1.0, usual.overlap, step=0.05, help=help)}


def _strength(mode: str, on: str, usual: Setting) -> dict[str, Any]:
    """The strength of the remedy."""
    if isinstance(usual, Miscalibration):
        help, label = "Kept from training to fit the temperature.", "Strength: labels for the temperature"
        return {"held_out": controls.slider(on, "held", label, 1, 20, usual.held_out, help=help)}
    if mode == "bias":
        help = "Share of random queries."
        return {"epsilon": controls.slider(on, "epsilon", "Strength: epsilon", 0.0, 1.0, 0.2, step=0.05, help=help)}
    if mode == "outliers":
        help = "Power of the density weight."
        return {"beta": controls.slider(on, "beta", "Strength: beta", 0.0, 8.0, 2.0, step=0.5, format="%g", help=help)}
    help = "Random without the remedy, one of each cluster with it. The race begins after them."
    return {"seed_labels": controls.slider(on, "start", "Strength: initial labels", 2, 20, 3, help=help)}
