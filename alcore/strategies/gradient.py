"""How much a label would change the model: gradient lengths in closed form, without a backward pass."""

from collections.abc import Sequence

from array_api_compat import array_namespace, device

from alcore.strategies.arrays import Array, check_features, check_probs
from alcore.strategies.badge import badge as badge  # the public place of the gradients' own batch
from alcore.strategies.softmax_layer import GRADIENTS_AT_A_TIME, predicted_error, squared_lengths


def expected_gradient_length(probs_N_C: Array, features_N_D: Array, *, bias: bool = True) -> Array:
    """Expected length of the gradient of the cross-entropy with respect to the softmax layer.

    The gradient for label y is (p - e_y) h', so its length is a product: |p - e_y| |h|, with |h|^2 + 1 in
    place of |h|^2 where the layer has a bias. For softmax regression these are all parameters. Time
    O(N (C + D)), memory O(N C).

    Args:
        probs_N_C: class probabilities, one row a point; each row sums to 1.
        features_N_D: what enters the softmax layer: the points themselves or the last hidden layer.
        bias: whether the layer has a bias, whose gradient counts.

    Returns:
        scores_N, 0 where the model is certain.

    Raises:
        ValueError: if a row is not a distribution, a feature is not finite, or lengths differ.

    Source: Settles, Craven & Ray (2008).
    """
    probs_N_C = check_probs(probs_N_C)
    features_N_D = check_features(features_N_D)
    _check_rows(probs_N_C, features_N_D, "features_N_D")
    xp = array_namespace(probs_N_C)
    inputs_N = squared_lengths(features_N_D, probs_N_C.dtype) + int(bias)
    return xp.sum(probs_N_C * xp.sqrt(_squared_errors(probs_N_C)), axis=1) * xp.sqrt(inputs_N)


def expected_gradient_length_mlp(
    probs_N_C: Array, activations: Sequence[Array], weights: Sequence[Array], *, bias: bool = True
) -> Array:
    """Expected length of the gradient with respect to every layer of a chain of dense ReLU layers.

    The gradient of layer l for label y is d_l a_{l-1}', so its squared length is |d_l|^2 (|a_{l-1}|^2 + 1);
    d is p - e_y at the top and (W' d) where the unit is on, below. All labels of a slice of points at once:
    time O(N C (H_1 H_2 + H_2 H_3 + ...)), where the topmost product falls to O(N C H); memory O(N C).

    Args:
        probs_N_C: class probabilities, one row a point; each row sums to 1.
        activations: what enters each layer, first to last: the inputs (N, D), then every hidden layer after
            its ReLU (N, H).
        weights: the weights (outputs, inputs) of every layer but the first, whose own are not needed:
            one fewer than activations; the last has C rows.
        bias: whether the layers have biases, whose gradients count.

    Returns:
        scores_N, 0 where the model is certain. A unit at exactly 0 is off, as in torch.

    Raises:
        ValueError: if a row is not a distribution, an activation is not finite, or shapes do not fit.

    Source: Settles, Craven & Ray (2008), every layer.
    """
    probs_N_C = check_probs(probs_N_C)
    _check_chain(probs_N_C, activations, weights)
    xp = array_namespace(probs_N_C)
    dtype = probs_N_C.dtype
    weights = [xp.astype(weight, dtype) for weight in weights]
    n, classes = probs_N_C.shape
    widest = max([classes, *(weight.shape[1] for weight in weights)])
    step = max(1, GRADIENTS_AT_A_TIME // (classes * widest))
    scores_N = xp.empty(n, dtype=dtype, device=device(probs_N_C))
    inputs = [squared_lengths(one, dtype) + int(bias) for one in activations]
    for start in range(0, n, step):
        rows = slice(start, start + step)
        squared_S_C = _squared_errors(probs_N_C[rows]) * inputs[-1][rows, None]
        d_S_C_H = None
        for layer in range(len(weights) - 1, -1, -1):
            on_S_H = xp.astype(activations[layer + 1][rows] > 0, dtype)
            first = d_S_C_H is None
            d_S_C_H = _errors_through(probs_N_C[rows], weights[layer]) if first else d_S_C_H @ weights[layer]
            d_S_C_H = d_S_C_H * on_S_H[:, None, :]
            squared_S_C = squared_S_C + xp.sum(d_S_C_H * d_S_C_H, axis=2) * inputs[layer][rows, None]
        scores_N[rows] = xp.sum(probs_N_C[rows] * xp.sqrt(squared_S_C), axis=1)
    return scores_N


def _squared_errors(probs_N_C: Array) -> Array:
    """|p - e_y|^2 for every label y; exact also where p_y is nearly 1."""
    xp = array_namespace(probs_N_C)
    squares_N_C = probs_N_C * probs_N_C
    others_N_C = 1 - probs_N_C
    # At most 1/2 of the mass is on a class that is not on top, so nothing cancels there.
    errors_N_C = xp.clip(xp.sum(squares_N_C, axis=1)[:, None] - squares_N_C, 0, None) + others_N_C * others_N_C
    top_N_C = predicted_error(probs_N_C)
    rows_N = xp.arange(probs_N_C.shape[0], device=device(probs_N_C))
    errors_N_C[rows_N, xp.argmax(probs_N_C, axis=1)] = xp.sum(top_N_C * top_N_C, axis=1)
    return errors_N_C


def _errors_through(probs_N_C: Array, weight_C_H: Array) -> Array:
    """W' (p - e_y) for every label y, (N, C, H); exact also where p_y is nearly 1."""
    xp = array_namespace(probs_N_C)
    errors_N_C_H = (probs_N_C @ weight_C_H)[:, None, :] - weight_C_H[None, :, :]
    rows_N = xp.arange(probs_N_C.shape[0], device=device(probs_N_C))
    errors_N_C_H[rows_N, xp.argmax(probs_N_C, axis=1)] = predicted_error(probs_N_C) @ weight_C_H
    return errors_N_C_H


def _check_rows(probs_N_C: Array, x_N_D: Array, name: str) -> None:
    if x_N_D.shape[0] != probs_N_C.shape[0]:
        raise ValueError(
            f"probs_N_C and {name} must have one row a point, got {probs_N_C.shape[0]} and {x_N_D.shape[0]}"
        )


def _check_chain(probs_N_C: Array, activations: Sequence[Array], weights: Sequence[Array]) -> None:
    if len(activations) == 0 or len(weights) != len(activations) - 1:
        raise ValueError(
            "activations must be the inputs of every layer and weights those of every layer but the first, "
            f"got {len(activations)} activations and {len(weights)} weights"
        )
    for number, one in enumerate(activations):
        check_features(one)
        _check_rows(probs_N_C, one, f"activations[{number}]")
    outputs = [*(one.shape[1] for one in activations[2:]), probs_N_C.shape[1]]
    for number, weight in enumerate(weights):
        expected = (outputs[number], activations[number + 1].shape[1])
        if tuple(weight.shape) != expected:
            raise ValueError(f"weights[{number}] must be outputs x inputs {expected}, got {tuple(weight.shape)}")
