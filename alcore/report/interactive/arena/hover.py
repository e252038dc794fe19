"""Hover texts of the arena's points in every round: probabilities, acquisition score, distance to the nearest label."""

import math
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from alcore.report.interactive.arena.layout import OneRacer, Spec
from alcore.report.interactive.arena.traces import Moving, at, floats
from alcore.report.interactive.render import typed_array
from alcore.report.phrases import with_minus

# Size limit of the hover data: for long races on large pools only every n-th round has numbers.
MAX_BYTES = 2_500_000
# Traces without marks are cheap to animate. At a shared place, the last trace shows its hover text.
TARGET: Spec = {"type": "scatter", "mode": "none", "hoveron": "points", "showlegend": False}


def told_rounds(racers: Sequence[OneRacer], points: int) -> list[int]:
    """The rounds with hover numbers: all, or as many as `MAX_BYTES` allows, first and last included."""
    if any(getattr(racer, "probs_R_N_C", None) is None for racer in racers):
        return []
    rounds, columns = len(racers[0].rounds), racers[0].surfaces_R_Y_X_C.shape[-1] + 3
    every = len(racers) * rounds * points * columns * 4 * 4 / 3  # float32 in base64
    return sorted({*range(0, rounds, math.ceil(every / MAX_BYTES)), rounds - 1})


def hover_traces(
    racer: OneRacer,
    points_N_2: NDArray,
    y_N: NDArray[np.int64],
    class_names: Sequence[str],
    told: Sequence[int],
    rounds: range,
    *,
    over: bool = True,
) -> list[Moving]:
    """Three traces without marks: the pool, the labelled points, and the next queries.

    Args:
        racer: the racer of the panel; with `probs_R_N_C` and, where it scores points, `scores_R_N`.
        points_N_2: the pool.
        y_N: its labels.
        class_names: one per class.
        told: rounds with hover numbers.
        rounds: rounds to build.
        over: whether nothing is queried after the last round; a game may go on.
    """
    words = [_plain(name) for name in class_names]
    labels_R = [round_.labels for round_ in racer.rounds]
    numbers = _numbers(racer, points_N_2, [number for number in told if number in rounds])
    probs = "<br>" + ", ".join(f"{name} %{{customdata[{c}]:.1%}}" for c, name in enumerate(words))
    away = f"<br>nearest label %{{customdata[{len(words)}]:.2f}} away"
    pool: list[Spec] = []
    known: list[Spec] = []
    asked: list[Spec] = []
    for number in rounds:
        labels = labels_R[number]
        rows = racer.order[:labels]
        # The last round has no next query.
        next_rows = racer.order[labels : labels_R[min(number + 1, len(labels_R) - 1)]]
        place = {"x": floats(points_N_2[rows, 0])}
        if number not in numbers:
            known.append(place | _says("%{text}"))
            asked.append(at(points_N_2[next_rows]) | _says("<b>Queried next</b>"))
            pool.append({"labels": labels} | _says(f"<b>Not labelled</b>{_elsewhere(number, told)}"))
            continue
        own_N_K, ranked = numbers[number]
        score = _score_words(len(words), len(points_N_2) - labels) if ranked else ""
        asked_score = _score_words(len(words)) if not ranked and _scored(own_N_K[next_rows]) else score
        ended = "<br>the race is over: nothing is queried" if over and number == len(labels_R) - 1 else ""
        pool.append({"labels": labels} | _says(f"<b>Not labelled</b>{probs}{score}{away}{ended}", own_N_K))
        known.append(place | _says(f"%{{text}}{probs}", own_N_K[rows]))
        asked.append(
            at(points_N_2[next_rows]) | _says(f"<b>Queried next</b>{probs}{asked_score}{away}", own_N_K[next_rows])
        )
    return [
        # The order of labelling and the labels held tell which of these points the other two traces hold.
        Moving(TARGET | at(points_N_2) | {"meta": "pool", "order": typed_array(racer.order)}, pool),
        Moving(TARGET | {"y": floats(points_N_2[racer.order, 1]), "text": _turns(racer, y_N, words)}, known),
        # Pulsing circles in the browser: what the next round labels.
        Moving(TARGET | {"meta": "next"}, asked),
    ]


