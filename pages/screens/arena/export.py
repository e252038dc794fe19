"""Curves of races as tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from alcore.loops.races.paired import PairedRaces
from alcore.loops.races.race import RaceTrace
from alcore.report.bounded import bounded_band
from pages.shared.curve_rows import round_rows


def paired_frame(races: PairedRaces) -> pd.DataFrame:
    """Every paired race as a curve of its own; beside each round the mean of all and its 95 % interval."""
    accuracy_S_R_T, loss_S_R_T = races.accuracy_S_R_T, races.train_loss_S_R_T
    seeds, racers, rounds = accuracy_S_R_T.shape
    each = [(seed, name) for seed in races.seeds for name in races.names]
    bands_R = [bounded_band(accuracy_S_R_T[:, r]) for r in range(racers)]
    band_P_3 = np.concatenate([np.stack(band, axis=1) for band in bands_R])
    band_V_3 = np.tile(band_P_3, (seeds, 1))
    return pd.DataFrame(
        {
            "run": np.repeat([f"{name}, seed {seed}" for seed, name in each], rounds),
            "strategy": np.repeat([name for _, name in each], rounds),
            "seed": np.repeat([seed for seed, _ in each], rounds),
            "round": np.tile(np.arange(rounds), len(each)),
            "labels": np.tile(races.labels_T, len(each)),
            "accuracy": accuracy_S_R_T.ravel(),
            "train_loss": loss_S_R_T.ravel(),
            "seconds": 0.0,
            "mean": band_V_3[:, 0],
            "low": band_V_3[:, 1],
            "high": band_V_3[:, 2],
        }
    ).astype({"run": "str", "strategy": "str"})


def rows_of(racers: Sequence[RaceTrace], seed: int) -> list[dict[str, Any]]:
    """The racers' curves as rows for `curve_frame`."""
    return [row for racer in racers for row in round_rows(racer.strategy, seed, racer.rounds)]
