"""Other bands around the mean curves of a chart: the spread of the seeds instead of the interval of their mean."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from alcore.report.charts.chart import Axis, Band, Chart, Mark, Series, around
from alcore.report.style import SHARES

INTERVAL = "interval"
# Kind of band -> its name.
BANDS = {INTERVAL: "95 % interval of the mean", "deviation": "standard deviation", "range": "range"}
_INTERVAL_WORDS = "95 % interval"
_HOVER = re.compile(r"<br>95 % interval [^<]*")


def with_bands(chart: Chart, frame: pd.DataFrame, kind: str, *, metric: str = "accuracy", x: str = "labels") -> Chart:
    """The chart with bands of another kind: mean plus and minus the standard deviation of the seeds, or their range.

    Args:
        chart: with bands whose groups are strategies of the frame, at values of its column `x`.
        frame: from `curves.curve_frame`, the runs of all seeds.
        kind: a key of `BANDS`.
        metric: column that is drawn.
        x: "labels" or "round".

    Raises:
        ValueError: for an unknown kind, or a band whose runs the frame does not have.
    """
    if kind not in BANDS:
        raise ValueError(f'Cannot draw the band "{kind}"; choose one of {", ".join(BANDS)}.')
    if kind == INTERVAL:
        return chart
    marks = [_other(mark, frame, kind, metric, x) for mark in chart.marks]
    edges = [edge for mark in marks if isinstance(mark, Band) for edge in (mark.low, mark.high)]
    y = chart.panels[0]
    if isinstance(chart.y, Axis) and y.ends is not None and edges:
        low, high = (-0.01, 1.01) if metric in SHARES else (-np.inf, np.inf)
        y = replace(y, ends=around([np.array(y.ends), np.array(around(edges, 0.03))], 0.0, low=low, high=high))
    return replace(chart, marks=marks, y=y if isinstance(chart.y, Axis) else chart.y)


def _other(mark: Mark, frame: pd.DataFrame, kind: str, metric: str, x: str) -> Mark:
    if isinstance(mark, Series):
        name = mark.name.replace(_INTERVAL_WORDS, BANDS[kind])
        return replace(mark, name=name, hover=_HOVER.sub("", mark.hover))
    if not isinstance(mark, Band):
        return mark
    own = frame[frame["strategy"] == mark.group].pivot(index="run", columns=x, values=metric)
    places = np.asarray(mark.x)
    if not len(own) or not set(places.tolist()) <= set(own.columns.tolist()):
        raise ValueError(f'The band of "{mark.group}" has no runs: only the {BANDS[INTERVAL]} can be drawn.')
    values_S_T = own[places.tolist()].to_numpy(dtype=np.float64)
    mean_T = values_S_T.mean(axis=0)
    spread_T = values_S_T.std(axis=0, ddof=1) if len(values_S_T) > 1 else np.zeros_like(mean_T)
    low_T, high_T = mean_T - spread_T, mean_T + spread_T
    if kind == "range":
        low_T, high_T = values_S_T.min(axis=0), values_S_T.max(axis=0)
    if metric in SHARES:
        low_T, high_T = np.clip(low_T, 0, 1), np.clip(high_T, 0, 1)
    return replace(mark, low=low_T, high=high_T, name=mark.name.replace(_INTERVAL_WORDS, BANDS[kind]))
