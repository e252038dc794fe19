"""What the lab takes for the size of each test set is its size."""

from pathlib import Path

import pytest

from alcore.datasets.catalogue import DATASETS, DOWNLOADED_CLASSES, load_dataset
from pages.screens.mnist_lab.run.summary import TEST_POINTS


def test_every_data_set_has_a_size() -> None:
    assert set(TEST_POINTS) == set(DATASETS)


@pytest.mark.parametrize("name", sorted(set(DATASETS) - set(DOWNLOADED_CLASSES)))
def test_the_size_is_that_of_the_test_set(name: str, tmp_path: Path) -> None:
    assert len(load_dataset(name, seed=0, home=tmp_path).y_test) == TEST_POINTS[name]
