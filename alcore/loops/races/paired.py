"""The same race over many seeds at once: curves that are paired by their seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.loops.get_strategy import AnyStrategy
from alcore.loops.races.lockstep import StrategySchedule, lockstep, names_of
from alcore.loops.seed_set import SeedSet
from alcore.loops.steps import OnStep, ignored


@dataclass(frozen=True, eq=False)
class PairedRaces:
    """S races of R strategies, each with T models.

    Attributes:
        names: of the strategies, see `names_of`.
        seeds: of the races.
        labels_T: labels held after each round.
        accuracy_S_R_T: share of the test set that each model predicts correctly.
        train_loss_S_R_T: mean over the labelled points in nats.
        order_S_R_M: the labelled points in the order of labelling, first labels included.
        query_seconds_S_R: spent on all queries; of races carried out together an equal share each.
    """

    names: tuple[str, ...]
    seeds: tuple[int, ...]
    labels_T: NDArray[np.int64]
    accuracy_S_R_T: NDArray[np.float64]
    train_loss_S_R_T: NDArray[np.float64]
    order_S_R_M: NDArray[np.int64]
    query_seconds_S_R: NDArray[np.float64]


def paired_races(
    datasets: Sequence[Dataset],
    strategies: Sequence[AnyStrategy | StrategySchedule],
    *,
    seeds: Sequence[int],
    seed_labels: int,
    labels_per_round: int,
    rounds: int,
    seed_set: SeedSet = "balanced",
    learner: str = "logistic",
    on_step: OnStep = ignored,
) -> PairedRaces:
    """Race strategies over many seeds, all fits of a round solved together.

    The race of a seed is `race` with that seed: the same queries, the same accuracies. Time is linear in
    seeds, strategies and rounds. Arguments and errors are those of `lockstep`; an exception from `on_step` stops the
    work.
    """
    turns = []
    query_seconds_R = np.zeros(len(strategies))
    for turn in lockstep(
        datasets,
        strategies,
        seeds=seeds,
        seed_labels=seed_labels,
        labels_per_round=labels_per_round,
        rounds=rounds,
        seed_set=seed_set,
        learner=learner,
        on_step=on_step,
    ):
        query_seconds_R[: len(turn.query_seconds_R)] += turn.query_seconds_R
        turns.append((turn.order_S_R_M.shape[2], turn.accuracy_S_R, turn.train_loss_S_R))
        on_step((turn.number + 1) / (rounds + 1))
    labels, accuracies, losses = zip(*turns, strict=True)
    return PairedRaces(
        names=names_of(strategies),
        seeds=tuple(int(seed) for seed in seeds),
        labels_T=np.array(labels),
        accuracy_S_R_T=np.stack(accuracies, axis=2),
        train_loss_S_R_T=np.stack(losses, axis=2),
        order_S_R_M=turn.order_S_R_M,
        query_seconds_S_R=np.tile(query_seconds_R / len(seeds), (len(seeds), 1)),
    )
