"""What the clinic computes, kept by what was asked for, with a bar while it runs."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from alcore.loops.clinic import Course
from alcore.loops.wards import DOSES, SamplingBias, Trial
from alcore.report.clinic import Effects, effects
from alcore.report.curves import curve_frame
from pages.shared.clinic.setup import Setting
from pages.shared.clinic.words import EXPORTED, look
from pages.shared.kept import kept, known

Result = TypeVar("Result")


def trial(setting: Setting, paired: int) -> Trial:
    """A ward's races; whatever the reader does meanwhile stops them."""
    return _with_bar(
        "clinic_trial",
        (setting, paired),
        lambda tick: setting.trial(range(paired), tick),
        f"Racing {paired} paired seeds, without and with the remedy.",
    )


def sweep(setting: SamplingBias, paired: int) -> list[Course]:
    """The patient at every dose."""
    return _with_bar(
        "clinic_sweep",
        (setting, paired),
        lambda tick: setting.sweep(range(paired), tick=tick),
        f"Racing {paired} paired seeds at {len(DOSES)} doses.",
    )


def effects_of(races: Trial) -> Effects:
    """Disease, cure and harm."""
    arms = (races.without, races.treated, races.healthy_without, races.healthy_treated, races.yardstick)
    return effects(*(arm.accuracy_S_T for arm in arms))


def frame_of(setting: Setting, paired: int, races: Trial) -> pd.DataFrame:
    """Every race of every arm as a curve of its own."""
    return kept("clinic_frame", (setting, paired), lambda: _frame(races), most=4)


def exported(races: Trial, yardstick: str) -> dict[str, str]:
    """The arms of the exports with their words; where the yardstick is one of the others it comes once."""
    own = all(races.yardstick is not other for other in (races.random, races.healthy_without))
    return {
        arm: words if arm != "yardstick" else f"yardstick: {yardstick}"
        for arm, words in EXPORTED.items()
        if own or arm != "yardstick"
    }


def _frame(races: Trial) -> pd.DataFrame:
    return curve_frame(
        {
            "run": f"{arm}, seed {seed}",
            "strategy": look(arm),
            "seed": seed,
            "round": number,
            "labels": int(labels),
            "accuracy": float(accuracy),
            "train_loss": np.nan,
            "seconds": 0.0,
        }
        for arm in exported(races, "")
        for seed, accuracy_T in enumerate(getattr(races, arm).accuracy_S_T)
        for number, (labels, accuracy) in enumerate(
            zip(getattr(races, arm).labels_T, accuracy_T, strict=True)
        )
    )


def _with_bar(name: str, asked: Any, work: Callable[[Callable[[float], None]], Result], words: str) -> Result:
    found: Result | None = known(name, asked)
    if found is not None:
        return found
    place = st.empty()
    bar = place.progress(0.0, words)
    done = kept(name, asked, lambda: work(lambda share: _to(bar, share, words)))
    place.empty()
    return done


def _to(bar: Any, share: float, words: str) -> None:
    bar.progress(min(1.0, share), words)
