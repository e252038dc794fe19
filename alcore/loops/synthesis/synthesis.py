"""Membership query synthesis: queries are synthesised where the model is most uncertain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.base import mean_log_loss
from alcore.learners.labels import class_numbers
from alcore.loops.ready import ready
from alcore.loops.seed_set import SeedSet, seed_set_of
from alcore.loops.steps import OnStep, ignored
from alcore.loops.synthesis.gradient_ascent import ascent_paths, synthesise_queries
from alcore.loops.synthesis.models import LogisticModels, QueryModel, logistic_entropies
from alcore.loops.synthesis.oracles import Oracle, nearest_rows
from alcore.points import as_rows
from alcore.rng import rng_for

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

NEIGHBOURS = 5
# Test points whose distances to the pool are measured.
MEASURED = 500

# (how many, rng) -> starts_N_D of searches.
Start = Callable[[int, np.random.Generator], Floats]


@dataclass(frozen=True, eq=False)
class RealNeighbours:
    """The real points nearest to synthesised queries: whether a person could recognise them.

    Attributes:
        index_Q_J: the points of the pool that are nearest to each query, nearest first.
        distance_Q_J: their distances.
        agreement_Q: the share of them with the label of the oracle.
        typical: the median distance of a test point to the nearest point of the pool.
    """

    index_Q_J: Ints
    distance_Q_J: Floats
    agreement_Q: Floats
    typical: float


@dataclass(frozen=True, eq=False)
class Synthesis:
    """Q queries synthesised by one learner in R - 1 rounds.

    Attributes:
        seed: of every random stream.
        first: the seed set, points of the pool.
        queries_Q_D: the queries; images as pixels in [0, 1], one row each.
        labels_Q: the oracle's labels.
        round_Q: the round of each query, from 0.
        entropy_Q: of the model's prediction before labelling, in nats.
        probs_Q_C: that prediction.
        real: the nearest real points.
        low_D: the lowest corner of the box of the pool, which contains all queries.
        high_D: its highest corner.
        labels_R: labels held in each round, the first ones included.
        accuracy_R: share of the test set that the model on them gets right.
        train_loss_R: mean over them in nats.
        models_R_K_P: each round's logistic regression, see `solve`; empty of any other learner.
    """

    seed: int
    first: Ints
    queries_Q_D: Floats
    labels_Q: Ints
    round_Q: Ints
    entropy_Q: Floats
    probs_Q_C: Floats
    real: RealNeighbours
    low_D: Floats
    high_D: Floats
    labels_R: Ints
    accuracy_R: Floats
    train_loss_R: Floats
    models_R_K_P: Floats


def synthesise(
    datasets: Sequence[Dataset],
    oracle: Oracle,
    *,
    seeds: Sequence[int],
    seed_labels: int,
    labels_per_round: int,
    rounds: int,
    seed_set: SeedSet = "balanced",
    starts: int = 8,
    start: Start | None = None,
    maker: QueryModel | None = None,
    on_step: OnStep = ignored,
) -> list[Synthesis]:
    """Synthesise the queries of learners; S seeds in step.

    Each query is the point of largest predictive entropy within the box of the pool that gradient ascent from several
    random points finds. Queries of one round repel one another.

    Args:
        datasets: one a seed, of one size. The pool is used for the first labels and the box alone.
        oracle: labels any rows of numbers, pixels in [0, 1]: of planar data `sample_from_posterior(posterior)`, of
            images `nearest_neighbour_vote`.
        seeds: one a data set; the first labels are those of the other loops with this seed.
        seed_labels: labels before the first query.
        labels_per_round: queries between two fits.
        rounds: of queries.
        seed_set: see `seed_indices`.
        starts: of the search for each query; of equally high ends the first is taken.
        start: of searches; `anywhere` in the box if not given, or `among` the points of a pool.
        maker: the models; logistic regressions if not given, or a `Network` for one seed.
        on_step: called with the share completed, twice a round; an exception stops the work.

    Returns:
        one a seed.

    Raises:
        ValueError: if data sets differ in size or are not one a seed, or a number is below 1.
    """
    datasets = [ready(data, numbers=True) for data in datasets]
    sizes = {(data.x_pool.shape, data.x_test.shape, data.classes) for data in datasets}
    if len(sizes) != 1 or len(datasets) != len(seeds) or min(labels_per_round, rounds, starts) < 1:
        raise ValueError(
            "synthesis needs one data set a seed, all of one size, and labels_per_round, rounds and starts "
            f"of 1 or more, got {len(datasets)} data sets of sizes {sizes}, {len(seeds)} seeds and "
            f"{labels_per_round}, {rounds} and {starts}"
        )
    maker = maker or LogisticModels(datasets[0].classes)
    s_S_1 = np.arange(len(seeds))[:, None]
    both = zip(datasets, seeds, strict=True)
    first_S_M = np.stack([seed_set_of(data, seed_labels, seed=seed, seed_set=seed_set) for data, seed in both])
    pool_S_N_D = np.stack([as_rows(data.x_pool) for data in datasets])
    test_S_T_D = np.stack([as_rows(data.x_test) for data in datasets])
    y_test_S_T = np.stack([data.y_test for data in datasets])
    low_S_D, high_S_D = pool_S_N_D.min(axis=1), pool_S_N_D.max(axis=1)
    begins = [start or anywhere(low_D, high_D) for low_D, high_D in zip(low_S_D, high_S_D, strict=True)]
    x_S_M_D = pool_S_N_D[s_S_1, first_S_M]
    y_S_M = np.stack([data.y_pool for data in datasets])[s_S_1, first_S_M]
    accuracy_R, loss_R, entropy_R, probs_R = [], [], [], []
    for number in range(rounds + 1):
        maker.fit(x_S_M_D, y_S_M, number)
        on_step((number + 0.5) / (rounds + 1))
        accuracy_R.append((maker.probs(test_S_T_D).argmax(axis=2) == y_test_S_T).mean(axis=1))
        loss_R.append([mean_log_loss(*one) for one in zip(maker.probs(x_S_M_D), y_S_M, strict=True)])
        if number == rounds:
            break
        begun_S_k_N_D = np.stack(
            [_begun(begin, seed, number, labels_per_round, starts) for begin, seed in zip(begins, seeds, strict=True)]
        )
        queries_S_k_D = synthesise_queries(maker.entropies, begun_S_k_N_D, low_S_D, high_S_D)
        entropy_R.append(maker.entropies(queries_S_k_D)[0])
        probs_R.append(maker.probs(queries_S_k_D))
        labels_S_k = [
            _labels(oracle(queries_k_D, rng_for(seed, "oracle", number)), len(queries_k_D), datasets[0].classes)
            for queries_k_D, seed in zip(queries_S_k_D, seeds, strict=True)
        ]
        x_S_M_D = np.concatenate([x_S_M_D, queries_S_k_D], axis=1)
        y_S_M = np.concatenate([y_S_M, labels_S_k], axis=1)
        on_step((number + 1) / (rounds + 1))
    return [
        Synthesis(
            seed=seed,
            first=first_S_M[s],
            queries_Q_D=x_S_M_D[s, seed_labels:],
            labels_Q=y_S_M[s, seed_labels:],
            round_Q=np.repeat(np.arange(rounds), labels_per_round),
            entropy_Q=np.concatenate(entropy_R, axis=1)[s],
            probs_Q_C=np.concatenate(probs_R, axis=1)[s],
            real=_real(
                pool_S_N_D[s], datasets[s].y_pool, test_S_T_D[s], x_S_M_D[s, seed_labels:], y_S_M[s, seed_labels:]
            ),
            low_D=low_S_D[s],
            high_D=high_S_D[s],
            labels_R=seed_labels + labels_per_round * np.arange(rounds + 1),
            accuracy_R=np.array(accuracy_R)[:, s],
            train_loss_R=np.array(loss_R)[:, s],
            models_R_K_P=np.array([coefs_S_K_P[s] for coefs_S_K_P in maker.models]),
        )
        for s, seed in enumerate(seeds)
    ]


def _real(pool_N_D: Floats, y_N: Ints, test_T_D: Floats, queries_Q_D: Floats, labels_Q: Ints) -> RealNeighbours:
    index_Q_J, distance_Q_J = nearest_rows(queries_Q_D, pool_N_D, min(NEIGHBOURS, len(pool_N_D)))
    return RealNeighbours(
        index_Q_J,
        distance_Q_J,
        agreement_Q=(y_N[index_Q_J] == labels_Q[:, None]).mean(axis=1),
        typical=float(np.median(nearest_rows(test_T_D[:MEASURED], pool_N_D, 1)[1])),
    )


def paths_of(result: Synthesis, *, starts: int) -> list[Floats]:
    """The ascents that led to the queries of a logistic regression whose searches began anywhere in the box.

    Args:
        result: from `synthesise`.
        starts: as given there.

    Returns:
        for each query path_T_D, from the start of its search to the query.
    """
    begin = anywhere(result.low_D, result.high_D)
    paths: list[Floats] = []
    for number, coefs_K_P in enumerate(result.models_R_K_P[:-1]):
        begun_k_N_D = _begun(begin, result.seed, number, int((result.round_Q == number).sum()), starts)
        surface = partial(logistic_entropies, coefs_K_P[None])
        paths += ascent_paths(surface, begun_k_N_D, result.low_D, result.high_D)
    return paths


def _begun(begin: Start, seed: int, number: int, count: int, starts: int) -> Floats:
    """starts_k_N_D of the searches of a round."""
    begun_kN_D = begin(count * starts, rng_for(seed, "synthesis", number))
    return begun_kN_D.reshape(count, starts, -1)


def among(dataset: Dataset) -> Start:
    """Start searches at random points of the pool."""
    rows_N_D = as_rows(dataset.x_pool)
    return lambda count, rng: rows_N_D[rng.integers(len(rows_N_D), size=count)]


def anywhere(low_D: Floats, high_D: Floats) -> Start:
    """Start searches at points that are uniform in a box."""
    return lambda count, rng: rng.uniform(low_D, high_D, size=(count, len(low_D)))


def _labels(labels: Any, count: int, classes: int) -> Ints:
    """Labels of an oracle, checked: one class a query."""
    found = class_numbers(labels, classes, what="an oracle's answers")
    if found.shape != (count,):
        raise ValueError(f"an oracle must answer {count} questions, got labels of shape {found.shape}")
    return found
