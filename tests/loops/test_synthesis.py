"""Made-up questions: they stay in the box, keep to the budget, and are where the model is least sure."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.spatial.distance import cdist, pdist
from scipy.stats import entropy as scipy_entropy
from scipy.stats import multinomial
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from alcore.datasets.bundled import digits
from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.generate import planar
from alcore.learners.registry import make_learner
from alcore.loops.seed_set import seed_indices
from alcore.loops.synthesis.gradient_ascent import gradient_ascent, synthesise_queries, with_repulsion
from alcore.loops.synthesis.models import Network, logistic_entropies
from alcore.loops.synthesis.oracles import Oracle, nearest_neighbour_vote, nearest_rows, sample_from_posterior
from alcore.loops.synthesis.synthesis import Synthesis, among, synthesise
from alcore.rng import rng_for

SHAPES = (("blobs", 2), ("blobs", 4), ("moons", 2), ("xor", 2))
DATA = {case: planar(case[0], points=60, classes=case[1], rng=rng_for(7, "data")) for case in SHAPES}


def truth(shape: str, classes: int) -> Oracle:
    return sample_from_posterior(lambda points: posterior(shape, points, classes=classes))


def made(case: tuple[str, int] = ("blobs", 2), seed: int = 0, **changes) -> Synthesis:
    options = {"seed_labels": 8, "labels_per_round": 3, "rounds": 3, **changes}
    return synthesise([DATA[case]], truth(*case), seeds=[seed], **options)[0]


def small_digits() -> Dataset:
    whole = digits()
    return Dataset("digits", whole.x_pool[:300], whole.y_pool[:300], whole.x_test, whole.y_test, whole.class_names)


@given(
    case=st.sampled_from(SHAPES),
    seed=st.integers(0, 1000),
    k=st.integers(1, 5),
    rounds=st.integers(1, 3),
    starts=st.integers(1, 4),
)
@settings(max_examples=40, deadline=None)
def test_queries_stay_in_the_box_differ_and_keep_to_the_budget(case, seed, k, rounds, starts) -> None:
    told = made(case, seed, labels_per_round=k, rounds=rounds, starts=starts)
    pool = DATA[case].x_pool
    assert np.all((pool.min(axis=0) <= told.queries_Q_D) & (told.queries_Q_D <= pool.max(axis=0)))
    assert len(told.queries_Q_D) == len(told.labels_Q) == k * rounds
    assert told.labels_R.tolist() == [8 + k * number for number in range(rounds + 1)]
    assert set(told.labels_Q) <= set(range(case[1]))
    for number in range(rounds):
        together = told.queries_Q_D[told.round_Q == number]
        assert len(together) == k and (k == 1 or pdist(together).min() > 1e-3)


@pytest.mark.parametrize("case", SHAPES)
def test_a_question_is_as_uncertain_as_any_point_of_a_fine_grid(case) -> None:
    """And of the model that scikit-learn fits on the labels so far."""
    told = made(case, 3, labels_per_round=1, rounds=4, starts=8)
    data = DATA[case]
    x = np.concatenate([data.x_pool[told.first], told.queries_Q_D])
    y = np.concatenate([data.y_pool[told.first], told.labels_Q])
    axes = [np.linspace(low, high, 200) for low, high in zip(told.low_D, told.high_D, strict=True)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    for number in range(4):
        model = LogisticRegression(solver="newton-cholesky", tol=1e-10).fit(x[: 8 + number], y[: 8 + number])
        highest = scipy_entropy(model.predict_proba(grid), axis=1).max()
        assert told.entropy_Q[number] >= highest - 1e-6
        probs = model.predict_proba(told.queries_Q_D[[number]])
        assert np.allclose(told.probs_Q_C[number], probs, atol=1e-5)
        assert told.accuracy_R[number] == pytest.approx(model.score(data.x_test, data.y_test), abs=0.002)
        own = np.log(model.predict_proba(x[: 8 + number])[np.arange(8 + number), y[: 8 + number]])
        assert told.train_loss_R[number] == pytest.approx(-own.mean(), abs=1e-5)
    assert told.models_R_K_P.shape == (5, 1 if case[1] == 2 else case[1], 3)


@given(
    centre=st.lists(st.floats(-3, 3), min_size=2, max_size=4),
    scale=st.floats(0.1, 10),
    seed=st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_climbing_ends_on_top_of_the_box(centre, scale, seed) -> None:
    """Of a round hill, the highest point of a box is the nearest to the top."""
    top = np.array(centre)
    low, high = np.full((1, len(top)), -1.0), np.full((1, len(top)), 1.0)

    def hill(points):
        return -scale * ((points - top) ** 2).sum(axis=-1), -2 * scale * (points - top)

    starts = np.random.default_rng(seed).uniform(-1, 1, (1, 3, len(top)))
    ends = gradient_ascent(hill, starts, low, high, steps=100)
    assert np.allclose(ends, np.clip(top, -1, 1), atol=1e-3)
    short = gradient_ascent(hill, starts, low, high, steps=3)
    assert np.all(hill(short)[0] >= hill(starts)[0])
    assert np.all((low <= short) & (short <= high))


@pytest.mark.parametrize("outputs", [1, 3])
def test_entropy_and_its_gradient(outputs) -> None:
    rng = rng_for(0)
    coefs, points = rng.normal(size=(2, outputs, 4)), rng.normal(size=(2, 5, 3))
    values, gradients = logistic_entropies(coefs, points)
    for s in range(2):
        logits = points[s] @ coefs[s, :, :3].T + coefs[s, :, 3]
        logits = np.concatenate([np.zeros((5, 1)), logits], axis=1) if outputs == 1 else logits
        expected = scipy_entropy(np.exp(logits), axis=1)
        assert np.allclose(values[s], expected)
        for n in range(5):
            slope = approx_fprime(points[s, n], lambda x, s=s: logistic_entropies(coefs[[s]], x[None, None])[0][0, 0])
            assert np.allclose(gradients[s, n], slope, atol=1e-6)


def test_a_model_of_one_class_is_certain_and_flat() -> None:
    values, gradients = logistic_entropies(np.array([[[0.0, 0.0, np.inf]]]), np.ones((1, 2, 2)))
    assert not values.any() and not gradients.any()


def test_dents_are_gaussian_and_their_slopes_fit() -> None:
    rng = rng_for(1)
    away, point = rng.random((1, 3, 2)), rng.random(2)
    low, high = np.zeros((1, 2)), np.array([[1.0, 2.0]])

    def flat(points):
        return np.zeros(points.shape[:2]), np.zeros(points.shape)

    dented = with_repulsion(flat, away, low, high)
    value, slope = dented(point[None, None])
    # A tenth of each side in the plane.
    expected = -sum(np.exp(-(((point - other) / [1, 2]) ** 2).sum() / (2 * 2 * 0.07**2)) for other in away[0])
    assert value[0, 0] == pytest.approx(expected)
    numeric = approx_fprime(point, lambda x: dented(x[None, None])[0][0, 0])
    assert np.allclose(slope[0, 0], numeric, atol=1e-5)
    assert dented(away[:, :1])[0][0, 0] <= -1


def test_questions_of_a_round_leave_a_single_peak() -> None:
    """All searches end on one top; only the first question may be there."""

    def hill(points):
        return -((points - 0.5) ** 2).sum(axis=-1), -2 * (points - 0.5)

    corners = np.zeros((1, 2)), np.ones((1, 2))
    together = synthesise_queries(hill, rng_for(2).random((1, 4, 6, 2)), *corners)[0]
    assert np.allclose(together[0], 0.5, atol=1e-6)
    assert pdist(together).min() > 0.1


def test_seeds_in_step_are_the_seeds_alone_and_start_as_other_loops_do() -> None:
    data = [DATA["blobs", 2], planar("blobs", points=60, rng=rng_for(8, "data"))]
    options: dict[str, Any] = {"seed_labels": 4, "labels_per_round": 2, "rounds": 3}
    both = synthesise(data, truth("blobs", 2), seeds=[5, 6], **options)
    for told, one, seed in zip(both, data, (5, 6), strict=True):
        (alone,) = synthesise([one], truth("blobs", 2), seeds=[seed], **options)
        assert np.array_equal(told.queries_Q_D, alone.queries_Q_D)
        assert np.array_equal(told.labels_Q, alone.labels_Q)
        first = seed_indices(one.y_pool, 4, seed_set="balanced", rng=rng_for(seed, "seed set"))
        assert np.array_equal(told.first, first)


def test_an_oracle_draws_from_the_posterior() -> None:
    probs = np.array([0.2, 0.5, 0.3])
    oracle = sample_from_posterior(lambda points: np.tile(probs, (len(points), 1)))
    counts = np.bincount(oracle(np.zeros((3000, 2)), rng_for(3)), minlength=3)
    spread = np.sqrt(np.diag(multinomial.cov(3000, probs)))
    assert np.all(np.abs(counts - 3000 * probs) < 4 * spread)
    certain = sample_from_posterior(lambda points: np.array([[0.0, 1.0, 0.0]]))
    assert certain(np.zeros((1, 2)), rng_for(0)).tolist() == [1]


def test_the_nearest_real_points_vote() -> None:
    data, points = DATA["moons", 2], rng_for(4).normal(size=(50, 2))
    indices, distances = nearest_rows(points, data.x_pool, 3)
    everyone = cdist(points, data.x_pool)
    assert np.array_equal(indices, np.argsort(everyone, axis=1)[:, :3])
    assert np.allclose(distances, np.sort(everyone, axis=1)[:, :3])
    voted = nearest_neighbour_vote(data.x_pool, data.y_pool, neighbours=3)(points, rng_for(0))
    assert np.array_equal(voted, KNeighborsClassifier(3).fit(data.x_pool, data.y_pool).predict(points))
    # A tie: the nearest decides.
    line, labels = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([4, 1, 1, 4])
    voted = nearest_neighbour_vote(line, labels, neighbours=4)(np.array([[0.2], [1.2]]), rng_for(0))
    assert voted.tolist() == [4, 1]


@pytest.mark.parametrize("from_real", [False, True])
def test_a_network_makes_up_digits(from_real) -> None:
    data = small_digits()
    learner = make_learner("mlp", classes=10, seed=1, epochs=20, device="cpu", carry_on=False)
    (told,) = synthesise(
        [data],
        nearest_neighbour_vote(data.x_pool, data.y_pool),
        seeds=[1],
        seed_labels=40,
        labels_per_round=4,
        rounds=2,
        starts=3,
        start=among(data) if from_real else None,
        maker=Network(learner, data, seed=1),
    )
    assert told.queries_Q_D.shape == (8, 64) and len(told.models_R_K_P) == 0
    assert np.all((told.low_D <= told.queries_Q_D) & (told.queries_Q_D <= told.high_D))
    assert told.low_D.min() == 0 and told.high_D.max() == 1
    # Less sure than of any real digit, and unlike them.
    final = learner.predict_probs(learner.prepare(data.x_test)).numpy()
    assert told.entropy_Q.min() > scipy_entropy(final, axis=1).max()
    assert np.median(told.real.distance_Q_J[:, 0]) > told.real.typical
    images = data.x_pool.reshape(300, -1) / 255
    apart = cdist(told.queries_Q_D, images)
    assert np.allclose(told.real.distance_Q_J, np.sort(apart, axis=1)[:, :5], atol=1e-5)
    assert np.allclose(told.real.agreement_Q, (data.y_pool[told.real.index_Q_J] == told.labels_Q[:, None]).mean(axis=1))
    assert told.accuracy_R[0] > 0.5


@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_gradients_of_a_network_with_respect_to_pixels(name) -> None:
    data = small_digits()
    learner: Any = make_learner(name, classes=10, seed=0, epochs=5, device="cpu")
    learner.fit(learner.prepare(data.x_pool), data.y_pool, rng=rng_for(0))
    images = rng_for(1).random((2, 1, 8, 8)).astype(np.float32)
    values, gradients = learner.entropy_gradients(images)
    assert gradients.shape == images.shape
    network = learner.network.double()

    def value(pixels: np.ndarray) -> float:
        import torch

        with torch.no_grad():
            probs = network(torch.from_numpy(pixels.reshape(1, 1, 8, 8))).softmax(dim=1)
        return float(scipy_entropy(probs.numpy()[0]))

    for image, entropy, gradient in zip(images.astype(np.float64), values, gradients, strict=True):
        assert entropy == pytest.approx(value(image), abs=1e-5)
        assert np.allclose(gradient.ravel(), approx_fprime(image.ravel(), value), atol=1e-4)


def _gradients_of(kind: str) -> Callable[[], object]:
    return lambda: Network(make_learner(kind, classes=2, seed=0), DATA["blobs", 2], seed=0).entropies(
        np.zeros((1, 1, 2))
    )


@pytest.mark.parametrize(
    ("error", "attempt", "message"),
    [
        (ValueError, lambda: made(rounds=0), "1 or more"),
        (ValueError, lambda: made(labels_per_round=0), "1 or more"),
        (ValueError, lambda: made(seed_labels=0), "seed set"),
        (
            ValueError,
            lambda: synthesise(
                list(DATA.values()),
                truth("blobs", 2),
                seeds=range(4),
                seed_labels=4,
                labels_per_round=1,
                rounds=1,
            ),
            "all of one size",
        ),
        (ValueError, lambda: _gradients_of("logistic")(), "need a network"),
        (RuntimeError, lambda: _gradients_of("mlp")(), "call fit"),
    ],
)
def test_what_cannot_be_is_refused(error, attempt, message) -> None:
    with pytest.raises(error, match=message):
        attempt()
