"""A given order of labels, evaluated like a race."""

import time
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from alcore.datasets.dataset import Dataset
from alcore.logistic.batched import solve
from alcore.loops.ask import checked_order
from alcore.loops.pool.simulate import Round
from alcore.loops.races.features import LOCKSTEP, feature_map, mapped
from alcore.loops.races.grid import Grid
from alcore.loops.races.models import DatasetStack, accuracies, losses, stacked_logits
from alcore.loops.races.one_by_one import replay_one_by_one
from alcore.loops.races.trace import RaceTrace, misclassified, pool_probabilities, probability_surfaces
from alcore.loops.ready import ready
from alcore.strategies.batch import Batch


def replay_races(
    dataset: Dataset,
    order: ArrayLike,
    *,
    seed_labels: int,
    labels_per_round: int,
    learner: str = "logistic",
    seed: int = 0,
    grid: Grid,
) -> RaceTrace:
    """A race with these labels: the models of all its rounds are solved together.

    Args:
        dataset: points in the plane.
        order: the labelled points in the order of labelling, first labels included.
        seed_labels: labels before the first query.
        labels_per_round: labels of a query; the last may have fewer.
        learner: a key of `LEARNERS`.
        seed: of the learner's features and random streams.
        grid: where the models are evaluated.

    Returns:
        the race; all scores are NaN, since no strategy chose the points.

    Raises:
        ValueError: if a number is below 1, there are fewer labels than first labels, or a point is not one of
            the data set's or there twice.
    """
    started = time.perf_counter()
    dataset = ready(dataset, numbers=True)
    order_M = checked_order(order, len(dataset.y_pool))
    if not 1 <= seed_labels <= len(order_M) or labels_per_round < 1:
        raise ValueError(
            f"seed_labels must be 1 to {len(order_M)} (the labels given) and labels_per_round 1 or more, "
            f"got {seed_labels}, {labels_per_round}"
        )
    ends_T = np.append(np.arange(seed_labels, len(order_M), labels_per_round), len(order_M))
    if learner not in LOCKSTEP:
        return replay_one_by_one(dataset, order_M, ends_T, learner=learner, seed=seed, grid=grid)
    stack = DatasetStack.of([mapped(dataset, learner, seed)])
    there_T_M = np.arange(len(order_M)) < ends_T[:, None]
    x_M_D, y_M = stack.x_S_N_D[0, order_M], dataset.y_pool[order_M]
    coefs_T_K_P = solve(x_M_D, y_M, there_T_M, classes=dataset.classes)
    train = time.perf_counter() - started
    accuracy_T = accuracies(stacked_logits(coefs_T_K_P, stack.test_S_P_T), stack.y_test_S_T)
    x_P_M = np.concatenate([x_M_D.T, np.ones((1, len(order_M)))])
    losses_T_M = losses(stacked_logits(coefs_T_K_P, x_P_M), np.broadcast_to(y_M, there_T_M.shape))
    probs_T_N_C = pool_probabilities(stack.x_S_D_N, coefs_T_K_P)
    spent = time.perf_counter() - started - train
    seconds = {"train": train / len(ends_T), "evaluate": spent / len(ends_T), "score": 0.0, "select": 0.0}
    rounds = []
    for number, end in enumerate(ends_T):
        asked = order_M[end : end + labels_per_round]
        batch = Batch(asked, np.full(len(asked), np.nan)) if len(asked) else None
        rounds.append(
            Round(
                round=number,
                labeled=order_M[:end],
                accuracy=float(accuracy_T[number]),
                train_loss=float(losses_T_M[number, :end].mean()),
                batch=batch,
                batch_labels=dataset.y_pool[asked],
                batch_probs_K_C=probs_T_N_C[number, asked],
                seconds=seconds,
            )
        )
    return RaceTrace(
        strategy="you",
        rounds=rounds,
        order=order_M,
        surfaces_R_Y_X_C=probability_surfaces(grid, coefs_T_K_P, feature_map(learner, seed)),
        probs_R_N_C=probs_T_N_C.astype(np.float32),
        scores_R_N=np.full((len(ends_T), len(dataset.y_pool)), np.nan, dtype=np.float32),
        wrong_R_T=misclassified(stack, coefs_T_K_P),
    )


def keeping_step(racer: RaceTrace, other: RaceTrace) -> RaceTrace:
    """A race as far as another one has come: of each round of that, the last round with no more labels.

    Args:
        racer: the race to be cut; it has the other's first labels.
        other: the race that sets the pace.
    """
    labels_T = np.array([one.labels for one in racer.rounds])
    at_R = np.searchsorted(labels_T, [one.labels for one in other.rounds], side="right") - 1
    rounds = [racer.rounds[at] for at in at_R]
    return replace(
        racer,
        rounds=rounds,
        order=racer.order[: rounds[-1].labels],
        surfaces_R_Y_X_C=racer.surfaces_R_Y_X_C[at_R],
        probs_R_N_C=racer.probs_R_N_C[at_R],
        scores_R_N=racer.scores_R_N[at_R],
        wrong_R_T=racer.wrong_R_T[at_R],
        acquisition_R_Y_X=None if racer.acquisition_R_Y_X is None else racer.acquisition_R_Y_X[at_R],
    )
