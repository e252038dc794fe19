"""ActiveLab: whether a label is worth more on a new item or on one that was labelled before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# The least weight of a model or an annotator.
LEAST = 1e-6
# Probabilities are at least this before their logarithm is taken.
_TINY = 1e-30
# Temperatures that are tried, and the steps between two of them around the best one.
_TEMPERATURES, _STEPS = (0.1, 0.2, 0.5, 0.8, 1.0, 2.0, 3.0, 5.0, 8.0), 4


@dataclass(frozen=True, eq=False)
class Consensus:
    """What a model and several annotators say together.

    Attributes:
        labels_M: consensus class of each item.
        quality_M: probability that it is right.
        model_weight: of the model's probabilities.
        weights_A: of each annotator's labels.
    """

    labels_M: NDArray[np.int64]
    quality_M: NDArray[np.float64]
    model_weight: float
    weights_A: NDArray[np.float64]


def activelab_scores(
    ratings_A_N: ArrayLike, probs_N_C: ArrayLike, *, temperature: float | None = None
) -> NDArray[np.float64]:
    """How well each item's label is known; items with the lowest scores are labelled next, or again.

    For an item with the labels of annotators j: (q (w_m + sum_j w_j) + w / C) / (w_m + sum_j w_j + w), with the quality
    q of the consensus, the weights w_m of the model and w_j of annotators, and their mean w; without a label the same
    with the largest probability for q and no w_j. Where no item has two labels every weight is 1 and q is the label's
    probability; otherwise see `consensus_of`, and probabilities are first scaled by the temperature that fits the
    labels best.

    Args:
        ratings_A_N: one row an annotator, one column an item; class numbers from 0, NaN where there is no label.
        probs_N_C: class probabilities, of labelled items by models that have not seen the labels.
        temperature: by which logarithms of probabilities are divided where an item has two labels or more; None: the
            best one.

    Returns:
        scores_N in [0, 1].

    Raises:
        ValueError: if shapes differ, there are fewer than two classes, or a label is no class number.

    Source: Goh & Mueller (2023), ActiveLab. Equal to `cleanlab.multiannotator.get_active_learning_scores` at the same
    temperature; to find that, cleanlab 2.9 counts labels without regard to their classes, which are kept here.
    """
    ratings, probs = _checked(ratings_A_N, probs_N_C)
    given = ~np.isnan(ratings)
    counts_N = given.sum(axis=0)
    labelled = counts_N > 0
    model_weight, weights_A = 1.0, np.ones(len(ratings))
    quality_N = probs.max(axis=1)
    if (counts_N > 1).any():
        probs = scaled(probs, temperature or best_temperature(ratings[:, labelled], probs[labelled]))
        found = consensus_of(ratings[:, labelled], probs[labelled])
        model_weight, weights_A = found.model_weight, found.weights_A
        quality_N = probs.max(axis=1)
        quality_N[labelled] = found.quality_M
    elif labelled.any():
        quality_N[labelled] = probs[labelled, np.nansum(ratings[:, labelled], axis=0).astype(np.int64)]
    mean = float(weights_A.mean()) if len(weights_A) else 1.0
    own_N = model_weight + weights_A @ given
    return (quality_N * own_N + mean / probs.shape[1]) / (own_N + mean)


def consensus_of(ratings_A_M: ArrayLike, probs_M_C: ArrayLike) -> Consensus:
    """The consensus of annotators and a model.

    An annotator's weight is 1 - e / b: e is the share of the labels of others on the same items that differ, b the
    share of items with two labels or more whose consensus is not the commonest class. The model's is the same with the
    share of its predictions that differ from the consensus, times the root of the labels per item. A label gives its
    class the mean share P of annotators who agree with the consensus, every other class (1 - P) / (C - 1). The weighted
    mean of the model's and the labels' distributions, first about the majority, decides the consensus, and then, about
    that, its quality.

    Args:
        ratings_A_M: as in `activelab_scores`, with a label or more of every item, and of some items two.
        probs_M_C: class probabilities by models that have not seen the labels.

    Source: Goh, Tkachenko & Mueller (2022), CROWDLAB.
    """
    ratings, probs = _checked(ratings_A_M, probs_M_C)
    votes_A_M_C = ratings[:, :, None] == np.arange(probs.shape[1])
    majority = _majority(votes_A_M_C, probs)
    belief_M_C, _, _ = _weighed(votes_A_M_C, probs, majority)
    best_M = belief_M_C.argmax(axis=1)
    is_tied = (belief_M_C == belief_M_C.max(axis=1, keepdims=True)).sum(axis=1) > 1
    labels_M = np.where(is_tied, majority, best_M)
    belief_M_C, model_weight, weights_A = _weighed(votes_A_M_C, probs, labels_M)
    return Consensus(labels_M, belief_M_C[np.arange(len(labels_M)), labels_M], model_weight, weights_A)


def best_temperature(ratings_A_M: NDArray[np.float64], probs_M_C: NDArray[np.float64]) -> float:
    """The temperature at which probabilities have the least cross-entropy to the shares of each item's labels."""
    votes_M_C = (ratings_A_M[:, :, None] == np.arange(probs_M_C.shape[1])).sum(axis=0)
    shares_M_C = votes_M_C / votes_M_C.sum(axis=1, keepdims=True)

    def best(temperatures: NDArray[np.float64]) -> int:
        losses = [
            -(shares_M_C * np.log(np.maximum(_powered(probs_M_C, one), _TINY))).sum(axis=1).mean()
            for one in temperatures
        ]
        return int(np.argmin(losses))

    coarse = np.array(_TEMPERATURES)
    at = best(coarse)
    below = np.linspace(coarse[at - 1], coarse[at], _STEPS, endpoint=False) if at else np.empty(0)
    above = np.linspace(coarse[at], coarse[at + 1], _STEPS + 1) if at + 1 < len(coarse) else np.empty(0)
    fine = np.concatenate([below, above])
    return float(fine[best(fine)])


