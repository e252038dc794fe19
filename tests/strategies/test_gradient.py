"""Expected gradient lengths against torch's backward pass, one point and class at a time."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from alcore.strategies import gradient
from alcore.strategies.gradient import expected_gradient_length, expected_gradient_length_mlp


def chain(sizes: list[int], *, bias: bool = True, seed: int = 0, scale: float = 1.0) -> nn.Sequential:
    """Dense layers with ReLU between them; a larger scale makes a more certain model."""
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [nn.Linear(inputs, outputs, bias=bias), nn.ReLU()]
    model = nn.Sequential(*layers[:-1]).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(scale)
    return model


def by_autograd(model: nn.Sequential, x: torch.Tensor) -> np.ndarray:
    """One backward pass per point and class, over all parameters."""
    scores = []
    for point in x:
        log_probs = model(point).log_softmax(0)
        score = 0.0
        for y in range(len(log_probs)):
            grads = torch.autograd.grad(-log_probs[y], list(model.parameters()), retain_graph=True)
            score += float(log_probs[y].detach().exp() * sum((g**2).sum() for g in grads) ** 0.5)
        scores.append(score)
    return np.array(scores)


@torch.no_grad()
def forward(model: nn.Sequential, x: torch.Tensor) -> tuple[torch.Tensor, list, list]:
    """Probabilities, what enters each layer, and the weights of every layer but the first."""
    entering, value = [], x
    for layer in model:
        if isinstance(layer, nn.Linear):
            entering.append(value)
        value = layer(value)
    weights = [layer.weight.detach() for layer in model if isinstance(layer, nn.Linear)]
    return value.softmax(1), entering, weights[1:]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("scale", [1.0, 20.0])
def test_softmax_layer_agrees_with_autograd(bias, scale) -> None:
    model = chain([6, 4], bias=bias, scale=scale)
    x = torch.randn(30, 6, dtype=torch.float64)
    probs = forward(model, x)[0].numpy()
    scores = expected_gradient_length(probs, x.numpy(), bias=bias)
    np.testing.assert_allclose(scores, by_autograd(model, x), rtol=1e-5)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("sizes", [[5, 7, 3], [5, 8, 6, 4], [3, 9, 7, 8, 2]])
@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_every_layer_agrees_with_autograd(bias, sizes, scale) -> None:
    model = chain(sizes, bias=bias, scale=scale)
    x = torch.randn(25, sizes[0], dtype=torch.float64)
    probs, entering, weights = forward(model, x)
    expected = by_autograd(model, x)
    on_torch = expected_gradient_length_mlp(probs, entering, weights, bias=bias)
    assert isinstance(on_torch, torch.Tensor)
    np.testing.assert_allclose(on_torch.numpy(), expected, rtol=1e-5)
    arrays = [a.numpy() for a in entering], [w.numpy() for w in weights]
    np.testing.assert_allclose(expected_gradient_length_mlp(probs.numpy(), *arrays, bias=bias), expected, rtol=1e-5)


def test_float32_keeps_five_digits_also_where_the_model_is_certain() -> None:
    model = chain([5, 16, 3], scale=5.0)
    x = 3 * torch.randn(200, 5, dtype=torch.float64)
    exact = by_autograd(model, x)
    known = exact > 1e-9  # below, the backward pass itself loses 1 - p
    assert (exact[known] < 1e-4).any()
    probs, entering, weights = forward(model.float(), x.float())
    # Only the arithmetic is on trial: the probabilities are those of double precision, rounded.
    probs = forward(model.double(), x)[0].float()
    scores = expected_gradient_length_mlp(probs, entering, weights)
    assert scores.dtype == torch.float32
    np.testing.assert_allclose(scores.numpy()[known], exact[known], rtol=1e-5)


def test_known_answers() -> None:
    for probs, expected in (([0.5, 0.5], 1.581139), ([0.2, 0.5, 0.3], 1.724374)):
        score = expected_gradient_length(np.array([probs]), np.array([[1.0, 2.0]]), bias=False)
        np.testing.assert_allclose(score, expected, atol=5e-7)
    # One layer is a chain without hidden layers.
    only = expected_gradient_length_mlp(np.array([[0.5, 0.5]]), [np.array([[1.0, 2.0]])], [])
    np.testing.assert_allclose(only, np.sqrt(0.5 * 6), atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_and_single_class_pools_score_zero(dtype) -> None:
    certain, x = np.eye(3, dtype=dtype), np.ones((3, 2), dtype)
    weights = np.arange(6, dtype=dtype).reshape(3, 2)
    np.testing.assert_array_equal(expected_gradient_length(certain, x), np.zeros(3, dtype))
    np.testing.assert_array_equal(expected_gradient_length_mlp(certain, [x, x], [weights]), np.zeros(3, dtype))
    one = np.ones((3, 1), dtype)
    np.testing.assert_array_equal(expected_gradient_length(one, x), np.zeros(3, dtype))
    nearly = np.array([[1, 1e-9], [1, 1e-8]], dtype)
    slow, fast = expected_gradient_length(nearly, x[:2])
    assert 0 < slow < fast


def test_slices_change_nothing_and_neither_do_the_callers_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    probs, entering, weights = forward(chain([5, 7, 3]), torch.randn(40, 5, dtype=torch.float64))
    arrays = [probs.numpy(), *(a.numpy() for a in entering), *(w.numpy() for w in weights)]
    before = [a.copy() for a in arrays]
    whole = expected_gradient_length_mlp(arrays[0], arrays[1:3], arrays[3:])
    monkeypatch.setattr(gradient, "GRADIENTS_AT_A_TIME", 100)
    np.testing.assert_allclose(expected_gradient_length_mlp(arrays[0], arrays[1:3], arrays[3:]), whole, rtol=1e-13)
    for now, then in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(now, then)


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), classes=st.integers(1, 5))
def test_permuting_points_classes_and_units_permutes_the_scores(seed, classes) -> None:
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.full(classes, 0.4), size=9)
    x, hidden = rng.normal(size=(9, 3)), np.maximum(rng.normal(size=(9, 4)), 0)
    weights = rng.normal(size=(classes, 4))
    points, labels, units = rng.permutation(9), rng.permutation(classes), rng.permutation(4)
    scores = expected_gradient_length_mlp(probs, [x, hidden], [weights])
    moved = expected_gradient_length_mlp(
        probs[points][:, labels], [x[points], hidden[points][:, units]], [weights[labels][:, units]]
    )
    np.testing.assert_allclose(moved, scores[points], rtol=1e-9, atol=1e-12)
    head = expected_gradient_length(probs, hidden)
    assert (head <= scores + 1e-12).all()
    np.testing.assert_allclose(
        expected_gradient_length(probs[points][:, labels], hidden[points]),
        head[points],
        rtol=1e-9,
        atol=1e-12,
    )


P, X = np.full((2, 2), 0.5), np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: expected_gradient_length(np.ones((2, 2)), X), "row 0"),
        (lambda: expected_gradient_length(P, X[:1]), "one row a point"),
        (lambda: expected_gradient_length(P, np.full((2, 2), np.nan)), "finite"),
        (lambda: expected_gradient_length_mlp(P, [], []), "0 activations"),
        (lambda: expected_gradient_length_mlp(P, [X, X], []), "2 activations and 0 weights"),
        (lambda: expected_gradient_length_mlp(P, [X, X[:1]], [np.ones((2, 3))]), r"activations\[1\]"),
        (lambda: expected_gradient_length_mlp(P, [X, X], [np.ones((3, 2))]), r"weights\[0\]"),
    ],
)
def test_bad_input_is_named(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call()
