"""Curves of races as tables."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from alcore.loops.races.paired import PairedRaces
from alcore.loops.races.race import RaceTrace
from alcore.report.bounded import bounded_band
from alcore.report.curves import curve_frame
from pages.shared.curve_rows import curve_rows, round_rows


@st.cache_data(max_entries=16, show_spinner=False)
def paired_frame(races: PairedRaces) -> pd.DataFrame:
    """Every paired race as a curve of its own; beside each round the mean of all and its 95 % interval."""
    accuracy_S_R_T, loss_S_R_T = races.accuracy_S_R_T, races.train_loss_S_R_T
    frame = curve_frame(
        row
        for s, seed in enumerate(races.seeds)
        for r, name in enumerate(races.names)
        for row in curve_rows(name, seed, races.labels_T, accuracy_S_R_T[s, r], loss_S_R_T[s, r])
    )
    bands = [
        pd.DataFrame({"strategy": name, "labels": races.labels_T, "mean": mean_T, "low": low_T, "high": high_T})
        for r, name in enumerate(races.names)
        for mean_T, low_T, high_T in [bounded_band(accuracy_S_R_T[:, r])]
    ]
    return frame.merge(pd.concat(bands), on=["strategy", "labels"], how="left", validate="many_to_one")


def rows_of(racers: Sequence[RaceTrace], seed: int) -> list[dict[str, Any]]:
    """The racers' curves as rows for `curve_frame`."""
    return [row for racer in racers for row in round_rows(racer.strategy, seed, racer.rounds)]
