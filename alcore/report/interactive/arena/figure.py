"""The arena's figure: surfaces side by side, learning curves under them, and one frame a round.

Built as plain dicts with typed arrays: checking fifty frames would take longer than the race itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from alcore.report.contours import Polygons
from alcore.report.interactive.arena.hover import hover_traces, told_rounds
from alcore.report.interactive.arena.layout import MAP_HEIGHT, Ends, OneRacer, Spec, axis_pair, layout_of, marker_size
from alcore.report.interactive.arena.surfaces import Surface, counterparts, is_fine, layers, title_of
from alcore.report.interactive.arena.traces import (
    CurveBand,
    Moving,
    boundary_trace,
    curve_band_trace,
    curve_marker,
    curve_trace,
    error_trace,
    knee_trace,
    labelled_traces,
    layer_trace,
    marker_trace,
    pool_trace,
    ring_trace,
)
from alcore.report.interactive.render import PreparedFigure, text_colour


@dataclass(frozen=True, eq=False)
class Drawing:
    """How a race is drawn.

    Attributes:
        names: labels for people, by strategy.
        surface: "probability", "uncertainty", "score" (a racer without one shows its uncertainty) or
            "disagreement".
        reference: strategy of the racer the others are compared with; random choice if not given.
        boundary_V_2: the best possible boundary, from `contours.tie_lines`; lines separated by rows of NaN.
        test_T_2: the test set, of which the misclassified points are marked; None: none are.
        curve_bands: what lies behind the curves, one a racer; none if empty.
        until: the last number of labels on the axis of the curves; None: that of the race.
        accuracies: others that the axis of the curves must hold.
        pick: strategy of the racer whose panel takes clicks on points; None: no panel does.
        dark: light text, for a dark page.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    surface: Surface = "probability"
    reference: str | None = None
    boundary_V_2: Polygons | None = None
    test_T_2: NDArray | None = None
    curve_bands: Sequence[CurveBand] = ()
    until: int | None = None
    accuracies: Sequence[float] = ()
    pick: str | None = None
    dark: bool = False


def arena_figure(
    points_N_2: NDArray,
    y_N: NDArray[np.int64],
    class_names: Sequence[str],
    x: NDArray,
    y: NDArray,
    racers: Sequence[OneRacer],
    how: Drawing,
    *,
    still: bool = False,
) -> PreparedFigure:
    """Every round of a race as one animated figure that opens on the last.

    Args:
        points_N_2: the pool.
        y_N: its labels; drawn only for points that have been labelled.
        class_names: one a class.
        x: columns of the surfaces.
        y: rows of the surfaces.
        racers: one to five, all with the same number of rounds. What hovering tells needs `probs_R_N_C` and
            `scores_R_N`, the surface "score" needs `acquisition_R_Y_X`, test errors need `wrong_R_T`; what a racer
            lacks is left out.
        how: what is shown.
        still: make the last round only, in a tenth of the time: there are no frames then.

    Returns:
        Surfaces with labelled points in the order they were queried, the learning curves below, and frames
        named by their round. Its layout has `meta.labels`, the labels held after each round. The player of
        `alcore.report.html.player` draws it, from `alcore.report.interactive.animation_payload`.
    """
    names, surface = how.names, how.surface
    fine = is_fine(racers)
    every = range(len(racers[0].rounds))
    rounds = every[-1:] if still else every
    told = told_rounds(racers, len(points_N_2))
    against = counterparts(racers, how.reference)
    size = marker_size(racers[0].rounds[-1].labels)
    pixel = float(y[-1] - y[0]) / MAP_HEIGHT
    # Painted back to front.
    parts: list[Spec | Moving] = []
    for panel, (racer, other) in enumerate(zip(racers, against, strict=True), start=1):
        legend = panel == 1
        own: list[Spec | Moving] = []
        if how.boundary_V_2 is not None:
            own.append(boundary_trace(how.boundary_V_2, text_colour(how.dark), legend=legend))
        tints = layers(surface, racer, other, x, y, rounds=rounds, fine=fine, dark=how.dark)
        own += [layer_trace(layer) for layer in tints]
        # Over the tints, which on a dark page would cover the dots where the model is sure.
        own.append(pool_trace(points_N_2, 2.2 * pixel, dark=how.dark))
        if how.test_T_2 is not None and getattr(racer, "wrong_R_T", None) is not None:
            own.append(error_trace(racer, how.test_T_2, 3.2 * pixel, rounds, dark=how.dark, legend=legend))
        own += labelled_traces(racer, points_N_2, y_N, class_names, size, rounds, legend=legend)
        own.append(ring_trace(racer, points_N_2, size, rounds))
        over = how.until is None or racer.rounds[-1].labels >= how.until
        own += hover_traces(racer, points_N_2, y_N, class_names, told, rounds, over=over)
        parts += [on_panel(part, panel) for part in own]
    bands = list(zip(racers, how.curve_bands, strict=False))
    curves: list[Spec | Moving] = []
    curves += [curve_band_trace(racer, band) for racer, band in bands]
    curves += [curve_trace(racer, names, above) for above, racer in zip(range(len(racers))[::-1], racers, strict=True)]
    curves += [knee_trace(racer, band, names) for racer, band in bands]
    curves += [marker_trace(racer, rounds) for racer in racers]
    parts += [on_panel(part, len(racers) + 1) for part in curves]
    titles = [
        {"text": title_of(surface, racer, other, names), "marker": curve_marker(racer)}
        for racer, other in zip(racers, against, strict=True)
    ]
    ends = Ends(how.curve_bands, how.accuracies, how.until)
    layout = layout_of(x, y, racers, titles, ends, dark=how.dark)
    picked = [panel for panel, racer in enumerate(racers, start=1) if racer.strategy == how.pick]
    if picked:
        layout["meta"]["pick"] = axis_pair(picked[0])["xaxis"]
    return animated(parts, layout, [] if still else rounds)


def on_panel(part: Spec | Moving, panel: int) -> Spec | Moving:
    """A trace on the axes of a panel."""
    if isinstance(part, Moving):
        return Moving(part.trace | axis_pair(panel), part.changes_R)
    return part | axis_pair(panel)


def animated(parts: Sequence[Spec | Moving], layout: Spec, rounds: Sequence[int]) -> PreparedFigure:
    """Traces at rest and in motion as a figure that opens on the last frame."""
    moving = {number: part for number, part in enumerate(parts) if isinstance(part, Moving)}
    data = [part.trace | part.changes_R[-1] if isinstance(part, Moving) else part for part in parts]
    frames = [
        {
            "name": str(number),
            "data": [part.changes_R[number] for part in moving.values()],
            "traces": list(moving),
        }
        for number in rounds
    ]
    return PreparedFigure({"data": data, "layout": layout, "frames": frames})
