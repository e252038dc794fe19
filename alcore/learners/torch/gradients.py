"""Expected gradient lengths of any network, by per-sample Jacobians."""

from collections.abc import Callable

from alcore.extras import optional_imports

with optional_imports():
    import torch
    from torch import Tensor, nn
    from torch.func import functional_call, jacrev, vmap


# A Jacobian holds a number for each class and parameter; chunks of points stay within so many numbers.
JACOBIAN_ENTRIES_AT_A_TIME = 50_000_000


def expected_gradient_lengths(network: nn.Module, x_N: Tensor, *, tick: Callable[[], None] = lambda: None) -> Tensor:
    """sum_y p(y) |gradient of the cross-entropy for label y| over all parameters of a network.

    The gradient for label y is J'(p - e_y), where J is the Jacobian of the logits: with G = J J' its squared
    length is (p - e_y)' G (p - e_y), so one Jacobian serves all labels. Time: C backward passes a point;
    memory: C numbers a parameter for each point of a chunk.

    Args:
        network: maps float inputs to logits.
        x_N: inputs as the network takes them, on its device.
        tick: called once a chunk.

    Returns:
        scores_N, float32 on the device.

    Source: Settles, Craven & Ray (2008), over every parameter.
    """
    parameters = {name: value.detach() for name, value in network.named_parameters()}
    numbers = sum(value.numel() for value in parameters.values())

    def logits(parameters: dict[str, Tensor], x: Tensor) -> Tensor:
        return functional_call(network, parameters, (x[None],))[0]

    with torch.no_grad():
        classes = network(x_N[:1]).shape[1]
    step = max(1, JACOBIAN_ENTRIES_AT_A_TIME // (numbers * classes))
    scores = []
    for chunk in x_N.split(step):
        tick()
        jacobian = vmap(jacrev(logits), in_dims=(None, 0))(parameters, chunk)
        gram_N_C_C = sum(rows @ rows.mT for rows in (part.flatten(2) for part in jacobian.values()))
        with torch.no_grad():
            probs_N_C = network(chunk).softmax(dim=1)
        errors_N_C_C = probs_N_C[:, None, :] - torch.eye(classes, device=x_N.device)
        squared_N_C = ((errors_N_C_C @ gram_N_C_C) * errors_N_C_C).sum(dim=2)
        scores.append((probs_N_C * squared_N_C.clamp(min=0).sqrt()).sum(dim=1))
    return torch.cat(scores)
