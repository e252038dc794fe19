"""The settings of planar data that the screens share: points, true probabilities, title and program."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.generate import planted
from alcore.loops.races.grid import grid_over
from alcore.rng import rng_for
from pages.shared.copy_buttons import program
from pages.shared.planar_scene import PlanarScene

SETTINGS: dict[str, Any] = {
    "points": 60,
    "overlap": 0.3,
    "classes": 3,
    "imbalance": 0.5,
    "near_duplicates": 5,
    "label_noise": 0.1,
    "outliers": 4,
}
SCENE = PlanarScene("blobs", **SETTINGS)


@pytest.mark.parametrize("seed", [0, 3])
def test_points_are_those_of_the_generator_and_of_the_program(seed: int) -> None:
    expected = planted("blobs", **SETTINGS, rng=rng_for(seed, "data"))
    found = SCENE.corrupted(seed)
    names: dict[str, Any] = {}
    exec(program(*SCENE.program()), names)
    for dataset in (found.dataset, SCENE.dataset(seed), names["data"](seed)):
        assert_array_equal(dataset.x_pool, expected.dataset.x_pool)
        assert_array_equal(dataset.y_pool, expected.dataset.y_pool)
        assert_array_equal(dataset.x_test, expected.dataset.x_test)
    assert_array_equal(found.outliers, expected.outliers)
    assert len(found.outliers) == 4 and len(found.flipped) == len(expected.flipped) > 0


def test_true_probabilities_are_laid_out_as_the_grid() -> None:
    grid = grid_over(SCENE.dataset(0), rows=7)
    expected_P_C = posterior("blobs", grid.points_P_2, overlap=0.3, classes=3)
    found_Y_X_C = SCENE.posterior(grid)
    assert found_Y_X_C.shape == (len(grid.y), len(grid.x), 3)
    assert_array_equal(found_Y_X_C.reshape(-1, 3), expected_P_C)
    turned = SCENE.posterior(grid, -grid.points_P_2)
    assert_array_equal(turned.reshape(-1, 3), posterior("blobs", -grid.points_P_2, overlap=0.3, classes=3))
    assert not np.array_equal(turned, found_Y_X_C)


def test_a_title_names_the_settings_that_have_an_effect() -> None:
    assert PlanarScene("moons", 400, 0.4, 2).title == "Two moons, overlap 0.4"
    title = "Overlapping blobs, overlap 0.3, 3 classes, balance 0.5, 4 outliers, 10 % label noise, 5 near-duplicates"
    assert SCENE.title == title


def test_imports_of_a_program_are_sorted_with_those_of_the_library_last() -> None:
    text = program(
        ["from alcore.b import c", "import numpy as np", "from alcore.a import b", "import numpy as np"], "x"
    )
    assert text == "import numpy as np\n\nfrom alcore.a import b\nfrom alcore.b import c\n\n\nx\n"
