"""Networks trained together are those trained alone."""

from typing import Any

import numpy as np
import pytest
import torch

from alcore.datasets.bundled import digits
from alcore.learners.registry import make_learner
from alcore.learners.torch import stacked
from alcore.learners.torch.learner import NetworkLearner
from alcore.learners.torch.stacked import fit_stacked, stackable
from alcore.rng import rng_for

DATA = digits()
TRIALS = 3


def learners(name: str, **options: Any) -> list[NetworkLearner]:
    made = []
    for seed in range(TRIALS):
        learner = make_learner(name, classes=10, seed=seed, device="cpu", **options)
        assert isinstance(learner, NetworkLearner)
        made.append(learner)
    return made


def weights(learner: NetworkLearner) -> torch.Tensor:
    assert learner.network is not None
    return torch.cat([part.detach().flatten() for part in learner.network.parameters()])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("mlp", {"epochs": 2}),
        ("cnn", {"epochs": 2}),
        ("cnn", {"epochs": 1, "augment": True, "smoothing": 0.1}),
        ("mlp", {"steps": 5, "shrink": 0.6, "widths": "20-10"}),
        ("mlp", {"epochs": 2, "carry_on": False}),
    ],
)
def test_trained_together_as_trained_alone(name, options, monkeypatch) -> None:
    monkeypatch.setattr("alcore.learners.torch.training.has_fast_bfloat16", lambda: False)
    together, alone = learners(name, **options), learners(name, **options)
    x = together[0].prepare(DATA.x_pool)
    test = together[0].prepare(DATA.x_test)
    for number, points in enumerate((70, 90)):
        rows = [rng_for(seed, "rows").permutation(len(x))[:points] for seed in range(TRIALS)]
        x_T, y_T = [x[part] for part in rows], [DATA.y_pool[part] for part in rows]
        assert stackable(together, x_T)
        losses = fit_stacked(together, x_T, y_T, rngs=[rng_for(seed, number) for seed in range(TRIALS)])
        for seed in range(TRIALS):
            loss = alone[seed].fit(x_T[seed], y_T[seed], rng=rng_for(seed, number))
            assert losses[seed] == pytest.approx(loss, rel=1e-4)
            torch.testing.assert_close(weights(together[seed]), weights(alone[seed]), atol=2e-4, rtol=1e-3)
            torch.testing.assert_close(
                together[seed].predict_probs(test), alone[seed].predict_probs(test), atol=0.01, rtol=0
            )
    assert not torch.allclose(weights(together[0]), weights(together[1]), atol=1e-2)
    # What is carried on goes on alone, or together again.
    state = together[0].state()["optimiser"]["state"][0]
    torch.testing.assert_close(state["exp_avg"], alone[0].state()["optimiser"]["state"][0]["exp_avg"])


def test_in_mixed_precision_they_are_nearly_the_same(monkeypatch) -> None:
    def predicted(fast: bool) -> list[torch.Tensor]:
        monkeypatch.setattr("alcore.learners.torch.training.has_fast_bfloat16", lambda: fast)
        together = learners("cnn", epochs=8)
        x = together[0].prepare(DATA.x_pool[:300])
        fit_stacked(together, [x] * 3, [DATA.y_pool[:300]] * 3, rngs=[rng_for(seed) for seed in range(3)])
        test = together[0].prepare(DATA.x_test)
        expected = "bfloat16 products, float32 weights" if fast else "float32"
        assert all(learner.record["training"] == expected for learner in together)
        return [learner.predict_probs(test) for learner in together]

    for fast, plain in zip(predicted(True), predicted(False), strict=True):
        assert float((fast.argmax(dim=1) == plain.argmax(dim=1)).float().mean()) > 0.95
        assert float((fast - plain).abs().mean()) < 0.02


@pytest.mark.parametrize(
    ("name", "options", "points"),
    [
        ("mlp", {"converge": True, "epochs": 3}, (70, 70, 70)),
        ("mlp", {"epochs": 2}, (70, 60, 50)),
        ("dropout_cnn", {"epochs": 1}, (20, 20, 20)),
    ],
)
def test_what_takes_other_steps_is_not_stacked(name, options, points) -> None:
    large = np.kron(DATA.x_pool[:70], np.ones((2, 2), np.uint8))
    together = learners(name, **options)
    assert not stackable(together, [together[0].prepare(large)[:count] for count in points])
    assert not stackable(learners("mlp")[:1], [together[0].prepare(large)])


def test_where_the_memory_runs_out_fewer_are_trained_at_once(monkeypatch) -> None:
    whole, halves = learners("mlp"), learners("mlp")
    x = whole[0].prepare(DATA.x_pool[:70])
    streams = [[rng_for(seed) for seed in range(3)] for _ in range(2)]
    expected = fit_stacked(whole, [x] * 3, [DATA.y_pool[:70]] * 3, rngs=streams[0])
    plain, sizes = stacked.stack_module_state, []

    def short(networks: Any) -> Any:
        sizes.append(len(networks))
        if len(networks) > 1:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return plain(networks)

    monkeypatch.setattr(stacked, "stack_module_state", short)
    losses = fit_stacked(halves, [x] * 3, [DATA.y_pool[:70]] * 3, rngs=streams[1])
    assert sizes == [3, 1, 2, 1, 1]
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    for one, other in zip(whole, halves, strict=True):
        torch.testing.assert_close(weights(one), weights(other), atol=1e-5, rtol=1e-4)


def test_a_tick_can_stop_all_of_them() -> None:
    class Stopped(Exception):
        pass

    def tick() -> None:
        raise Stopped

    made = learners("mlp")
    made[1].tick = tick
    x = made[0].prepare(DATA.x_pool[:64])
    with pytest.raises(Stopped):
        fit_stacked(made, [x] * 3, [DATA.y_pool[:64]] * 3, rngs=[rng_for(seed) for seed in range(3)])
