"""The contract that every strategy of the catalogue keeps."""

from typing import Any

import numpy as np
import pytest
import torch

from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.pool_view import PoolView

N, D, C, K, M = 120, 3, 4, 6, 9


def arrays(seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    samples = rng.dirichlet(np.ones(C), size=(N, K)).astype(np.float32)
    return {
        "probs_N_C": samples.mean(axis=1),
        "probs_N_K_C": samples,
        "features_N_D": rng.normal(size=(N, D)).astype(np.float32),
        "labeled_M_D": rng.normal(size=(M, D)).astype(np.float32),
        "labeled_probs_M_C": rng.dirichlet(np.ones(C), size=M).astype(np.float32),
        "labels_M": np.arange(M) % C,
        "gradient_lengths_N": rng.random(N).astype(np.float32),
        "classes": C,
        "candidates": None,
    }


def view_of(values: dict, indices: np.ndarray | None = None) -> PoolView:
    sources = {name: (lambda value=value: value) for name, value in values.items()}
    return PoolView(np.arange(N) * 3 + 1 if indices is None else indices, **sources)


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture(params=list(STRATEGIES))
def strategy(request: pytest.FixtureRequest):
    return STRATEGIES[request.param]


def test_describes_itself(strategy) -> None:
    assert STRATEGIES[strategy.name] is strategy
    assert strategy.description.endswith(".") and strategy.source and strategy.formula
    assert strategy.cost.startswith("O(")


@pytest.mark.parametrize("k", [1, 7, N, N + 50])
def test_asks_for_the_budget_in_indices_of_the_data_set(strategy, k) -> None:
    view = view_of(arrays())
    batch = strategy.select(view, k, rng())
    assert len(batch) == min(k, N) == len(batch.scores)
    assert len(np.unique(batch.indices)) == len(batch)
    assert set(batch.indices) <= set(view.indices_N)
    assert batch.indices.dtype == np.int64


def test_is_reproducible_and_leaves_its_inputs_alone(strategy) -> None:
    values, before = arrays(), arrays()
    first = strategy.select(view_of(values), 10, rng())
    again = strategy.select(view_of(values), 10, rng())
    np.testing.assert_array_equal(first.indices, again.indices)
    np.testing.assert_array_equal(first.scores, again.scores)
    for name, value in values.items():
        np.testing.assert_array_equal(value, before[name])


def test_needs_what_it_reads_and_nothing_else(strategy) -> None:
    read: set[str] = set()

    def source(name: str, value: np.ndarray):
        return lambda: (read.add(name), value)[1]

    sources = {name: source(name, value) for name, value in (arrays() | {"delta": 0.7}).items()}
    strategy.select(PoolView(np.arange(N), **sources), 5, rng())
    few = {"labels_M", "classes"} if strategy.early else set()
    assert read == set(strategy.needs_with(M, C)) | few
    assert set(strategy.needs) >= read
    # With the properties it needs, and no others, it chooses the same.
    needed = {name: value for name, value in arrays().items() if name in strategy.needs}
    if "delta" not in strategy.needs:
        few, all_ = (strategy.select(view_of(values), 5, rng()) for values in (needed, arrays()))
        np.testing.assert_array_equal(few.indices, all_.indices)


def test_numpy_and_torch_agree(strategy) -> None:
    values = arrays()
    on_device = ("probs_N_C", "probs_N_K_C", "features_N_D", "labeled_M_D", "labeled_probs_M_C", "gradient_lengths_N")
    tensors = values | {name: torch.from_numpy(values[name].copy()) for name in on_device}
    on_numpy = strategy.select(view_of(values), 15, rng())
    on_torch = strategy.select(view_of(tensors), 15, rng())
    np.testing.assert_array_equal(on_numpy.indices, on_torch.indices)
    np.testing.assert_allclose(on_numpy.scores, on_torch.scores, rtol=1e-5, atol=1e-5)


def test_a_far_copy_of_a_sure_point_changes_little(strategy) -> None:
    """A far point of which the model is certain is asked about only by those that seek distance."""
    values = arrays()
    sure = np.eye(C, dtype=np.float32)[0]
    more = values | {
        "probs_N_C": np.concatenate([values["probs_N_C"], sure[None]]),
        "probs_N_K_C": np.concatenate([values["probs_N_K_C"], np.broadcast_to(sure, (1, K, C))]),
        "features_N_D": np.concatenate([values["features_N_D"], np.full((1, D), 50, np.float32)]),
        "gradient_lengths_N": np.append(values["gradient_lengths_N"], np.float32(0)),
    }
    grown = strategy.select(view_of(more, np.append(np.arange(N) * 3 + 1, 999)), 6, rng())
    if strategy.name in ("k_center", "ranked_batch"):
        assert 999 in grown.indices
    elif strategy.name not in ("random", "eer", "hybrid", "typiclust", "probcover", "dropquery"):
        assert 999 not in grown.indices


def test_refuses_k_below_one_and_an_empty_pool(strategy) -> None:
    with pytest.raises(ValueError, match="k must be"):
        strategy.select(view_of(arrays()), 0, rng())
    with pytest.raises(ValueError, match="pool is empty"):
        view_of(arrays(), np.empty(0, np.int64))


def test_a_view_computes_once_and_names_what_it_lacks() -> None:
    calls: list[int] = []
    view = PoolView(np.arange(3), probs_N_C=lambda: calls.append(1) or np.ones((3, 1)))
    assert view.probs_N_C is view.probs_N_C
    assert len(calls) == 1
    with pytest.raises(AttributeError, match="does not provide probs_N_K_C; it provides probs_N_C"):
        _ = view.probs_N_K_C
