"""Batches side by side with their measures, and a map with selectable points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from alcore.report.phrases import capitalise, percent, plural
from alcore.report.statistics.batch_quality import NO_INFORMATION, BatchSummary, repeats, tolerance
from alcore.report.svg.paths import Spec, marker
from alcore.report.svg.plane import UNSURE, BatchPanel, PoolMap2D, contour_layer
from alcore.report.svg.trade_off_slider import headline


@dataclass(frozen=True)
class Number:
    """A row of measures.

    Attributes:
        term: its name.
        help: explanation for newcomers.
        say: formats a batch's value.
        measure: a batch's value.
        better: 1 if higher is better, -1 if lower is better, 0 for neither.
        slack: largest distance from the best value that counts as a tie.
    """

    term: str
    help: str
    say: Callable[[BatchSummary], str]
    measure: Callable[[BatchSummary], float]
    better: int
    slack: Callable[[BatchSummary, BatchSummary], float] = lambda _one, _best: 1e-9  # rounding


def _distance(value: float) -> str:
    return "none" if isnan(value) else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


NUMBERS = (
    Number(
        "Worth in labels",
        "The batch has as much information as the best labels of this number, in BatchBALD's order.",
        lambda one: f"{one.worth:.1f}",
        lambda one: one.worth,
        1,
        lambda _one, _best: 0.1,
    ),
    Number(
        "Test accuracy with it",
        "Of the model once trained on the labels of the batch.",
        lambda one: percent(one.accuracy),
        lambda one: one.accuracy,
        1,
    ),
    Number(
        "Mean uncertainty",
        "Uncertainty of the model at the picks: 0 is certain, 0.5 a tie of two classes.",
        lambda one: f"{one.mean_uncertainty:.3f}",
        lambda one: one.mean_uncertainty,
        1,
    ),
    Number(
        "Covering radius",
        "Distance from the farthest unlabelled point to its nearest label, picks included: the dashed circle.",
        lambda one: f"{one.covering_radius:.2f}",
        lambda one: one.covering_radius,
        -1,
    ),
    Number(
        "Mean distance",
        "Between two picks, on average.",
        lambda one: _distance(one.mean_distance),
        lambda one: one.mean_distance,
        1,
    ),
    Number(
        "Smallest distance",
        "Between the two closest picks; near 0, one label is redundant.",
        lambda one: _distance(one.smallest_distance),
        lambda one: one.smallest_distance,
        1,
    ),
    Number(
        "Near-duplicates",
        "The share of picks that lie within 0.05 of an earlier pick: dashed rings.",
        lambda one: percent(one.duplicate_rate, 0),
        lambda one: one.duplicate_rate,
        -1,
    ),
    Number(
        "Classes found",
        "How many of the classes the batch turns out to hold.",
        lambda one: f"{sum(count > 0 for count in one.per_class)} of {len(one.per_class)}",
        lambda one: one.class_share,
        1,
    ),
    Number(
        "Joint information",
        "Mutual information of all labels of the batch with the model, in nats: the solid part of the bar.",
        lambda one: ("" if one.exact else "≈ ") + f"{one.joint:.2f}",
        lambda one: one.joint,
        1,
        tolerance,
    ),
    Number(
        "Sum of informations",
        "Sum of the mutual informations of each label alone, in nats: the whole bar. Its excess over the joint "
        "information is the redundancy.",
        lambda one: f"{one.sum_of_marginals:.2f}",
        lambda one: one.sum_of_marginals,
        0,
    ),
)


def panels_scene(plane: PoolMap2D, panels: Sequence[BatchPanel], *, you: BatchPanel | None = None) -> Spec:
    """Several batches side by side; in each row of measures the best value and its ties are marked.

    Args:
        plane: the pool.
        panels: one or more.
        you: the panel excluded from the marks, since its batch may have a different size.
    """
    shown = [*panels, *([] if you is None else [you])]
    most = max(panel.summary.sum_of_marginals for panel in shown)
    best = [_best(number, panels) for number in NUMBERS]
    return {
        "backdrop": plane.backdrop(),
        "panels": [
            _panel(plane, panel, most, [panel is not you and panel.selector in row for row in best]) for panel in shown
        ],
    }


def _panel(plane: PoolMap2D, panel: BatchPanel, most: float, best: Sequence[bool]) -> Spec:
    one = panel.summary
    twice = repeats(plane.points_N_2[panel.picks])
    picks = [
        {
            "id": int(index),
            "x": at[0],
            "y": at[1],
            "twice": bool(again),
            "says": f"pick {n}: uncertainty {plane.unsure_N[index]:.2f}, {plane.distance_to_labeled_N[index]:.2f} from "
            f"the nearest label, picked by {score:.3g}; it turns out to be {plane.class_names[plane.y_N[index]]}",
        }
        for n, (index, at, again, score) in enumerate(
            zip(panel.picks, plane.at(panel.picks), twice, panel.scores, strict=True), start=1
        )
    ]
    style = marker(panel.selector)
    numbers = [
        {
            "term": number.term,
            "value": number.say(one),
            "help": number.help,
            "best": marked,
        }
        for number, marked in zip(NUMBERS, best, strict=True)
    ]
    per_class = ", ".join(f"{n} {name}" for n, name in zip(one.per_class, plane.class_names, strict=True))
    spoken = ", ".join(f"{number.term.lower()} {number.say(one)}" for number in NUMBERS)
    return {
        "key": panel.selector,
        "label": panel.label,
        "about": panel.about,
        "style": style,
        "surfaces": [contour_layer(panel.surface, panel.shade)],
        "picks": picks,
        "far": plane.far(one),
        "numbers": numbers,
        "told": {
            "joint": one.joint,
            "singles": one.sum_of_marginals,
            "most": most,
            "says": f"{_twice(one)}. By class: {per_class}.",
        },
        "says": f"{panel.label}: {plural(one.picks, 'pick')}; {spoken}; {percent(one.repeated, 0)} redundant.",
    }


def chooser_scene(
    plane: PoolMap2D,
    chosen: NDArray[np.int64],
    summary: BatchSummary | None,
    *,
    unlabeled: NDArray[np.int64],
    most: int,
    trade: Spec,
    now: float,
) -> Spec:
    """A map with selectable points, and what they are worth.

    Args:
        plane: the pool.
        chosen: indices in the order of selection; may be empty.
        summary: measures of the batch; None while it is empty.
        unlabeled: the selectable points.
        most: size of the batch.
        now: test accuracy before the batch.
        trade: the batches of the strategies, see `trade_off_slider.trade_off`.
    """
    ranked = unlabeled[np.argsort(-plane.unsure_N[unlabeled], kind="stable")]
    twice = repeats(plane.points_N_2[chosen]) if len(chosen) else np.empty(0, dtype=bool)
    return {
        "backdrop": plane.backdrop(),
        "surfaces": [contour_layer(plane.unsure, UNSURE)],
        "style": marker("you"),
        "points": [
            [int(index), *at, f"{plane.unsure_N[index]:.2f}", f"{plane.distance_to_labeled_N[index]:.2f}"]
            for index, at in zip(ranked, plane.at(ranked), strict=True)
        ],
        "chosen": chosen.tolist(),
        "twice": chosen[twice].tolist(),
        "far": None if summary is None else plane.far(summary),
        "most": most,
        "trade": trade,
        "headline": None if summary is None else headline(summary, now),
        "at": None if summary is None else [summary.mean_uncertainty, summary.worth],
        "count": f"{len(chosen)} of {most} points chosen.",
        "says": f"Map of the pool, {len(chosen)} points chosen. Click points or draw around them; with the "
        "keyboard, the arrow keys go from point to point by rank, and Enter chooses.",
    }


def _twice(one: BatchSummary) -> str:
    if not one.informative:
        return capitalise(NO_INFORMATION)
    return f"{one.redundancy:.2f} nats, {percent(one.repeated, 0)}, redundant"


def _best(number: Number, panels: Sequence[BatchPanel]) -> set[str]:
    """Selectors whose batches are best by a measure; empty if all tie, or if no direction is better."""
    found = {panel.selector: number.measure(panel.summary) for panel in panels}
    if number.better == 0 or len(panels) < 2 or any(isnan(value) for value in found.values()):
        return set()
    best = max(panels, key=lambda panel: number.better * found[panel.selector])
    as_good = {
        panel.selector
        for panel in panels
        if abs(found[panel.selector] - found[best.selector]) <= number.slack(panel.summary, best.summary)
    }
    return as_good if len(as_good) < len(panels) else set()
