"""The traces of the arena's figure, each with what changes in it from round to round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.report.contours import EMPTY, Polygons
from alcore.report.interactive.arena.layout import INK, OneRacer, Spec
from alcore.report.interactive.arena.surfaces import ODDS, Layer, Line, probability_layers
from alcore.report.interactive.render import typed_array
from alcore.report.style import class_style, ink_on, strategy_style, translucent

POOL = "rgba(95, 95, 95, 0.65)"  # over the tints
POOL_DARK = "rgba(190, 190, 190, 0.6)"
# Of misclassified test points; no class and no strategy has it.
ERROR, ERROR_DARK = "#8F1D1D", "#FF8A80"
# Shapes with little room for a number inside, beside the size of the others.
ROOMY = {"triangle-up": 1.45, "triangle-down": 1.45, "diamond": 1.2, "star": 1.5}
# Points have their own traces for hovering, which hold every number.
SILENT: Spec = {"type": "scatter", "hoverinfo": "skip", "showlegend": False}


@dataclass(frozen=True)
class Moving:
    """A trace of an animation.

    Attributes:
        trace: what never changes.
        changes_R: the properties that differ, for each round.
    """

    trace: Spec
    changes_R: Sequence[Spec]


@dataclass(frozen=True)
class CurveBand:
    """What lies behind a learning curve.

    Attributes:
        labels_T: ascending positions on its axis.
        low_T: lower ends, as shares.
        high_T: upper ends.
        knee: labels at which the sharp rise ends and the plateau begins, if that can be told.
    """

    labels_T: NDArray
    low_T: NDArray
    high_T: NDArray
    knee: int | None = None


def floats(values: NDArray) -> Spec:
    """Single precision is more than a screen shows."""
    return typed_array(np.asarray(values, dtype=np.float32))


def at(points_K_2: NDArray) -> Spec:
    """The positions of a trace; a position of NaN if there are none, so that plotly keeps the trace."""
    shown = points_K_2 if len(points_K_2) else EMPTY
    return {"x": floats(shown[:, 0]), "y": floats(shown[:, 1])}


def polygon_trace(polygons_V_2: Polygons, colour: str, opacity: float) -> Spec:
    """One band as a filled trace without an outline."""
    return _fill(colour, opacity) | at(polygons_V_2)


def _fill(colour: str, opacity: float) -> Spec:
    return SILENT | {"mode": "none", "fill": "toself", "fillcolor": translucent(colour, opacity)}


def probability_traces(x: NDArray, y: NDArray, probs_Y_X_C: NDArray, *, dark: bool = False) -> list[Spec]:
    """One surface of class probabilities as traces at rest.

    Args:
        x: columns of the surface.
        y: rows of the surface.
        probs_Y_X_C: class probabilities.
        dark: for a dark page.
    """
    return [
        polygon_trace(layer.polygons_R[0], layer.colour, layer.opacity)
        for layer in probability_layers(probs_Y_X_C[None], x, y, ODDS, dark=dark)
    ]


def layer_trace(layer: Layer | Line) -> Moving:
    """A tint of a surface, or a line on it."""
    if isinstance(layer, Line):
        line = {"color": layer.colour, "width": 1.5, "dash": layer.dash}
        return Moving(SILENT | {"mode": "lines", "line": line}, [at(lines_V_2) for lines_V_2 in layer.lines_R])
    places = [at(polygons_V_2) for polygons_V_2 in layer.polygons_R]
    return Moving(_fill(layer.colour, layer.opacity), places)


def boundary_trace(lines_V_2: NDArray, colour: str, *, legend: bool) -> Spec:
    """The best possible boundary."""
    line = {"color": colour, "width": 2, "dash": "dash"}
    name = {"name": "Best possible boundary", "legendgroup": "boundary", "showlegend": legend}
    return SILENT | {"mode": "lines", "line": line} | name | at(lines_V_2)


def pool_trace(points_N_2: NDArray, reach: float, *, dark: bool) -> Spec:
    """Every point, labelled or not, as a faint dot.

    All dots are one filled shape: a browser takes longer to style a thousand markers than to draw the rest.

    Args:
        points_N_2: the pool.
        reach: from the middle of a dot to its edge, on the axes.
        dark: for a dark page.
    """
    corners_5_2 = np.array([[0, 1], [1, 0], [0, -1], [-1, 0], [np.nan, np.nan]])
    dots_V_2 = (points_N_2[:, None] + reach * corners_5_2).reshape(-1, 2)
    return SILENT | {"mode": "none", "fill": "toself", "fillcolor": POOL_DARK if dark else POOL} | at(dots_V_2)


def error_trace(racer: Any, test_T_2: NDArray, reach: float, rounds: range, *, dark: bool, legend: bool) -> Moving:
    """The misclassified points of the test set as small crosses, all of them one line.

    Args:
        racer: has `wrong_R_T`.
        test_T_2: the test set.
        reach: from the middle of a cross to the end of an arm, on the axes.
        rounds: which to show.
        dark: for a dark page.
        legend: whether the legend names them.
    """
    arms_6_2 = np.array([[-1, -1], [1, 1], [np.nan, np.nan], [-1, 1], [1, -1], [np.nan, np.nan]])
    crosses = [test_T_2[racer.wrong_R_T[number], None] + reach * arms_6_2 for number in rounds]
    line = {"color": ERROR_DARK if dark else ERROR, "width": 1.2, "dash": "solid"}
    trace = SILENT | {"mode": "lines", "line": line, "name": "Test errors", "showlegend": legend}
    return Moving(trace, [at(crosses_K_6_2.reshape(-1, 2)) for crosses_K_6_2 in crosses])


def ring_trace(racer: OneRacer, points_N_2: NDArray, size: float, rounds: range) -> Moving:
    """A ring around what was answered last."""
    ends = [0, *(one.labels for one in racer.rounds)]
    newest = [racer.order[:0], *(racer.order[a:b] for a, b in zip(ends[1:-1], ends[2:], strict=True))]
    marker = {"size": 1.4 * size, "color": "rgba(0,0,0,0)", "line": {"color": INK, "width": 2.5}}
    return Moving(SILENT | {"mode": "markers", "marker": marker}, [at(points_N_2[newest[number]]) for number in rounds])


def labelled_traces(
    racer: OneRacer,
    points_N_2: NDArray,
    y_N: NDArray[np.int64],
    class_names: Sequence[str],
    size: float,
    rounds: range,
    *,
    legend: bool,
    window: int | None = None,
) -> list[Moving]:
    """One trace a class: the labelled points with their turn, none for the first labels.

    All but the horizontal positions is there from the start: a trace ends where its shortest array does. With a
    `window` only so many of the latest labels are shown.
    """
    y_M = y_N[racer.order]
    turn_M = np.arange(len(racer.order)) - racer.rounds[0].labels + 1
    traces = []
    for label, name in enumerate(class_names):
        (mine,) = np.nonzero(y_M == label)
        counts = np.searchsorted(mine, [racer.rounds[number].labels for number in rounds])
        place = at(points_N_2[racer.order[mine]])
        style = class_style(label)
        trace = SILENT | {
            "mode": "markers+text",
            "name": f"Class {name}",
            "legendgroup": f"class {label}",
            "showlegend": legend,
            "y": place["y"],
            "text": ["" if turn < 1 else str(turn) for turn in turn_M[mine]],
            "textfont": {"size": 0.65 * size, "color": ink_on(style.color)},
            "marker": {
                "size": size * ROOMY.get(style.symbol, 1.0),
                "symbol": style.symbol,
                "color": style.color,
                "line": {"color": "white", "width": 1},
            },
        }
        across = points_N_2[racer.order[mine], 0]
        shown = [across[:count] if count else EMPTY[:, 0] for count in counts]
        if window is not None:
            held = [racer.rounds[number].labels - window for number in rounds]
            shown = [
                np.where(mine[: len(places)] >= first, places, np.nan) if len(mine) else places
                for places, first in zip(shown, held, strict=True)
            ]
        traces.append(Moving(trace, [{"x": floats(positions)} for positions in shown]))
    return traces


def curve_band_trace(racer: OneRacer, band: CurveBand) -> Spec:
    """The band behind a racer's curve."""
    around = np.concatenate([band.labels_T, band.labels_T[::-1]])
    edges = np.concatenate([band.low_T, band.high_T[::-1]])
    return _fill(strategy_style(racer.strategy).color, 0.16) | {"meta": "grows"} | at(np.stack([around, edges], axis=1))


