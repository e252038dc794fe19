"""Controls of the failure clinic, all in the address."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from alcore.loops.failure_modes.cases import FAILURE_MODES, ColdStart, Miscalibration, OutlierAttraction, SamplingBias
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.failure_clinic.texts import WORDS
from pages.shared import controls

PAGE = "clinic"
Setting = Miscalibration | SamplingBias | OutlierAttraction | ColdStart
# Default number of paired seeds of each failure mode, enough for its effects to be significant.
_PAIRED = {"calibration": 50, "bias": 20, "outliers": 20, "cold": 20}
_MOST_SEEDS = 50
_MEDIAN = "Median seed"
_PENALTIES = [0.1, 1.0, 10.0, 100.0, 1000.0]


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
    return controls.segmented(PAGE, "ward", "Ward", list(WORDS), "calibration", labels=lambda ward: WORDS[ward].title)


def failure_mode_controls(ward: str) -> tuple[Setting, ClinicView]:
    """Draw the controls of a failure mode in the sidebar."""
    kind = FAILURE_MODES[ward]
    usual = kind()
    with st.sidebar:
        st.markdown("**The disease**")
        values = {
            "calibration": _overconfidence,
            "bias": lambda: {},
            "outliers": _outliers,
            "cold": _imbalance,
        }[ward]()
        values["strategy"] = controls.selectbox(
            PAGE,
            f"{ward}_strategy",
            "Asks by",
            list(kind.strategies),
            usual.strategy,
            labels=lambda name: STRATEGIES[name].label,
        )
        values["overlap"] = controls.slider(
            PAGE,
            f"{ward}_overlap",
            "Overlap of the classes",
            0.0,
            1.0,
            usual.overlap,
            step=0.05,
            help="0: classes apart. 1: mostly noise.",
        )
        st.markdown("**The remedy**")
        values |= {"calibration": _held_out, "bias": _epsilon, "outliers": _beta, "cold": _start}[ward]()
        st.markdown("**The races**")
        if ward in ("bias", "outliers"):
            values["seed_labels"] = controls.slider(
                PAGE, f"{ward}_start", "First labels", 2, 20, 4, help="As many of each class as possible."
            )
        values["rounds"] = controls.slider(PAGE, f"{ward}_rounds", "Questions", 10, 60, usual.rounds)
        values["points"] = controls.slider(
            PAGE, f"{ward}_points", "Points in the pool", 100, 600, usual.points, step=20
        )
        paired = controls.slider(
            PAGE,
            f"{ward}_paired",
            "Paired seeds",
            5,
            _MOST_SEEDS,
            _PAIRED[ward],
            help="Every arm races from each of so many starts. More make the intervals narrower.",
        )
        seed = controls.selectbox(
            PAGE,
            f"{ward}_seed",
            "Seed shown",
            [_MEDIAN, *map(str, range(_MOST_SEEDS))],
            _MEDIAN,
            help="On the maps. The median seed: half of the seeds gain no more by the remedy, half no less; "
            "of an even number, the lower of the two in the middle. A seed that did not race: the last.",
        )
        asked = controls.slider(PAGE, "asked", "Questions asked on the maps", 0, 60, 60, help="60: all of them.")
    chosen = None if seed == _MEDIAN else min(int(seed), paired - 1)
    return kind(**values), ClinicView(paired, chosen, min(asked, values["rounds"]))


def _overconfidence() -> dict[str, Any]:
    return {
        "sharpness": controls.slider(
            PAGE,
            "calibration_sharpness",
            "Sharpened softmax",
            1.0,
            20.0,
            8.0,
            step=0.5,
            help="What the model's logits are multiplied by. 1: not at all.",
        ),
        "C": controls.selectbox(
            PAGE,
            "calibration_c",
            "Freedom of the weights (C)",
            _PENALTIES,
            1.0,
            labels=lambda C: f"{C:g}",
            help="The inverse of the penalty on large weights. Large: hardly regularised.",
        ),
        "label_noise": controls.slider(
            PAGE, "calibration_noise", "Wrong answers", 0.0, 0.4, 0.0, step=0.05, format="percent"
        ),
    }


def _held_out() -> dict[str, Any]:
    return {
        "held_out": controls.slider(
            PAGE,
            "calibration_held",
            "Dose: labels for the temperature",
            1,
            20,
            4,
            help="Kept from training to fit the temperature.",
        ),
        "trained": controls.slider(
            PAGE,
            "calibration_trained",
            "Other first labels",
            2,
            20,
            2,
            help="Without the remedy all first labels are trained on.",
        ),
    }


def _epsilon() -> dict[str, Any]:
    return {
        "epsilon": controls.slider(
            PAGE, "bias_epsilon", "Dose: epsilon", 0.0, 1.0, 0.2, step=0.05, help="Share of random questions."
        )
    }


def _outliers() -> dict[str, Any]:
    return {
        "outliers": controls.slider(
            PAGE, "outliers_outliers", "Outliers", 0, 40, 20, help="Added to the pool, labels by lot."
        )
    }


def _beta() -> dict[str, Any]:
    return {
        "beta": controls.slider(
            PAGE, "outliers_beta", "Dose: beta", 0.0, 8.0, 2.0, step=0.5, help="How much density counts."
        )
    }


def _imbalance() -> dict[str, Any]:
    return {
        "imbalance": controls.slider(
            PAGE,
            "cold_imbalance",
            "Points of B for each of A",
            0.05,
            1.0,
            0.1,
            step=0.05,
            help="In the pool. The test set has as many of both, so accuracy counts both alike.",
        )
    }


def _start() -> dict[str, Any]:
    return {
        "seed_labels": controls.slider(
            PAGE,
            "cold_start",
            "Dose: first labels",
            2,
            20,
            3,
            help="Random without the remedy, one a cluster with it. The race begins after them.",
        )
    }
