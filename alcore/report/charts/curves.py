"""Curves: learning curves of runs, means over paired seeds with their intervals, and paired differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from alcore.report.bounded import bounded_band, difference_band
from alcore.report.charts.chart import (
    TEXT,
    Axis,
    Band,
    Chart,
    Mark,
    Marker,
    Reference,
    Series,
    Stroke,
    around,
    text_of,
)
from alcore.report.curves import band_words, mean_curve
from alcore.report.intervals import Floats
from alcore.report.phrases import with_minus
from alcore.report.statistics.comparison import StrategySummary
from alcore.report.statistics.paired_difference import Difference
from alcore.report.style import AXES, GREY, METRICS, SHARES, strategy_style
from alcore.report.text.batch_savings import StrategySavings

# Marker fill of the first to fourth run of a strategy.
_FILLS = ("", "open", "dot", "open-dot")
# What a curve under one that agrees with it is wider.
_WIDER = 2.5


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve, such as a mean over seeds.

    Attributes:
        key: its meaning; sets its style, see `strategy_style`.
        name: legend entry.
        x: positions.
        y: heights.
        low: lower edge of its band, if any; infinite for none.
        high: upper edge.
    """

    key: str
    name: str
    x: ArrayLike
    y: Floats
    low: Floats | None = None
    high: Floats | None = None

    def band(self, name: str = "") -> list[Band]:
        """The band behind the curve, if it has a finite one; `name` is its entry of the legend."""
        if self.low is None or self.high is None or not np.isfinite(self.low).all():
            return []
        return [Band(self.x, self.low, self.high, strategy_style(self.key).color, name=name, group=self.key)]

    def series(
        self, hover: str, *, facts: ArrayLike | None = None, width: float = 2.5, nth: int = 0, group: str = ""
    ) -> Series:
        """The curve as a line with markers, in the style of its key; the arguments are those of `Series`."""
        style = strategy_style(self.key)
        marker = Marker(style.color, style.symbol, fill=_FILLS[nth % len(_FILLS)])
        stroke = Stroke(style.color, width, style.dash)
        return Series(self.x, self.y, stroke, marker, self.name, group or self.key, hover, facts)


def learning_curves(
    frame: pd.DataFrame,
    *,
    metric: str = "accuracy",
    x: str = "labels",
    names: Mapping[str, str] | None = None,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    bands: bool = False,
    published: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    knee: float | None = None,
) -> Chart:
    """Learning curves of one or more runs.

    Args:
        frame: from `curves.curve_frame`; may be empty before the first round.
        metric: a key of `style.METRICS`; unmeasured values are not drawn.
        x: "labels" or "round".
        names: display names by run id or strategy key, for the legend.
        x_range: limits of the x axis. Set both ranges for a chart that is redrawn while it grows: the zoom is kept.
        y_range: limits of the y axis.
        bands: draw the runs of each strategy as thin lines behind their mean and its 95 % interval. Only for runs that
            differ only in their seed, which the frame does not show. No band if a seed is repeated.
        published: published results: name -> points of (x, y), drawn dotted in grey.
        knee: x position of the knee, where the sharp rise ends and the plateau begins; marked with a line.

    Raises:
        ValueError: for an unknown metric or x.
    """
    for value, known in ((metric, METRICS), (x, AXES)):
        if value not in known:
            raise ValueError(f'Cannot draw "{value}"; choose one of {", ".join(known)}.')
    if metric not in frame:
        frame = frame.assign(**{metric: np.nan})
    marks: list[Mark] = []
    drawn = _runs(frame, names or {})
    for strategy in dict.fromkeys(line.strategy for line in drawn):
        own = [line for line in drawn if line.strategy == strategy]
        label = (names or {}).get(strategy, strategy)
        marks += (_mean_of(own, label, metric, x) if bands else []) or [_run(line, metric, x) for line in own]
    heights: list[ArrayLike] = [frame[metric]]
    if metric in SHARES:
        heights += [edge for mark in marks if isinstance(mark, Band) for edge in (mark.low, mark.high)]
    for name, points in (published or {}).items():
        at, height = zip(*points, strict=True)
        heights.append(height)
        hover = f"<b>{text_of(name)}</b><br>{AXES[x]}: %{{x:,}}<br>%{{y:{_form(metric)}}}<extra></extra>"
        marks.append(Series(at, height, Stroke(GREY, 2, "dot"), Marker(GREY, fill="open"), name, hover=hover))
    if knee is not None:
        marks.append(Reference(x=knee, label="sharp rise | plateau"))
    low, high = (-0.01, 1.01) if metric in SHARES else (-np.inf, np.inf)
    form = "share" if metric in SHARES else "whole" if metric == "labels" else ""
    return Chart(
        _wider_below(marks),
        Axis(AXES[x], "whole", x_range or around([frame[x]], 0.03)),
        Axis(METRICS[metric], form, y_range or around(heights, 0.06, low=low, high=high)),
        height=480,
        revision=f"{metric}-{x}",
    )


