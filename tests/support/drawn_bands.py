"""Reading the band of a strategy's mean out of what was drawn, on paper and in a page."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray

from alcore.report.style import strategy_style, translucent
from tests.support.charts import numbers


def drawn_band(figure: Figure, strategy: str) -> NDArray[np.float64]:
    """Position, lower and upper edge of a strategy's band in a matplotlib figure, one row a position."""
    color = strategy_style(strategy).color.lower()
    (band,) = (
        one
        for one in figure.axes[0].collections
        if isinstance(one, PolyCollection) and to_hex(np.atleast_2d(one.get_facecolor())[0]) == color
    )
    return _edges(np.asarray(band.get_paths()[0].vertices))


def charted_band(data: list[dict[str, Any]], strategy: str) -> NDArray[np.float64]:
    """The same in the traces of a plotly figure."""
    color = strategy_style(strategy).color
    colors = {translucent(color, share) for share in (0.14, 0.15, 0.16, 0.18)}
    (band,) = (one for one in data if one.get("fill") == "toself" and one.get("fillcolor") in colors)
    return _edges(np.column_stack([numbers(band["x"]), numbers(band["y"])]))


def page_data(html: bytes) -> list[dict[str, Any]]:
    """The traces of the figure in an exported page."""
    found = re.search(r'Plotly\.newPlot\(\s*"[^"]*",\s*(\[.*?\]),\s*\{"', html.decode(), re.DOTALL)
    assert found is not None
    data: list[dict[str, Any]] = json.loads(found.group(1))
    return data


def played_data(html: bytes, look: str) -> list[dict[str, Any]]:
    """The traces of the animation in an exported page of its own, as they are in the last round.

    Args:
        html: the page.
        look: a name of `alcore.report.interactive.animation_payload.LOOKS`.
    """
    found = re.search(r'id="alcore-animation">([^<]*)</script>', html.decode())
    assert found is not None
    told = json.loads(found.group(1))
    data: list[dict[str, Any]] = told["looks"][look]["data"]
    for number, change in zip(told["traces"], told["frames"][-1], strict=True):
        data[number] |= change
    return data


def _edges(corners_V_2: NDArray[np.float64]) -> NDArray[np.float64]:
    """The lowest and the highest corner at every position."""
    return np.array(
        [
            [x, corners_V_2[corners_V_2[:, 0] == x, 1].min(), corners_V_2[corners_V_2[:, 0] == x, 1].max()]
            for x in np.unique(corners_V_2[:, 0])
        ]
    )
