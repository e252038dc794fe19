"""What can be shown behind the arena's points: probability, uncertainty, a racer's score, disagreement."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from alcore.report.contours import Polygons, log_lead, outside, stacked_bands, stacked_tie_lines
from alcore.report.style import DARK, class_style

Surface = Literal["probability", "uncertainty", "score", "disagreement"]
SURFACES: tuple[Surface, ...] = get_args(Surface)

HUE = "#9467E0"  # of what has no class; readable on white and on near-black, and far from the first classes
# Lower edges of the bands. Where a class is so many times as probable as the next:
ODDS = (1.0, 5 / 3, 3.0, 7.0)
# One minus the highest probability; below a half, so that the sets left out do not overlap:
DOUBTS = (0.1, 0.2, 0.3, 0.4)
# Of the way from a round's lowest score to its highest:
SHARES = (0.2, 0.4, 0.6, 0.8)
# Total variation between two racers' probabilities:
GAPS = (0.05, 0.1, 0.2, 0.4)
# Opacity of a class's colour on a dark page where its lead is least, and where it is largest.
_UNSURE, _SURE = 0.6, 0.3
LONG = 30  # characters of a title


@dataclass(frozen=True)
class Layer:
    """One translucent tint over a panel.

    Attributes:
        polygons_R: what it covers after each round.
        colour: its fill.
        opacity: layers lie on one another, so several make a deeper tint.
    """

    polygons_R: Sequence[Polygons]
    colour: str
    opacity: float


@dataclass(frozen=True)
class Line:
    """A decision boundary over a panel.

    Attributes:
        lines_R: where it runs after each round.
        colour: of the line.
        dash: plotly's word for its dashes.
    """

    lines_R: Sequence[Polygons]
    colour: str
    dash: str


def is_fine(racers: Sequence[Any]) -> bool:
    """Is there time to trace every row and band? Many racers, classes and rounds get every second."""
    rounds, classes = racers[0].surfaces_R_Y_X_C.shape[0], racers[0].surfaces_R_Y_X_C.shape[-1]
    tints = len(racers) * classes
    return tints <= 8 and tints * rounds <= 400


def layers(
    surface: Surface,
    racer: Any,
    against: Any,
    x: NDArray,
    y: NDArray,
    *,
    rounds: range,
    fine: bool,
    dark: bool = False,
) -> Sequence[Layer | Line]:
    """The tints and lines of one panel, back to front.

    Args:
        surface: what to show.
        racer: whose panel it is (`alcore.report.interactive.arena.layout.OneRacer`).
        against: the racer it is compared with, for "disagreement".
        x: columns of the surfaces.
        y: rows of the surfaces.
        rounds: which to show, all or some in a row.
        fine: trace every row and every band; else every second, for animations with many traces.
        dark: for a dark page.
    """
    step = 1 if fine else 2
    columns, rows = _every(len(x), step), _every(len(y), step)
    x, y = x[columns], y[rows]
    kept = slice(rounds[0], rounds[-1] + 1)
    probs_R_Y_X_C = racer.surfaces_R_Y_X_C[kept, rows][:, :, columns]
    if surface == "disagreement":
        other_R_Y_X_C = against.surfaces_R_Y_X_C[kept, rows][:, :, columns]
        return _disagreement(probs_R_Y_X_C, other_R_Y_X_C, x, y)
    if surface == "score" and (scores_R_Y_X := scores_over_the_plane(racer)) is not None:
        return _score(scores_R_Y_X[kept, rows][:, :, columns], x, y)
    if surface in ("score", "uncertainty"):
        return _uncertainty(probs_R_Y_X_C, x, y)
    return probability_layers(probs_R_Y_X_C, x, y, ODDS[:: 1 if fine else 2], dark=dark)


def scores_over_the_plane(racer: Any) -> NDArray[np.float32] | None:
    """(R, Y, X) the racer's own score, if it has one for a single point."""
    scores_R_Y_X: NDArray[np.float32] | None = getattr(racer, "acquisition_R_Y_X", None)
    return scores_R_Y_X


def panel_note(surface: Surface, racer: Any, against: str) -> str:
    """What a panel's title must add to the racer's name; nothing where all panels show the same."""
    if surface == "score" and scores_over_the_plane(racer) is None:
        return "no own score: uncertainty"
    return f"against {against}" if surface == "disagreement" else ""


def surface_words(surface: Surface, racers: Sequence[Any]) -> str:
    """The legend of the tints in a sentence or two, for a caption."""
    if surface == "probability":
        odds = "5:3, 3:1 and 7:1" if is_fine(racers) else "3:1"
        return (
            "The colour is the most probable class. It deepens, on a dark page it dims, where that class's odds "
            f"against the next pass {odds}."
        )
    if surface == "uncertainty":
        return (
            "The deeper the tint, the less sure the model: the bands begin where one minus the highest "
            f"probability is {_percents(DOUBTS)}."
        )
    if surface == "score":
        return (
            "The deeper the tint, the sooner the learner would query there: the bands begin at "
            f"{_percents(SHARES)} of the way from the round's lowest score to its highest."
        )
    return (
        "The deeper the tint, the further apart two learners' probabilities are: the bands begin at a "
        f"difference of {_percents(GAPS)}. Between the learner's own boundary (the line) and the other's "
        "(dotted) they predict different classes."
    )


