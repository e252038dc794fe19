"""Expected gradient lengths of networks against one backward pass a point and class."""

import pytest
import torch
from torch import nn

from alcore.learners.torch.architectures import cnn, mlp
from alcore.learners.torch.gradients import expected_gradient_lengths


@pytest.mark.parametrize("build", [mlp, cnn])
def test_agrees_with_autograd(build) -> None:
    torch.manual_seed(0)
    network = build((1, 8, 8), 4).double().eval()
    x = torch.rand(5, 1, 8, 8, dtype=torch.float64)
    expected = []
    for point in x:
        probs = network(point[None]).softmax(1)[0].detach()
        length = 0.0
        for label in range(4):
            network.zero_grad()
            nn.functional.cross_entropy(network(point[None]), torch.tensor([label])).backward()
            squared = sum(float((p.grad**2).sum()) for p in network.parameters() if p.grad is not None)
            length += float(probs[label]) * squared**0.5
        expected.append(length)
    found = expected_gradient_lengths(network, x)
    assert found.tolist() == pytest.approx(expected, rel=1e-5)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    network = mlp((1, 8, 8), 3).eval()
    x = torch.rand(7, 1, 8, 8)
    whole = expected_gradient_lengths(network, x)
    monkeypatch.setattr("alcore.learners.torch.gradients.JACOBIAN_ENTRIES_AT_A_TIME", 1)
    ticks: list[int] = []
    torch.testing.assert_close(expected_gradient_lengths(network, x, tick=lambda: ticks.append(1)), whole)
    assert len(ticks) == 7
