"""Agreement of annotators: the textbook's example, and the definition by pairs."""

from itertools import permutations
from math import isnan, nan

import numpy as np
import pytest

from alcore.projects.agreement import krippendorff_alpha

TEXTBOOK = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
    [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
]


def test_the_textbooks_four_observers_and_twelve_units() -> None:
    assert krippendorff_alpha(TEXTBOOK) == pytest.approx(0.743, abs=5e-4)


@pytest.mark.parametrize("seed", range(10))
def test_alpha_is_its_definition_by_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ratings = rng.integers(3, size=(4, 9)).astype(float)
    ratings[rng.random(ratings.shape) < 0.3] = nan
    units = [[one for one in column if not isnan(one)] for column in ratings.T]
    units = [unit for unit in units if len(unit) >= 2]
    total = sum(map(len, units))
    observed = sum((a != b) / (len(unit) - 1) for unit in units for a, b in permutations(unit, 2)) / total
    every = [one for unit in units for one in unit]
    expected = sum(a != b for a, b in permutations(every, 2)) / (total * (total - 1))
    assert krippendorff_alpha(ratings) == pytest.approx(1 - observed / expected)


def test_one_class_agrees_and_nothing_pairable_is_no_number() -> None:
    assert krippendorff_alpha([[2.0, 2.0, nan], [2.0, 2.0, 2.0]]) == 1
    assert isnan(krippendorff_alpha([[1, nan], [nan, 2]]))
    assert isnan(krippendorff_alpha([[nan, nan]]))
    with pytest.raises(ValueError, match="annotators x items"):
        krippendorff_alpha([1, 2, 3])