def scaled(probs_N_C: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Probabilities with their logarithms divided by a temperature, summing to 1 again."""
    return _powered(np.maximum(probs_N_C, _TINY), temperature)


def _powered(probs_N_C: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    powers = probs_N_C ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def _majority(votes_A_M_C: NDArray[np.bool_], probs_M_C: NDArray[np.float64]) -> NDArray[np.int64]:
    """The class of most labels; of equals the likeliest, then the rarest, then that of the annotators who agree best.

    Of those still equal, the one listed first.
    """
    counts_M_C = votes_A_M_C.sum(axis=0)
    open_M_C = counts_M_C == counts_M_C.max(axis=1, keepdims=True)
    tied = np.flatnonzero(open_M_C.sum(axis=1) > 1)
    for criterion_M_C in (probs_M_C, np.broadcast_to(-counts_M_C.sum(axis=0), counts_M_C.shape)):
        open_M_C = _best_of(open_M_C, criterion_M_C)
    left = open_M_C.sum(axis=1) > 1
    if left.any():
        plain = np.setdiff1d(np.arange(len(counts_M_C)), tied)
        agreed = votes_A_M_C[:, plain, open_M_C[plain].argmax(axis=1)].sum(axis=1)
        given = votes_A_M_C[:, plain].any(axis=2).sum(axis=1)
        with np.errstate(invalid="ignore"):
            agreement_A = agreed / given
        known = ~np.isnan(agreement_A)
        agreement_A = np.where(known, agreement_A, agreement_A[known].mean() if known.any() else 0.0)
        by_class_M_C = np.einsum("a,amc->mc", agreement_A, votes_A_M_C) / np.maximum(counts_M_C, 1)
        open_M_C[left] = _best_of(open_M_C, by_class_M_C)[left]
    return open_M_C.argmax(axis=1)


def _best_of(open_M_C: NDArray[np.bool_], criterion_M_C: NDArray[np.floating]) -> NDArray[np.bool_]:
    values = np.where(open_M_C, criterion_M_C, -np.inf)
    return values == values.max(axis=1, keepdims=True)


def _weighed(
    votes_A_M_C: NDArray[np.bool_], probs_M_C: NDArray[np.float64], labels_M: NDArray[np.int64]
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Class probabilities by the model and the labels together, the model's weight, and those of the annotators."""
    classes = probs_M_C.shape[1]
    counts_M_C, given_A_M = votes_A_M_C.sum(axis=0), votes_A_M_C.any(axis=2)
    sizes_M = counts_M_C.sum(axis=1)
    several = sizes_M > 1
    shared_labels = labels_M[several]
    agreeing = float((counts_M_C[np.arange(len(labels_M)), labels_M] / sizes_M)[several].mean())
    commonest = np.bincount(shared_labels, minlength=classes).argmax()
    baseline = max(LEAST, float((shared_labels != commonest).mean()))
    alike_A = (votes_A_M_C * (counts_M_C - 1)).sum(axis=(1, 2))
    others_A = (given_A_M * (sizes_M - 1)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        agreement_A = alike_A / others_A
    known = ~np.isnan(agreement_A)
    agreement_A = np.where(known, agreement_A, agreement_A[known].mean())
    weights_A = np.maximum(LEAST, 1 - (1 - agreement_A) / baseline)
    error = float((probs_M_C[several].argmax(axis=1) != shared_labels).mean())
    model_weight = max(LEAST, 1 - error / baseline) * float(np.sqrt(sizes_M.mean()))
    for_M_C = np.einsum("a,amc->mc", weights_A, votes_A_M_C)
    whole_M_1 = for_M_C.sum(axis=1, keepdims=True)
    others = (1 - agreeing) / (classes - 1)
    belief_M_C = probs_M_C * model_weight + for_M_C * agreeing + (whole_M_1 - for_M_C) * others
    return belief_M_C / (whole_M_1 + model_weight), model_weight, weights_A


def _checked(ratings_A_N: ArrayLike, probs_N_C: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    ratings, probs = np.asarray(ratings_A_N, dtype=np.float64), np.asarray(probs_N_C, dtype=np.float64)
    if ratings.ndim != 2 or probs.ndim != 2 or ratings.shape[1] != len(probs):
        raise ValueError(
            "ratings_A_N must be annotators x items and probs_N_C items x classes, "
            f"got {ratings.shape} and {probs.shape}"
        )
    if probs.shape[1] < 2:
        raise ValueError(f"probs_N_C needs two classes or more, got {probs.shape[1]}")
    if not np.isin(ratings[~np.isnan(ratings)], np.arange(probs.shape[1])).all():
        raise ValueError(f"labels in ratings_A_N must be class numbers from 0 to {probs.shape[1] - 1}, or NaN")
    return ratings, probs
