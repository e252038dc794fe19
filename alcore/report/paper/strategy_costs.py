"""Measured time against pool size for print: a strategy among all others."""

from __future__ import annotations

from collections.abc import Mapping

from alcore.extras import optional_imports
from alcore.report.paper.curves import ONE_COLUMN_MM, settings
from alcore.report.style import strategy_style

with optional_imports():
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter, StrMethodFormatter

_MM = 1 / 25.4

Times = Mapping[str, tuple[tuple[int, ...], tuple[float, ...]]]


def print_costs(
    times: Times,
    chosen: str,
    *,
    names: Mapping[str, str],
    width_mm: float = ONE_COLUMN_MM,
    font_pt: float = 8.0,
) -> Figure:
    """Seconds per batch against points in the pool, on logarithmic axes; `to_bytes` saves it.

    Args:
        times: pool sizes and seconds of each strategy.
        chosen: strategy drawn in its own style; the others are thin and grey.
        names: display names of strategies.
        width_mm: width of the whole figure.
        font_pt: font size in points, as printed.
    """
    with settings(font_pt):
        figure = Figure(figsize=(width_mm * _MM, 0.72 * width_mm * _MM), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for name, (sizes, seconds) in times.items():
            if name != chosen:
                axes.loglog(sizes, seconds, color="#BBBBBB", linewidth=font_pt / 14)
        if chosen in times:
            look = strategy_style(chosen)
            axes.loglog(
                *times[chosen],
                color=look.color,
                linestyle=look.mpl_dash,
                marker=look.mpl_marker,
                linewidth=font_pt / 6,
                label=names.get(chosen, chosen),
            )
            figure.legend(loc="outside upper left")  # outside the axes it covers no line
        # Powers of ten are in math notation, which these settings do not parse, so that names may hold $.
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
            axis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("Points in the pool, n")
        axes.set_ylabel("Seconds a batch")
    return figure
