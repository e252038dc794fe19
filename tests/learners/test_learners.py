"""Learners: scikit-learn wrapped faithfully, networks as the presets say, fast scoring that says the same."""

from collections import Counter

import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from torch import nn

from alcore.datasets.bundled import digits
from alcore.learners.registry import LEARNERS, make_learner
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.learners.torch.architectures import cnn, mlp
from alcore.learners.torch.dropout import fixed_masks
from alcore.learners.torch.learner import NetworkLearner
from alcore.learners.torch.scoring import ScoringMode, scoring_copy
from alcore.rng import rng_for


@pytest.fixture(scope="module")
def data():
    return digits()


def rng() -> np.random.Generator:
    return rng_for(0, "train", 0)


def test_logistic_is_scikit_learns(data) -> None:
    learner = make_learner("logistic", classes=10, seed=0)
    x, y = learner.prepare(data.x_pool[:300]), data.y_pool[:300]
    learner.fit(x, y, rng=rng())
    direct = LogisticRegression(max_iter=2000).fit(x, y)
    np.testing.assert_allclose(learner.predict_probs(x), direct.predict_proba(x))


def test_any_classifier_with_probabilities_and_unseen_classes(data) -> None:
    learner = ClassifierLearner(RandomForestClassifier(n_estimators=20), 10)
    x = learner.prepare(data.x_pool)
    rows = np.flatnonzero(np.isin(data.y_pool, [3, 7]))[:60]
    loss = learner.fit(x[rows], data.y_pool[rows], rng=rng())
    probs = learner.predict_probs(x[:50])
    assert np.isfinite(loss)
    assert set(np.flatnonzero(probs.sum(axis=0))) == {3, 7}
    np.testing.assert_allclose(probs.sum(axis=1), 1)
    with pytest.raises(ValueError, match="LinearSVC has no predict_proba"):
        ClassifierLearner(LinearSVC(), 10)


def test_one_class_seen_is_certain(data) -> None:
    learner = make_learner("logistic", classes=10, seed=0)
    x = learner.prepare(data.x_pool[:5])
    assert learner.fit(x, np.full(5, 4), rng=rng()) == 0
    np.testing.assert_array_equal(learner.predict_probs(x), np.eye(10)[[4] * 5])