def mean_curves(
    x_T: ArrayLike,
    curves: Sequence[StrategySummary] | Sequence[StrategySavings],
    *,
    seeds: int,
    x_title: str = "Labelled points",
    target: float | None = None,
) -> Chart:
    """Mean accuracy of each strategy over paired seeds, with its 95 % interval.

    Args:
        x_T: labels, or what else the means are against.
        curves: the means.
        seeds: number of paired seeds, for the legend.
        x_title: title of the x axis.
        target: target accuracy, marked with a level line.
    """
    drawn = [Curve(one.strategy, one.name, x_T, one.mean_T, one.low_T, one.high_T) for one in curves]
    edges = [edge for one in drawn for edge in (one.y, *(end for band in one.band() for end in (band.low, band.high)))]
    references = []
    if target is not None:
        # Where there are no curves: at the left above the line, where they start below it; else under its right end, or
        # above that where the label would lie on the axis.
        labels = np.asarray(x_T, dtype=np.float64)
        start = labels <= np.quantile(labels, 0.3)
        left = target > max(np.max(np.asarray(edge)[start]) for edge in edges)
        above = left or target <= min(np.min(edge) for edge in edges)
        label = "target, on average"
        references.append(Reference(y=target, color=TEXT, label=label, label_above=above, label_left=left))
        edges.append(np.array([target]))
    ends = around(edges, 0.05, low=-0.01, high=1.01)
    x = Axis(x_title, "whole", around([x_T], 0.03))
    y = Axis("Test accuracy", "share", ends)
    return curve_chart(drawn, x=x, y=y, references=references, interval=interval_entry(seeds))


def curve_chart(
    curves: Sequence[Curve],
    *,
    x: Axis,
    y: Axis,
    references: Sequence[Reference] = (),
    interval: str = "",
    together: bool = True,
) -> Chart:
    """Curves with their bands; the last curve is on top, the references are below all.

    Args:
        curves: the curves.
        x: the x axis.
        y: the y axis; with the form "share" for shares, else the values are read with one decimal.
        references: lines across the chart.
        interval: legend entry of the bands, shown for the first of them.
        together: see `Chart`.

    Raises:
        ValueError: without a curve.
    """
    if not curves:
        raise ValueError("a chart needs a curve, got none")
    marks: list[Mark] = [*references]
    for one in curves:
        bands = one.band(interval)
        marks += [*bands, one.series("%{y:.1%}" if y.form == "share" else "%{y:.1f}")]
        interval = "" if bands else interval
    return Chart(_wider_below(marks), x, y, height=340, together=together)


def _wider_below(marks: Sequence[Mark]) -> list[Mark]:
    """The marks, curves wider under others that agree with them over half of their length: all of them show."""
    curves = [mark for mark in marks if isinstance(mark, Series) and mark.stroke and mark.marker]
    heights = [dict(zip(np.asarray(one.x).tolist(), np.asarray(one.y).tolist(), strict=True)) for one in curves]
    wider: dict[int, Mark] = {}
    for i, one in enumerate(curves):
        agree = [sum(at in other and y == other[at] for at, y in heights[i].items()) for other in heights[i + 1 :]]
        above = sum(2 * count > len(heights[i]) for count in agree)
        if above and one.stroke:
            wider[id(one)] = replace(one, stroke=replace(one.stroke, width=one.stroke.width + _WIDER * above))
    return [wider.get(id(mark), mark) for mark in marks]


def mean_curve_of(key: str, name: str, x: ArrayLike, values_S_T: ArrayLike, *, differences: bool = False) -> Curve:
    """Mean over seeds with its 95 % interval; a single seed has no band.

    Args:
        key: its meaning; sets its style.
        name: legend entry.
        x: positions.
        values_S_T: shares, one row per seed.
        differences: the values are differences of shares; the curve is in percentage points.
    """
    if not differences:
        return Curve(key, name, x, *bounded_band(values_S_T))
    return Curve(key, name, x, *(100 * part_T for part_T in difference_band(values_S_T)))


def difference_chart(difference: Difference, names: Sequence[str], *, key: str = "") -> Chart:
    """A paired difference with its 95 % interval at each x, and the zero line.

    Args:
        difference: from `paired_difference`; a single pair has no interval. Shares are shown in percentage points.
        names: names of the two groups, minuend first.
        key: strategy of the first group, which sets the style.
    """
    share = difference.metric in SHARES
    mean_T, low_T, high_T = (
        (100.0 if share else 1.0) * part for part in (difference.mean_T, difference.low_T, difference.high_T)
    )
    curve = Curve(key or names[0], f"{names[0]} less {names[1]}", difference.x_T, mean_T, low_T, high_T)
    bands = curve.band(interval_entry(len(difference.seeds)))
    told = [
        f"{mean}<br>95 % interval {low} to {high}" if bands else mean
        for mean, low, high in zip(*(map(_signed, part) for part in (mean_T, low_T, high_T)), strict=True)
    ]
    hover = f"{AXES[difference.x]}: %{{x:,}}<br>%{{text}}<extra></extra>"
    unit = " (percentage points)" if share else ""
    return Chart(
        [Reference(y=0, color=TEXT, dash="solid"), *bands, replace(curve.series(hover), texts=told)],
        Axis(AXES[difference.x], "whole", around([difference.x_T], 0.03)),
        Axis(f"Difference in {METRICS[difference.metric].lower()}{unit}", "signed"),
        height=340,
    )


