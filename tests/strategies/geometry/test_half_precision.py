"""Half precision in, the picks and scores of double precision out; large offsets lose no differences."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from alcore.loops.seed_set import seed_indices
from alcore.loops.synthesis.oracles import nearest_rows
from alcore.strategies import (
    Batch,
    arrays,
    badge,
    bait,
    bald,
    batch_information,
    batchbald,
    cluster_margin,
    communities,
    density_weight,
    diverse_seed,
    dropquery,
    entropy,
    epig,
    expected_error_reduction,
    expected_gradient_length,
    fit_temperature,
    galaxy,
    hybrid,
    k_center,
    least_confidence,
    margin,
    max_herding,
    mean_kl,
    mean_std,
    power_batch,
    probcover,
    pseudo_delta,
    ranked_batch,
    top_k,
    typiclust,
    uherding,
    uncertainty_decomposition,
    variation_ratios,
    vote_entropy,
)
from alcore.strategies.arrays import to_numpy

N, C, K, D, M = 200, 4, 6, 5, 8
Arrays = dict[str, Any]


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def given() -> Arrays:
    """Numbers that float16 holds exactly or nearly: what comes in is rounded to it in every precision."""
    draw = np.random.default_rng(1)
    samples = draw.dirichlet(np.ones(C), size=(N, K))
    return {
        "probs": samples.mean(axis=1),
        "samples": samples,
        "x": draw.normal(size=(N, D)),
        "known": draw.normal(size=(M, D)),
        "scores": draw.random(N),
        "logits": 3 * draw.normal(size=(N, C)),
    }


# Every pure function of the catalogue: a batch, scores, or a number.
FUNCTIONS: dict[str, Callable[[Arrays], Any]] = {
    "least_confidence": lambda a: least_confidence(a["probs"]),
    "margin": lambda a: margin(a["probs"]),
    "entropy": lambda a: entropy(a["probs"]),
    "vote_entropy": lambda a: vote_entropy(a["samples"]),
    "mean_kl": lambda a: mean_kl(a["samples"]),
    "bald": lambda a: bald(a["samples"]),
    "mean_std": lambda a: mean_std(a["samples"]),
    "variation_ratios": lambda a: variation_ratios(a["samples"]),
    "epig": lambda a: epig(a["samples"]),
    "epig, targets": lambda a: epig(a["samples"][:9], a["samples"][9:]),
    "entropy_split": lambda a: uncertainty_decomposition(a["samples"]).total_N,
    "batch_information": lambda a: batch_information(a["samples"][:3], rng=rng()).joint,
    "expected_gradient_length": lambda a: expected_gradient_length(a["probs"], a["x"]),
    "density_weight": lambda a: density_weight(a["scores"], a["x"]),
    "expected_error_reduction": lambda a: expected_error_reduction(a["x"][:30], a["known"], np.arange(M) % C, C),
    "fit_temperature": lambda a: fit_temperature(a["logits"], np.arange(N) % C),
    "pseudo_delta": lambda a: pseudo_delta(a["x"], C, rng=rng()),
    "top_k": lambda a: top_k(a["scores"], 20),
    "power_batch": lambda a: power_batch(a["scores"], 20, rng=rng()),
    "batchbald": lambda a: batchbald(a["samples"], 6, rng=rng()),
    "badge": lambda a: badge(a["probs"], a["x"], 20, rng=rng()),
    "k_center": lambda a: k_center(a["x"], a["known"], 20),
    "hybrid": lambda a: hybrid(a["scores"], a["x"], a["known"], 20),
    "hybrid, product": lambda a: hybrid(a["scores"], a["x"], a["known"], 20, combine="product"),
    "ranked_batch": lambda a: ranked_batch(a["scores"], a["x"], a["known"], 20),
    "cluster_margin": lambda a: cluster_margin(a["probs"], a["x"], 12, rng=rng()),
    "typiclust": lambda a: typiclust(a["x"], a["known"], 20, rng=rng()),
    "probcover": lambda a: probcover(a["x"], a["known"], 20, 0.8),
    "galaxy": lambda a: galaxy(a["probs"][30:], a["probs"][:30], np.arange(30) % C, 20),
    "dropquery": lambda a: dropquery(a["x"], a["known"], np.arange(M) % C, 6, rng=rng()),
    "bait": lambda a: bait(a["probs"][9:], a["x"][9:], a["probs"][:9], a["x"][:9], 8),
    "communities": lambda a: communities(a["x"], a["known"], 40),
    "max_herding": lambda a: max_herding(a["x"], a["known"], 20),
    "uherding": lambda a: uherding(a["scores"], a["x"], a["known"], 20),
    "diverse_seed": lambda a: diverse_seed(a["x"], 20, rng=rng()),
}
DTYPES = ["float16", "torch float16", "torch bfloat16"]


def in_half(arrays: Arrays, dtype: str) -> Arrays:
    if dtype == "float16":
        return {name: value.astype(np.float16) for name, value in arrays.items()}
    return {name: torch.tensor(value).to(getattr(torch, dtype.split()[1])) for name, value in arrays.items()}


def in_double(arrays: Arrays) -> Arrays:
    return {name: to_numpy(value).astype(np.float64) for name, value in arrays.items()}


def agree(found: Any, expected: Any, rtol: float = 1e-4) -> None:
    if isinstance(found, Batch):
        assert found.indices.tolist() == expected.indices.tolist()
        assert found.scores.dtype.itemsize >= 4
        found, expected = found.scores, expected.scores
    found, expected = (np.asarray(torch.as_tensor(one)) for one in (found, expected))
    assert found.dtype.kind == "i" or found.dtype.itemsize >= 4
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol / 10)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_as_in_double_precision(monkeypatch, name: str, dtype: str) -> None:
    half = in_half(given(), dtype)
    found = FUNCTIONS[name](half)
    # Rows that are rounded to half precision do not sum to 1 as closely as double precision is asked to.
    monkeypatch.setattr(arrays, "ROW_SUM_TOLERANCE", 0.1)
    agree(found, FUNCTIONS[name](in_double(half)))


@pytest.mark.parametrize("scale", [1, 60])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_known_pool_of_embeddings(scale: int, dtype: Any) -> None:
    """Five thousand points of 384 numbers, whose sum and squares are beyond float16."""
    x = np.abs(np.random.default_rng(0).normal(size=(5000, 384))).astype(np.float16)
    x = (x * np.float16(scale)).astype(dtype)
    assert k_center(x, x[:0], 3).indices.tolist() == [4703, 4122, 2242]


@pytest.mark.parametrize("dtype", DTYPES)
def test_rows_of_half_precision_may_sum_to_one_as_closely_as_it_can(dtype: str) -> None:
    """Softmax in half precision, over few classes and many."""
    for classes in (2, 10, 1000):
        logits = np.random.default_rng(classes).normal(size=(500, classes)) * 3
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        if dtype == "float16":
            odds = odds.astype(np.float16)
            probs = odds / odds.sum(axis=1, keepdims=True)
        else:
            odds = torch.tensor(odds).to(getattr(torch, dtype.split()[1]))
            probs = odds / odds.sum(dim=1, keepdim=True)
        scores = to_numpy(entropy(probs))
        assert np.isfinite(scores).all() and (scores >= 0).all() and scores.max() <= np.log(classes) * 1.02
        assert np.isfinite(to_numpy(bald(probs[:, None]))).all()
        with pytest.raises(ValueError, match="sum"):
            entropy(probs * 0.9)


def offset(dtype: Any) -> tuple[Arrays, Arrays]:
    """Points ten thousand from the origin that differ by little, and the same points near it."""
    far = given()
    for name in ("x", "known"):
        far[name] = (far[name] / 10 + 1e4).astype(dtype)
    near = {**given(), "x": far["x"].astype(np.float64) - 1e4, "known": far["known"].astype(np.float64) - 1e4}
    return far, near


# What depends on the distances of the points alone, not on where they lie.
MOVABLE = (
    *("density_weight", "pseudo_delta", "k_center", "hybrid", "hybrid, product", "ranked_batch"),
    *("cluster_margin", "typiclust", "probcover", "dropquery", "communities", "max_herding", "diverse_seed"),
)


@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", MOVABLE)
def test_a_common_offset_loses_no_differences(name: str, dtype: Any, library: Callable) -> None:
    far, near = offset(dtype)
    far = {key: library(value) for key, value in far.items()}
    agree(FUNCTIONS[name](far), FUNCTIONS[name](near))


@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor], ids=["numpy", "torch"])
def test_badge_far_from_the_origin(library: Callable) -> None:
    """Gradients are not those of the points moved, but differences of long ones count as they are."""
    far, _ = offset(np.float32)
    far["probs"] = np.tile(far["probs"][:1], (N, 1))  # then the points' own differences decide
    found = badge(library(far["probs"].astype(np.float32)), library(far["x"]), 20, rng=rng())
    agree(found, badge(far["probs"].astype(np.float32).astype(float), far["x"].astype(float), 20, rng=rng()))


def test_first_labels_and_nearest_neighbours_far_from_the_origin() -> None:
    """A billion away, as seconds since 1970 are: single precision alone tells only 64 from 128."""
    draw = np.random.default_rng(0)
    clusters = np.repeat(np.arange(7), 30)
    near = (10 * draw.normal(size=(7, 3)))[clusters] + 0.1 * draw.normal(size=(210, 3))
    chosen = seed_indices(clusters, 7, seed_set="diverse", x_pool=near + 1e9, rng=rng())
    assert sorted(clusters[chosen]) == list(range(7))
    here, there = (nearest_rows(x[:20], x[20:], 3)[0] for x in (near, near + 1e9))
    assert (here == there).mean() > 0.98  # what 1e9 itself leaves of the differences may swap two of them
