"""Any torch module as a learner: its own outputs, its own embedding, every strategy or a sentence."""

import json
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from alcore.learners.torch.dropout import HeldDropout, fixed_masks, with_held_dropout
from alcore.learners.torch.module import ModuleLearner, TorchLearner
from alcore.loops.session import Session
from alcore.points import channels_first
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.gradient import badge, expected_gradient_length
from tests.learners.modules import (
    CLASSES,
    Dropping,
    FullyConvolutional,
    ResNet,
    Table,
    Viewing,
    images,
    table,
)

X, Y = images()
PLACED = torch.from_numpy(X)[:, None].float() / 255


def made(module: Any, *, classes: int = CLASSES, seed: int = 0, **options: Any) -> ModuleLearner:
    options = {"epochs": 2, "device": "cpu", **options}
    learner = TorchLearner(module, **options).make_learner(classes=classes, seed=seed)
    assert isinstance(learner, ModuleLearner)
    return learner


def fitted(module: Any, x: Any = X, y: Any = Y, rows: int = 33, **options: Any) -> tuple[ModuleLearner, torch.Tensor]:
    learner = made(module, **options)
    placed = learner.prepare(x)
    assert np.isfinite(learner.fit(placed[:rows], y[:rows], rng=rng_for(0, "train")))
    return learner, placed


def trained(learner: ModuleLearner) -> Any:
    """The module as it is after the fit, evaluating."""
    network: Any = learner.network
    return network.module.eval()


@torch.no_grad()
def logits(module: nn.Module, x: torch.Tensor) -> torch.Tensor:
    return module(x)