def _signed(value: float) -> str:
    return with_minus(f"{value:+.3g}")


def interval_entry(seeds: int) -> str:
    """The entry of the legend for bands over paired seeds."""
    return f"95 % interval, {seeds} paired seeds"


@dataclass(frozen=True)
class _Run:
    """A run as drawn.

    Attributes:
        run: its id.
        strategy: key of its strategy; its style is `strategy_style(strategy)`.
        label: legend entry.
        nth: index of the run among those of its strategy in the frame, from 0: the same style, hollow from 1 on.
        curve: its rows.
    """

    run: str
    strategy: str
    label: str
    nth: int
    curve: pd.DataFrame


def _runs(frame: pd.DataFrame, names: Mapping[str, str]) -> list[_Run]:
    """The runs of a frame in order, each with a distinct legend entry.

    Args:
        frame: from `curves.curve_frame`.
        names: display names by run id, or by strategy key.

    Returns:
        the runs. Equal names get the seed appended, or the id if the seeds are equal too.
    """
    curves = [(str(run), curve) for run, curve in frame.groupby("run", sort=False)]
    keys = [str(curve["strategy"].iloc[0]) for _, curve in curves]
    seeds = [int(curve["seed"].iloc[0]) for _, curve in curves]
    words = [names.get(run, names.get(key, key)) for (run, _), key in zip(curves, keys, strict=True)]
    found: list[_Run] = []
    for (run, curve), key, seed, word in zip(curves, keys, seeds, words, strict=True):
        alike = [other for other, same in zip(seeds, words, strict=True) if same == word]
        distinct = f", seed {seed}" if len(set(alike)) == len(alike) else f" ({run})"
        label = word + (distinct if len(alike) > 1 else "")
        found.append(_Run(run, key, label, sum(one.strategy == key for one in found), curve))
    return found


def _form(metric: str) -> str:
    return ".1%" if metric in SHARES else ",.4g"


def _run(line: _Run, metric: str, x: str) -> Series:
    """A run as a line with markers."""
    curve = line.curve
    facts = curve[["round", "labels", "accuracy", "train_loss"]].astype(object)
    loss = "" if curve["train_loss"].isna().all() else "<br>Training loss %{customdata[3]:.4f}"
    if metric not in (*facts, *AXES):
        loss += f"<br>{METRICS[metric]} %{{y:{_form(metric)}}}"
    hover = (
        f"<b>{text_of(line.label)}</b><br>Run {text_of(line.run)}, seed {int(curve['seed'].iloc[0])}"
        "<br>Round %{customdata[0]}: %{customdata[1]:,} labels"
        f"<br>Test accuracy %{{customdata[2]:.1%}}{loss}<extra></extra>"
    )
    drawn = Curve(line.strategy, line.label, curve[x].to_numpy(), curve[metric].to_numpy())
    facts_T_4 = facts.where(facts.notna(), None).to_numpy()
    return drawn.series(hover, facts=facts_T_4, width=2, nth=line.nth, group=line.run)


def _mean_of(own: list[_Run], label: str, metric: str, x: str) -> list[Mark]:
    """The runs of a strategy as thin lines, their mean and its 95 % interval; empty without distinct seeds."""
    seeds = [int(line.curve["seed"].iloc[0]) for line in own]
    if len(own) < 2 or len(set(seeds)) < len(seeds):
        return []
    mean = mean_curve(pd.concat([line.curve for line in own]), metric=metric, x=x)
    if mean.empty:
        return []
    edges = [mean[column].to_numpy() for column in ("mean", "low", "high")]
    curve = Curve(own[0].strategy, band_words(label, len(own)), mean[x].to_numpy(), *edges)
    stroke = Stroke(strategy_style(curve.key).color, 1, opacity=0.4)
    thin = [Series(line.curve[x].to_numpy(), line.curve[metric].to_numpy(), stroke, group=curve.key) for line in own]
    form = _form(metric)
    hover = (
        f"<b>{text_of(label)}</b><br>Mean of {len(own)} seeds<br>{AXES[x]}: %{{x:,}}"
        f"<br>{METRICS[metric]} %{{y:{form}}}"
        f"<br>95 % interval %{{customdata[0]:{form}}} to %{{customdata[1]:{form}}}<extra></extra>"
    )
    return [*curve.band(), *thin, curve.series(hover, facts=mean[["low", "high"]].to_numpy(), width=3)]
