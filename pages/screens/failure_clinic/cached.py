"""Cached computations of the failure clinic."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcore.loops.failure_modes.cases import STRENGTHS, SamplingBias, Trial
from alcore.loops.failure_modes.curves import PairedCurves
from alcore.report.curves import curve_frame
from alcore.report.text.failure_modes import Effects, effects
from pages.screens.failure_clinic.controls import Setting
from pages.screens.failure_clinic.texts import EXPORTED, drawn_as
from pages.shared.curve_rows import curve_rows
from pages.shared.progress import working
from pages.shared.session_cache import cached


def trial(setting: Setting, paired: int) -> Trial:
    """The races of a failure mode; cached."""
    return cached(
        "clinic_trial",
        (setting, paired),
        lambda on_step: setting.trial(range(paired), on_step),
        f"Racing {paired} paired seeds, without and with the remedy.",
    )


def sweep(setting: SamplingBias, paired: int) -> list[PairedCurves]:
    """The affected runs at every strength of the remedy; cached."""
    return cached(
        "clinic_sweep",
        (setting, paired),
        lambda on_step: setting.sweep(range(paired), on_step=on_step),
        f"Racing {paired} paired seeds at {len(STRENGTHS)} strengths.",
    )


def effects_of(races: Trial) -> Effects:
    """Effects of the failure mode and of the remedy, and harm of the remedy."""
    return working("Comparing the races.", lambda on_step: effects(*_arms(races)))


def effects_in(races: Trial, seed: int) -> Effects:
    """The same in the race of one seed, without intervals."""
    return effects(*(accuracy_S_T[[seed]] for accuracy_S_T in _arms(races)))


def _arms(races: Trial) -> list[NDArray[np.floating[Any]]]:
    arms = (races.without, races.treated, races.control_without, races.control_treated, races.reference)
    return [arm.accuracy_S_T for arm in arms]


def frame_of(setting: Setting, paired: int, races: Trial) -> pd.DataFrame:
    """Each race of each arm as a curve."""
    return cached("clinic_frame", (setting, paired), lambda on_step: _frame(races), "Listing the curves.", most=4)


def exported(races: Trial, reference: str) -> dict[str, str]:
    """Names of the exported arms; a reference equal to another arm is left out."""
    own = all(races.reference is not other for other in (races.random, races.control_without))
    return {
        arm: words if arm != "reference" else f"reference: {reference}"
        for arm, words in EXPORTED.items()
        if own or arm != "reference"
    }


def _frame(races: Trial) -> pd.DataFrame:
    curves = {arm: getattr(races, arm) for arm in exported(races, "")}
    return curve_frame(
        row
        for arm, curve in curves.items()
        for seed, accuracy_T in enumerate(curve.accuracy_S_T)
        for row in curve_rows(drawn_as(arm), seed, curve.labels_T, accuracy_T)
    )
