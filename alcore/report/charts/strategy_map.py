"""Strategies by how uncertain and how diverse their batches are, with their measured gain over random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alcore.baseline import BASELINE
from alcore.report.charts.chart import Axis, Chart, Label, Mark, Marker, Reference, Series, Stroke, text_of
from alcore.report.charts.labels import Named, labels_beside
from alcore.report.intervals import Interval
from alcore.report.phrases import format_interval, format_signed, percent
from alcore.report.style import class_style, strategy_style

WIDTH, HEIGHT = 520, 500  # nominal pixels of the plot, for the places of the labels
PHONE_WIDTH, PHONE_HEIGHT = 295, 440
# Of axis and legend, which has more rows on a phone.
_MARGIN, _PHONE_MARGIN = 60, 140
_RING = 12  # by which the ring of a chosen strategy is wider than its halo
# Diameters in pixels: of a gain of one point of accuracy, and the smallest.
_ONE_POINT, _LEAST = 15.0, 6.0
_UNSURE, _APART = (0.22, 1.08), (0.0, 2.1)
# How a gain is drawn: fill and symbol.
_KINDS = {
    "baseline": ("", "square"),
    "better": ("", "circle"),
    "undecided": ("open", "circle"),
    "worse": ("", "x"),
    "unmeasured": ("open", "diamond"),
}


@dataclass(frozen=True)
class Mapped:
    """A strategy on the map.

    Attributes:
        name: its key.
        label: its name for people.
        family: its kind.
        uncertainty: percentile of its picks, 0 to 1.
        diversity: spacing of its picks, 1 for random picks.
        gain: gain over random in mean accuracy, a share; None: not measured.
    """

    name: str
    label: str
    family: str
    uncertainty: float
    diversity: float
    gain: Interval | None


def strategy_map(
    points: Sequence[Mapped], families: Sequence[str], chosen: Sequence[str] = (), *, narrow: bool = False
) -> Chart:
    """The map: discs as large as the gain, haloes as large as the upper end of its interval.

    Filled: the interval excludes zero. Open: it does not. A cross: worse than random. A small grey ring: no measured
    gain.

    Args:
        points: the strategies; random has no gain.
        families: all families, in the order of their colours; that of random has random's.
        chosen: keys of strategies with a ring around them.
        narrow: for a phone, where some names have no room.
    """
    marks: list[Mark] = [
        Reference(x=0.5),
        Reference(y=1.0),
    ]
    for i, family in enumerate(families):
        own = [one for one in points if one.family == family]
        if not own:
            continue
        baseline = any(one.name == BASELINE for one in own)
        color = strategy_style(BASELINE).color if baseline else class_style(i).color
        measured = [one for one in own if one.gain is not None]
        if measured:
            marks.append(
                _series(measured, Marker(color, size=_sizes([_of(one).high for one in measured]), opacity=0.2))
            )
        first = True
        for kind, (fill, symbol) in _KINDS.items():
            members = [one for one in own if _kind(one) == kind]
            if members:
                sizes = _sizes([one.gain.estimate if one.gain else 0.0 for one in members])
                marker = Marker(color, symbol, sizes, fill, edge=Stroke(color, 2))
                marks.append(_series(members, marker, family if first else ""))
                first = False
    for one in points:
        if one.name in chosen:
            size = diameter(one.gain.high if one.gain else 0.0) + _RING
            ring = Marker("text", "circle", size, "open", edge=Stroke("text", 2))
            marks.append(Series([one.uncertainty], [one.diversity], marker=ring))
    marks += _labels(points, chosen, *((PHONE_WIDTH, PHONE_HEIGHT) if narrow else (WIDTH, HEIGHT)))
    return Chart(
        marks,
        Axis("Uncertainty of the picks (percentile in the pool)", form="share", ends=_UNSURE),
        Axis("Diversity of the picks (spacing, random = 1)", ends=_APART),
        height=PHONE_HEIGHT + _PHONE_MARGIN if narrow else HEIGHT + _MARGIN,
        ratio=0.9,
    )


def gain_words(gain: Interval | None) -> str:
    """A gain in points of accuracy with its interval, or that there is none."""
    if gain is None:
        return "not measured yet"
    points = Interval(*(100 * end for end in (gain.estimate, gain.low, gain.high)))
    return f"{format_signed(points.estimate, 1)} points (95 % CI {format_interval(points, 1)})"


def diameter(gain: float) -> float:
    """Of the disc of a gain: its area is proportional to the gain."""
    return max(_LEAST, _ONE_POINT * float(np.sqrt(100 * abs(gain))))


def _sizes(gains: Sequence[float]) -> np.ndarray:
    return np.array([diameter(gain) for gain in gains])


def _of(one: Mapped) -> Interval:
    assert one.gain is not None  # see the caller
    return one.gain


def _kind(one: Mapped) -> str:
    if one.gain is None:
        return "baseline" if one.name == BASELINE else "unmeasured"
    if not one.gain.excludes(0):
        return "undecided"
    return "better" if one.gain.estimate > 0 else "worse"


def _series(members: Sequence[Mapped], marker: Marker, name: str = "") -> Series:
    return Series(
        [one.uncertainty for one in members],
        [one.diversity for one in members],
        marker=marker,
        name=name,
        hover="%{text}<extra></extra>",
        texts=[
            f"<b>{text_of(one.label)}</b><br>{_about(one)}<br>uncertainty {percent(one.uncertainty, 0)}, "
            f"diversity {one.diversity:.2f}"
            for one in members
        ],
        facts=np.array([one.name for one in members], dtype=object),
    )


def _about(one: Mapped) -> str:
    return "the baseline" if one.name == BASELINE else gain_words(one.gain)


def _labels(points: Sequence[Mapped], chosen: Sequence[str], width: float, height: float) -> list[Label]:
    """The names beside the discs."""
    named = [
        Named(
            one.uncertainty,
            one.diversity,
            (one.uncertainty - _UNSURE[0]) / (_UNSURE[1] - _UNSURE[0]),
            (one.diversity - _APART[0]) / (_APART[1] - _APART[0]),
            _room(one, chosen) / 2,
            one.label,
        )
        for one in points
    ]
    first = [one.label for one in points if one.name in (*chosen, BASELINE)]
    median = (0.5 - _UNSURE[0]) / (_UNSURE[1] - _UNSURE[0])
    as_random = (1.0 - _APART[0]) / (_APART[1] - _APART[0])
    lines = [(median, median, 0.0, 1.0), (0.0, 1.0, as_random, as_random)]
    return labels_beside(named, width=width, height=height, first=first, crowded=width < WIDTH, lines=lines)


def _room(one: Mapped, chosen: Sequence[str]) -> float:
    """Diameter of what is drawn of a strategy, without its halo."""
    if one.name in chosen:
        return diameter(one.gain.high if one.gain else 0.0) + _RING
    return diameter(one.gain.estimate if one.gain else 0.0)


def legend_words() -> str:
    """What the marks mean, in a line."""
    return "Size: gain; halo: its upper 95 % limit. Open: undecided, cross: loses, diamond: not measured yet."
