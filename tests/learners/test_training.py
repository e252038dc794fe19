"""How networks are trained: each option does what it says, and none of them moves the default."""

from dataclasses import fields

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from torch import nn

from alcore.datasets.bundled import digits
from alcore.learners.options import Training, hidden_widths
from alcore.learners.registry import make_learner
from alcore.learners.torch.architectures import mlp
from alcore.learners.torch.learner import NetworkLearner
from alcore.learners.torch.training import loss_has_settled, passes, random_affine, shrink_and_perturb, train
from alcore.rng import rng_for
from alcore.runs.config import ConfigError, RunConfig, config_from
from alcore.runs.presets import PRESETS
from alcore.strategies.gradient import expected_gradient_length_mlp

DATA = digits()


def network_learner(name: str = "mlp", **options) -> NetworkLearner:
    learner = make_learner(name, classes=10, seed=0, device="cpu", **options)
    assert isinstance(learner, NetworkLearner)
    return learner


def fitted(name: str = "mlp", rows: int = 200, **options) -> tuple[NetworkLearner, float]:
    learner = network_learner(name, **options)
    x = learner.prepare(DATA.x_pool[:rows])
    return learner, learner.fit(x, DATA.y_pool[:rows], rng=rng_for(1))


def weights(learner: NetworkLearner) -> torch.Tensor:
    assert learner.network is not None
    return torch.cat([part.detach().flatten() for part in learner.network.parameters()])


def test_the_default_is_plain_adam_on_cross_entropy() -> None:
    learner, loss = fitted(epochs=3)
    with torch.random.fork_rng():
        torch.manual_seed(int(rng_for(0, "weights").integers(2**63 - 1)))
        net = nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    adam, rng = torch.optim.Adam(net.parameters(), lr=1e-3), rng_for(1)
    x, y = torch.from_numpy(DATA.x_pool[:200]).float() / 255, torch.from_numpy(DATA.y_pool[:200])
    for _ in range(3):
        total = torch.zeros(())
        for rows in torch.from_numpy(rng.permutation(200)).split(64):
            step = nn.functional.cross_entropy(net(x[rows]), y[rows])
            adam.zero_grad()
            step.backward()
            adam.step()
            total += step.detach() * len(rows)
    assert loss == float(total) / 200
    assert torch.equal(weights(learner), torch.cat([part.detach().flatten() for part in net.parameters()]))


