"""One pool on a map, with where its model is unsure and how far from a label every place is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.report.statistics.batch_quality import BatchSummary
from alcore.report.style import strategy_style
from alcore.report.svg.paths import SIDE, Spec, background, place_points, surface_paths

# The two ends of the slider lend their colours to what they look for.
UNSURE, AWAY = strategy_style("top_k").color, strategy_style("k_center").color


@dataclass(frozen=True, eq=False)
class Surface:
    """Something over the plane, nowhere below 0: as numbers (Y, X) and as path data, see `surface_paths`."""

    z_Y_X: NDArray
    paths: list[str]

    @staticmethod
    def over(x: NDArray, y: NDArray, z_Y_X: NDArray) -> "Surface":
        """Trace a surface over a grid of columns x and rows y."""
        return Surface(z_Y_X, surface_paths(x, y, z_Y_X))


@dataclass(frozen=True, eq=False)
class PoolMap2D:
    """What all maps of one pool share.

    Attributes:
        points_N_2: the pool, labelled points included.
        y_N: its labels; drawn for labelled points, told for picks once they are picked.
        class_names: one a class.
        labeled: indices labelled before.
        x: columns of the surfaces, ascending; the map ends at its ends.
        y: rows of the surfaces, ascending.
        unsure: uncertainty.
        away: distance to the nearest labelled point.
        unsure_N: uncertainty of each point of the pool; NaN where labelled.
        away_N: distance of each point to the nearest labelled one.
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
        """Where points lie on the map."""
        return place_points(self.points_N_2[indices], self.x, self.y).tolist()

    def backdrop(self) -> Spec:
        """Pool and labelled points."""
        return background(self.points_N_2, self.y_N, self.class_names, self.labeled, self.x, self.y)

    def far(self, summary: BatchSummary) -> Spec:
        """The circle of the covering radius around the point that is farthest from any label."""
        across, down = self.at(np.array([summary.farthest]))[0]
        return {
            "x": across,
            "y": down,
            "radius": round(SIDE * summary.covering_radius / float(self.x[-1] - self.x[0])),
            "says": f"the loneliest point: {summary.covering_radius:.2f} from the nearest label",
        }


@dataclass(frozen=True, eq=False)
class BatchPanel:
    """One selector's batch.

    Attributes:
        selector: its key, for the look.
        label: its name for people.
        about: one sentence of what it looks for.
        picks: indices in picking order.
        scores: the number by which each was picked.
        summary: the batch in numbers.
        surface: what it looks for.
    """

    selector: str
    label: str
    about: str
    picks: NDArray[np.int64]
    scores: NDArray
    summary: BatchSummary
    surface: Surface


def contour_layer(surface: Surface, color: str, opacity: float = 1.0) -> Spec:
    """A surface as a map draws it."""
    return {"paths": surface.paths, "color": color, "opacity": opacity}
