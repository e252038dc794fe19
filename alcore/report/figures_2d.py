"""The arena's figure: decision surfaces side by side, learning curves, and a player that runs in the browser.

Built as plain dicts with typed arrays: checking fifty frames would take longer than the race itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.report.bands import bands, lead
from alcore.report.figures import PreparedFigure, typed_array
from alcore.report.palette import class_style, strategy_style

LEVELS = (0.0, 0.25, 0.5, 0.75)  # of the lead of a class over the others
BAND_OPACITY = 0.12  # bands lie on one another, so certainty darkens
GRID_COLOUR = "rgba(127, 127, 127, 0.25)"
FAINT = "rgba(127, 127, 127, 0.45)"
INK = "#7A7A7A"  # readable on white and on near-black
MARGINS = {"l": 46, "r": 14, "t": 34, "b": 96}

Spec = dict[str, Any]


class OneRound(Protocol):
    """What is drawn of a round."""

    @property
    def labels(self) -> int: ...  # noqa: D102
    @property
    def accuracy(self) -> float: ...  # noqa: D102


class OneRacer(Protocol):
    """What is drawn of a racer; `alcore.loops.race.Racer` is one."""

    @property
    def strategy(self) -> str: ...  # noqa: D102
    @property
    def rounds(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def order(self) -> NDArray[np.int64]: ...  # noqa: D102
    @property
    def surfaces_R_Y_X_C(self) -> NDArray[np.float32]: ...  # noqa: D102


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

    Returns:
        Surfaces with labelled points in the order they were asked for, the learning curves below, play,
        pause and a round slider; it opens on the last round.
    """
    last = len(racers[0].rounds) - 1
    layout = _layout(x, y, racers, names, narrow)
    still: list[Spec] = []
    moving: list[list[Spec]] = [[] for _ in range(last + 1)]
    for panel, racer in enumerate(racers, start=1):
        axes = {"xaxis": f"x{panel}", "yaxis": f"y{panel}"}
        still.append(_pool_trace(points_N_2) | axes)
        for number in range(last + 1):
            moving[number] += _surface(racer, number, x, y, axes)
            moving[number] += _labelled(racer, number, points_N_2, y_N, class_names, axes, legend=panel == 1)
    curves = {"xaxis": f"x{len(racers) + 1}", "yaxis": f"y{len(racers) + 1}"}
    for racer in racers:
        still.append(_curve(racer, names) | curves)
        for number in range(last + 1):
            moving[number].append(_marker(racer, number) | curves)
    # Traces that do not move come last in the list, but the pool has to lie above the surfaces: zorder says so.
    traces = list(range(len(moving[0])))
    frames = [{"name": str(n), "data": moving[n], "traces": traces} for n in range(last + 1)]
    return PreparedFigure({"data": moving[last] + still, "layout": layout, "frames": frames})


def _pool_trace(points_N_2: NDArray) -> Spec:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": typed_array(points_N_2[:, 0].astype(np.float32)),
        "y": typed_array(points_N_2[:, 1].astype(np.float32)),
        "marker": {"size": 4, "color": FAINT},
        "hoverinfo": "skip",
        "showlegend": False,
        "zorder": 1,
    }


def _surface(racer: OneRacer, number: int, x: NDArray, y: NDArray, axes: Spec) -> list[Spec]:
    leads = lead(racer.surfaces_R_Y_X_C[number])
    traces = []
    for label in range(leads.shape[-1]):
        for polygons_V_2 in bands(x, y, leads[..., label], LEVELS):
            traces.append(polygon_trace(polygons_V_2, class_style(label).color, BAND_OPACITY) | axes)
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
    axes: Spec,
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
        | axes
        | {
            "marker": {"size": 21, "color": "rgba(0,0,0,0)", "line": {"color": INK, "width": 2.5}},
            "zorder": 2,
        }
    ]
    for label, name in enumerate(class_names):
        mine = y_N[rows] == label
        style = class_style(label)
        traces.append(
            _dots(points_N_2[rows[mine]])
            | axes
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
                    "size": 15,
                    "symbol": style.symbol,
                    "color": style.color,
                    "line": {"color": "white", "width": 1},
                },
                "zorder": 3,
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


def _marker(racer: OneRacer, number: int) -> Spec:
    style, here = strategy_style(racer.strategy), racer.rounds[number]
    return {
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
        "zorder": 4,
    }