def knee_trace(racer: OneRacer, band: CurveBand, names: Mapping[str, str]) -> Spec:
    """An upright bar through a racer's band where its sharp rise ends; nothing where it has no knee."""
    here = band.labels_T == band.knee
    height_K = (band.low_T[here] + band.high_T[here]) / 2
    name = names.get(racer.strategy, racer.strategy)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": band.labels_T[here].tolist(),
        "y": height_K.tolist(),
        "marker": {
            "symbol": "line-ns",
            "size": 22,
            "line": {"width": 3, "color": strategy_style(racer.strategy).color},
        },
        "showlegend": False,
        "meta": "grows",
        "hovertemplate": f"{name}: a sharp rise up to %{{x}} labels, then a plateau<extra></extra>",
    }


def curve_trace(racer: OneRacer, names: Mapping[str, str], above: int) -> Spec:
    """A racer's accuracy after every round; wider under others, so that curves that agree all show."""
    style = strategy_style(racer.strategy)
    name = names.get(racer.strategy, racer.strategy)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "meta": "grows",
        "showlegend": False,
        "marker": curve_marker(racer),
        "x": [one.labels for one in racer.rounds],
        "y": [one.accuracy for one in racer.rounds],
        "line": {"color": style.color, "dash": style.dash, "width": 2.2 + 0.9 * above},
        "hovertemplate": f"{name}: %{{y:.1%}} with %{{x}} labels<extra></extra>",
    }


def curve_marker(racer: OneRacer) -> Spec:
    """The marker of a racer, on its curve and beside its name."""
    style = strategy_style(racer.strategy)
    return {"size": 13, "symbol": style.symbol, "color": style.color, "line": {"color": "white", "width": 1.5}}


def marker_trace(racer: OneRacer, rounds: range) -> Moving:
    """Where on its curve a racer is."""
    marker = curve_marker(racer)
    shown = [racer.rounds[number] for number in rounds]
    places = [{"x": [one.labels], "y": [one.accuracy]} for one in shown]
    return Moving(SILENT | {"mode": "markers", "marker": marker}, places)
