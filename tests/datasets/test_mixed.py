"""Faster arithmetic learns and says what the plain one does: bfloat16, another layout, another device."""

import copy

import pytest
import torch

from alcore.datasets.bundled import digits
from alcore.learners.registry import make_learner
from alcore.learners.torch.architectures import cnn, dropout_cnn
from alcore.learners.torch.dropout import fixed_masks
from alcore.learners.torch.learner import NetworkLearner
from alcore.learners.torch.scoring import ScoringMode, scoring_copy
from alcore.rng import rng_for

DATA = digits()


def made(name: str, device: str) -> NetworkLearner:
    learner = make_learner(name, classes=10, seed=0, device=device, epochs=10)
    assert isinstance(learner, NetworkLearner)
    return learner


@pytest.mark.parametrize("build", [cnn, dropout_cnn])
def test_images_flattened_as_they_lie_give_the_same_logits(build) -> None:
    network = build((1, 21, 24), 10).eval()
    before = copy.deepcopy(network.state_dict())
    scorer = scoring_copy(network, ScoringMode("test", torch.float32, channels_last=True, chunk=8))
    x = torch.rand(5, 1, 21, 24, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(scorer(x.to(memory_format=torch.channels_last)), network(x))
        plain = scoring_copy(network, ScoringMode("plain", torch.float32, channels_last=False, chunk=8))
        with fixed_masks(plain, 3):
            held = plain(x)
        with fixed_masks(scorer, 3):
            torch.testing.assert_close(scorer(x.to(memory_format=torch.channels_last)), held)
    assert all(torch.equal(part, before[name]) for name, part in network.state_dict().items())


def test_mixed_precision_learns_what_the_plain_path_learns(monkeypatch) -> None:
    def trained(fast: bool) -> tuple[float, torch.Tensor]:
        monkeypatch.setattr("alcore.learners.torch.training.has_fast_bfloat16", lambda: fast)
        learner = made("cnn", "cpu")
        loss = learner.fit(learner.prepare(DATA.x_pool[:500]), DATA.y_pool[:500], rng=rng_for(1))
        assert learner.network is not None
        assert all(part.dtype == torch.float32 for part in learner.network.parameters())
        return loss, learner.predict_probs(learner.prepare(DATA.x_test))

    (fast_loss, fast), (plain_loss, plain) = trained(True), trained(False)
    assert fast_loss == pytest.approx(plain_loss, rel=0.03)
    assert float((fast - plain).abs().mean()) < 0.01
    assert torch.equal(trained(True)[1], fast)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU at hand")
def test_a_gpu_learns_what_the_processor_learns() -> None:
    found = {}
    for device in ("cpu", "cuda"):
        learner = made("cnn", device)
        x = learner.prepare(DATA.x_pool)
        loss = learner.fit(x[:500], DATA.y_pool[:500], rng=rng_for(1))
        found[device] = loss, learner.predict_probs(x).cpu()
    assert found["cuda"][0] == pytest.approx(found["cpu"][0], rel=0.03)
    assert float((found["cuda"][1] - found["cpu"][1]).abs().mean()) < 0.01
