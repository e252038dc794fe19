"""A grid of evenly spaced points that covers a data set in the plane."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset


@dataclass(frozen=True, eq=False)
class Grid:
    """Points that cover a data set, for drawing the predictions of a model.

    Attributes:
        x: (X,) horizontal positions, ascending.
        y: (Y,) vertical positions, ascending.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def points_P_2(self) -> NDArray[np.float64]:
        """Every position, row by row: y[0] with all x first."""
        x, y = np.meshgrid(self.x, self.y)
        return np.stack([x.ravel(), y.ravel()], axis=1)


def grid_over(
    dataset: Dataset, *, rows: int = 42, aspect: float = 4 / 3, over: NDArray[np.floating] | None = None
) -> Grid:
    """A rectangle that contains the pool with a margin of a twentieth of its sides.

    Args:
        dataset: points in the plane.
        over: points in place of the pool, where it has moved.
        rows: resolution in y; columns follow, so that cells are square.
        aspect: width over height.

    Where all points coincide, the rectangle is two units high.
    """
    points = dataset.x_pool if over is None else over
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    half_height = 0.55 * float(max((high - low)[0] / aspect, (high - low)[1])) or 1.0
    reach = half_height * np.array([aspect, 1])
    x, y = (
        np.linspace(centre - extent, centre + extent, count)
        for centre, extent, count in zip(middle, reach, (round(rows * aspect), rows), strict=True)
    )
    return Grid(x, y)
