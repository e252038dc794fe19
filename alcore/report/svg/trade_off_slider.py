"""A slider from uncertainty to coverage: a batch, its map and its measures at every position."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.report.phrases import capitalise
from alcore.report.statistics.batch_quality import NO_INFORMATION, BatchSummary, repeats
from alcore.report.svg.paths import Spec, marker
from alcore.report.svg.plane import AWAY, UNSURE, PoolMap2D, contour_layer


@dataclass(frozen=True, eq=False)
class SliderPosition:
    """A position of the slider: the weight of uncertainty, the batch, and its measures."""

    alpha: float
    picks: NDArray[np.int64]
    summary: BatchSummary


def trade_off_slider(plane: PoolMap2D, stops: Sequence[SliderPosition], *, alpha: float, step: int) -> Spec:
    """The slider from uncertainty to coverage.

    Args:
        plane: the pool.
        stops: positions with their batches, in any order, including `alpha`.
        alpha: initial position.
        step: in percent.
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
        "stops": [_stop(plane, stop) for stop in sorted(stops, key=lambda stop: -stop.alpha)],
        "most": max(stop.summary.sum_of_marginals for stop in stops),
        "alpha": alpha,
        "step": step,
        "wait": 120,
        "ends": [
            {"title": "Uncertainty", "help": "top-k: what the model is least sure of"},
            {"title": "Coverage", "help": "k-center: far from every label"},
        ],
        "rows": [
            {
                "key": "unsure",
                "title": "Mean uncertainty of the picks",
                "help": "Uncertainty of the model at the queried points; top-k maximises it.",
            },
            {
                "key": "radius",
                "title": "Covering radius",
                "help": "Distance from the farthest unlabelled point to its nearest label (the dashed circle); "
                "k-center minimises it.",
            },
            {
                "key": "joint",
                "title": "Joint mutual information",
                "help": "Solid: joint information of the labels. Hatched: redundancy, in more than one of them.",
            },
        ],
    }


def _stop(plane: PoolMap2D, stop: SliderPosition) -> Spec:
    one = stop.summary
    twice = np.flatnonzero(repeats(plane.points_N_2[stop.picks])).tolist()
    copies = f"; {len(twice)} of the picks repeat another" if twice else ""
    return {
        "alpha": stop.alpha,
        "picks": stop.picks.tolist(),
        "twice": twice,
        "far": plane.far(one),
        "unsure": one.mean_uncertainty,
        "radius": one.covering_radius,
        "joint": one.joint,
        "singles": one.sum_of_marginals,
        "words": {
            "unsure": f"{one.mean_uncertainty:.2f}",
            "radius": f"{one.covering_radius:.2f}",
            "joint": ("" if one.exact else "≈ ") + f"{one.joint:.2f} nats",
            "again": f"+ {one.redundancy:.2f} nats redundant: {100 * one.repeated:.0f} % of all"
            if one.informative
            else capitalise(NO_INFORMATION),
        },
        "says": f"{one.picks} picks at alpha {stop.alpha:.2f}: mean uncertainty {one.mean_uncertainty:.2f}, "
        f"covering radius {one.covering_radius:.2f}, {one.joint:.2f} nats of joint information, "
        f"{100 * one.repeated:.0f} % of all redundant{copies}.",
    }
