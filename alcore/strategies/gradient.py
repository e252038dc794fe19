"""Gradients of the loss that a label would give, in closed form: expected gradient length, and BADGE."""

from collections.abc import Sequence

import numpy as np
from array_api_compat import array_namespace, device

from alcore.strategies.arrays import Array, check_features, check_k, check_measurable, check_probs
from alcore.strategies.batch import Batch

# Points are taken in slices so that no temporary exceeds this many numbers; small enough to stay in a cache.
GRADIENTS_AT_A_TIME = 500_000


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
    inputs_N = _squared_lengths(features_N_D, probs_N_C.dtype) + int(bias)
    return xp.sum(probs_N_C * xp.sqrt(_squared_errors(probs_N_C)), axis=1) * xp.sqrt(inputs_N)


def expected_gradient_length_mlp(
    probs_N_C: Array, activations: Sequence[Array], weights: Sequence[Array], *, bias: bool = True
) -> Array:
    """Expected length of the gradient with respect to every layer of a chain of dense ReLU layers.

    The gradient of layer l for label y is d_l a_{l-1}', so its squared length is |d_l|^2 (|a_{l-1}|^2 + 1);
    d is p - e_y at the top and (W' d) where the unit is on, below. All labels of a slice of points at once:
    time O(N C (H_1 H_2 + H_2 H_3 + ...)), where the topmost product falls to O(N C H); memory O(N C). With one
    hidden layer all of it is matrix products.

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
    # With more hidden layers than one the gradients of all labels are held.
    step = max(1, GRADIENTS_AT_A_TIME // (widest if len(weights) == 1 else classes * widest))
    scores_N = xp.empty(n, dtype=dtype, device=device(probs_N_C))
    inputs = [_squared_lengths(one, dtype) + int(bias) for one in activations]
    for start in range(0, n, step):
        rows = slice(start, start + step)
        squared_S_C = _squared_errors(probs_N_C[rows]) * inputs[-1][rows, None]
        d_S_C_H = None
        for layer in range(len(weights) - 1, -1, -1):
            on_S_H = xp.astype(activations[layer + 1][rows] > 0, dtype)
            if len(weights) == 1:
                squared_S_C += _squared_errors_through(probs_N_C[rows], weights[0], on_S_H) * inputs[0][rows, None]
                break
            first = d_S_C_H is None
            d_S_C_H = _errors_through(probs_N_C[rows], weights[layer]) if first else d_S_C_H @ weights[layer]
            d_S_C_H = d_S_C_H * on_S_H[:, None, :]
            squared_S_C = squared_S_C + xp.sum(d_S_C_H * d_S_C_H, axis=2) * inputs[layer][rows, None]
        scores_N[rows] = xp.sum(probs_N_C[rows] * xp.sqrt(squared_S_C), axis=1)
    return scores_N


def badge(probs_N_C: Array, features_N_D: Array, k: int, *, rng: np.random.Generator) -> Batch:
    """Sample a batch by k-means++ seeding on the gradients of the predicted labels.

    The gradient embedding of a point is (p - e) h', where e is its predicted class and h enters the softmax
    layer. As in the authors' code, the first pick is the longest embedding and every further one is drawn
    with probability proportional to the squared distance to the nearest pick. Inner products factorise,
    <a h', b g'> = <a, b><h, g>, so nothing larger than the arguments is kept: time O(N k (C + D)), memory
    O(N C). No point is picked twice, nor a copy of a picked one while any other point is left; where all that
    is left coincides with picks, the lowest index is next.

    Args:
        probs_N_C: class probabilities, one row a point; each row sums to 1.
        features_N_D: what enters the softmax layer.
        k: labels to ask for; more than there are points means all of them.
        rng: draws one number a pick after the first.

    Returns:
        The batch; scores are the distance of each pick to the nearest pick before it, for the first the
        length of its embedding.

    Raises:
        ValueError: if a row is not a distribution, a feature is not finite, lengths differ, or k < 1.

    Source: Ash, Zhang, Krishnamurthy, Langford & Agarwal (2020); Arthur & Vassilvitskii (2007).
    """
    probs_N_C = check_probs(probs_N_C)
    features_N_D = check_features(features_N_D)
    _check_rows(probs_N_C, features_N_D, "features_N_D")
    n = probs_N_C.shape[0]
    k = check_k(k, n)
    xp = array_namespace(features_N_D)
    embeddings = _Embeddings(_predicted_error(xp.astype(probs_N_C, features_N_D.dtype)), features_N_D)
    open_N = xp.ones(n, dtype=xp.bool, device=device(features_N_D))
    squared_N = embeddings.squared_N
    picks: list[int] = []
    scores: list[float] = []
    for number in range(k):
        pick = _drawn(squared_N, open_N, float(rng.random())) if number else int(xp.argmax(squared_N))
        picks.append(pick)
        scores.append(float(squared_N[pick]) ** 0.5)
        open_N[pick] = False
        away_N = embeddings.squared_distances(pick)
        squared_N = xp.minimum(squared_N, away_N) if number else away_N
    return Batch(np.asarray(picks, dtype=np.int64), np.asarray(scores))


def _predicted_error(probs_N_C: Array) -> Array:
    """(p - e) for the predicted class, whose entry is minus the sum of the others: exact near 1."""
    xp = array_namespace(probs_N_C)
    rows_N = xp.arange(probs_N_C.shape[0], device=device(probs_N_C))
    top_N = xp.argmax(probs_N_C, axis=1)
    error_N_C = xp.asarray(probs_N_C, copy=True)
    error_N_C[rows_N, top_N] = 0
    error_N_C[rows_N, top_N] = -xp.sum(error_N_C, axis=1)
    return error_N_C


def _squared_lengths(x_N_D: Array, dtype: object) -> Array:
    """|x|^2 of every row in the given precision, without a second copy of x."""
    xp = array_namespace(x_N_D)
    n, dimensions = x_N_D.shape
    lengths_N = xp.empty(n, dtype=dtype, device=device(x_N_D))
    step = max(1, GRADIENTS_AT_A_TIME // max(1, dimensions))
    for start in range(0, n, step):
        some_S_D = xp.astype(x_N_D[start : start + step], dtype)
        lengths_N[start : start + step] = xp.linalg.vector_norm(some_S_D, axis=1) ** 2
    return lengths_N


def _squared_errors(probs_N_C: Array) -> Array:
    """|p - e_y|^2 for every label y; exact also where p_y is nearly 1."""
    xp = array_namespace(probs_N_C)
    squares_N_C = probs_N_C * probs_N_C
    others_N_C = 1 - probs_N_C
    # At most 1/2 of the mass is on a class that is not on top, so nothing cancels there.
    errors_N_C = xp.clip(xp.sum(squares_N_C, axis=1)[:, None] - squares_N_C, 0, None) + others_N_C * others_N_C
    top_N_C = _predicted_error(probs_N_C)
    rows_N = xp.arange(probs_N_C.shape[0], device=device(probs_N_C))
    errors_N_C[rows_N, xp.argmax(probs_N_C, axis=1)] = xp.sum(top_N_C * top_N_C, axis=1)
    return errors_N_C


def _errors_through(probs_N_C: Array, weight_C_H: Array) -> Array:
    """W' (p - e_y) for every label y, (N, C, H); exact also where p_y is nearly 1."""
    xp = array_namespace(probs_N_C)
    errors_N_C_H = (probs_N_C @ weight_C_H)[:, None, :] - weight_C_H[None, :, :]
    rows_N = xp.arange(probs_N_C.shape[0], device=device(probs_N_C))
    errors_N_C_H[rows_N, xp.argmax(probs_N_C, axis=1)] = _predicted_error(probs_N_C) @ weight_C_H
    return errors_N_C_H


