"""Measured time against the size of the pool for paper: one strategy among all."""

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
    """Seconds a batch against points in the pool, on logarithmic axes; `print.to_bytes` saves it.

    Args:
        times: pool sizes and seconds of each strategy.
        chosen: which is drawn in its own look; the others are thin and grey.
        names: words for strategies.
        width_mm: of the whole figure.
        font_pt: size of the text in points, in the paper.
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
            figure.legend(loc="outside upper left")  # beside it, no line is hidden
        # Powers of ten come in a notation that these settings leave unread, so that names may hold $.
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
            axis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("Points in the pool, n")
        axes.set_ylabel("Seconds a batch")
    return figure
