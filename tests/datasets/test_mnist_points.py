"""What a spec says of the sizes of a data set is so."""

from pathlib import Path

import numpy as np
import pytest

from alcore.datasets.catalogue import DATASETS, image_datasets, load_dataset


@pytest.mark.parametrize("name", sorted(name for name, spec in DATASETS.items() if spec.bundled))
def test_sizes_are_those_of_the_data(name: str, tmp_path: Path) -> None:
    spec, data = DATASETS[name], load_dataset(name, seed=0, home=tmp_path)
    assert len(data.y_test) == spec.test_points and data.classes == spec.classes
    if spec.images is not None:
        assert data.x_pool.shape == (spec.images.pool, 1, spec.images.height, spec.images.width)
        assert np.bincount(data.y_pool).min() == spec.images.rarest
    else:
        assert data.x_pool.ndim == 2 and (data.x_pool.shape[1] == 2) == (spec.kind == "planar")


def test_those_of_images_are_listed() -> None:
    assert image_datasets() == ("mnist", "fashion-mnist", "kmnist", "digits")
