"""Expected gradient length of every layer of an MLP: from activations against one backward pass per class."""

import numpy as np
import torch

from alcore.strategies.gradient import expected_gradient_length_mlp
from tests.benchmarks.measure import Result, compare

POINTS = 10_000
BY_BACKWARD = 200


def run() -> list[Result]:
    """784-128-10 on 10,000 points; the published way is measured on 200 and multiplied by 50."""
    torch.manual_seed(0)
    x = torch.rand(POINTS, 784)
    hidden = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU())
    head = torch.nn.Linear(128, 10)
    parameters = [*hidden.parameters(), *head.parameters()]
    scores: dict[str, np.ndarray] = {}

    def published() -> None:
        found = []
        for point in x[:BY_BACKWARD]:
            log_probs = head(hidden(point)).log_softmax(0)
            score = 0.0
            for y in range(10):
                grads = torch.autograd.grad(-log_probs[y], parameters, retain_graph=True)
                length = torch.cat([g.flatten() for g in grads]).norm()
                score += float(log_probs[y].detach().exp() * length)
            found.append(score)
        scores["published"] = np.array(found)

    @torch.no_grad()
    def ours() -> None:
        inner = hidden(x)
        probs = head(inner).softmax(1)
        scores["ours"] = expected_gradient_length_mlp(probs, [x, inner], [head.weight]).numpy()

    work = f"expected gradient length, all layers of 784-128-10, {POINTS:,} points with their forward pass"
    times = POINTS // BY_BACKWARD
    work += f"; the published way measured on {BY_BACKWARD} and multiplied by {times}"
    result = compare(work, published, ours, times=times)
    gap = np.abs(scores["ours"][:BY_BACKWARD] / scores["published"] - 1).max()
    if gap > 1e-5:
        raise AssertionError(f"the two ways differ by {gap}")
    result["largest_relative_difference"] = float(gap)
    return [result]
