"""Bands of other kinds, against NumPy on the runs."""

import numpy as np
import pandas as pd
import pytest

from alcore.report.charts.bands import with_bands
from alcore.report.charts.chart import Axis, Band, Chart
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame
from alcore.report.export.curves import export

ACCURACY = {"margin": np.array([[0.5, 0.7, 0.9], [0.6, 0.9, 0.92], [0.4, 0.6, 0.99]])}


def frame_of(accuracy: dict[str, np.ndarray] = ACCURACY) -> pd.DataFrame:
    return curve_frame(
        {
            "run": f"{name} {seed}",
            "strategy": name,
            "seed": seed,
            "round": t,
            "labels": 10 + 5 * t,
            "accuracy": value,
            "train_loss": None,
            "seconds": 0.0,
        }
        for name, values_S_T in accuracy.items()
        for seed, value_T in enumerate(values_S_T)
        for t, value in enumerate(value_T)
    )


def band_of(chart: Chart) -> Band:
    (band,) = [mark for mark in chart.marks if isinstance(mark, Band)]
    return band


def test_a_band_is_the_standard_deviation_or_the_range_of_the_runs() -> None:
    frame, values_S_T = frame_of(), ACCURACY["margin"]
    chart = learning_curves(frame, bands=True)
    deviation, spread = with_bands(chart, frame, "deviation"), with_bands(chart, frame, "range")
    mean_T, own_T = values_S_T.mean(0), values_S_T.std(0, ddof=1)
    for drawn, low_T, high_T in (
        (deviation, mean_T - own_T, np.minimum(1, mean_T + own_T)),
        (spread, values_S_T.min(0), values_S_T.max(0)),
    ):
        np.testing.assert_allclose(np.asarray(band_of(drawn).low, float), low_T)
        np.testing.assert_allclose(np.asarray(band_of(drawn).high, float), high_T)
    assert with_bands(chart, frame, "interval") is chart
    for other in (deviation, spread):
        assert isinstance(other.y, Axis) and other.y.ends is not None
        assert other.y.ends[0] <= np.min(band_of(other).low) and other.y.ends[1] >= np.max(band_of(other).high)
        # The limits of the chart and of the band, and nothing beyond them.
        assert isinstance(chart.y, Axis) and chart.y.ends is not None
        low, high = min(chart.y.ends[0], np.min(band_of(other).low)), max(chart.y.ends[1], np.max(band_of(other).high))
        assert other.y.ends[1] - other.y.ends[0] < 1.1 * (high - low)


def test_names_say_which_band_is_drawn() -> None:
    page = export(frame_of(), [], "html", bands=True, band="deviation").decode()
    assert "mean of 3 seeds, standard deviation" in page and "95 % interval %{" not in page


def test_a_band_without_its_runs_is_refused() -> None:
    frame = frame_of()
    chart = learning_curves(frame, bands=True)
    with pytest.raises(ValueError, match="has no runs"):
        with_bands(chart, frame[frame["labels"] > 10], "range")
    with pytest.raises(ValueError, match="choose one of interval, deviation, range"):
        with_bands(chart, frame, "quartiles")
