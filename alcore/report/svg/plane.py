"""A pool on a map, with the model's uncertainty and the distance to the nearest label."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.report.statistics.batch_quality import BatchSummary
from alcore.report.style import strategy_style
from alcore.report.svg.paths import SIDE, Spec, background, place_points, surface_paths

# The colours of the two surfaces are those of the two ends of the slider.
UNSURE, AWAY = strategy_style("top_k").color, strategy_style("k_center").color


@dataclass(frozen=True, eq=False)
class Surface:
    """A non-negative surface over the plane: as numbers (Y, X) and as path data, see `surface_paths`."""

    z_Y_X: NDArray
    paths: list[str]

    @staticmethod
    def over(x: NDArray, y: NDArray, z_Y_X: NDArray) -> "Surface":
        """Trace a surface over a grid of columns x and rows y."""
        return Surface(z_Y_X, surface_paths(x, y, z_Y_X))


@dataclass(frozen=True, eq=False)
class PoolMap2D:
    """The common data of all maps of a pool.

    Attributes:
        points_N_2: the pool, labelled points included.
        y_N: its labels; drawn for labelled points, shown for picks once they are picked.
        class_names: one per class.
        labeled: indices labelled before.
        x: columns of the surfaces, ascending; the limits of the map.
        y: rows of the surfaces, ascending.
        unsure: uncertainty.
        away: distance to the nearest labelled point.
        unsure_N: uncertainty of each point of the pool; NaN if labelled.
        away_N: distance of each point to the nearest labelled point.
    """

    points_N_2: NDArray
    y_N: NDArray[np.int64]
    class_names: Sequence[str]
    labeled: NDArray[np.int64]
    x: NDArray
    y: NDArray
    unsure: Surface
    away: Surface
    unsure_N: NDArray
    distance_to_labeled_N: NDArray

    def at(self, indices: NDArray[np.int64]) -> list[list[int]]:
        """Positions of points on the map."""
        return place_points(self.points_N_2[indices], self.x, self.y).tolist()

    def backdrop(self) -> Spec:
        """The pool and labelled points."""
        return background(self.points_N_2, self.y_N, self.class_names, self.labeled, self.x, self.y)

    def far(self, summary: BatchSummary) -> Spec:
        """The circle of the covering radius around the farthest unlabelled point."""
        across, down = self.at(np.array([summary.farthest]))[0]
        return {
            "x": across,
            "y": down,
            "radius": round(SIDE * summary.covering_radius / float(self.x[-1] - self.x[0])),
            "says": f"the farthest unlabelled point: {summary.covering_radius:.2f} from the nearest label",
        }


@dataclass(frozen=True, eq=False)
class BatchPanel:
    """A selector's batch.

    Attributes:
        selector: its key, which sets the style.
        label: its display name.
        about: its criterion, in a sentence.
        picks: indices in picking order.
        scores: acquisition score of each pick when it was picked.
        summary: measures of the batch.
        surface: the criterion over the plane, or the uncertainty.
        scored: whether the surface is the criterion.
    """

    selector: str
    label: str
    about: str
    picks: NDArray[np.int64]
    scores: NDArray
    summary: BatchSummary
    surface: Surface
    scored: bool = True

    @property
    def shade(self) -> str:
        """The colour of the surface: one for the uncertainty, whatever the strategy."""
        return strategy_style(self.selector).color if self.scored else UNSURE


def contour_layer(surface: Surface, color: str, opacity: float = 1.0) -> Spec:
    """A surface as drawn on a map."""
    return {"paths": surface.paths, "color": color, "opacity": opacity}
