"""Strategies compared over paired seeds, with intervals, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from alcore.report.intervals import Interval
from alcore.report.statistics.comparison import Comparison, PairwiseResult, StrategySummary, compare_races
from alcore.report.statistics.labels_to_target import Target, absolute, share_of_all
from alcore.report.statistics.phases import Knee, find_knee
from alcore.report.text.comparison import describe_comparison

__all__ = [
    "Comparison",
    "Interval",
    "Knee",
    "PairwiseResult",
    "StrategySummary",
    "Target",
    "absolute",
    "compare",
    "compare_races",
    "find_knee",
    "share_of_all",
    "describe_comparison",
    "describe_frame",
]


def compare(
    frame: pd.DataFrame,
    target: float | Target | None = None,
    names: Mapping[str, str] | None = None,
    *,
    test_points: int | None = None,
) -> Comparison:
    """Compare the strategies of a frame with random, over their common seeds and numbers of labels.

    Args:
        frame: from `curve_frame`; runs that differ only in strategy and seed.
        target: an accuracy, or `share_of_all(...)`; default: an accuracy that every strategy reaches.
        names: display names by strategy key.
        test_points: size of the test set, if known; used to judge a single race.

    Raises:
        ValueError: if these runs cannot be compared, with a sentence for the user.
    """
    if frame.empty:
        raise ValueError("No round has finished yet.")
    strategies = [str(key) for key in frame["strategy"].unique()]
    if frame.duplicated(["strategy", "seed", "labels"]).any():
        raise ValueError("These runs differ in more than strategy and seed, so their labels are not compared.")
    seeds, at_seed = np.unique(frame["seed"], return_inverse=True)
    labels, at_labels = np.unique(frame["labels"], return_inverse=True)
    at_strategy = pd.Categorical(frame["strategy"], categories=strategies).codes
    accuracy_S_R_T = np.full((len(seeds), len(strategies), len(labels)), np.nan)
    accuracy_S_R_T[at_seed, at_strategy, at_labels] = frame["accuracy"]
    run_S_R_T = np.isfinite(accuracy_S_R_T)
    shared_S = run_S_R_T.any(axis=2).all(axis=1)
    if not shared_S.any():
        raise ValueError("The seeds differ, so this is no paired race and not yet evidence.")
    shared_T = run_S_R_T[shared_S].all(axis=(0, 1))
    if not shared_T.any():
        raise ValueError("These runs have no number of labels in common, so they cannot be compared.")
    return compare_races(
        labels[shared_T],
        accuracy_S_R_T[shared_S][:, :, shared_T],
        strategies,
        seeds=[int(seed) for seed in seeds[shared_S]],
        target=target,
        names=names,
        test_points=test_points,
    )


def describe_frame(
    frame: pd.DataFrame,
    target: float | Target | None = None,
    names: Mapping[str, str] | None = None,
    *,
    test_points: int | None = None,
) -> str:
    """`describe_comparison` of `compare`; if these runs cannot be compared, the reason."""
    try:
        comparison = compare(frame, target, names, test_points=test_points)
    except ValueError as error:
        return str(error)
    shared = frame["seed"].isin(comparison.seeds).all()
    return describe_comparison(comparison) + ("" if shared else " Where the seeds differ, runs are left out.")
