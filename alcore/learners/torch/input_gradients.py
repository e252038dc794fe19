"""How the uncertainty of a network changes with its input: where to look for the most uncertain input."""

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports
from alcore.learners.base import Learner
from alcore.learners.torch.learner import NetworkLearner

with optional_imports():
    import torch

Floats = NDArray[np.float32]


def entropy_gradients(learner: Learner, x_N: Floats) -> tuple[Floats, Floats]:
    """The entropy of a network's prediction and its gradient with respect to the input, without dropout.

    Args:
        learner: a fitted network.
        x_N: inputs as the network is fed them: pixels in [0, 1], or numbers.

    Returns:
        entropies_N in nats, and gradients of the shape of x_N.

    Raises:
        ValueError: if the learner is not a network.
        RuntimeError: if it has not been fitted.
    """
    if not isinstance(learner, NetworkLearner):
        raise ValueError(f"gradients with respect to the input need a network, not {learner.title}")
    if learner.network is None:
        raise RuntimeError("the network has not been fitted: call fit before asking for gradients")
    network = learner.network.eval()
    inputs = torch.as_tensor(x_N, dtype=torch.float32, device=learner.device).requires_grad_()
    log_probs_N_C = network(inputs).log_softmax(dim=1)
    entropies_N = -(log_probs_N_C.exp() * log_probs_N_C).sum(dim=1)
    # Each entropy depends on its own input alone, so the gradient of the sum holds them all.
    (gradients_N,) = torch.autograd.grad(entropies_N.sum(), inputs)
    return entropies_N.detach().cpu().numpy(), gradients_N.cpu().numpy()
