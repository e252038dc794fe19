"""ActiveLab's scores, against cleanlab and worked by hand."""

import warnings

import numpy as np
import pytest
from cleanlab.internal import multiannotator_utils
from cleanlab.multiannotator import get_active_learning_scores, get_label_quality_multiannotator
from numpy.typing import NDArray

from alcore.projects.people.activelab import activelab_scores, consensus_of

nan = np.nan


def crowd(
    seed: int, items: int = 60, annotators: int = 5, classes: int = 3, given: float = 0.4
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Labels of annotators who err at rates of their own, (A, N), and a model's probabilities, (N, C)."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(classes, size=items)
    rates = rng.uniform(0.0, 0.5, size=annotators)
    wrong = rng.random((annotators, items)) < rates[:, None]
    ratings = np.where(wrong, rng.integers(classes, size=(annotators, items)), truth).astype(float)
    ratings[rng.random((annotators, items)) > given] = nan
    ratings[rng.integers(annotators, size=items), np.arange(items)] = truth  # a label or more each
    logits = rng.normal(size=(items, classes)) + 2 * (np.arange(classes) == truth[:, None])
    probs = np.exp(rng.uniform(0.3, 3) * logits)
    return ratings, probs / probs.sum(axis=1, keepdims=True)


def published(
    ratings: NDArray[np.float64], probs: NDArray[np.float64], new: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return get_active_learning_scores(ratings.T, probs, new)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("by_class", [False, True])
def test_scores_equal_cleanlabs(seed: int, by_class: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    classes = 2 + seed % 4
    ratings, probs = crowd(seed, classes=classes, given=(0.15, 0.4, 0.9)[seed % 3])
    _, new = crowd(seed + 1000, items=25, classes=classes)
    temperature = None if by_class else multiannotator_utils.find_best_temp_scaler(ratings.T, probs)
    if by_class:  # cleanlab 2.9 fills the counts of float labels in from class 0 on, whichever classes they are of
        counts = multiannotator_utils.value_counts
        monkeypatch.setattr(
            multiannotator_utils, "value_counts", lambda x, num_classes: counts(x.astype(int), num_classes=num_classes)
        )
    labelled, unlabelled = published(ratings, probs, new)
    whole = np.concatenate([ratings, np.full((len(ratings), len(new)), nan)], axis=1)
    found = activelab_scores(whole, np.concatenate([probs, new]), temperature=temperature)
    np.testing.assert_allclose(found[: len(probs)], labelled, rtol=1e-9)
    np.testing.assert_allclose(found[len(probs) :], unlabelled, rtol=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_the_consensus_equals_cleanlabs(seed: int) -> None:
    ratings, probs = crowd(seed)
    found = consensus_of(ratings, probs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        known = get_label_quality_multiannotator(ratings.T, probs, return_weights=True, verbose=False)
    np.testing.assert_array_equal(found.labels_M, known["label_quality"]["consensus_label"])
    np.testing.assert_allclose(found.quality_M, known["label_quality"]["consensus_quality_score"], rtol=1e-9)
    np.testing.assert_allclose(found.weights_A, known["annotator_weight"], rtol=1e-9)
    assert found.model_weight == pytest.approx(known["model_weight"], rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_with_one_label_an_item_scores_equal_cleanlabs(seed: int) -> None:
    ratings, probs = crowd(seed, annotators=3)
    only = np.full_like(ratings, nan)
    first = (~np.isnan(ratings)).argmax(axis=0)
    only[first, np.arange(60)] = ratings[first, np.arange(60)]
    labelled, unlabelled = published(only, probs, probs)
    whole = np.concatenate([only, np.full_like(only, nan)], axis=1)
    np.testing.assert_allclose(
        activelab_scores(whole, np.concatenate([probs, probs])), [*labelled, *unlabelled], rtol=1e-12
    )


def test_annotators_who_share_no_item_and_probabilities_of_zero_equal_cleanlabs() -> None:
    ratings, probs = crowd(3, annotators=4)
    alone = np.full((1, 60), nan)
    single = np.flatnonzero((~np.isnan(ratings)).sum(axis=0) == 1)[:2]
    ratings[:, single] = nan
    alone[0, single] = [0, 1]
    probs[5] = [0, 1, 0]
    whole = np.concatenate([ratings, alone])
    labelled, _ = published(whole, probs, probs)
    temperature = multiannotator_utils.find_best_temp_scaler(whole.T, probs)
    np.testing.assert_allclose(activelab_scores(whole, probs, temperature=temperature), labelled, rtol=1e-9)


def test_a_unanimous_item_is_sure_and_a_contradicted_one_less_than_a_sure_new_item() -> None:
    ratings, probs = crowd(1, items=80, annotators=4, given=0.9)
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=80)
    ratings = np.where(rng.random((4, 80)) < 0.05, (truth + 1) % 3, truth).astype(float)
    probs = np.where(np.arange(3) == truth[:, None], 0.9, 0.05)
    ratings[:, 0] = truth[0]  # all agree
    ratings[:, 1] = [(truth[1] + 1) % 3, nan, nan, nan]  # one label, against the model
    ratings[:, 2] = nan  # new, the model is sure
    scores = activelab_scores(ratings, probs)
    assert scores[0] > scores[2] > scores[1]


def test_one_label_each_by_hand() -> None:
    # Weights of 1: (q (1 + labels) + 1/2) / (2 + labels).
    scores = activelab_scores([[0, nan, nan], [nan, 1, nan]], [[0.8, 0.2], [0.8, 0.2], [0.6, 0.4]])
    np.testing.assert_allclose(scores, [(0.8 * 2 + 0.5) / 3, (0.2 * 2 + 0.5) / 3, (0.6 + 0.5) / 2])


def test_without_any_label_it_is_the_largest_probability() -> None:
    scores = activelab_scores(np.full((1, 3), nan), [[0.5, 0.5], [0.9, 0.1], [0.3, 0.7]])
    np.testing.assert_array_equal(np.argsort(scores), [0, 2, 1])


@pytest.mark.parametrize(
    ("ratings", "probs", "words"),
    [
        ([[0, 1]], [[0.5, 0.5]], "annotators x items"),
        ([[0]], [[1.0]], "two classes"),
        ([[2]], [[0.5, 0.5]], "class numbers from 0 to 1"),
        ([[0.5]], [[0.5, 0.5]], "class numbers"),
    ],
)
def test_what_is_no_table_of_labels_is_refused(
    ratings: list[list[float]], probs: list[list[float]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        activelab_scores(ratings, probs)
