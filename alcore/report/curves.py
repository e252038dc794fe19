"""Learning curves as tidy tables, and statistics of a single curve. Needs pandas and no drawing library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from alcore.report.bounded import bounded_band
from alcore.report.style import SHARES

COLUMNS = ("run", "strategy", "seed", "round", "labels", "accuracy", "train_loss", "seconds")
# Optional measures: nll is the negative log-likelihood in nats, ece the expected calibration error.
MEASURED = ("balanced_accuracy", "nll", "ece")
_TYPES = {
    "run": "str",
    "strategy": "str",
    "seed": "int64",
    "round": "int64",
    "labels": "int64",
    "accuracy": "float64",
    "train_loss": "float64",
    "seconds": "float64",
}


def curve_frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Make a checked, tidy table of one or more learning curves: one row per round.

    Args:
        rows: mappings with at least the keys of COLUMNS. `train_loss` and the measures of MEASURED may be None or NaN.

    Returns:
        a frame with COLUMNS and those measures of MEASURED that at least one row has a key for; runs in the order of
        their first row, each sorted by round; empty for no rows.

    Raises:
        ValueError: for a missing key, a run with two strategies or seeds, a repeated round, an accuracy outside [0, 1]
            or labels that do not grow from round to round.
    """
    rows = list(rows)
    missing = [key for key in COLUMNS if any(key not in row for row in rows)]
    if missing:
        raise ValueError(f"A row of a curve needs {', '.join(COLUMNS)}; missing: {', '.join(missing)}.")
    data = {key: pd.Series([row[key] for row in rows], dtype=_TYPES[key]) for key in COLUMNS}
    for key in MEASURED:
        if any(key in row for row in rows):
            data[key] = pd.Series([row.get(key) for row in rows], dtype="float64")
    frame = pd.DataFrame(data)
    frame = frame.iloc[np.lexsort((frame["round"], pd.factorize(frame["run"])[0]))].reset_index(drop=True)
    _check(frame)
    return frame


def _check(frame: pd.DataFrame) -> None:
    """Raise a ValueError for the first error in the rows of a run."""
    runs = frame.groupby("run", sort=False)
    for key in ("strategy", "seed"):
        if (runs[key].nunique() > 1).any():
            run, curve = next((run, curve) for run, curve in runs if curve[key].nunique() > 1)
            raise ValueError(f"Run {run} must have one {key}, not {', '.join(map(str, curve[key].unique()))}.")
    for wrong, what in (
        (frame.duplicated(["run", "round"]), "round {round} twice; give each round once"),
        (
            ~frame["accuracy"].between(0, 1),
            "round {round}: accuracy must be a share in [0, 1], not {accuracy}",
        ),
        (runs["labels"].diff() <= 0, "round {round}: labels must be more than in the round before"),
    ):
        if wrong.any():
            row = frame[wrong].iloc[0]
            raise ValueError(f"Run {row['run']}, {what.format(**row)}.")


def _one_run(curve: pd.DataFrame) -> None:
    runs = list(curve["run"].unique())
    if len(runs) != 1:
        what = "an empty frame" if not runs else f"{len(runs)} runs ({', '.join(map(str, runs[:3]))})"
        raise ValueError(f"curve must hold the rounds of one run, not {what}; choose one by its id.")


def area_under(curve: pd.DataFrame) -> float:
    """Area under the learning curve (accuracy against labels), divided by the range of labels.

    Args:
        curve: the rows of one run. Areas are comparable only over the same range of labels.

    Returns:
        a mean accuracy in [0, 1] by the trapezoid rule; the accuracy itself for a single round.

    Raises:
        ValueError: for no run or more than one.
    """
    _one_run(curve)
    x, y = curve["labels"].to_numpy(dtype=float), curve["accuracy"].to_numpy()
    return float(np.trapezoid(y, x) / (x[-1] - x[0])) if len(x) > 1 else float(y[0])


def labels_to_target(curve: pd.DataFrame, target: float) -> int | None:
    """Labels held in the first round whose accuracy is at least the target (first hit, no interpolation).

    Args:
        curve: the rows of one run.
        target: an accuracy in [0, 1].

    Returns:
        a number of labels, or None if the target is never reached.

    Raises:
        ValueError: for no run or more than one.
    """
    _one_run(curve)
    hits = curve.loc[curve["accuracy"] >= target, "labels"]
    return int(hits.iloc[0]) if len(hits) else None


def mean_curve(frame: pd.DataFrame, *, metric: str = "accuracy", x: str = "labels") -> pd.DataFrame:
    """Mean of runs that differ only in their seed, with its 95 % interval.

    All bands around learning curves, on screen and in files, come from here; see `bounded_band`. Shares lie in [0, 1],
    all other measures above 0.

    Args:
        frame: rows of these runs, all of the same strategy.
        metric: column to average.
        x: "labels" or "round".

    Returns:
        one row for every x that all runs share: columns x, mean, low, high, runs (their number). Empty if they share
        none; the interval of a single run is infinite.

    Raises:
        ValueError: for more than one strategy, or a value out of its range.
    """
    strategies = list(frame["strategy"].unique())
    if len(strategies) > 1:
        raise ValueError(f"frame must hold one strategy, not {', '.join(map(str, strategies))}.")
    table = frame.pivot(index=x, columns="run", values=metric).dropna(how="any")
    heights_S_T = table.to_numpy(dtype=float).T
    mean_T, low_T, high_T = bounded_band(heights_S_T, 0.0, 1.0 if metric in SHARES else inf) if len(table) else [()] * 3
    runs_T = np.full(len(table), len(heights_S_T))
    return pd.DataFrame({x: table.index, "mean": mean_T, "low": low_T, "high": high_T, "runs": runs_T})


def band_words(name: str, seeds: int) -> str:
    """Legend entry of a mean over seeds and its band."""
    return f"{name} (mean of {seeds} seeds, 95 % interval)"