def _percents(shares: Sequence[float]) -> str:
    words = [f"{100 * share:.0f}" for share in shares]
    return f"{', '.join(words[:-1])} and {words[-1]} %"


def _every(count: int, step: int) -> NDArray[np.int64]:
    """About every so many-th of the indices, both ends among them."""
    return np.unique(np.linspace(0, count - 1, math.ceil(count / step)).round().astype(np.int64))


def probability_layers(
    probs_R_Y_X_C: NDArray, x: NDArray, y: NDArray, odds: Sequence[float], *, dark: bool = False
) -> list[Layer]:
    """Each class's colour where it leads, deeper from band to band; on a dark page dimmer: uncertainty is brightest.

    Args:
        probs_R_Y_X_C: class probabilities after each round.
        x: columns of the surfaces.
        y: rows of the surfaces.
        odds: of the leading class against the next, at the bands' lower edges.
        dark: for a dark page. The bands are the same: a figure may change its theme while it plays.
    """
    leads_R_Y_X_C = log_lead(probs_R_Y_X_C)
    opacity = 1 - 0.6 ** (1 / len(odds))  # all together cover two fifths
    dimming = 1 - (_SURE / _UNSURE) ** (1 / max(1, len(odds) - 1))
    found = []
    for label in range(probs_R_Y_X_C.shape[-1]):
        bands = stacked_bands(x, y, leads_R_Y_X_C[..., label], [math.log(o) for o in odds])
        for number, polygons_R in enumerate(bands):
            colour, share = class_style(label).color, opacity
            if dark:
                colour, share = (colour, _UNSURE) if number == 0 else (DARK, dimming)
            found.append(Layer(polygons_R, colour, share))
    return found


def _uncertainty(probs_R_Y_X_C: NDArray, x: NDArray, y: NDArray) -> list[Layer]:
    """Where no class is sure: everything outside the regions in which one is.

    Those have smooth edges, which the ridge of the uncertainty along a boundary has not.
    """
    logits_R_Y_X_C = _logit(probs_R_Y_X_C)
    levels = [_logit(1 - doubt) for doubt in DOUBTS]
    sure_C_L_R = [stacked_bands(x, y, logits_R_Y_X_C[..., label], levels) for label in range(probs_R_Y_X_C.shape[-1])]
    return [
        Layer([outside(x, y, sets) for sets in zip(*sure_C_R, strict=True)], HUE, 0.13)
        for sure_C_R in zip(*sure_C_L_R, strict=True)
    ]


def _logit(probs: Any) -> Any:
    inner = np.clip(probs, 1e-6, 1 - 1e-6)
    return np.log(inner / (1 - inner))


def _score(scores_R_Y_X: NDArray, x: NDArray, y: NDArray) -> list[Layer]:
    low_R = scores_R_Y_X.min(axis=(1, 2), keepdims=True)
    span_R = scores_R_Y_X.max(axis=(1, 2), keepdims=True) - low_R
    shares_R_Y_X = np.where(span_R > 0, (scores_R_Y_X - low_R) / np.where(span_R > 0, span_R, 1), 0)
    return [Layer(polygons_R, HUE, 0.13) for polygons_R in stacked_bands(x, y, shares_R_Y_X, SHARES)]


def _disagreement(own_R_Y_X_C: NDArray, other_R_Y_X_C: NDArray, x: NDArray, y: NDArray) -> list[Layer | Line]:
    gaps_R_Y_X = np.abs(own_R_Y_X_C - other_R_Y_X_C).sum(axis=-1) / 2
    found: list[Layer | Line] = [Layer(polygons_R, HUE, 0.13) for polygons_R in stacked_bands(x, y, gaps_R_Y_X, GAPS)]
    # Two lines rather than the region between them, which is often narrower than a cell of the grid.
    own = Line(stacked_tie_lines(x, y, own_R_Y_X_C), HUE, "solid")
    return [*found, Line(stacked_tie_lines(x, y, other_R_Y_X_C), HUE, "dot"), own]


def counterparts(racers: Sequence[Any], reference: str | None) -> list[Any]:
    """Whom each racer is compared with: the reference, and that one with the first of the others.

    Args:
        racers: in the order of their panels.
        reference: a racer's strategy; random choice if it races, else the first, if not given or not there.
    """
    keys = [racer.strategy for racer in racers]
    wanted = next((key for key in (reference, "random") if key in keys), keys[0])
    chosen = racers[keys.index(wanted)]
    rest = [racer for racer in racers if racer is not chosen]
    return [chosen if racer is not chosen else (rest or [chosen])[0] for racer in racers]


def title_of(surface: Surface, racer: Any, against: Any, names: Mapping[str, str]) -> str:
    """A panel's title as plotly's small HTML; that of a fork may be too long for one line."""
    name = names.get(racer.strategy, racer.strategy)
    title = f"<b>{name.replace(', then ', ',<br>then ') if len(name) > LONG else name}</b>"
    note = panel_note(surface, racer, names.get(against.strategy, against.strategy).lower())
    return f"{title}<br><sup>{note}</sup>" if note else title