@pytest.mark.parametrize("build", [ResNet, Viewing, FullyConvolutional, Dropping])
def test_probabilities_are_the_softmax_of_the_module(build: Any) -> None:
    learner, x = fitted(build)
    expected = logits(trained(learner), PLACED).softmax(dim=1)
    torch.testing.assert_close(learner.predict_probs(x), expected, atol=1e-5, rtol=1e-4)
    features, probs = learner.features_and_probs(x)
    torch.testing.assert_close(probs, expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(features, learner.features(x))


def test_embeddings_are_what_a_forward_pass_by_hand_gives() -> None:
    learner, x = fitted(ResNet)
    with torch.no_grad():
        torch.testing.assert_close(learner.features(x), trained(learner).embed(PLACED), atol=1e-5, rtol=1e-4)
    convolutional, x = fitted(FullyConvolutional)
    with torch.no_grad():
        by_hand = trained(convolutional).body(PLACED).mean(dim=(2, 3))
    torch.testing.assert_close(convolutional.features(x), by_hand, atol=1e-5, rtol=1e-4)
    named, x = fitted(ResNet, features="stem")
    with torch.no_grad():
        by_hand = trained(named).stem(PLACED).flatten(1)
    torch.testing.assert_close(named.features(x), by_hand, atol=1e-5, rtol=1e-4)
    own, x = fitted(ResNet, features=_means)
    torch.testing.assert_close(own.features(x), PLACED.mean(dim=(2, 3)))


class Averaging(nn.Module):
    """The mean of a dense layer over a sequence: its output is not that of the layer."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.last = nn.GRU(3, 6, batch_first=True), nn.Linear(6, CLASSES)

    def forward(self, x_N: torch.Tensor) -> torch.Tensor:
        return self.last(self.body(x_N)[0]).mean(dim=1)


def test_embeddings_of_sequences_are_averaged_over_their_length() -> None:
    learner, x = fitted(lambda classes: Averaging(), np.random.default_rng(0).normal(size=(60, 5, 3)))
    with torch.no_grad():
        by_hand = trained(learner).body(x)[0].mean(dim=1)
    torch.testing.assert_close(learner.features(x), by_hand, atol=1e-5, rtol=1e-4)
    assert learner.capabilities == frozenset() and learner.layers(x) is None
    with pytest.raises(ValueError, match="does not end in a dense layer"):
        learner.gradient_lengths(x)


def test_images_are_laid_out_as_the_module_takes_them() -> None:
    assert fitted(ResNet)[0].record["scoring"] == "float32, channels last"
    assert fitted(Viewing)[0].record["scoring"] == "float32"
    assert fitted(Viewing)[0].record["training"] == "float32"


def _means(module: nn.Module, x_N: torch.Tensor) -> torch.Tensor:
    return x_N.mean(dim=(2, 3))


def test_it_learns_what_the_labels_say() -> None:
    for module, x, y in ((ResNet, X, Y), (Table, *table())):
        learner, placed = fitted(module, x, y, epochs=40, learning_rate=0.01)
        held_out = learner.predict_probs(placed)[33:].argmax(dim=1).numpy()
        assert np.mean(held_out == y[33:]) > 0.8


@pytest.mark.parametrize("build", [ResNet, FullyConvolutional, Dropping])
@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_every_strategy_gives_a_batch_or_a_sentence(build: Any, strategy: str) -> None:
    learner = made(build, epochs=1)
    few: dict[str, Any] = {"samples": 2} if "probs_N_K_C" in STRATEGIES[strategy].needs else {}

    def start() -> Session:
        return Session(X[:24], learner, strategy, seed=0, classes=CLASSES, candidates=8, **few)

    if build is FullyConvolutional and strategy in ("egl", "badge"):
        with pytest.raises(ValueError, match=f"{STRATEGIES[strategy].label} needs .*does not end in a dense layer"):
            start()
        return
    session = start()
    session.tell(range(6), Y[:6])
    asked = session.ask(3)
    assert len(np.unique(asked)) == 3 and set(asked.tolist()) <= set(range(6, 24))


@pytest.mark.parametrize("bias", [True, False])
def test_gradients_of_the_last_layer_are_those_of_autograd(bias: bool) -> None:
    x, y = table()
    learner, placed = fitted(Table(bias=bias), x, y)
    module, rows = trained(learner), placed[:7]
    probs_N_C, features_N_D = learner.predict_probs(rows).numpy(), learner.features(rows).numpy()
    expected, embeddings = [], []
    for row, probs in zip(rows, probs_N_C, strict=True):
        length = 0.0
        for label in range(CLASSES):
            module.zero_grad()
            nn.functional.cross_entropy(module(row[None]), torch.tensor([label])).backward()
            parts = [part.grad for part in module.head.parameters()]
            length += float(probs[label]) * sum(float(part.square().sum()) for part in parts) ** 0.5
            if label == probs.argmax():
                embeddings.append(module.head.weight.grad.flatten().clone())
        expected.append(length)
    np.testing.assert_allclose(learner.gradient_lengths(rows).numpy(), expected, rtol=1e-4)
    layers = learner.layers(rows)
    assert (layers is not None) == bias
    if layers is not None:
        closed = expected_gradient_length(probs_N_C, layers[0][0].numpy())
        np.testing.assert_allclose(closed, expected, rtol=1e-4)
    # Their distances are those that BADGE draws by.
    batch = badge(probs_N_C, features_N_D, 2, rng=rng_for(1))
    first, second = (embeddings[row] for row in batch.indices)
    lengths = torch.stack(embeddings).norm(dim=1)
    assert batch.indices[0] == int(lengths.argmax())
    np.testing.assert_allclose(batch.scores, [float(first.norm()), float((first - second).norm())], rtol=1e-4)


def test_dropout_masks_are_fixed_over_all_points_of_a_sample() -> None:
    learner, x = fitted(Dropping)
    whole = learner.sample_probs(x, None, rng=rng_for(1))
    assert whole.shape == (60, 20, CLASSES)
    assert made(Dropping, samples=7).dropout_samples == 7
    # Points scored alone, in chunks of another size or in another order are seen by the same functions.
    four = learner.sample_probs(x, 4, rng=rng_for(1))
    torch.testing.assert_close(four, whole[:, :4])
    torch.testing.assert_close(learner.sample_probs(x[40:47], 4, rng=rng_for(1)), four[40:47], atol=1e-5, rtol=1e-4)
    reverse = np.arange(59, -1, -1)
    torch.testing.assert_close(learner.sample_probs(x[reverse], 4, rng=rng_for(1)), four[reverse], atol=1e-5, rtol=1e-4)
    twins = learner.sample_probs(x[[5, 5]], 4, rng=rng_for(1))
    assert torch.equal(twins[0], twins[1])
    assert float(whole.std(dim=1).max()) > 0.01
    assert torch.equal(learner.predict_probs(x), learner.predict_probs(x))


@pytest.mark.parametrize(
    ("layer", "shape", "mask"),
    [
        (nn.Dropout(0.5), (4, 6), (1, 4, 6)),
        (nn.Dropout1d(0.5), (40, 6), (1, 40, 1)),
        (nn.Dropout2d(0.5), (40, 3, 3), (1, 40, 1, 1)),
        (nn.Dropout3d(0.5), (40, 2, 2, 2), (1, 40, 1, 1, 1)),
        (nn.AlphaDropout(0.5), (60,), (1, 60)),
        (nn.FeatureAlphaDropout(0.5), (40, 2, 2), (1, 40, 1, 1)),
    ],
)
def test_a_held_mask_is_a_mask_of_the_layer(layer: Any, shape: tuple[int, ...], mask: tuple[int, ...]) -> None:
    x_N = torch.rand(3, *shape, generator=torch.Generator().manual_seed(0)) + 1
    (held,) = with_held_dropout(nn.Sequential(layer)).children()
    assert isinstance(held, HeldDropout)
    with fixed_masks(held, 5):
        held.begin_pass(3)
        found_N = held(x_N)
        assert held.masks[0].shape == mask and 0.2 < float(held.masks[0].mean()) < 0.8
        kept_N = (held.masks[0] == 1).expand(x_N.shape)
    assert torch.equal(held(x_N), x_N)
    # Where torch's own layer, training, keeps or drops a unit, it makes the same of it.
    layer.train()
    torch.manual_seed(0)
    given_N = layer(x_N)
    if isinstance(layer, nn.AlphaDropout | nn.FeatureAlphaDropout):
        dropped = float(given_N.min())
        up, over = np.polyfit(x_N[given_N > dropped + 1e-6].numpy(), given_N[given_N > dropped + 1e-6].numpy(), 1)
        torch.testing.assert_close(found_N[kept_N], up * x_N[kept_N] + over, atol=1e-4, rtol=1e-4, check_dtype=False)
        torch.testing.assert_close(found_N[~kept_N], torch.full_like(found_N[~kept_N], dropped))
    else:
        torch.testing.assert_close(found_N[kept_N], 2 * x_N[kept_N])
        assert not found_N[~kept_N].any() and set((given_N / x_N).unique().round().tolist()) == {0.0, 2.0}


def test_without_dropout_samples_are_a_bootstrap_committee() -> None:
    learner, x = fitted(ResNet)
    samples = learner.sample_probs(x, None, rng=rng_for(2))
    assert samples.shape == (60, 5, CLASSES) and float(samples.std(dim=1).max()) > 0.01
    torch.testing.assert_close(samples.sum(dim=2), torch.ones(60, 5))
    assert torch.equal(fitted(ResNet)[0].sample_probs(x, 5, rng=rng_for(2)), samples)


def test_outputs_beyond_the_classes_are_masked() -> None:
    module = Table(classes=6)
    x, y = table()
    learner, placed = fitted(module, x, y)
    now = trained(learner)
    expected = logits(now, placed)[:, :CLASSES].softmax(dim=1)
    torch.testing.assert_close(learner.predict_probs(placed), expected, atol=1e-6, rtol=1e-5)
    # Masked outputs have no loss: nothing has moved their weights.
    assert torch.equal(now.head.weight[CLASSES:], module.head.weight[CLASSES:])
    assert not torch.equal(now.head.weight[:CLASSES], module.head.weight[:CLASSES])


def test_the_seed_decides_all_and_given_weights_are_the_start_of_every_round() -> None:
    def probs(seed: int, module: Any) -> np.ndarray:
        return fitted(module, seed=seed)[0].predict_probs(PLACED).numpy()

    np.testing.assert_array_equal(probs(0, ResNet), probs(0, ResNet))
    assert not np.array_equal(probs(0, ResNet), probs(1, ResNet))
    torch.manual_seed(3)
    given = Dropping()
    before = {name: weights.clone() for name, weights in given.state_dict().items()}
    state = torch.get_rng_state()
    np.testing.assert_array_equal(probs(0, given), probs(1, given))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(weights, before[name]) for name, weights in given.state_dict().items())
    still, _ = fitted(given, learning_rate=1e-30)
    torch.testing.assert_close(still.predict_probs(PLACED), logits(given.eval(), PLACED).softmax(dim=1))


def test_a_warm_start_goes_on_and_forgets_when_it_is_to() -> None:
    losses = {}
    for warm_start in (True, False):
        learner = made(ResNet, warm_start=warm_start)
        assert learner.goes_on == warm_start
        x = learner.prepare(X)
        losses[warm_start] = [learner.fit(x, Y, rng=rng_for(0)) for _ in range(3)]
        learner.forget()
        losses[warm_start].append(learner.fit(x, Y, rng=rng_for(0)))
    assert losses[True][0] > losses[True][1] > losses[True][2]
    assert set(losses[False]) == {losses[True][0]} and losses[True][3] == losses[True][0]


@pytest.mark.parametrize("warm_start", [True, False])
def test_it_can_be_pickled_and_goes_on_alike(warm_start: bool) -> None:
    learner, x = fitted(ResNet, warm_start=warm_start)
    again = pickle.loads(pickle.dumps(learner))
    assert torch.equal(again.predict_probs(x), learner.predict_probs(x))
    losses = [one.fit(x[:40], Y[:40], rng=rng_for(3)) for one in (learner, again)]
    assert losses[0] == losses[1] and torch.equal(again.predict_probs(x), learner.predict_probs(x))


def test_a_session_with_a_module_is_redone_from_its_history() -> None:
    def session() -> Session:
        return Session(X, made(Dropping, warm_start=True), "bald", seed=0, classes=CLASSES, samples=3)

    first = session()
    first.tell(range(6), Y[:6])
    for _ in range(2):
        asked = first.ask(3)
        first.tell(asked, Y[asked])
    restored = session()
    restored.restore(json.loads(json.dumps(first.history)))
    np.testing.assert_array_equal(restored.ask(4), first.ask(4))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(first)).ask(4), first.ask(4))


@pytest.mark.parametrize(("rows", "batch_size"), [(33, 16), (17, 8), (1, 8), (5, 1)])
def test_batch_norm_is_never_given_a_single_point(rows: int, batch_size: int) -> None:
    x, y = table()
    learner, placed = fitted(Table, x, y, rows=rows, batch_size=batch_size)
    assert torch.isfinite(learner.predict_probs(placed)).all()


@pytest.mark.parametrize(
    ("x", "shape"),
    [
        (np.zeros((5, 9, 7), np.uint8), (5, 1, 9, 7)),
        (np.zeros((5, 9, 7, 3), np.uint8), (5, 3, 9, 7)),
        (np.zeros((5, 4, 7, 9), np.uint8), (5, 4, 7, 9)),
        (np.zeros((5, 4, 4, 1), np.uint8), (5, 1, 4, 4)),
        (np.zeros((5, 3, 4, 4), np.uint8), (5, 3, 4, 4)),
        (np.zeros((5, 9, 7, 3), np.float32), (5, 3, 9, 7)),
        (np.zeros((5, 2, 2, 9, 7), np.uint8), (5, 2, 2, 9, 7)),
        (np.zeros((5, 3), np.uint8), (5, 3)),
    ],
)
def test_images_are_placed_channels_first(x: np.ndarray, shape: tuple[int, ...]) -> None:
    placed = channels_first(x)
    assert placed.shape == shape
    assert channels_first(placed).shape == shape


def test_numbers_with_a_fraction_are_placed_as_they_are() -> None:
    learner = made(lambda classes: nn.Sequential(nn.Flatten(), nn.Linear(9 * 7 * 3, classes)))
    assert learner.prepare(np.zeros((5, 9, 7, 3), np.float32)).shape == (5, 9, 7, 3)
    assert learner.prepare(np.zeros((5, 9, 7, 3), np.uint8)).shape == (5, 3, 9, 7)


def test_colours_arrive_where_the_module_expects_them() -> None:
    colour_N = np.random.default_rng(0).integers(0, 255, (60, 9, 9, 3), dtype=np.uint8)
    learner, x = fitted(lambda classes: ResNet(classes, channels=3), colour_N)
    by_hand = torch.from_numpy(colour_N.transpose(0, 3, 1, 2).astype(np.float32) / 255)
    expected = logits(trained(learner), by_hand).softmax(dim=1)
    torch.testing.assert_close(learner.predict_probs(x), expected, atol=1e-5, rtol=1e-4)
    augmented, _ = fitted(lambda classes: ResNet(classes, channels=3), colour_N, augment=True)
    assert not torch.equal(augmented.predict_probs(x), learner.predict_probs(x))


def test_inputs_are_standardised_by_the_scale() -> None:
    mean, deviation = [0.5, 1.0, 0.0, 2.0], [2.0, 1.0, 4.0, 0.5]
    x, y = table()
    learner, placed = fitted(Table(), x, y, scale=(mean, deviation))
    standard = torch.from_numpy(((x - mean) / deviation).astype(np.float32))
    expected = logits(trained(learner), standard).softmax(dim=1)
    torch.testing.assert_close(learner.predict_probs(placed), expected, atol=1e-5, rtol=1e-4)


def test_badge_takes_chosen_features_only_where_they_enter_the_last_layer() -> None:
    x, y = table()
    Session(x, made(Table, features="body"), "badge", seed=0, classes=CLASSES)
    Session(x, made(Table, features="body.0"), "k_center", seed=0, classes=CLASSES)
    Session(x, made(Table, features="body.0"), "egl", seed=0, classes=CLASSES)
    with pytest.raises(ValueError, match="BADGE needs .* are not what enters its last dense layer"):
        Session(x, made(Table, features="body.0"), "badge", seed=0, classes=CLASSES)
    learner, placed = fitted(Table, x, y, features="body.0")
    plain, _ = fitted(Table, x, y)
    torch.testing.assert_close(learner.gradient_lengths(placed), plain.gradient_lengths(placed))


class Transformer(nn.Module):
    """A sequence model, whose layers torch fuses in evaluation."""

    def __init__(self, batch_first: bool = True) -> None:
        super().__init__()
        self.batch_first = batch_first
        layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.3, batch_first=batch_first)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(8, CLASSES)

    def forward(self, x_N: torch.Tensor) -> torch.Tensor:
        if self.batch_first:
            return self.head(self.encoder(x_N).mean(dim=1))
        return self.head(self.encoder(x_N.transpose(0, 1)).mean(dim=0))


def test_dropout_in_a_fused_layer_is_sampled() -> None:
    x_N = np.random.default_rng(0).normal(size=(60, 5, 8))
    learner, x = fitted(lambda classes: Transformer(), x_N)
    four = learner.sample_probs(x, 4, rng=rng_for(1))
    assert float(four.std(dim=1).max()) > 0.001
    torch.testing.assert_close(learner.sample_probs(x[3:9], 4, rng=rng_for(1)), four[3:9], atol=1e-5, rtol=1e-4)
    seq_first, x = fitted(lambda classes: Transformer(batch_first=False), x_N)
    with pytest.raises(ValueError, match="use batch_first=True"):
        seq_first.sample_probs(x[:7], 2, rng=rng_for(1))


def test_settings_are_json_and_say_what_was_chosen() -> None:
    learner = TorchLearner(ResNet, epochs=3, features=_means, scale=(0.1, [0.2]), name="Mine")
    settings = learner.settings()
    assert json.loads(json.dumps(settings)) == settings
    assert settings["module"] == "ResNet" and settings["features"] == "_means" and settings["epochs"] == 3
    assert made(ResNet(), name=None).title == "ResNet" and learner.make_learner(classes=2, seed=0).title == "Mine"
    assert TorchLearner(ResNet(), epochs=4).settings() != TorchLearner(ResNet()).settings()


@pytest.mark.parametrize(
    ("module", "options", "sentence"),
    [
        (3, {}, "must be a torch.nn.Module or a function"),
        (ResNet, {"epochs": 0}, "must be 1 or more"),
        (ResNet, {"samples": 1}, "samples must be 2 or more"),
        (ResNet, {"features": 7}, "features must be the name of a submodule or a function"),
        (ResNet, {"features": "stam"}, "choose one of stem, blocks"),
        (ResNet, {"features": lambda module, x: x}, "features must give a tensor"),
        (ResNet, {"scale": 3}, "scale must be a mean and a standard deviation"),
        (ResNet, {"scale": (0, 0)}, "standard deviation above 0"),
        (ResNet, {"scale": ([0, 0], [1, 1])}, "one for each of 1 channels"),
        (lambda classes: classes, {}, "must make a torch.nn.Module"),
        (lambda classes: nn.Sequential(nn.Flatten(), nn.Linear(81, 2)), {}, "2 outputs and there are 3 classes"),
        (lambda classes: nn.Conv2d(1, 3, 3), {}, "must return logits.*it returned shape"),
        (nn.Sequential(nn.Flatten(), nn.Linear(81, 3)).requires_grad_(False), {}, "no weights that can be trained"),
        (lambda classes: nn.Linear(7, 3), {}, r"Linear does not take points of shape \(1, 9, 9\)"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(module: Any, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        made(module, **options).prepare(X)


class Auxiliary(Table):
    """Returns more than logits while it trains."""

    def forward(self, x_N: torch.Tensor) -> Any:
        logits_N_C = super().forward(x_N)
        return (logits_N_C, logits_N_C) if self.training else logits_N_C


def test_a_module_that_returns_more_while_it_trains_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="Auxiliary must return logits, a tensor, in training.* it returned tuple"):
        fitted(Auxiliary, *table())


def test_layers_whose_sizes_come_with_the_first_points() -> None:
    lazy = nn.Sequential(nn.Flatten(), nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(CLASSES))
    learner, x = fitted(lazy)
    assert learner.features(x).shape == (60, 8) and learner.predict_probs(x).shape == (60, CLASSES)
    np.testing.assert_array_equal(fitted(lazy)[0].predict_probs(x), learner.predict_probs(x))


def test_points_of_any_form() -> None:
    for module, x_N in (
        (nn.Sequential(nn.Conv1d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(12, CLASSES)), (60, 2, 5)),
        (nn.Sequential(nn.Conv3d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4, CLASSES)), (60, 1, 3, 3, 3)),
        (nn.Linear(4, CLASSES), (60, 4)),
    ):
        learner, x = fitted(module, np.random.default_rng(0).normal(size=x_N))
        expected = logits(trained(learner), x).softmax(dim=1)
        torch.testing.assert_close(learner.predict_probs(x), expected, atol=1e-5, rtol=1e-4)


def test_only_images_are_augmented() -> None:
    with pytest.raises(ValueError, match="only images can be augmented"):
        fitted(Table, *table(), augment=True)
