"""The settings of active learning as one animated figure: how each finds its queries, in step, over their curves.

Under each map a strip shows the uncertainties that decide: those of the pool in order, of the stream's arrivals before
its gate, and along the ascent of a synthesised query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.report.contours import Polygons
from alcore.report.interactive.arena.figure import animated, on_panel
from alcore.report.interactive.arena.hover import hover_traces
from alcore.report.interactive.arena.layout import INK, MAP_HEIGHT, Ends, OneRacer, Spec, layout_of, marker_size
from alcore.report.interactive.arena.surfaces import is_fine, layers
from alcore.report.interactive.arena.traces import (
    SILENT,
    CurveBand,
    Moving,
    at,
    boundary_trace,
    curve_band_trace,
    curve_marker,
    curve_trace,
    floats,
    labelled_traces,
    layer_trace,
    marker_trace,
    pool_trace,
    ring_trace,
)
from alcore.report.interactive.render import PreparedFigure, text_colour
from alcore.report.style import strategy_style

# Of the height of a map: its strip, and the ground above and below what the strip shows.
STRIP, GAP, FOOT = 0.31, 0.1, 0.02
# Of the height, the share of the curves at least.
CURVES_SHARE = 0.27
# Arrivals before the gate.
ARRIVALS = 60
Part = Spec | Moving


@dataclass(frozen=True, eq=False)
class Panel:
    """One map.

    Attributes:
        run: what it shows; `alcore.loops.replayed_settings.SettingRun` is one.
        title: over the map, as plotly's small HTML.
        dots: faint points (N, 2), or those of each round.
        best: lines of the best possible boundary, or those of each round.
        window: labels that the model is trained on, the latest; all if not given.
    """

    run: Any
    title: str
    dots: NDArray | Sequence[NDArray]
    best: Polygons | Sequence[Polygons]
    window: int | None = None


@dataclass(frozen=True, eq=False)
class Curves:
    """The learning curves under the maps.

    Attributes:
        racers: their strategies and rounds, in the order of the legend; as many rounds as the maps.
        names: labels for people, by strategy.
        bands: behind the curves, one a racer; none if empty.
        x_title: of their axis, which `labels` of their rounds count.
        words: for each round what is said of the budget.
    """

    racers: Sequence[Any]
    names: Mapping[str, str]
    bands: Sequence[CurveBand] = ()
    x_title: str = "Labelled points"
    words: Sequence[str] = field(default=())


def scenario_figure(
    panels: Sequence[Panel],
    curves: Curves,
    class_names: Sequence[str],
    x: NDArray,
    y: NDArray,
    *,
    dark: bool = False,
    still: bool = False,
) -> PreparedFigure:
    """Maps side by side with their strips, the learning curves below, and one frame a round.

    Args:
        panels: one to three, all with the same number of rounds.
        curves: below them.
        class_names: one per class.
        x: columns of the surfaces.
        y: rows of the surfaces.
        dark: light text, for a dark page.
        still: make the last round only.

    Returns:
        a figure for the player of `alcore.report.html.player`; see `arena_figure`.
    """
    every = range(len(curves.racers[0].rounds))
    rounds = every[-1:] if still else every
    side = float(y[-1] - y[0])
    room = _Strip(x, float(y[0]) - STRIP * side, float(y[0]) - GAP * side, 1 - 1 / len(class_names), dark)
    parts: list[Part] = []
    for number, panel in enumerate(panels, start=1):
        own = _map(panel, class_names, x, y, rounds, dark=dark, legend=number == 1)
        parts += [on_panel(part, number) for part in own + _strip(panel.run, room, rounds)]
    bands = list(zip(curves.racers, curves.bands, strict=False))
    below: list[Part] = [curve_band_trace(racer, band) for racer, band in bands]
    several = range(len(curves.racers))[::-1]
    below += [curve_trace(racer, curves.names, above) for above, racer in zip(several, curves.racers, strict=True)]
    below += [marker_trace(racer, rounds) for racer in curves.racers]
    parts += [on_panel(part, len(panels) + 1) for part in below]
    titles = [{"text": panel.title, "marker": curve_marker(panel.run)} for panel in panels]
    heights = [one.accuracy for racer in curves.racers for one in racer.rounds]
    shown: list[OneRacer] = list(curves.racers[: len(panels)])
    layout = layout_of(x, y, shown, titles, Ends(curves.bands, heights), dark=dark)
    for number in range(1, len(panels) + 1):
        layout[f"yaxis{'' if number == 1 else number}"]["range"][0] = float(y[0]) - (STRIP + FOOT) * side
    layout[f"xaxis{len(panels) + 1}"]["title"]["text"] = curves.x_title
    layout["meta"]["curves"] = CURVES_SHARE
    if curves.words:
        layout["meta"]["words"] = list(curves.words)
    return animated(parts, layout, [] if still else rounds)


def _map(
    panel: Panel, class_names: Sequence[str], x: NDArray, y: NDArray, rounds: range, *, dark: bool, legend: bool
) -> list[Part]:
    """The map of a panel, back to front."""
    run = panel.run
    pixel = float(y[-1] - y[0]) / MAP_HEIGHT
    size = marker_size(run.rounds[-1].labels if panel.window is None else panel.window)
    own: list[Part] = []
    ink = text_colour(dark)
    if isinstance(panel.best, np.ndarray):
        own.append(boundary_trace(panel.best, ink, legend=legend))
    else:
        lines = [panel.best[number] for number in rounds]
        own.append(Moving(boundary_trace(lines[-1], ink, legend=legend), [at(line_V_2) for line_V_2 in lines]))
    tints = layers("probability", run, None, x, y, rounds=rounds, fine=is_fine([run]), dark=dark)
    own += [layer_trace(layer) for layer in tints]
    if isinstance(panel.dots, np.ndarray):
        own.append(pool_trace(panel.dots, 2.2 * pixel, dark=dark))
    else:
        drawn = [pool_trace(panel.dots[number], 2.2 * pixel, dark=dark) for number in rounds]
        own.append(Moving(drawn[-1], [{"x": one["x"], "y": one["y"]} for one in drawn]))
    own += _found(run.finds, pixel, rounds, dark=dark)
    own += labelled_traces(run, run.points_M_2, run.y_M, class_names, size, rounds, legend=legend, window=panel.window)
    own.append(ring_trace(run, run.points_M_2, size, rounds))
    # The first of them tells of unlabelled points, of which a run holds none.
    own += hover_traces(run, run.points_M_2, run.y_M, class_names, [], rounds)[1:]
    return own


def _found(finds: Any, pixel: float, rounds: range, *, dark: bool) -> list[Part]:
    """What lies on the map of how the next query is found."""
    ink = text_colour(dark)
    if hasattr(finds, "end_R"):
        begin_R = np.concatenate([[0], finds.end_R[:-1]])
        seen = [np.arange(begin_R[number], finds.end_R[number]) for number in rounds]
        skipped = [finds.points_T_2[rows[~finds.asked_T[rows]]] for rows in seen]
        marker = {"size": 7, "color": "rgba(0,0,0,0)", "line": {"color": ink, "width": 1.3}}
        return [Moving(SILENT | {"mode": "markers", "marker": marker, "meta": "arrives"}, [at(one) for one in skipped])]
    if hasattr(finds, "path_R"):
        (left, low), (right, high) = finds.low_2, finds.high_2
        corners = np.array([[left, low], [right, low], [right, high], [left, high], [left, low]])
        box = SILENT | {"mode": "lines", "line": {"color": INK, "width": 1.2, "dash": "dot"}} | at(corners)
        paths = [_apart(finds.path_R[number]) for number in rounds]
        line = {"color": ink, "width": 2.2, "dash": "solid"}
        return [box, Moving(SILENT | {"mode": "lines", "line": line, "meta": "climbs"}, [at(one) for one in paths])]
    return []


@dataclass(frozen=True, eq=False)
class _Strip:
    """Where the uncertainties under a map are drawn, in its coordinates."""

    x: NDArray
    bottom: float
    top: float
    most: float
    dark: bool

    def at(self, share_K: NDArray, uncertainty_K: NDArray) -> NDArray:
        """Positions (K, 2) from shares of the width and uncertainties."""
        left, right = float(self.x[0]), float(self.x[-1])
        inset = 0.02 * (right - left)
        across = left + inset + np.asarray(share_K) * (right - left - 2 * inset)
        up = self.bottom + np.asarray(uncertainty_K) / self.most * (self.top - self.bottom)
        return np.stack([across, up], axis=-1)


def _strip(run: Any, room: _Strip, rounds: range) -> list[Part]:
    """The strip under a map: its ground line, and what decides about the next query."""
    ground = SILENT | {"mode": "lines", "line": {"color": INK, "width": 1, "dash": "solid"}}
    parts: list[Part] = [ground | at(room.at(np.array([0, 1]), np.zeros(2)))]
    colour = strategy_style(run.strategy).color
    line = {"color": colour, "width": 2, "dash": "solid"}
    end = {"size": 9, "color": colour, "symbol": curve_marker(run)["symbol"], "line": {"color": "white", "width": 1}}
    finds = run.finds
    if hasattr(finds, "uncertainty_R_K"):
        ranked = [finds.uncertainty_R_K[number] for number in rounds]
        places = [room.at(np.linspace(0, 1, len(one)), one) for one in ranked]
        last = len(run.rounds) - 1
        picks = [one[-1:] if number < last else one[:0] for number, one in zip(rounds, places, strict=True)]
        parts.append(Moving(SILENT | {"mode": "lines", "line": line}, [at(one) for one in places]))
        parts.append(Moving(SILENT | {"mode": "markers", "marker": end}, [at(one) for one in picks]))
        return [
            *parts,
            *_words(room, "uncertainty of the pool, in order", [f"{finds.count_R[n]:,} points" for n in rounds]),
        ]
    if hasattr(finds, "end_R"):
        return parts + _gate(finds, room, rounds, end)
    along = [finds.uncertainty_R[number] for number in rounds]
    climbs = [[room.at(np.linspace(0, 1, len(one)), one) for one in found] for found in along]
    parts.append(
        Moving(SILENT | {"mode": "lines", "line": line, "meta": "climbs"}, [at(_apart(one)) for one in climbs])
    )
    ends = [np.array([one[-1] for one in found]).reshape(-1, 2) for found in climbs]
    parts.append(Moving(SILENT | {"mode": "markers", "marker": end}, [at(one) for one in ends]))
    steps = [f"{sum(len(one) - 1 for one in found)} steps" if found else "" for found in along]
    return [*parts, *_words(room, "uncertainty along the ascent", steps)]


def _gate(finds: Any, room: _Strip, rounds: range, end: Spec) -> list[Part]:
    """The latest arrivals by their uncertainty, and the threshold that they meet: those above it are queried."""
    begin_R = np.concatenate([[0], finds.end_R[:-1]])
    window = min(ARRIVALS, len(finds.asked_T))
    lines, skipped, asked, moves = [], [], [], []
    for number in rounds:
        stop = int(finds.end_R[number])
        rows = np.arange(max(stop - window, 0), stop)
        share_K = (rows - stop + window + 0.5) / window
        # A random policy has no gate: its threshold is 0 or 1.
        threshold = np.where(finds.threshold_T[rows] % 1 > 0, np.minimum(finds.threshold_T[rows], room.most), np.nan)
        lines.append(
            room.at(np.repeat(share_K, 2)[:-1], np.repeat(threshold, 2)[1:]) if len(rows) else np.empty((0, 2))
        )
        places = room.at(share_K, np.minimum(finds.uncertainty_T[rows], room.most))
        skipped.append(places[~finds.asked_T[rows]])
        asked.append(places[finds.asked_T[rows]])
        width = float(room.at(np.array([1.0]), np.zeros(1))[0, 0] - room.at(np.array([0.0]), np.zeros(1))[0, 0])
        moves.append(width * min(stop - int(begin_R[number]), window) / window)
    gated = any(np.isfinite(line_V_2).any() for line_V_2 in lines)
    how = "dashed: the gate" if gated else "no gate, queried at random"
    ink = text_colour(room.dark)
    gate = {"color": ink, "width": 1.6, "dash": "dash"}
    dot = {"size": 5, "color": INK, "symbol": "circle", "line": {"color": "rgba(0,0,0,0)", "width": 0}}

    def flowing(trace: Spec, places: Sequence[NDArray]) -> Moving:
        changes = [at(one) | {"move": move} for one, move in zip(places, moves, strict=True)]
        return Moving(SILENT | trace | {"meta": "flows"}, changes)

    passed = [f"{finds.end_R[number]:,} of {len(finds.asked_T):,}" for number in rounds]
    return [
        flowing({"mode": "lines", "line": gate}, lines),
        flowing({"mode": "markers", "marker": dot}, skipped),
        flowing({"mode": "markers", "marker": end}, asked),
        *_words(room, f"arrivals by uncertainty; {how}", passed),
    ]


def _words(room: _Strip, left: str, right: Sequence[str]) -> list[Part]:
    """Words over a strip: what it shows at its left, a number of each round at its right."""
    font = {"size": 11, "color": text_colour(room.dark)}
    above = room.most * 1.15
    first, last = (room.at(np.array([share]), np.array([above])) for share in (0.0, 1.0))
    base = SILENT | {"mode": "text", "textfont": font}
    place = {"x": floats(last[:, 0]), "y": floats(last[:, 1])}
    return [
        base | at(first) | {"text": [left], "textposition": "start"},
        Moving(base | place | {"textposition": "end"}, [{"text": [words]} for words in right]),
    ]


def _apart(lines: Sequence[NDArray]) -> NDArray:
    """Lines as one, separated by rows of NaN."""
    gap = np.full((1, 2), np.nan)
    parts = [part for line in lines for part in (line, gap)]
    return np.concatenate(parts[:-1]) if parts else np.empty((0, 2))