def _squared_errors_through(probs_N_C: Array, weight_C_H: Array, on_N_H: Array) -> Array:
    """|W' (p - e_y)|^2 over the units that are on, (N, C), for every label y; exact also where p_y is nearly 1.

    For the predicted class t it is the squared length of d = W' (p - e_t), for others that of d + W_t - W_y. By
    products of matrices, where `_errors_through` makes (N, C, H) numbers.
    """
    xp = array_namespace(probs_N_C)
    d_N_H = (_predicted_error(probs_N_C) @ weight_C_H) * on_N_H
    inner_N_C = d_N_H @ weight_C_H.T
    top_N = xp.argmax(probs_N_C, axis=1)
    # Points of one predicted class lie together.
    order_N = xp.argsort(top_N)
    on_N_H, places = on_N_H[order_N], xp.searchsorted(top_N[order_N], xp.arange(probs_N_C.shape[1] + 1))
    apart_N_C = xp.empty_like(probs_N_C)
    for t in range(probs_N_C.shape[1]):
        start, end = int(places[t]), int(places[t + 1])
        if start < end:
            apart_C_H = weight_C_H[t] - weight_C_H
            apart_N_C[order_N[start:end]] = on_N_H[start:end] @ (apart_C_H * apart_C_H).T
    along_N_C = xp.take_along_axis(inner_N_C, top_N[:, None], axis=1) - inner_N_C
    return xp.clip(xp.sum(d_N_H * d_N_H, axis=1)[:, None] + 2 * along_N_C + apart_N_C, 0, None)


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