def test_networks_are_the_published_ones() -> None:
    net = cnn((1, 28, 28), 10)
    layers = [layer for layer in net.modules() if isinstance(layer, nn.Conv2d | nn.Linear | nn.MaxPool2d)]
    assert [tuple(p.shape) for layer in layers for p in layer.parameters()][::2] == [
        (32, 1, 3, 3),
        (64, 32, 3, 3),
        (128, 64 * 12 * 12),
        (10, 128),
    ]
    assert net(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert sum(p.numel() for p in mlp((1, 28, 28), 10).parameters()) == 784 * 128 + 128 + 128 * 10 + 10
    with pytest.raises(ValueError, match="needs images"):
        cnn((10,), 2)


@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_networks_learn_and_repeat_themselves(data, name) -> None:
    def run(seed: int) -> tuple[NetworkLearner, float, np.ndarray]:
        learner = make_learner(name, classes=10, seed=seed, epochs=15)
        assert isinstance(learner, NetworkLearner)
        x = learner.prepare(data.x_pool)
        loss = learner.fit(x[:500], data.y_pool[:500], rng=rng())
        return learner, loss, learner.predict_probs(learner.prepare(data.x_test)).numpy()

    learner, loss, probs = run(0)
    assert np.mean(probs.argmax(axis=1) == data.y_test) > 0.8
    assert loss < 1
    np.testing.assert_array_equal(run(0)[2], probs)
    assert not np.array_equal(run(1)[2], probs)
    assert learner.features(learner.prepare(data.x_test)).shape == (len(data.x_test), 128)


def test_first_weights_depend_on_the_seed_alone_and_leave_the_global_stream(data) -> None:
    def start() -> torch.Tensor:
        learner = make_learner("mlp", classes=10, seed=5, epochs=1, learning_rate=0.0)
        assert isinstance(learner, NetworkLearner)
        learner.fit(learner.prepare(data.x_pool[:64]), data.y_pool[:64], rng=rng())
        assert learner.network is not None
        return learner.network.head.weight.detach().clone()

    torch.manual_seed(1)
    first, state = start(), torch.get_rng_state()
    torch.manual_seed(1)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    assert torch.equal(start(), first)


def test_carry_on_goes_on_and_retrain_starts_again(data) -> None:
    losses = {}
    for carry_on in (True, False):
        learner = make_learner("mlp", classes=10, seed=0, epochs=2, carry_on=carry_on)
        x, y = learner.prepare(data.x_pool[:200]), data.y_pool[:200]
        losses[carry_on] = [learner.fit(x, y, rng=rng()) for _ in range(3)]
    assert losses[True][0] > losses[True][1] > losses[True][2]
    assert losses[False][0] == losses[False][1] == losses[False][2] == losses[True][0]


def test_features_and_head_make_the_probabilities(data) -> None:
    learner = make_learner("mlp", classes=10, seed=0)
    assert isinstance(learner, NetworkLearner)
    x = learner.prepare(data.x_pool[:100])
    learner.fit(x, data.y_pool[:100], rng=rng())
    assert learner.scorer is not None
    logits = learner.scorer.head(learner.features(x))
    np.testing.assert_allclose(logits.softmax(1).detach().numpy(), learner.predict_probs(x).numpy(), atol=1e-6)


def test_fast_scoring_says_what_plain_scoring_says(data) -> None:
    learner = make_learner("cnn", classes=10, seed=0, epochs=10)
    assert isinstance(learner, NetworkLearner)
    x = learner.prepare(data.x_pool)
    learner.fit(x[:600], data.y_pool[:600], rng=rng())
    assert learner.network is not None
    with torch.no_grad():
        plain = learner.network.eval()(x.float() / 255).softmax(1).numpy()
    for dtype in (torch.float32, torch.bfloat16):
        learner.mode = ScoringMode("test", dtype, channels_last=True, chunk=100)
        learner.scorer = scoring_copy(learner.network, learner.mode)
        fast = learner.predict_probs(x).numpy()
        np.testing.assert_allclose(fast, plain, atol=1e-5 if dtype == torch.float32 else 0.06)
        assert np.mean(fast.argmax(1) == plain.argmax(1)) > 0.99
        np.testing.assert_allclose(fast.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("name", ["logistic", "mlp", "cnn"])
def test_a_tick_can_stop_the_work(data, name) -> None:
    ticks: Counter[str] = Counter()

    class Cancelled(Exception):
        pass

    def tick() -> None:
        ticks["n"] += 1
        if ticks["n"] > 3:
            raise Cancelled

    learner = make_learner(name, classes=10, seed=0, tick=tick)
    x = learner.prepare(data.x_pool)
    with pytest.raises(Cancelled):
        for _ in range(9):
            learner.fit(x[:200], data.y_pool[:200], rng=rng())
            learner.predict_probs(x)


@pytest.fixture(scope="module")
def dropout_learner(data):
    learner = make_learner("dropout_cnn", classes=10, seed=0, epochs=20)
    large = np.kron(data.x_pool, np.ones((2, 2), np.uint8))
    x = learner.prepare(large)
    learner.fit(x[:300], data.y_pool[:300], rng=rng())
    return learner, x


def test_dropout_holds_one_mask_a_sample_over_all_points(dropout_learner) -> None:
    learner, x = dropout_learner
    whole = learner.sample_probs(x[:100], 4, rng=rng_for(1))
    assert whole.shape == (100, 4, 10)
    # Points asked for alone, or in another order, are seen by the same four functions.
    np.testing.assert_allclose(learner.sample_probs(x[40:60], 4, rng=rng_for(1)), whole[40:60], atol=0.02)
    reverse = np.arange(99, -1, -1)
    np.testing.assert_allclose(learner.sample_probs(x[reverse], 4, rng=rng_for(1)), whole[reverse], atol=0.02)
    assert float(whole.std(dim=1).max()) > 0.05
    again = learner.predict_probs(x[:100])
    assert torch.equal(again, learner.predict_probs(x[:100]))


def test_held_masks_are_dropout(dropout_learner) -> None:
    network = dropout_learner[0].scorer
    layer = network.body[-2]
    ones = torch.ones(3, 128)
    layer.begin_pass(3)
    with fixed_masks(network, 7):
        held = layer(ones)
    assert set(held.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(held[0], held[1])
    many = []
    for seed in range(200):
        with fixed_masks(network, seed):
            many.append(float(layer(ones).mean()))
    assert abs(np.mean(many) - 1) < 0.03
    network.eval()
    assert torch.equal(layer(ones), ones)


@pytest.mark.parametrize("name", ["logistic", "mlp"])
def test_a_committee_is_reproducible_and_disagrees(data, name) -> None:
    def samples() -> np.ndarray:
        learner = make_learner(name, classes=10, seed=0, epochs=60)
        x = learner.prepare(data.x_pool[:200])
        learner.fit(x[:60], data.y_pool[:60], rng=rng())
        return np.asarray(learner.sample_probs(x, 5, rng=rng_for(2)))

    first = samples()
    assert first.shape == (200, 5, 10)
    np.testing.assert_allclose(first.sum(axis=2), 1, atol=1e-5)
    np.testing.assert_array_equal(samples(), first)
    assert first.std(axis=1).max() > 0.05


def test_every_learner_describes_itself() -> None:
    assert all(spec.name == name and spec.label and spec.description.endswith(".") for name, spec in LEARNERS.items())


def test_unknown_learner_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="unknown learner 'svm': choose one of logistic, logistic_fourier, knn"):
        make_learner("svm", classes=2, seed=0)
