"""A slider from uncertainty to coverage: a batch, its map and its worth at every position."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.report.phrases import capitalise, format_labels, percent, plural
from alcore.report.statistics.batch_quality import NO_INFORMATION, BatchSummary, repeats
from alcore.report.svg.paths import Spec, marker
from alcore.report.svg.plane import AWAY, UNSURE, BatchPanel, PoolMap2D, contour_layer

# Space of the trade-off plot beyond the smallest and the largest mean uncertainty, as a share of its range.
_ROOM = 0.08


@dataclass(frozen=True, eq=False)
class SliderPosition:
    """A position of the slider: the weight of uncertainty, the batch, and its measures."""

    alpha: float
    picks: NDArray[np.int64]
    summary: BatchSummary


def trade_off_slider(
    plane: PoolMap2D,
    stops: Sequence[SliderPosition],
    panels: Sequence[BatchPanel],
    *,
    now: float,
    alpha: float,
    step: int,
    own: BatchSummary | None = None,
) -> Spec:
    """The slider from uncertainty to coverage.

    Args:
        plane: the pool.
        stops: positions with their batches, in any order, including `alpha`.
        panels: batches of other strategies, dots beside the slider's path.
        now: test accuracy before the batch.
        alpha: initial position.
        step: in percent.
        own: measures of the reader's own batch, which then has room in the trade-off plot.
    """
    seen = np.unique(np.concatenate([stop.picks for stop in stops]))
    points = {
        int(index): [*at, f"{plane.unsure_N[index]:.2f}", f"{plane.distance_to_labeled_N[index]:.2f}"]
        for index, at in zip(seen, plane.at(seen), strict=True)
    }
    return {
        "backdrop": plane.backdrop(),
        "surfaces": [contour_layer(plane.unsure, UNSURE), contour_layer(plane.away, AWAY)],
        "style": marker("hybrid"),
        "points": points,
        "stops": [_stop(plane, stop, now) for stop in sorted(stops, key=lambda stop: -stop.alpha)],
        "trade": trade_off(stops, panels, own),
        "alpha": alpha,
        "step": step,
        "wait": 120,
        "ends": [
            {"title": "Uncertainty", "help": "top-k"},
            {"title": "Coverage", "help": "k-center"},
        ],
    }


def trade_off(stops: Sequence[SliderPosition], panels: Sequence[BatchPanel], own: BatchSummary | None = None) -> Spec:
    """Mean uncertainty of batches against the labels that they are worth: the slider's path, and a dot a strategy.

    The reader's `own` batch, drawn by the page as it changes, has room in it.
    """
    path = [[stop.summary.mean_uncertainty, stop.summary.worth] for stop in sorted(stops, key=lambda stop: -stop.alpha)]
    dots: list[dict[str, Any]] = [
        {
            "name": panel.label,
            "style": marker(panel.selector),
            "at": [panel.summary.mean_uncertainty, panel.summary.worth],
        }
        for panel in panels
        # The slider's own batch moves along the path.
        if panel.selector != "hybrid"
    ]
    across = [place[0] for place in (*path, *(dot["at"] for dot in dots))]
    if own is not None:
        across.append(own.mean_uncertainty)
    room = _ROOM * (max(across) - min(across)) or 0.05
    return {
        "x": [min(across) - room, max(across) + room],
        "most": stops[0].summary.picks,
        "path": path,
        "dots": dots,
        "says": "Mean uncertainty against worth. "
        + "; ".join(f"{dot['name']}: uncertainty {dot['at'][0]:.2f}, worth {dot['at'][1]:.1f}" for dot in dots),
    }


def headline(one: BatchSummary, now: float) -> Spec:
    """A batch in human units: its number of labels, what they are worth, and test accuracy before (`now`) and after."""
    labels = format_labels(one.picks)
    told = (
        f"As informative as the best {one.worth:.1f}; counted one by one, {percent(one.repeated, 0)} of their "
        "information is redundant"
        if one.informative
        else capitalise(NO_INFORMATION)
    )
    return {
        "labels": f"{labels} worth",
        "worth": f"{one.worth:.1f}",
        "share": one.worth / one.picks,
        "rest": f"{told}. Test accuracy {percent(now)} before, {percent(one.accuracy)} after.",
        "help": f"Jointly {one.joint:.2f} nats of information about the model, as much as the best {one.worth:.1f} "
        f"labels in BatchBALD's order; each alone, {one.sum_of_marginals:.2f} nats in sum.",
    }


def _stop(plane: PoolMap2D, stop: SliderPosition, now: float) -> Spec:
    one = stop.summary
    twice = np.flatnonzero(repeats(plane.points_N_2[stop.picks])).tolist()
    copies = f"; {len(twice)} of the picks repeat another" if twice else ""
    return {
        "alpha": stop.alpha,
        "picks": stop.picks.tolist(),
        "twice": twice,
        "far": plane.far(one),
        "at": [one.mean_uncertainty, one.worth],
        "headline": headline(one, now),
        "says": f"{plural(one.picks, 'pick')} at alpha {stop.alpha:.2f}: worth {one.worth:.1f} labels, "
        f"mean uncertainty {one.mean_uncertainty:.2f}, covering radius {one.covering_radius:.2f}, "
        f"test accuracy with them {100 * one.accuracy:.1f} %{copies}.",
    }
