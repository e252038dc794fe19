"""Traces of the arena's figure, each with its changes from round to round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.report.contours import EMPTY, Polygons
from alcore.report.interactive.arena.layout import INK, OneRacer, Spec
from alcore.report.interactive.arena.surfaces import ODDS, Layer, Line, probability_layers
from alcore.report.interactive.curves import typed_array
from alcore.report.style import class_style, ink_on, strategy_style, translucent

POOL = "rgba(95, 95, 95, 0.65)"  # below the tints
POOL_DARK = "rgba(190, 190, 190, 0.6)"
# Marker shapes with little room for a number inside, and their relative size.
ROOMY = {"triangle-up": 1.45, "triangle-down": 1.45, "diamond": 1.2, "star": 1.5}
# Hovering uses separate traces, which hold all the numbers.
SILENT: Spec = {"type": "scatter", "hoverinfo": "skip", "showlegend": False}


@dataclass(frozen=True)
class Moving:
    """A trace of an animation.

    Attributes:
        trace: the constant properties.
        changes_R: the changing properties, for each round.
    """

    trace: Spec
    changes_R: Sequence[Spec]


@dataclass(frozen=True)
class CurveBand:
    """The band behind a learning curve.

    Attributes:
        labels_T: ascending positions on the x axis.
        low_T: lower ends, as shares.
        high_T: upper ends.
        knee: number of labels at which the sharp rise ends and the plateau begins, if the curve has a clear knee.
    """

    labels_T: NDArray
    low_T: NDArray
    high_T: NDArray
    knee: int | None = None


def floats(values: NDArray) -> Spec:
    """Values in float32: enough for the screen."""
    return typed_array(np.asarray(values, dtype=np.float32))


def at(points_K_2: NDArray) -> Spec:
    """Positions of a trace; a single NaN position if there are none: plotly's animation drops an empty trace."""
    shown = points_K_2 if len(points_K_2) else EMPTY
    return {"x": floats(shown[:, 0]), "y": floats(shown[:, 1])}


def polygon_trace(polygons_V_2: Polygons, colour: str, opacity: float) -> Spec:
    """A band as a filled trace without an outline."""
    return _fill(colour, opacity) | at(polygons_V_2)


def _fill(colour: str, opacity: float) -> Spec:
    return SILENT | {"mode": "none", "fill": "toself", "fillcolor": translucent(colour, opacity)}


def probability_traces(x: NDArray, y: NDArray, probs_Y_X_C: NDArray) -> list[Spec]:
    """A surface of class probabilities as static traces.

    Args:
        x: columns of the surface.
        y: rows of the surface.
        probs_Y_X_C: class probabilities.
    """
    return [
        polygon_trace(layer.polygons_R[0], layer.colour, layer.opacity)
        for layer in probability_layers(probs_Y_X_C[None], x, y, ODDS)
    ]


def layer_trace(layer: Layer | Line) -> Moving:
    """A tint of a surface or a line on it, as a moving trace."""
    if isinstance(layer, Line):
        line = {"color": layer.colour, "width": 1.5, "dash": layer.dash}
        return Moving(SILENT | {"mode": "lines", "line": line}, [at(lines_V_2) for lines_V_2 in layer.lines_R])
    places = [at(polygons_V_2) for polygons_V_2 in layer.polygons_R]
    return Moving(_fill(layer.colour, layer.opacity), places)


def boundary_trace(lines_V_2: NDArray, colour: str, *, legend: bool) -> Spec:
    """The Bayes boundary."""
    line = {"color": colour, "width": 2, "dash": "dash"}
    name = {"name": "Best possible boundary", "legendgroup": "boundary", "showlegend": legend}
    return SILENT | {"mode": "lines", "line": line} | name | at(lines_V_2)


def pool_trace(points_N_2: NDArray, reach: float, *, dark: bool) -> Spec:
    """Every point, labelled or not, as a faint dot.

    The dots are one filled shape: a browser takes longer to style a thousand markers than to draw the rest.

    Args:
        points_N_2: the pool.
        reach: radius of a dot, in axis units.
        dark: for a dark page.
    """
    corners_5_2 = np.array([[0, 1], [1, 0], [0, -1], [-1, 0], [np.nan, np.nan]])
    dots_V_2 = (points_N_2[:, None] + reach * corners_5_2).reshape(-1, 2)
    return SILENT | {"mode": "none", "fill": "toself", "fillcolor": POOL_DARK if dark else POOL} | at(dots_V_2)


def ring_trace(racer: OneRacer, points_N_2: NDArray, size: float, rounds: range) -> Moving:
    """A ring around the latest queried points."""
    ends = [0, *(round_.labels for round_ in racer.rounds)]
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
) -> list[Moving]:
    """One trace per class: the labelled points, numbered in query order; the seed set is not numbered.

    All properties but the x positions are constant: a trace ends at its shortest array.
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
        traces.append(Moving(trace, [{"x": floats(positions)} for positions in shown]))
    return traces


def curve_band_trace(racer: OneRacer, band: CurveBand) -> Spec:
    """The band behind a racer's curve."""
    around = np.concatenate([band.labels_T, band.labels_T[::-1]])
    edges = np.concatenate([band.low_T, band.high_T[::-1]])
    return _fill(strategy_style(racer.strategy).color, 0.16) | at(np.stack([around, edges], axis=1))


def knee_trace(racer: OneRacer, band: CurveBand, names: Mapping[str, str]) -> Spec:
    """A vertical bar at the knee of a racer's band; empty if it has no knee."""
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
        "hovertemplate": f"{name}: a sharp rise up to %{{x}} labels, then a plateau<extra></extra>",
    }


def curve_trace(racer: OneRacer, names: Mapping[str, str], above: int) -> Spec:
    """A racer's accuracy after every round; lower lines are wider, so that coinciding curves all show."""
    style = strategy_style(racer.strategy)
    name = names.get(racer.strategy, racer.strategy)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [round_.labels for round_ in racer.rounds],
        "y": [round_.accuracy for round_ in racer.rounds],
        "line": {"color": style.color, "dash": style.dash, "width": 2.2 + 0.9 * above},
        "hovertemplate": f"{name}: %{{y:.1%}} with %{{x}} labels<extra></extra>",
    }


def marker_trace(racer: OneRacer, rounds: range) -> Moving:
    """A marker at the racer's current place on its curve."""
    style = strategy_style(racer.strategy)
    marker = {
        "size": 13,
        "symbol": style.symbol,
        "color": style.color,
        "line": {"color": "white", "width": 1.5},
    }
    shown = [racer.rounds[number] for number in rounds]
    places = [{"x": [one.labels], "y": [one.accuracy]} for one in shown]
    return Moving(SILENT | {"mode": "markers", "marker": marker}, places)