def _numbers(racer: OneRacer, points_N_2: NDArray, told: Sequence[int]) -> dict[int, tuple[NDArray[np.float32], bool]]:
    """For each round with hover numbers: the numbers of its points, and whether all unlabelled points have a score.

    Columns: the classes' probabilities, the distance to the nearest label, score, rank (from 1).
    """
    if not told:
        return {}
    probs_R_N_C = getattr(racer, "probs_R_N_C")[told]  # noqa: B009
    scores_R_N = getattr(racer, "scores_R_N", None)
    chosen_R_N = np.full(probs_R_N_C.shape[:2], np.nan) if scores_R_N is None else scores_R_N[told]
    order_R_N = np.argsort(-chosen_R_N, axis=1, kind="stable")  # points without a score last
    rank_R_N = np.empty(order_R_N.shape)
    np.put_along_axis(rank_R_N, order_R_N, np.arange(1.0, order_R_N.shape[1] + 1)[None], axis=1)
    labels_R = np.array([round_.labels for round_ in racer.rounds])[told]
    away_R_N = _nearest_label(points_N_2, racer.order, labels_R)
    numbers_R_N_K = np.concatenate([probs_R_N_C, np.stack([away_R_N, chosen_R_N, rank_R_N], -1)], axis=-1)
    scored_R = np.isfinite(chosen_R_N).sum(axis=1)
    whole_R = scored_R == chosen_R_N.shape[1] - labels_R
    return {
        number: (numbers_N_K.astype(np.float32), bool(whole and scored))
        for number, numbers_N_K, whole, scored in zip(told, numbers_R_N_K, whole_R, scored_R, strict=True)
    }


def _nearest_label(points_N_2: NDArray, order: NDArray[np.int64], labels_R: NDArray) -> NDArray:
    """(R, N) distance from each point to the nearest point labelled by that round."""
    nearest_N = np.full(len(points_N_2), np.inf)
    found, before = [], 0
    for labels in labels_R:
        steps_N_K_2 = points_N_2[:, None] - points_N_2[order[before:labels]][None]
        away_N_K = np.hypot(steps_N_K_2[..., 0], steps_N_K_2[..., 1])
        nearest_N, before = np.minimum(nearest_N, away_N_K.min(axis=1, initial=np.inf)), labels
        found.append(nearest_N)
    return np.stack(found)


def _turns(racer: OneRacer, y_N: NDArray[np.int64], words: Sequence[str]) -> list[str]:
    """Query round and acquisition score of each labelled point, in query order."""
    labels_R = [round_.labels for round_ in racer.rounds]
    round_M = np.searchsorted(labels_R, np.arange(len(racer.order)), side="right")
    scores_R_N = getattr(racer, "scores_R_N", None)

    def asked(turn: int, row: int, number: int) -> str:
        score = np.nan if scores_R_N is None else scores_R_N[number - 1, row]
        why = f", its score then {with_minus(f'{score:.3g}')}" if np.isfinite(score) else ""
        return f"queried as number {turn + 1 - labels_R[0]}, in round {number}{why}"

    return [
        f"<b>{words[y_N[row]]}</b>, " + (asked(turn, row, number) if number else "a first label")
        for turn, (row, number) in enumerate(zip(racer.order, round_M, strict=True))
    ]


def _score_words(classes: int, others: int | None = None) -> str:
    rank = f", rank %{{customdata[{classes + 2}]:d}} of {others:,}" if others else ""
    return f"<br>score %{{customdata[{classes + 1}]:.3~g}}{rank}"


def _scored(numbers_K_K: NDArray) -> bool:
    return len(numbers_K_K) > 0 and bool(np.isfinite(numbers_K_K[:, -2]).all())


def _says(words: str, numbers_K_K: NDArray | None = None) -> Spec:
    numbers = {} if numbers_K_K is None else {"customdata": typed_array(numbers_K_K)}
    return {"hovertemplate": f"{words}<extra></extra>"} | numbers


def _elsewhere(number: int, told: Sequence[int]) -> str:
    if not told:
        return ""
    near = min(told, key=lambda other: abs(other - number))
    return f"<br>its numbers are kept for some rounds; the nearest is {near}"


def _plain(name: str) -> str:
    """A class name, escaped for plotly's HTML and templates."""
    return f"class {escape(str(name), quote=False)}".replace("%{", "% {")
