"""What a round tells of the test set, against scikit-learn, and its map of the pool against plain algebra."""

from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes
from scipy.special import log_softmax, softmax
from sklearn.calibration import calibration_curve
from sklearn.decomposition import PCA
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, log_loss

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.dataset import Dataset
from alcore.learners.registry import make_learner
from alcore.loops.calibrated_learner import Calibrated
from alcore.loops.pool import peak_memory
from alcore.loops.pool.evaluate import BINS, LEAST, quality
from alcore.loops.pool.pool_map import COMPONENTS, aligning_turn, map_points, pool_map, principal_components
from alcore.loops.pool.simulate import Round, simulate
from alcore.strategies.remedies import fit_temperature


def beliefs(n: int = 2000, classes: int = 5, *, heat: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, and labels drawn from them: calibrated at heat 1, over-confident above."""
    rng = np.random.default_rng(3)
    logits = 2 * rng.normal(size=(n, classes))
    labels = np.array([rng.choice(classes, p=row) for row in softmax(logits, axis=1)])
    return softmax(heat * logits, axis=1), labels


@pytest.mark.parametrize("heat", [1.0, 3.0])
def test_numbers_are_those_of_scikit_learn(heat: float) -> None:
    probs, labels = beliefs(heat=heat)
    labels[labels == 4] = 0  # a class that does not occur
    found = quality(probs, labels)
    guess = probs.argmax(axis=1)
    assert found.accuracy == np.mean(guess == labels)
    np.testing.assert_array_equal(found.confusion_C_C, confusion_matrix(labels, guess, labels=range(5)))
    np.testing.assert_allclose(found.numbers["nll"], log_loss(labels, probs, labels=range(5)))
    kept = labels < 4
    with pytest.warns(UserWarning, match="not in y_true") if (guess == 4).any() else nullcontext():
        expected = balanced_accuracy_score(labels[kept], guess[kept])
    np.testing.assert_allclose(found.numbers["balanced_accuracy"], expected)


@pytest.mark.parametrize("heat", [1.0, 3.0])
def test_reliability_is_that_of_scikit_learn(heat: float) -> None:
    probs, labels = beliefs(heat=heat)
    found = quality(probs, labels)
    sure, right = probs.max(axis=1), probs.argmax(axis=1) == labels
    accuracy, confidence = calibration_curve(right, sure, n_bins=BINS)
    there = found.reliability.count_B > 0
    np.testing.assert_allclose(found.reliability.accuracy_B[there], accuracy)
    np.testing.assert_allclose(found.reliability.confidence_B[there], confidence)
    shares = np.histogram(sure, np.linspace(0, 1, BINS + 1))[0] / len(sure)
    np.testing.assert_allclose(found.numbers["ece"], (shares[there] * abs(accuracy - confidence)).sum())
    np.testing.assert_allclose(found.numbers["overconfidence"], sure.mean() - right.mean())
    assert (found.numbers["ece"] < 0.03) == (heat == 1)


def test_a_perfect_and_an_ignorant_model() -> None:
    labels = np.arange(10) % 5
    perfect = quality(np.eye(5)[labels], labels).numbers
    assert perfect == {"balanced_accuracy": 1, "nll": 0, "ece": 0, "overconfidence": 0}
    ignorant = quality(np.full((10, 5), 0.2), labels).numbers
    np.testing.assert_allclose([ignorant["nll"], ignorant["ece"]], [np.log(5), 0], atol=1e-12)
    wrong = quality(np.eye(5)[(labels + 1) % 5], labels).numbers
    np.testing.assert_allclose([wrong["nll"], wrong["ece"]], [-np.log(LEAST), 1])


def test_a_temperature_shows_before_and_after() -> None:
    unscaled, labels = beliefs(heat=3.0)
    temperature = fit_temperature(np.log(unscaled[:1000]), labels[:1000])
    scaled = softmax(np.log(unscaled) / temperature, axis=1)
    found = quality(scaled, labels, unscaled, temperature)
    assert found.numbers["temperature"] == temperature
    assert found.numbers["ece_unscaled"] == quality(unscaled, labels).numbers["ece"] > 0.1
    assert found.numbers["ece"] == quality(scaled, labels).numbers["ece"] < 0.03
    assert found.numbers["nll"] < found.numbers["nll_unscaled"]
    assert found.reliability_scaled is not None
    np.testing.assert_array_equal(found.reliability.confidence_B, quality(unscaled, labels).reliability.confidence_B)


def test_labels_that_do_not_fit_are_refused() -> None:
    probs, labels = beliefs(10)
    with pytest.raises(ValueError, match=r"one label a row of probabilities, got \(10, 5\) and \(9,\)"):
        quality(probs, labels[:9])
    with pytest.raises(ValueError, match="classes from 0 to 4, got 7 to 7"):
        quality(probs, np.full(10, 7))


def digits_run(digits: Dataset, **changes: Any) -> list[Round]:
    settings: dict[str, Any] = {"seed": 1, "seed_labels": 60, "labels_per_round": 30, "rounds": 2}
    learner = make_learner("logistic", classes=10, seed=1)
    return list(simulate(digits, learner, "margin", **settings | {"mapped": 300} | changes))


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return load_dataset("digits", seed=1, home=tmp_path_factory.mktemp("home"))


def test_rounds_of_a_run_are_measured(digits: Dataset) -> None:
    rounds = digits_run(digits)
    for one in rounds:
        assert one.confusion_C_C is not None and one.reliability is not None
        assert one.confusion_C_C.sum() == len(digits.y_test) == one.reliability.count_B.sum()
        assert one.confusion_C_C.trace() / len(digits.y_test) == pytest.approx(one.accuracy)
        np.testing.assert_array_equal(one.confusion_C_C.sum(axis=1), np.bincount(digits.y_test))
        assert one.reliability_scaled is None and "temperature" not in one.measures
        assert {"balanced_accuracy", "nll", "ece", "images_per_second"} <= set(one.measures)
        assert one.seconds["map"] > 0
    unmapped = digits_run(digits, mapped=0)
    assert [one.map for one in unmapped] == [None] * 3 and "map" not in unmapped[0].seconds
    np.testing.assert_array_equal(unmapped[-1].labeled, rounds[-1].labeled)


def test_a_run_with_held_out_labels_shows_both_diagrams(digits: Dataset) -> None:
    for one in digits_run(digits, calibration=100):
        assert one.reliability is not None and one.reliability_scaled is not None
        assert one.measures["temperature"] != 1
        assert one.accuracy == pytest.approx(
            np.nansum(one.reliability.count_B * one.reliability.accuracy_B) / len(digits.y_test)
        )


def test_the_temperature_owes_nothing_to_the_test_set(digits: Dataset) -> None:
    shuffled = Dataset(
        digits.name, digits.x_pool, digits.y_pool, digits.x_test, digits.y_test[::-1], digits.class_names
    )
    fair, unfair = (digits_run(data, calibration=100, rounds=1, mapped=0) for data in (digits, shuffled))
    assert [one.measures["temperature"] for one in fair] == [one.measures["temperature"] for one in unfair]


def test_the_map_holds_every_question_and_stays_put(digits: Dataset) -> None:
    rounds = digits_run(digits)
    maps = [one.map for one in rounds]
    for one, drawn in zip(rounds, maps, strict=True):
        assert drawn is not None and len(drawn.indices_P) == 300
        assert np.all(np.diff(drawn.indices_P) > 0)
        asked = one.labeled if one.batch is None else np.concatenate([one.labeled, one.batch.indices])
        np.testing.assert_array_equal(drawn.indices_P[drawn.rows(asked)], asked)
        np.testing.assert_allclose(drawn.probs_P_C.sum(axis=1), 1)
    assert maps[0] is not None and maps[1] is not None and one.batch is None
    # The same points beside those asked about; pixels do not change, so neither do their places by much.
    shared = np.intersect1d(maps[0].indices_P, maps[1].indices_P)
    assert len(shared) >= 270
    moved = maps[0].places_P_2[maps[0].rows(shared)] - maps[1].places_P_2[maps[1].rows(shared)]
    assert np.sqrt((moved**2).sum(axis=1).mean()) < 0.1


def test_what_the_map_says_the_model_believes(digits: Dataset) -> None:
    learner = make_learner("logistic", classes=10, seed=1)
    *_, last = simulate(digits, learner, "margin", seed=1, seed_labels=60, labels_per_round=30, rounds=1, mapped=200)
    assert last.map is not None
    probs = learner.predict_probs(learner.prepare(digits.x_pool)[last.map.indices_P])
    np.testing.assert_allclose(last.map.probs_P_C, probs, atol=5e-3)


@pytest.mark.parametrize("calibration", [0, 40])
def test_a_network_s_map_is_of_its_features_and_beliefs(digits: Dataset, calibration: int) -> None:
    learner = make_learner("mlp", classes=10, seed=1, epochs=20, device="cpu")
    (only,) = simulate(
        digits,
        learner,
        "random",
        seed=1,
        seed_labels=60,
        labels_per_round=1,
        rounds=0,
        mapped=200,
        calibration=calibration,
    )
    assert only.map is not None
    x_P = learner.prepare(digits.x_pool)[only.map.indices_P]
    probs = learner.predict_probs(x_P).numpy() ** (1 / only.measures.get("temperature", 1.0))
    np.testing.assert_allclose(only.map.probs_P_C, probs / probs.sum(axis=1, keepdims=True), atol=5e-3)
    expected = PCA(2).fit_transform(learner.features(x_P).numpy())
    expected /= np.sqrt((expected**2).sum(axis=1).mean())
    signs = np.sign((expected * only.map.places_P_2).sum(axis=0))
    np.testing.assert_allclose(only.map.places_P_2 * signs, expected, atol=5e-3)


def test_doubt_is_kept_where_a_float16_would_show_certainty() -> None:
    doubts = np.geomspace(1e-5, 0.3, 40)
    probs = np.stack([1 - doubts, 0.75 * doubts, 0.25 * doubts], axis=1)
    drawn = pool_map(np.arange(40), np.eye(40), probs, None)
    np.testing.assert_allclose(drawn.probs_P_C[:, 1:].sum(axis=1), doubts, rtol=0.02)


@pytest.mark.parametrize(("points", "width"), [(50, 30), (12, 30), (40, 3)])
def test_principal_components_are_those_of_scikit_learn(points: int, width: int) -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(points, width)) * np.geomspace(10, 1, width)
    found = principal_components(features.astype(np.float32), COMPONENTS)
    kept = min(COMPONENTS, width)
    expected = PCA(kept).fit_transform(features)
    signs = np.sign((found * expected).sum(axis=0))
    np.testing.assert_allclose(found * signs, expected, atol=1e-4)


def test_a_single_feature_makes_a_flat_map() -> None:
    drawn = pool_map(np.arange(6), np.arange(6.0)[:, None], np.full((6, 2), 0.5), None)
    assert drawn.places_P_2.shape == (6, 2) and not drawn.places_P_2[:, 1].any()
    same = pool_map(np.arange(6), np.ones((6, 3)), np.full((6, 2), 0.5), None)
    assert not same.places_P_2.any()


def test_a_turned_or_mirrored_cloud_is_turned_back() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(80, 6)) * [5, 4, 1, 1, 1, 1]
    probs = np.full((80, 2), 0.5)
    first = pool_map(np.arange(80), features, probs, None)
    for turn in (np.diag([-1.0, 1.0]), np.array([[0.0, 1.0], [-1.0, 0.0]])):
        # Some points are new: only those on both maps can be laid over one another.
        moved = pool_map(np.arange(10, 80), (features @ np.block([
            [turn, np.zeros((2, 4))], [np.zeros((4, 2)), np.eye(4)]
        ]))[10:], probs[10:], first)  # fmt: skip
        np.testing.assert_allclose(moved.places_P_2, first.places_P_2[10:], atol=0.25)
    places, onto = rng.normal(size=(2, 20, 2))
    np.testing.assert_allclose(aligning_turn(places, onto), orthogonal_procrustes(places, onto)[0])


def test_a_map_smaller_than_what_was_asked_holds_the_latest() -> None:
    pool, asked = np.arange(100, 200), np.arange(190, 110, -1)
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(map_points(pool, asked, 50, rng=rng), np.sort(asked[-50:]))
    np.testing.assert_array_equal(map_points(pool, asked, 500, rng=rng), pool)


def test_points_that_are_not_on_the_map_are_passed_over() -> None:
    drawn = pool_map(np.array([3, 5, 9]), np.eye(3), np.full((3, 2), 0.5), None)
    np.testing.assert_array_equal(drawn.rows([9, 4, 3, 10]), [2, 0])


def test_calibrated_gives_the_softmax_of_scaled_logits() -> None:
    probs, labels = beliefs(200)
    calibrated = Calibrated(make_learner("logistic", classes=5, seed=0))
    calibrated.temperature = 2.5
    logits = log_softmax(np.log(probs), axis=1)
    np.testing.assert_allclose(calibrated.scaled(probs), softmax(logits / 2.5, axis=1))


@pytest.mark.skipif(not peak_memory._restart_resident(), reason="no peak that can be restarted")
def test_the_peak_is_that_of_each_stage() -> None:
    lap = peak_memory.peak_memory_of("cpu")
    base = lap()
    held = np.ones(8 * peak_memory.MIB)  # 64 MiB
    high = lap()
    held = held[:1].copy()
    low = lap()  # from the copy on: the large array was still there when it began
    after = lap()
    assert base is not None and high is not None and low is not None and after is not None
    assert high - base > 50 and high - after > 50


def test_where_the_system_tells_no_peak_there_is_none(monkeypatch: pytest.MonkeyPatch, digits: Dataset) -> None:
    monkeypatch.setattr(peak_memory, "_RESET", peak_memory._RESET / "missing")
    assert peak_memory.peak_memory_of("cpu")() is None
    assert not any(key.startswith("memory") for key in digits_run(digits)[0].measures)