def _drawn(weights_N: Array, open_N: Array, u: float) -> int:
    """The point at share u of the total weight; the lowest open index where no weight is left."""
    xp = array_namespace(weights_N)
    weights_N = xp.where(open_N, xp.astype(weights_N, xp.float64), 0)
    total_N = xp.cumulative_sum(weights_N)
    if not float(total_N[-1]) > 0:
        return int(xp.argmax(xp.astype(open_N, xp.int8)))
    at = xp.asarray([u * float(total_N[-1])], dtype=xp.float64, device=device(weights_N))
    pick = min(int(xp.searchsorted(total_N, at, side="right")[0]), weights_N.shape[0] - 1)
    # Rounding of the sums may point just beyond the last point with weight.
    return pick if float(weights_N[pick]) > 0 else int(xp.argmax(weights_N))


class _Embeddings:
    """Gradient embeddings a h' as their two factors."""

    def __init__(self, error_N_C: Array, features_N_D: Array) -> None:
        self.xp = array_namespace(features_N_D)
        self.error_N_C = error_N_C
        self.features_N_D = features_N_D
        dtype = features_N_D.dtype
        with np.errstate(over="ignore", invalid="ignore"):
            self.squared_N = _squared_lengths(error_N_C, dtype) * _squared_lengths(features_N_D, dtype)
        check_measurable(self.squared_N)
        numbers = error_N_C.shape[1] + features_N_D.shape[1]
        # What rounding can make of a squared distance, relative to the lengths.
        self.rounding = 8 * numbers * float(self.xp.finfo(dtype).eps)

    def squared_distances(self, row: int) -> Array:
        """Squared distances (N,) to one embedding; exact where rounding could matter, so copies are at 0."""
        xp = self.xp
        inner_N = (self.error_N_C @ self.error_N_C[row]) * (self.features_N_D @ self.features_N_D[row])
        lengths_N = self.squared_N + self.squared_N[row]
        squared_N = lengths_N - 2 * inner_N
        close = xp.nonzero(squared_N <= self.rounding * lengths_N)[0]
        squared_N[close] = self._exact(close, row)
        return squared_N

    def _exact(self, rows: Array, row: int) -> Array:
        """By a h' - b g' = a (h - g)' + (a - b) g', whose terms vanish where the factors agree."""
        xp = self.xp
        a_S_C, h_S_D = self.error_N_C[rows], self.features_N_D[rows]
        b_C, g_D = self.error_N_C[row], self.features_N_D[row]
        moved_S_C, moved_S_D = a_S_C - b_C, h_S_D - g_D
        squared_S = (
            xp.sum(a_S_C * a_S_C, axis=1) * xp.sum(moved_S_D * moved_S_D, axis=1)
            + xp.sum(moved_S_C * moved_S_C, axis=1) * xp.sum(g_D * g_D)
            + 2 * xp.sum(a_S_C * moved_S_C, axis=1) * xp.sum(moved_S_D * g_D, axis=1)
        )
        return xp.clip(squared_S, 0, None)
