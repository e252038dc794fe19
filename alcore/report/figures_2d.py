"""The arena's figure: decision surfaces side by side, learning curves, and a player that runs in the browser.

Built as plain dicts with typed arrays: checking fifty frames would take longer than the race itself.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from alcore.report.bands import bands, lead
from alcore.report.figures import PreparedFigure, typed_array
from alcore.report.figures_2d_layout import INK, OneRacer, Spec, axis_pair, layout_of
from alcore.report.palette import class_style, strategy_style

LEVELS = (0.0, 0.25, 0.5, 0.75)  # of the lead of a class over the others
BAND_OPACITY = 0.12  # bands lie on one another, so certainty darkens
# Shapes with little room for a number inside.
ROOMY = {"triangle-up": 22, "triangle-down": 22, "diamond": 18}
FAINT = "rgba(127, 127, 127, 0.45)"


def arena_figure(
    points_N_2: NDArray,
    y_N: NDArray[np.int64],
    class_names: Sequence[str],
    x: NDArray,
    y: NDArray,
    racers: Sequence[OneRacer],
    *,
    names: Mapping[str, str],
    narrow: bool = False,
    dark: bool = False,
) -> PreparedFigure:
    """Every round of a race as one animated figure.

    Args:
        points_N_2: the pool.
        y_N: its labels; drawn only for points that have been labelled.
        class_names: one a class.
        x: columns of the surfaces.
        y: rows of the surfaces.
        racers: at least one, all with the same number of rounds.
        names: labels for people, by strategy.
        narrow: panels under one another, for a phone.
        dark: light text, for a dark page.

    Returns:
        Surfaces with labelled points in the order they were asked for, the learning curves below, play,
        pause and a round slider; it opens on the last round.
    """
    last = len(racers[0].rounds) - 1
    # Painted in this order, back to front: with zorder instead, an animation loses the traces at rest.
    data: list[Spec] = []
    moving: list[int] = []
    frames: list[list[Spec]] = [[] for _ in range(last + 1)]

    def add_moving(draw: Callable[[int], list[Spec]], axes: Spec) -> None:
        """Traces that change from round to round; they open on the last."""
        shown: list[Spec] = []
        for number in range(last + 1):
            shown = [trace | axes for trace in draw(number)]
            frames[number] += shown
        moving.extend(range(len(data), len(data) + len(shown)))
        data.extend(shown)

    for panel, racer in enumerate(racers, start=1):
        axes = axis_pair(panel)
        add_moving(partial(_surface, racer, x=x, y=y), axes)
        data.append(_pool_trace(points_N_2) | axes)
        legend = panel == 1
        add_moving(
            partial(_labelled, racer, points_N_2=points_N_2, y_N=y_N, class_names=class_names, legend=legend),
            axes,
        )
    curves = axis_pair(len(racers) + 1)
    data.extend(_curve(racer, names) | curves for racer in racers)
    for racer in racers:
        add_moving(partial(_marker, racer), curves)
    return PreparedFigure(
        {
            "data": data,
            "layout": layout_of(x, y, racers, names, narrow, dark),
            "frames": [{"name": str(n), "data": frame, "traces": moving} for n, frame in enumerate(frames)],
        }
    )


def _pool_trace(points_N_2: NDArray) -> Spec:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": typed_array(points_N_2[:, 0].astype(np.float32)),
        "y": typed_array(points_N_2[:, 1].astype(np.float32)),
        "marker": {"size": 4, "color": FAINT},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _surface(racer: OneRacer, number: int, x: NDArray, y: NDArray) -> list[Spec]:
    leads = lead(racer.surfaces_R_Y_X_C[number])
    traces = []
    for label in range(leads.shape[-1]):
        for polygons_V_2 in bands(x, y, leads[..., label], LEVELS):
            traces.append(polygon_trace(polygons_V_2, class_style(label).color, BAND_OPACITY))
    return traces


def polygon_trace(polygons_V_2: NDArray[np.float32], colour: str, opacity: float) -> Spec:
    """One band as a filled trace without an outline."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": typed_array(polygons_V_2[:, 0]),
        "y": typed_array(polygons_V_2[:, 1]),
        "fill": "toself",
        "fillcolor": colour,
        "opacity": opacity,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _labelled(
    racer: OneRacer,
    number: int,
    points_N_2: NDArray,
    y_N: NDArray[np.int64],
    class_names: Sequence[str],
    *,
    legend: bool,
) -> list[Spec]:
    """One trace a class, and a ring around what was answered last."""
    start = racer.rounds[0].labels
    rows = racer.order[: racer.rounds[number].labels]
    rank = np.arange(len(rows)) - start + 1  # 1 for the first point asked for, 0 or less for the seed set
    newest = rows[racer.rounds[number - 1].labels :] if number else rows[:0]
    traces: list[Spec] = [
        _dots(points_N_2[newest])
        | {
            "marker": {"size": 21, "color": "rgba(0,0,0,0)", "line": {"color": INK, "width": 2.5}},
        }
    ]
    for label, name in enumerate(class_names):
        mine = y_N[rows] == label
        style = class_style(label)
        traces.append(
            _dots(points_N_2[rows[mine]])
            | {
                "mode": "markers+text",
                "name": f"Class {name}",
                "legendgroup": f"class {label}",
                "showlegend": legend,
                "text": ["" if r < 1 else str(r) for r in rank[mine]],
                "hovertext": [
                    f"class {name}<br>" + ("first labels" if r < 1 else f"asked for as number {r}")
                    for r in rank[mine]
                ],
                "hoverinfo": "text",
                "textfont": {"size": 9, "color": "white"},
                "marker": {
                    "size": ROOMY.get(style.symbol, 15),
                    "symbol": style.symbol,
                    "color": style.color,
                    "line": {"color": "white", "width": 1},
                },
            }
        )
    return traces


def _dots(points_K_2: NDArray) -> Spec:
    shown = points_K_2 if len(points_K_2) else np.full((1, 2), np.nan)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": typed_array(shown[:, 0].astype(np.float32)),
        "y": typed_array(shown[:, 1].astype(np.float32)),
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _curve(racer: OneRacer, names: Mapping[str, str]) -> Spec:
    style = strategy_style(racer.strategy)
    name = names.get(racer.strategy, racer.strategy)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [r.labels for r in racer.rounds],
        "y": [r.accuracy for r in racer.rounds],
        "line": {"color": style.color, "dash": style.dash, "width": 2.5},
        "hovertemplate": f"{name}: %{{y:.1%}} with %{{x}} labels<extra></extra>",
    }


def _marker(racer: OneRacer, number: int) -> list[Spec]:
    style, here = strategy_style(racer.strategy), racer.rounds[number]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [here.labels],
            "y": [here.accuracy],
            "marker": {
                "size": 13,
                "symbol": style.symbol,
                "color": style.color,
                "line": {"color": "white", "width": 1.5},
            },
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]
