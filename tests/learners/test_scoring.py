"""Scoring within the memory there is: chunks that fit, and what happens when they do not."""

import pytest
import torch
from torch import nn

from alcore.datasets.bundled import digits
from alcore.learners.registry import make_learner
from alcore.learners.torch.architectures import Classifier, mlp
from alcore.learners.torch.learner import NetworkLearner
from alcore.learners.torch.scoring import (
    MaxPool2x2,
    OutOfMemory,
    ScoringMode,
    fitting_chunk,
    in_chunks,
    point_bytes,
    scoring_copy,
)
from alcore.rng import rng_for

DATA = digits()


def test_the_chunk_is_halved_until_it_fits() -> None:
    sizes = []

    def compute(x_N: torch.Tensor) -> torch.Tensor:
        sizes.append(len(x_N))
        if len(x_N) > 7:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return x_N * 2

    x = torch.arange(50)
    results, chunk = in_chunks(x, 32, compute)
    assert chunk == 4 and sizes[:4] == [32, 16, 8, 4]
    assert torch.equal(torch.cat(results), x * 2)

    def never(x_N: torch.Tensor) -> torch.Tensor:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(OutOfMemory, match="memory ran out on a single point"):
        in_chunks(x, 32, never)


def test_a_learner_short_of_memory_scores_the_same_in_smaller_chunks(monkeypatch) -> None:
    learner = make_learner("mlp", classes=10, seed=0, device="cpu")
    assert isinstance(learner, NetworkLearner)
    x = learner.prepare(DATA.x_pool)
    learner.fit(x[:200], DATA.y_pool[:200], rng=rng_for(1))
    expected = learner.predict_probs(x)
    assert isinstance(learner.scorer, Classifier) and learner.mode is not None
    assert learner.mode.chunk == 512
    first = learner.scorer.body[0].forward

    def short(x_N: torch.Tensor) -> torch.Tensor:
        if len(x_N) > 300:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return first(x_N)

    monkeypatch.setattr(learner.scorer.body[0], "forward", short)
    assert torch.allclose(learner.predict_probs(x), expected, atol=1e-6)
    assert learner.mode.chunk == 256


def test_the_chunk_fits_its_share_of_memory() -> None:
    net = mlp((1, 28, 28), 10)
    # The flattened image, the hidden layer before and after ReLU, the logits, and the image itself.
    needed = point_bytes(net, torch.device("cpu"), (1, 28, 28))
    assert needed == 4 * (784 + 128 + 128 + 10 + 784)
    for free in (10**4, 10**6, 10**8):
        chunk = fitting_chunk(free, needed)
        assert chunk == 1 or chunk * needed <= free / 4 < 2 * chunk * needed
    assert fitting_chunk(10**12, needed) == 2**16 and fitting_chunk(0, needed) == 1


@pytest.mark.parametrize(
    ("pool", "side", "replaced"),
    [
        (nn.MaxPool2d(2), 6, True),
        (nn.MaxPool2d((2, 2), (2, 2)), 6, True),
        (nn.MaxPool2d(3), 4, False),
        (nn.MaxPool2d(2, stride=1), 11, False),
        (nn.MaxPool2d(2, padding=1), 7, False),
        (nn.MaxPool2d(2, ceil_mode=True), 6, False),
        (nn.AdaptiveMaxPool2d(5), 5, False),
    ],
)
def test_a_body_of_other_settings_is_the_same_function_in_channels_last(pool, side, replaced) -> None:
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), pool, nn.Flatten(), nn.Linear(4 * side * side, 7))
    network = Classifier(body, 7, 3).eval()
    scorer = scoring_copy(network, ScoringMode("test", torch.float32, channels_last=True, chunk=8))
    assert isinstance(scorer, Classifier) and isinstance(scorer.body[2], MaxPool2x2) == replaced
    x = torch.rand(5, 1, 12, 12)
    with torch.no_grad():
        torch.testing.assert_close(scorer(x), network(x), rtol=1e-5, atol=1e-6)
