"""Taking a race away: its curves, its animation, its link, and the program that repeats it."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from alcore.loops.races.paired import PairedRaces
from alcore.report.bounded import bounded_band
from alcore.report.curves import curve_frame
from pages.screens.arena.as_python import as_python
from pages.screens.arena.settings import ArenaSettings, ArenaView, exported_config
from pages.shared.copy_buttons import copy_link, copy_python
from pages.shared.export_panel import export_panel


def take_away(
    setup: ArenaSettings,
    shown: ArenaView,
    frame: pd.DataFrame,
    races: PairedRaces | None,
    words: str,
    animation: Callable[[], bytes],
) -> None:
    """Draw the exports; with paired races their curves, means and bands, else the race shown."""
    export_panel(
        frame if races is None else paired_frame(races),
        [exported_config(setup, shown)],
        key="arena",
        title=f"{setup.title()}, seed {shown.seed}" if races is None else setup.title(),
        names=setup.names(),
        animation=animation,
        bands=races is not None,
        words=words,
    )
    copy_link()
    copy_python(as_python(setup, shown))


@st.cache_data(max_entries=16, show_spinner=False)
def paired_frame(races: PairedRaces) -> pd.DataFrame:
    """Every paired race as a curve of its own; beside each round the mean of all and its 95 % interval."""
    frame = curve_frame(
        {
            "run": f"{name}, seed {seed}",
            "strategy": name,
            "seed": seed,
            "round": number,
            "labels": int(labels),
            "accuracy": float(races.accuracy_S_R_T[s, r, number]),
            "train_loss": float(races.train_loss_S_R_T[s, r, number]),
            "seconds": 0.0,
        }
        for s, seed in enumerate(races.seeds)
        for r, name in enumerate(races.names)
        for number, labels in enumerate(races.labels_T)
    )
    bands = [
        pd.DataFrame({"strategy": name, "labels": races.labels_T, "mean": mean_T, "low": low_T, "high": high_T})
        for r, name in enumerate(races.names)
        for mean_T, low_T, high_T in [bounded_band(races.accuracy_S_R_T[:, r])]
    ]
    return frame.merge(pd.concat(bands), on=["strategy", "labels"], how="left", validate="many_to_one")
