"""The radius of ProbCover's balls in a run: computed once, and again only where features have changed."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from alcore.rng import rng_for
from alcore.strategies.arrays import Array, to_numpy
from alcore.strategies.coverage import RADIUS_POINTS, pseudo_delta
from alcore.strategies.remedies import candidate_subsample


@dataclass
class RunRadius:
    """ProbCover's delta: a function of the run's seed and of the features of all its points, nothing else.

    It depends neither on the round nor on which points are labelled or drawn as candidates. Features that
    do not change therefore have one delta for the whole run, as in the paper, and a resumed run finds the
    same one without having stored it. A network makes new features in every round, whose scale grows in
    training (on MNIST 2 to 44 times within six rounds): a ball of the first round's radius soon contains no point
    but its centre, so delta is measured in the features it is used with.

    Attributes:
        seed: of the run.
        classes: how many classes there are.
    """

    seed: int
    classes: int
    _known: tuple[bytes, float] = field(default=(b"", float("nan")), repr=False)

    def of(self, points_N: NDArray[np.int64], features: Callable[[NDArray[np.int64]], Array]) -> float:
        """The radius for all points of a run.

        Args:
            points_N: indices of all points that are or may be labelled; at most 5,000 of them are drawn.
            features: gives features_S_D of points by their indices.
        """
        rng = rng_for(self.seed, "radius")
        rows = points_N[candidate_subsample(len(points_N), RADIUS_POINTS, rng=rng)]
        features_S_D = to_numpy(features(rows))
        digest = hashlib.blake2b(np.ascontiguousarray(features_S_D).data).digest()
        if digest != self._known[0]:
            self._known = digest, pseudo_delta(features_S_D, self.classes, rng=rng)
        return self._known[1]


def radius_of(features_N_D: NDArray, classes: int, *, seed: int) -> float:
    """The radius for a run on points with these features."""
    return RunRadius(seed, classes).of(np.arange(len(features_N_D)), lambda rows: features_N_D[rows])
