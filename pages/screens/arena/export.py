"""Curves of races as tables."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from alcore.loops.races.paired import PairedRaces
from alcore.loops.races.race import RaceTrace
from alcore.report.bounded import bounded_band
from alcore.report.curves import curve_frame


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


def rows_of(racers: Sequence[RaceTrace], seed: int) -> list[dict[str, Any]]:
    """The racers' curves as rows for `curve_frame`."""
    return [row for racer in racers for row in round_rows(racer.strategy, seed, racer.rounds)]


def round_rows(strategy: str, seed: int, rounds: Iterable[Any]) -> list[dict[str, Any]]:
    """The rounds of a race or of `simulate` as rows for `curve_frame`."""
    return [
        {
            "run": strategy,
            "strategy": strategy,
            "seed": seed,
            "round": one.round,
            "labels": one.labels,
            "accuracy": one.accuracy,
            "train_loss": one.train_loss,
            "seconds": sum(one.seconds.values()),
        }
        for one in rounds
    ]
