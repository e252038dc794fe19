"""A race on 2-D data in detail: the pool loop, and the predictions of the models after every round."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.loops.get_strategy import AnyStrategy
from alcore.loops.pool.simulate import Round
from alcore.loops.races.features import LOCKSTEP, feature_map, mapped
from alcore.loops.races.grid import Grid
from alcore.loops.races.lockstep import RoundOfRaces, StrategySchedule, lockstep, names_of, strategies_by_round
from alcore.loops.races.models import DatasetStack
from alcore.loops.races.one_by_one import trace_one_by_one
from alcore.loops.races.settings import RaceSettings
from alcore.loops.races.trace import (
    RaceTrace,
    acquisition_over,
    misclassified,
    pool_probabilities,
    probability_surfaces,
)
from alcore.loops.ready import ready
from alcore.loops.seed_set import SeedSet
from alcore.loops.steps import OnStep, ignored, part
from alcore.strategies.batch import Batch


def race(
    dataset: Dataset,
    strategies: Sequence[AnyStrategy | StrategySchedule],
    *,
    seed: int,
    seed_labels: int,
    labels_per_round: int,
    rounds: int,
    seed_set: SeedSet = "balanced",
    learner: str = "logistic",
    grid: Grid,
    acquisition: bool = False,
    on_step: OnStep = ignored,
) -> list[RaceTrace]:
    """Race strategies from the same first labels on the same pool and test set.

    The fits of a round of a learner of LOCKSTEP are solved together; its queries are those of `simulate` with a tightly
    converged fit. Any other learner is fitted race by race. See `lockstep` for the numbers.

    Args:
        dataset: points in the plane.
        strategies: keys of the catalogue or schedules.
        seed: shared by all strategies, which makes the race paired.
        seed_labels: labels before the first query.
        labels_per_round: labels of a query.
        rounds: queries; fewer if the pool runs out.
        seed_set: `balanced` gives a linear model every class from the start.
        learner: a key of `LEARNERS`.
        grid: where the models are evaluated.
        acquisition: whether to score the grid too.
        on_step: called with the share completed, several times a round; an exception stops the work.

    Raises:
        ValueError: as `simulate`.
    """
    dataset = ready(dataset, numbers=True)
    names = names_of(strategies)
    if learner not in LOCKSTEP:
        return trace_one_by_one(
            dataset,
            strategies,
            learner=learner,
            seed=seed,
            settings=RaceSettings(seed_labels, labels_per_round, rounds, seed_set),
            grid=grid,
            acquisition=acquisition,
            on_step=on_step,
        )
    features = feature_map(learner, seed)
    stack = DatasetStack.of([mapped(dataset, learner, seed)])
    # Scoring the grid takes longer than choosing from the pool.
    raced = 0.4 if acquisition else 0.9
    turns = list(
        lockstep(
            [dataset],
            strategies,
            seeds=[seed],
            seed_labels=seed_labels,
            labels_per_round=labels_per_round,
            rounds=rounds,
            seed_set=seed_set,
            learner=learner,
            on_step=part(on_step, 0, raced),
        )
    )
    n = len(dataset.y_pool)
    traced: list[list[Round]] = [[] for _ in names]
    probs_R_T_N_C = np.empty((len(names), len(turns), n, dataset.classes), dtype=np.float32)
    scores_R_T_N = np.full((len(names), len(turns), n), np.nan, dtype=np.float32)
    for turn in turns:
        probs_R_N_C = pool_probabilities(stack.x_S_D_N, turn.coefs_S_R_K_P[0])
        probs_R_T_N_C[:, turn.number] = probs_R_N_C
        for r, rounds_so_far in enumerate(traced):
            rounds_so_far.append(_round(dataset, turn, r, probs_R_N_C[r], len(names)))
            if turn.queries_R:
                scores_R_T_N[r, turn.number] = turn.queries_R[r].scores_S_N[0]
    traces = []
    for r, (name, plan) in enumerate(zip(names, strategies, strict=True)):
        coefs_T_K_P = np.stack([turn.coefs_S_R_K_P[0, r] for turn in turns])
        over_grid = None
        if acquisition:
            asking, labeled_T = strategies_by_round(plan, len(turns)), [one.labeled for one in traced[r]]
            own = part(on_step, raced + (1 - raced) * r / len(names), raced + (1 - raced) * (r + 1) / len(names))
            over_grid = acquisition_over(
                stack, grid, asking, coefs_T_K_P, labeled_T, seed=seed, features=features, on_step=own
            )
        on_step(raced + (1 - raced) * (r + 1) / len(names))
        traces.append(
            RaceTrace(
                strategy=name,
                rounds=traced[r],
                order=traced[r][-1].labeled,
                surfaces_R_Y_X_C=probability_surfaces(grid, coefs_T_K_P, features),
                probs_R_N_C=probs_R_T_N_C[r],
                scores_R_N=scores_R_T_N[r],
                wrong_R_T=misclassified(stack, coefs_T_K_P),
                acquisition_R_Y_X=over_grid,
            )
        )
    return traces


def _round(dataset: Dataset, turn: RoundOfRaces, r: int, probs_N_C: NDArray[np.floating], races: int) -> Round:
    """The round of one strategy, as `simulate` yields it; times are divided evenly."""
    labeled = turn.order_S_R_M[0, r]
    batch = None
    if turn.queries_R:
        batch = Batch(turn.queries_R[r].indices_S_K[0], turn.queries_R[r].picked_S_K[0])
    asked = labeled[:0] if batch is None else batch.indices
    return Round(
        round=turn.number,
        labeled=labeled,
        accuracy=float(turn.accuracy_S_R[0, r]),
        train_loss=float(turn.train_loss_S_R[0, r]),
        batch=batch,
        batch_labels=dataset.y_pool[asked],
        batch_probs_K_C=probs_N_C[asked],
        seconds={what: spent / races for what, spent in turn.seconds.items()},
    )
