"""Nearest items and near-duplicates against brute force."""

import numpy as np
import pytest
import scipy.sparse as sp

from alcore.projects.model import neighbourhood
from alcore.projects.model.neighbourhood import Neighbourhood


@pytest.mark.parametrize("is_sparse", [False, True])
def test_against_brute_force_in_small_blocks(is_sparse: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbourhood, "_BLOCK", 7)
    rng = np.random.default_rng(0)
    x = rng.random((60, 5)) * (rng.random((60, 5)) < 0.6)
    x[1] = 0
    x[40:45] = x[3]
    centred = x if is_sparse else x - x.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = centred / np.where(lengths > 0, lengths, 1)
    similar = unit @ unit.T
    places, others = np.arange(10), np.arange(10, 60)
    near = Neighbourhood(sp.csr_matrix(x) if is_sparse else x, places)
    nearest, value = near.nearest(others)
    np.testing.assert_allclose(value, similar[:10, 10:].max(axis=1), atol=1e-6)
    np.testing.assert_allclose(similar[places, nearest], value, atol=1e-6)
    expected = {i: tuple(j for j in range(60) if j != i and similar[i, j] >= 0.99) for i in range(10)}
    assert near.alike(np.arange(60)) == {place: rows for place, rows in expected.items() if rows}
    assert set(range(40, 45)) <= set(near.alike(np.arange(60))[3])


def test_without_others_or_numbers_there_is_none() -> None:
    nearest, value = Neighbourhood(np.ones((3, 2)), np.arange(3)).nearest(np.empty(0, dtype=np.int64))
    assert nearest.tolist() == [-1] * 3 and np.isneginf(value).all()
    assert Neighbourhood(["a", "b"], np.arange(2)).alike(np.arange(2)) == {}
