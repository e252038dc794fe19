"""Sentences and panels for the simplex and for the decomposition of uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.report.contours import Polygons, bands
from alcore.report.phrases import capitalise, format_number, join_names, lowercase_first
from alcore.report.statistics.simplex import CORNERS_3_2, Triple, spelled, to_plane
from alcore.report.svg.panels import Layer, Line, Mark, Panel, nested, ring

# Label positions beside the corners: readable even with a mark on the corner.
_NAMES = (
    (*(CORNERS_3_2[0] + [0, 0.075]).tolist(), "class 1"),
    (*(CORNERS_3_2[1] + [0.04, -0.07]).tolist(), "class 2"),
    (*(CORNERS_3_2[2] + [-0.04, -0.07]).tolist(), "class 3"),
)
_APART = "Where they disagree"
_SHARES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.85)
SQUARE = np.array([[0.0, 0.0], [1, 0], [1, 1], [0, 1]])


def order_words(preferences: Mapping[str, int]) -> str:
    """The preferred query of A and B by each measure.

    Args:
        preferences: for each measure's name 1 for A, -1 for B, 0 for a tie.
    """
    told = []
    for value, verb in ((1, "A first"), (-1, "B first")):
        names = [lowercase_first(name) for name, one in preferences.items() if one == value]
        if names:
            told.append(f"{join_names(names)} {'query' if len(names) > 1 else 'queries'} **{verb}**")
    tied = [lowercase_first(name) for name, one in preferences.items() if one == 0]
    if tied:
        told.append(f"{join_names(tied)} {'score' if len(tied) > 1 else 'scores'} both alike")
    agree = "All agree: " if len(told) == 1 and len(preferences) > 1 else ""
    return f"{agree}{'; '.join(told)}." if agree else f"{capitalise('; '.join(told))}."


def apart_words(one: str, other: str, letter: str, shares: Triple, discord: float) -> str:
    """Shares of the simplex on which two measures disagree relative to an example, and their overall disagreement."""
    if one == other:
        return f"{capitalise(lowercase_first(one))} never disagrees with itself: choose two measures."
    near, far, _ = shares
    return (
        f"Of all triples, {_share(near)} score higher than {letter} by {lowercase_first(one)} and lower by "
        f"{lowercase_first(other)}; {_share(far)} the other way round. The two measures order "
        f"{_share(discord)} of all random pairs of triples differently."
    )


def measure_pane(name: str, color: str, bands_L: Sequence[Polygons], level: Polygons, scores: Sequence[float]) -> Panel:
    """A measure over the simplex, with the region where it is at least as high as at B.

    Args:
        name: of the measure.
        color: of its bands.
        bands_L: from `simplex.where`, lowest level first.
        level: region where it is at least as high as at B.
        scores: of A and B.
    """
    a, b = scores
    sign = "=" if abs(a - b) < 1e-9 else ">" if a > b else "<"
    said = {"=": "a tie", ">": "A first", "<": "B first"}[sign]
    return Panel(
        name,
        (f"A {format_number(a, 3)} {sign} B {format_number(b, 3)}: {said}",),
        f"{name} over all probabilities of three classes, stronger in colour where it is higher: highest in "
        f"the middle, 0 at the corners. A scores {format_number(a, 3)}, B {format_number(b, 3)}.",
        nested(bands_L, color),
        (ring(CORNERS_3_2), Line(level, closed=True, dash="dot")),
        labels=_NAMES,
    )


def apart_pane(
    names: tuple[str, str],
    colors: tuple[str, str],
    regions: tuple[Polygons, Polygons],
    letter: str,
    shares: Triple,
) -> Panel:
    """Regions where only one of two measures ranks a point above an example."""
    one, other = (lowercase_first(name) for name in names)
    near, far, _ = shares
    if one == other:
        alone = f"{capitalise(one)} never disagrees with itself."
        return Panel(_APART, (alone,), alone, (), (ring(CORNERS_3_2),), labels=_NAMES)
    return Panel(
        _APART,
        (
            f"Plain: {one} before {letter}, {other} after: {_share(near)}",
            f"Hatched: {other} before {letter}, {one} after: {_share(far)}",
        ),
        f"Where {one} and {other} place triples on different sides of {letter}: {_share(near)} of the "
        f"triangle one way, {_share(far)} the other.",
        (Layer(regions[0], colors[0], 0.5), Layer(regions[1], colors[1], 0.9, "hatch")),
        (ring(CORNERS_3_2),),
        labels=_NAMES,
    )


def triple_marks(triples: Mapping[str, Triple]) -> tuple[Mark, ...]:
    """Examples as marks, by letter."""
    return tuple(
        Mark(letter, (float(x), float(y)), spelled(triple))
        for (letter, triple), (x, y) in zip(triples.items(), to_plane(list(triples.values())).tolist(), strict=True)
    )


def doubt_pane(
    title: str,
    about: str,
    color: str,
    x: NDArray,
    y: NDArray,
    nats_P: NDArray,
    top: float,
    labeled_M_2: NDArray,
    values: Mapping[str, float],
    mean: float,
) -> Panel:
    """A component of a committee's uncertainty over the plane.

    Args:
        title: of the component.
        about: its definition.
        color: of its bands.
        x: columns of the grid, ascending.
        y: rows of the grid, ascending.
        nats_P: the component at the grid's points in nats, row by row.
        top: upper end of the scale, common to all panels.
        labeled_M_2: labelled points, drawn as dots.
        values: at the inspected positions, by letter.
        mean: over the pool.
    """
    surface = nats_P.reshape(len(y), len(x))
    unit_x, unit_y = (x - x[0]) / (x[-1] - x[0]), (y - y[0]) / (y[-1] - y[0])
    found = bands(unit_x, unit_y, surface, [share * top for share in _SHARES])
    dots = (labeled_M_2 - [x[0], y[0]]) / [x[-1] - x[0], y[-1] - y[0]]
    told = ", ".join(f"{letter} {format_number(value, 3)}" for letter, value in values.items())
    return Panel(
        title,
        (f"{told} nats", f"Pool on average: {format_number(mean, 3)} nats", about),
        f"{title} over the plane, stronger in colour where it is higher: {told} nats, over the pool "
        f"{format_number(mean, 3)}. {about}",
        nested(found, color),
        (ring(SQUARE),),
        dots,
    )


def split_words(letter: str, total: float, expected: float, mutual: float) -> str:
    """Uncertainty at a position, and the expected benefit of labels there."""
    if total < 0.01:
        return f"**{letter}**: {format_number(total, 3)} nats, hardly any uncertainty: labels here change little."
    share = 100 * mutual / total
    verdict = (
        "mostly aleatoric: labels here are expected to reduce little of it"
        if share < 20
        else "mostly epistemic: **labels here can reduce much of it**"
        if share > 50
        else "partly each: labels here can reduce some of it"
    )
    return (
        f"**{letter}**: {format_number(total, 3)} nats = {format_number(mutual, 3)} epistemic "
        f"({format_number(share, 0)} %) + {format_number(expected, 3)} aleatoric; {verdict}."
    )


def pool_words(total: float, expected: float, mutual: float, labels: int) -> str:
    """Uncertainty over the whole pool; a committee cannot detect errors that all members share."""
    share = 100 * mutual / total if total > 0 else 0.0
    return (
        f"With {labels} labels, {format_number(share, 0)} % of the mean uncertainty over the pool is "
        f"disagreement of the committee ({format_number(mutual, 3)} of {format_number(total, 3)} nats): **labels "
        f"can reduce it**. The other {format_number(expected, 3)} nats are within each member's prediction: noise, "
        "unless all members err alike, as with few labels or strong regularisation."
    )


def _share(share: float) -> str:
    if share == 0:
        return "0 %"
    if share < 0.0005:
        return "under 0.1 %"
    return f"{format_number(100 * share, 0 if share >= 0.1 else 1)} %"
