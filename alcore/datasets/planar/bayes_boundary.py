"""The Bayes posterior of planar data: the class probabilities of its own distribution."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.shapes import Shape, shape_of

# Without noise a curve has no density; this little leaves each point to the nearest curve.
SMALLEST_SPREAD = 0.02


def posterior(
    shape: str, points_P_2: NDArray[np.float64], *, overlap: float = 0.4, classes: int = 2
) -> NDArray[np.float64]:
    """The class probabilities that nothing can better, for `planar` data without plants.

    Every class is a mixture of round Gaussians: of one to five for the shapes made of clouds, which is exact;
    of 400 along the curve for moons, circles and spirals, the midpoint rule for the integral along it (within
    .002 of that from an overlap of .1 on). At overlap 0 a curve gets a spread of .02 instead of none: the
    best boundary then is where two curves are equally near.

    The proportions are those of the shape, hence of the test set: an imbalance or other plants in the pool
    do not move the boundary that is best on the test set.

    Args:
        shape: a key of `SHAPES`.
        points_P_2: where to look; anywhere in the plane.
        overlap: as in `planar`.
        classes: as in `planar`.

    Returns:
        probs_P_C; the best boundary between two classes is where both have .5.

    Raises:
        ValueError: if the shape is unknown or cannot have that overlap or number of classes.
    """
    form = shape_of(shape, overlap=overlap, classes=classes)
    spread = max(form.spread(overlap), SMALLEST_SPREAD)
    log_C_P = [_log_density(form, c, points_P_2, spread, classes) for c in range(classes)]
    log_P_C = np.stack(log_C_P, axis=1) + np.log(form.shares_of(classes))
    probs_P_C = np.exp(log_P_C - log_P_C.max(axis=1, keepdims=True))
    return probs_P_C / probs_P_C.sum(axis=1, keepdims=True)


def bayes_accuracy(dataset: Dataset, *, overlap: float) -> float:
    """The share of a `planar` test set that the best possible classifier gets right.

    Args:
        dataset: as `planar` returned it, plants or not; its name is the shape's.
        overlap: the one it was drawn with.
    """
    probs_T_C = posterior(dataset.name, dataset.x_test, overlap=overlap, classes=dataset.classes)
    return float(np.mean(probs_T_C.argmax(axis=1) == dataset.y_test))


def _log_density(
    form: Shape, label: int, points_P_2: NDArray[np.float64], spread: float, classes: int
) -> NDArray[np.float64]:
    """The logarithm of a class's density at each point, up to a constant that all classes share."""
    u = (np.arange(form.steps) + 0.5) / form.steps
    centres_S_2 = form.prepare(np.full(form.steps, label), u, classes)
    log_P_S = cdist(points_P_2, centres_S_2, "sqeuclidean") / (-2 * spread**2)
    highest_P_1 = log_P_S.max(axis=1, keepdims=True)
    return highest_P_1[:, 0] + np.log(np.exp(log_P_S - highest_P_1).sum(axis=1))