def _layout(
    x: NDArray, y: NDArray, racers: Sequence[OneRacer], names: Mapping[str, str], narrow: bool
) -> Spec:
    surface_height, curve_height, gap = (290, 210, 62) if narrow else (390, 210, 66)
    count = len(racers)
    rows = count if narrow else 1
    inner = rows * surface_height + rows * gap + curve_height
    layout: Spec = {
        "height": inner + MARGINS["t"] + MARGINS["b"],
        "margin": MARGINS,
        "hovermode": "closest",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "legend": {"orientation": "h", "x": 0, "y": (curve_height + 4) / inner, "yanchor": "bottom"},
        "annotations": [],
    }
    spread = 0.04
    for panel, racer in enumerate(racers, start=1):
        row = panel - 1 if narrow else 0
        top = 1 - row * (surface_height + gap) / inner
        width = 1.0 if narrow else (1 - spread * (count - 1)) / count
        left = 0.0 if narrow else (panel - 1) * (width + spread)
        layout[f"xaxis{panel}"] = _plain_axis(x, f"y{panel}", [left, left + width])
        layout[f"yaxis{panel}"] = _plain_axis(y, f"x{panel}", [top - surface_height / inner, top]) | {
            "scaleanchor": f"x{panel}"
        }
        style = strategy_style(racer.strategy)
        layout["annotations"].append(
            {
                "text": f"<b>{names.get(racer.strategy, racer.strategy)}</b>",
                "font": {"size": 15, "color": style.color},
                "x": left + width / 2,
                "y": top,
                "xref": "paper",
                "yref": "paper",
                "xanchor": "center",
                "yanchor": "bottom",
                "showarrow": False,
            }
        )
    every = [r for racer in racers for r in racer.rounds]
    low = min(r.accuracy for r in every)
    layout[f"xaxis{count + 1}"] = {
        "anchor": f"y{count + 1}",
        "domain": [0, 1],
        "title": {"text": "Labelled points", "standoff": 6},
        "range": [min(r.labels for r in every) - 0.5, max(r.labels for r in every) + 0.5],
        "gridcolor": GRID_COLOUR,
        "zeroline": False,
    }
    layout[f"yaxis{count + 1}"] = {
        "anchor": f"x{count + 1}",
        "domain": [0, curve_height / inner],
        "title": {"text": "Test accuracy"},
        "tickformat": ".0%",
        "range": [max(0.0, low - 0.05), min(1.0, max(r.accuracy for r in every) + 0.03)],
        "gridcolor": GRID_COLOUR,
        "zeroline": False,
    }
    return layout | player(len(racers[0].rounds), inner)


def _plain_axis(values: NDArray, anchor: str, domain: list[float]) -> Spec:
    return {
        "anchor": anchor,
        "domain": domain,
        "range": [float(values[0]), float(values[-1])],
        "constrain": "domain",
        "showticklabels": False,
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": GRID_COLOUR,
        "mirror": True,
    }


def player(rounds: int, inner_height: int) -> Spec:
    """A round slider with play and pause, as parts of a layout; frames are named by their number."""
    hold = {"frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    steps = [
        {"label": str(n), "method": "animate", "args": [[str(n)], hold | {"mode": "immediate"}]}
        for n in range(rounds)
    ]
    play = {
        "frame": {"duration": 250, "redraw": False},
        "transition": {"duration": 0},
        "fromcurrent": True,
        "mode": "immediate",
    }
    below = -52 / inner_height
    return {
        "sliders": [
            {
                "active": rounds - 1,
                "steps": steps,
                "x": 0.12,
                "len": 0.88,
                "y": below,
                "pad": {"t": 0},
                "currentvalue": {"prefix": "Round ", "xanchor": "left", "font": {"size": 13}},
                "tickcolor": INK,
                "bordercolor": INK,
                "bgcolor": "rgba(127, 127, 127, 0.3)",
                "activebgcolor": "#0072B2",
            }
        ],
        "updatemenus": [
            {
                "type": "buttons",
                "direction": "right",
                "showactive": False,
                "x": 0,
                "xanchor": "left",
                "y": below,
                "yanchor": "top",
                "pad": {"t": 12, "r": 4},
                "bgcolor": "rgba(127, 127, 127, 0.15)",
                "bordercolor": GRID_COLOUR,
                "buttons": [
                    {"label": "▶", "method": "animate", "args": [None, play]},
                    {"label": "❚❚", "method": "animate", "args": [[None], hold | {"mode": "immediate"}]},
                ],
            }
        ],
    }
