"""A run of each setting, round by round, as a figure reads it: labelled points, surfaces, how queries are found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.logistic.batched import predict
from alcore.loops.failure_modes.replayed import ReplayedRound
from alcore.loops.races.grid import Grid
from alcore.loops.races.replay import replay_races
from alcore.loops.stream.stream import StreamResult
from alcore.loops.synthesis.synthesis import Synthesis, paths_of

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

# Places at which a ranking of many points is kept.
PLACES = 60


@dataclass(frozen=True, eq=False)
class Ranking:
    """How a pool is queried: its most uncertain point.

    Attributes:
        count_R: unlabelled points in each round.
        uncertainty_R_K: of these points at K evenly spaced ranks, ascending, so that the last is the largest.
    """

    count_R: Sequence[int]
    uncertainty_R_K: Sequence[Floats]


@dataclass(frozen=True, eq=False)
class Gate:
    """How a stream is queried: an arrival at least as uncertain as the threshold, if there is budget.

    Attributes:
        uncertainty_T: of each arrival.
        threshold_T: the threshold then.
        asked_T: whether it was queried.
        points_T_2: where it arrived.
        end_R: arrivals up to the end of each round.
    """

    uncertainty_T: Floats
    threshold_T: Floats
    asked_T: NDArray[np.bool_]
    points_T_2: Floats
    end_R: Ints


@dataclass(frozen=True, eq=False)
class Ascents:
    """How queries are synthesised: gradient ascent on the uncertainty.

    Attributes:
        path_R: the ascents (T, 2) of each round's queries, one after the other; the last round repeats those before.
        uncertainty_R: along them.
        low_2: the lowest corner of the box.
        high_2: its highest corner.
    """

    path_R: Sequence[Sequence[Floats]]
    uncertainty_R: Sequence[Sequence[Floats]]
    low_2: Floats
    high_2: Floats


@dataclass(frozen=True, eq=False)
class SettingRun:
    """One setting on one seed.

    Attributes:
        strategy: key of its style and name.
        rounds: labels held and test accuracy.
        order: of the labelled points: 0, 1, 2 and so on.
        points_M_2: the labelled points in the order of labelling, the seed set first.
        y_M: their labels.
        surfaces_R_Y_X_C: class probabilities over the plane after each round.
        finds: how the queries are found.
    """

    strategy: str
    rounds: Sequence[ReplayedRound]
    order: Ints
    points_M_2: Floats
    y_M: Ints
    surfaces_R_Y_X_C: NDArray[np.float32]
    finds: Ranking | Gate | Ascents


@dataclass(frozen=True)
class RunCurve:
    """The learning curve of a setting on one seed: key of its style and name, and its rounds."""

    strategy: str
    rounds: Sequence[ReplayedRound]


def curve_of(rows: Iterable[Mapping[str, Any]], strategy: str, seed: int) -> RunCurve:
    """The curve of a setting and a seed from the rows of `compare_settings`."""
    own = [row for row in rows if row["strategy"] == strategy and row["seed"] == seed]
    return RunCurve(strategy, [ReplayedRound(row["labels"], row["accuracy"]) for row in own])


def along_arrivals(stream: StreamResult) -> RunCurve:
    """The test accuracy of a stream at its evaluations; its rounds count arrivals in place of labels."""
    places = zip(stream.looked_Q, stream.accuracy_Q, strict=True)
    return RunCurve(stream.policy, [ReplayedRound(int(looked), float(accuracy)) for looked, accuracy in places])


def pool_run(data: Dataset, order_M: Ints, *, seed_labels: int, seed: int, grid: Grid) -> SettingRun:
    """Pool-based sampling, one label a round.

    Args:
        data: the points.
        order_M: the labelled points in the order of labelling.
        seed_labels: how many of them are the seed set.
        seed: of the race.
        grid: where the probabilities are computed.
    """
    race = replay_races(data, order_M, seed_labels=seed_labels, labels_per_round=1, seed=seed, grid=grid)
    count_R, uncertainty_R_K = [], []
    for one, probs_N_C in zip(race.rounds, race.probs_R_N_C, strict=True):
        left_K = np.sort(1 - np.delete(probs_N_C, one.labeled, axis=0).max(axis=1))
        count_R.append(len(left_K))
        places = np.linspace(0, len(left_K) - 1, min(PLACES, len(left_K))).round().astype(np.int64)
        uncertainty_R_K.append(left_K[places])
    rounds = [ReplayedRound(one.labels, one.accuracy) for one in race.rounds]
    ranking = Ranking(count_R, uncertainty_R_K)
    return _run("pool", rounds, data.x_pool[order_M], data.y_pool[order_M], race.surfaces_R_Y_X_C, ranking)


def stream_by_label(data: Dataset, stream: StreamResult, *, labels: int, grid: Grid) -> SettingRun:
    """Stream-based selective sampling, one label of the budget a round.

    In each round its arrivals are those up to the next query, in the last all that are left. A stream that leaves
    labels unspent rests in its last state.

    Args:
        data: the points, without drift.
        stream: from `streams`.
        labels: the budget.
        grid: where the probabilities are computed.
    """
    accuracy_L = (predict(stream.models_L_K_P, data.x_test).argmax(axis=2) == data.y_test).mean(axis=1)
    spent_R = np.minimum(np.arange(labels + 1), len(accuracy_L) - 1)
    asked = np.flatnonzero(stream.asked_T)
    ends_L = np.append(asked + 1, len(stream.asked_T))
    first = len(stream.arrivals.first)
    rounds = [ReplayedRound(first + int(spent), float(accuracy_L[spent])) for spent in spent_R]
    return _streamed("stream", stream, rounds, spent_R, ends_L[spent_R], grid)


def stream_by_arrival(stream: StreamResult, *, grid: Grid) -> SettingRun:
    """A stream from evaluation to evaluation; `rounds` count its labels.

    Args:
        stream: from `streams`.
        grid: where the probabilities are computed.
    """
    spent_R = stream.labels_Q - len(stream.arrivals.first)
    rounds = [
        ReplayedRound(int(labels), float(accuracy))
        for labels, accuracy in zip(stream.labels_Q, stream.accuracy_Q, strict=True)
    ]
    return _streamed(stream.policy, stream, rounds, spent_R, stream.looked_Q, grid)


def _streamed(
    name: str, stream: StreamResult, rounds: Sequence[ReplayedRound], spent_R: Ints, end_R: Ints, grid: Grid
) -> SettingRun:
    came, asked_T = stream.arrivals, stream.asked_T
    gate = Gate(stream.uncertainty_T, stream.threshold_T, asked_T, came.x_T_D, end_R)
    points_M_2 = np.concatenate([came.first_M_D, came.x_T_D[asked_T]])
    y_M = np.concatenate([came.first_y_M, came.y_T[asked_T]])
    return _run(name, rounds, points_M_2, y_M, _surfaces(stream.models_L_K_P[spent_R], grid), gate)


def synthesis_run(data: Dataset, result: Synthesis, *, starts: int, grid: Grid) -> SettingRun:
    """Membership query synthesis in the plane.

    Args:
        data: the points, of which only the seed set is used.
        result: from `synthesise`.
        starts: as given there.
        grid: where the probabilities are computed.
    """
    paths = paths_of(result, starts=starts)
    last = len(result.labels_R) - 1
    path_R, uncertainty_R = [], []
    for number in [*range(last), last - 1]:
        found = [path_T_2 for path_T_2, at in zip(paths, result.round_Q, strict=True) if at == number]
        path_R.append(found)
        coefs_1_K_P = result.models_R_K_P[[number]]
        uncertainty_R.append([1 - predict(coefs_1_K_P, path_T_2)[0].max(axis=1) for path_T_2 in found])
    rounds = [
        ReplayedRound(int(labels), float(accuracy))
        for labels, accuracy in zip(result.labels_R, result.accuracy_R, strict=True)
    ]
    points_M_2 = np.concatenate([data.x_pool[result.first], result.queries_Q_D])
    y_M = np.concatenate([data.y_pool[result.first], result.labels_Q])
    ascents = Ascents(path_R, uncertainty_R, result.low_D, result.high_D)
    return _run("synthesis", rounds, points_M_2, y_M, _surfaces(result.models_R_K_P, grid), ascents)


def _run(
    name: str,
    rounds: Sequence[ReplayedRound],
    points_M_2: Floats,
    y_M: Ints,
    surfaces_R_Y_X_C: Floats,
    finds: Ranking | Gate | Ascents,
) -> SettingRun:
    order = np.arange(len(y_M))
    return SettingRun(name, rounds, order, points_M_2, y_M, surfaces_R_Y_X_C.astype(np.float32), finds)


def _surfaces(coefs_R_K_P: Floats, grid: Grid) -> Floats:
    return predict(coefs_R_K_P, grid.points_P_2).reshape(len(coefs_R_K_P), len(grid.y), len(grid.x), -1)