def test_steps_are_counted_and_passes_go_over_all_points() -> None:
    for n, steps in ((200, 7), (200, 4), (10, 5), (64, 3)):
        orders = list(passes(n, Training(steps=steps), rng=rng_for(0)))
        assert sum(-(-len(order) // 64) for order in orders) == steps
        for order in orders[:-1]:
            np.testing.assert_array_equal(np.sort(order), np.arange(n))
        assert len(np.unique(orders[-1])) == len(orders[-1]) > 0
    whole = [order.tolist() for order in passes(200, Training(steps=8), rng=rng_for(0))]
    assert whole == [order.tolist() for order in passes(200, Training(epochs=2), rng=rng_for(0))]


def test_training_stops_once_the_loss_has_settled() -> None:
    assert not loss_has_settled([2.0, 1.0, 0.9]) and loss_has_settled([2.0, 0.009])
    assert loss_has_settled([1.0, 0.995, 0.994, 0.993, 0.992, 0.991])
    assert not loss_has_settled([1.0, 0.99, 0.98, 0.97, 0.96, 0.95])
    ticks: list[None] = []
    learner = network_learner(epochs=1000, converge=True, learning_rate=0.01, tick=lambda: ticks.append(None))
    loss = learner.fit(learner.prepare(DATA.x_pool[:200]), DATA.y_pool[:200], rng=rng_for(1))
    assert loss < 0.01 and len(ticks) < 4 * 200


def test_shrink_and_perturb_is_the_published_formula() -> None:
    net = mlp((64,), 10)
    before = torch.cat([part.detach().flatten() for part in net.parameters()])
    shrink_and_perturb(net, 0.4, rng=rng_for(3))
    noise = torch.cat([part.detach().flatten() for part in net.parameters()]) - 0.4 * before
    assert abs(float(noise.mean())) < 5e-4 and abs(float(noise.std()) - 0.01) < 5e-4
    assert abs(float(torch.corrcoef(torch.stack([noise, before]))[0, 1])) < 0.05


def test_shrinking_is_for_carried_on_weights_alone() -> None:
    shrunk, plain = network_learner(shrink=0.5, epochs=1), network_learner(epochs=1)
    x, y = plain.prepare(DATA.x_pool[:200]), DATA.y_pool[:200]
    for learner in (shrunk, plain):
        learner.fit(x, y, rng=rng_for(1))
    assert torch.equal(weights(shrunk), weights(plain))
    kept = weights(plain)
    for learner in (shrunk, plain):
        learner.fit(x, y, rng=rng_for(2))
    # A few steps of 1e-3 apart from half of what there was, with the noise of 0.01.
    assert float((weights(plain) - kept).abs().max()) < 0.02
    assert 0.4 < float((weights(shrunk) @ kept) / (kept @ kept)) < 0.65
    afresh = [network_learner(shrink=shrink, epochs=1, carry_on=False) for shrink in (0.5, 1.0)]
    for learner in afresh:
        for seed in (1, 2):
            learner.fit(x, y, rng=rng_for(seed))
    assert torch.equal(weights(afresh[0]), weights(afresh[1]))


def test_augmentation_moves_a_little_and_repeats_itself() -> None:
    x = torch.zeros(300, 1, 28, 28, dtype=torch.uint8)
    x[:, :, 10:18, 10:18] = 255
    moved = random_affine(x, rng_for(0))(x)
    assert moved.shape == x.shape and moved.dtype == torch.float32
    assert torch.equal(random_affine(x, rng_for(0))(x), moved)
    assert not torch.equal(random_affine(x, rng_for(1))(x), moved)
    mass = moved.sum(dim=(1, 2, 3))
    assert float(mass.min()) > 64 * 0.75 and float(mass.max()) < 64 * 1.3 and float(mass.std()) > 2
    side = torch.arange(28.0)
    for axis in (2, 3):
        middle = (moved.sum(dim=(1, 5 - axis)) * side).sum(1) / mass
        # At most 7 % of 28 pixels from the middle, and all over that range.
        assert float((middle - 13.5).abs().max()) < 2.4 and 0.8 < float(middle.std()) < 1.5
    with pytest.raises(ValueError, match="only images can be augmented"):
        random_affine(torch.zeros(3, 64), rng_for(0))


@pytest.mark.parametrize("options", [{"augment": True}, {"smoothing": 0.2}])
def test_augmented_and_smoothed_training_learns_and_repeats_itself(options) -> None:
    (learner, loss), (again, same) = (fitted("cnn", 400, epochs=10, **options) for _ in range(2))
    assert loss == same and torch.equal(weights(learner), weights(again))
    assert not torch.equal(weights(learner), weights(fitted("cnn", 400, epochs=10)[0]))
    probs = learner.predict_probs(learner.prepare(DATA.x_test)).numpy()
    assert np.mean(probs.argmax(axis=1) == DATA.y_test) > 0.8


def test_smoothed_labels_are_a_mixture() -> None:
    net, x, y = mlp((4,), 3), torch.randn(8, 4), torch.arange(8) % 3
    still = torch.optim.SGD(net.parameters(), lr=0.0)
    loss = train(net, still, x, y, Training(epochs=1, smoothing=0.3), rng=rng_for(0))
    spread = 0.7 * nn.functional.one_hot(y, 3) + 0.1
    expected = -(spread * net(x).log_softmax(1)).sum(1).mean()
    assert loss == pytest.approx(float(expected.detach()), rel=1e-6)


def test_an_ensemble_sees_all_labels_and_still_disagrees() -> None:
    seen = []

    def samples(committee: str) -> np.ndarray:
        learner, _ = fitted(rows=60, epochs=60, learning_rate=0.01, committee=committee)
        x = learner.prepare(DATA.x_pool[:200])
        probs = learner.sample_probs(x, 4, rng=rng_for(2)).numpy()
        on = [member.fitted_on[0] for member in learner.members if member.fitted_on]
        seen.append([np.unique(x_M.numpy(), axis=0) for x_M in on])
        return probs

    ensemble, bootstrap = samples("ensemble"), samples("bootstrap")
    assert all(len(rows) == 60 for rows in seen[0]) and all(len(rows) < 60 for rows in seen[1])
    np.testing.assert_array_equal(samples("ensemble"), ensemble)
    own = DATA.y_pool[:60]
    assert (ensemble[:60].argmax(axis=2) == own[:, None]).mean() > 0.97
    assert ensemble.std(axis=1).max() > 0.05 and ensemble.std(axis=1).mean() < bootstrap.std(axis=1).mean()


def test_an_ensemble_goes_before_dropout() -> None:
    learner = network_learner("dropout_cnn", epochs=1, committee="ensemble")
    x = learner.prepare(np.kron(DATA.x_pool[:40], np.ones((2, 2), np.uint8)))
    learner.fit(x, DATA.y_pool[:40], rng=rng_for(1))
    assert learner.sample_probs(x[:5], 3, rng=rng_for(2)).shape == (5, 3, 10)
    assert len(learner.members) == 3


def test_the_widths_are_the_layers() -> None:
    learner, _ = fitted(widths="32-16", epochs=20)
    assert learner.title == "mlp"
    assert learner.network is not None
    shapes = [tuple(part.shape) for part in learner.network.parameters()]
    assert shapes == [(32, 64), (32,), (16, 32), (16,), (10, 16), (10,)]
    assert torch.equal(weights(fitted(widths="128")[0]), weights(fitted()[0]))
    x = learner.prepare(DATA.x_pool[:30])
    layers = learner.layers(x)
    assert layers is not None
    closed = expected_gradient_length_mlp(learner.predict_probs(x).numpy(), *_as_numpy(layers))
    np.testing.assert_allclose(closed, learner.gradient_lengths(x).numpy(), rtol=1e-4)


def _as_numpy(layers) -> list[list[np.ndarray]]:
    return [[part.detach().numpy() for part in parts] for parts in layers]


def test_logistic_regression_on_components_is_that_of_scikit_learn() -> None:
    learner = make_learner("logistic", classes=10, seed=0, components=20)
    pool, test = learner.prepare(DATA.x_pool), learner.prepare(DATA.x_test)
    learner.fit(pool[:300], DATA.y_pool[:300], rng=rng_for(1))
    flat = [x.reshape(len(x), -1) / 255.0 for x in (DATA.x_pool, DATA.x_test)]
    pca = PCA(20, svd_solver="full").fit(flat[0])
    direct = LogisticRegression(max_iter=2000).fit(pca.transform(flat[0])[:300], DATA.y_pool[:300])
    expected = direct.predict_proba(pca.transform(flat[1]))
    np.testing.assert_allclose(learner.predict_probs(test), expected, atol=1e-3)
    assert pool.shape == (len(DATA.x_pool), 20) and learner.sample_probs(test, 3, rng=rng_for(2)).shape[1] == 3
    with pytest.raises(ValueError, match="components were 65"):
        make_learner("logistic", classes=10, seed=0, components=65).prepare(DATA.x_pool)


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("cnn", {"widths": "64"}, "widths are those of the learner mlp"),
        ("mlp", {"components": 5}, "components are for the learner logistic"),
        ("logistic", {"committee": "ensemble"}, "choose the committee bootstrap"),
        ("graph", {"augment": True}, "graph takes none"),
        ("mlp", {"widths": "64-0"}, "widths must be"),
        ("mlp", {"widths": "a"}, "widths must be"),
        ("mlp", {"shrink": 1.5}, "shrink must be 0 to 1"),
        ("mlp", {"smoothing": 1.0}, "smoothing 0 to below 1"),
        ("mlp", {"steps": 0}, "steps must be 1 or more"),
        ("mlp", {"steps": 3, "converge": True}, "choose one of them"),
        ("mlp", {"committee": "crowd"}, "bootstrap or ensemble"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(name, options, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        make_learner(name, classes=10, seed=0, **options)


def test_widths_are_read() -> None:
    assert hidden_widths("") == (128,) and hidden_widths("256-128") == (256, 128)


def test_every_option_has_words() -> None:
    for field in fields(Training):
        assert f"        {field.name}: " in str(Training.__doc__)


def test_a_config_trains_as_it_says() -> None:
    used = {
        "learner": "mlp",
        "shrink": 0.4,
        "steps": 70,
        "augment": True,
        "smoothing": 0.1,
        "widths": "64-32",
    }
    config = RunConfig.model_validate({**used, "committee": "ensemble"})
    assert Training(**config.training) == Training(
        epochs=1, shrink=0.4, steps=70, augment=True, smoothing=0.1, widths="64-32", committee="ensemble"
    )
    for words in ("shrunk to 0.4", "70 steps", "moved a little", "smoothed by 0.1", "ensemble", "64-32"):
        assert words in config.title
    assert config.rival.training == config.training | {"committee": "bootstrap"}
    assert len({RunConfig.model_validate({"learner": "mlp", **dict([part])}).run_id for part in used.items()}) == 6
    # The id of a run of before these options were there.
    assert PRESETS["cnn-mnist"].config.run_id == "0b081ab661e1"
    assert "3 components" in RunConfig(learner="logistic", components=3).title


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"widths": "64"}, "widths are those of the learner mlp"),
        ({"steps": 3, "converge": True}, "choose one of them"),
        ({"learner": "mlp", "widths": "x"}, "widths must be"),
        ({"learner": "mlp", "dataset": "blobs", "augment": True}, "which needs images"),
        ({"shrink": 2}, "shrink was 2; expected what carried-on weights are multiplied by"),
        ({"committee": "crowd"}, "expected bootstrap or ensemble"),
    ],
)
def test_a_config_that_cannot_be_trained_is_a_sentence(values, sentence) -> None:
    with pytest.raises(ConfigError, match=sentence):
        config_from(values)
