"""From the rounds of a run to a curve, its statistics, a figure and a file.

The names here are those of curves and statistics, which load pandas and nothing that draws; figures and files are in
`interactive` (plotly), `paper` (matplotlib) and `export`.
"""

from typing import TYPE_CHECKING

from alcore.lazy import lazy_names

if TYPE_CHECKING:
    from alcore.report.curves import area_under, curve_frame, labels_to_target, mean_curve
    from alcore.report.statistics.comparison import Comparison, compare_races

__all__ = ["Comparison", "area_under", "compare_races", "curve_frame", "labels_to_target", "mean_curve"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "alcore.report.curves": ("area_under", "curve_frame", "labels_to_target", "mean_curve"),
        "alcore.report.statistics.comparison": ("Comparison", "compare_races"),
    },
)
