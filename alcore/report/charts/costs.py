"""Measured time against pool size: a strategy among all others."""

from __future__ import annotations

from collections.abc import Mapping

from alcore.report.charts.chart import Axis, Chart, Marker, Series, Stroke, around_log, text_of
from alcore.report.style import strategy_style


def costs_chart(
    times: Mapping[str, tuple[tuple[int, ...], tuple[float, ...]]], chosen: str, *, names: Mapping[str, str]
) -> Chart:
    """Seconds per batch against points in the pool, on logarithmic axes.

    Args:
        times: pool sizes and seconds of each strategy.
        chosen: strategy drawn in its own style; the others are thin and grey.
        names: display names of strategies.
    """
    marks = []
    for name in sorted(times, key=chosen.__eq__):  # the chosen one last, on top
        sizes, seconds = times[name]
        label, style = names.get(name, name), strategy_style(name)
        hover = f"{text_of(label)}<br>%{{x:,}} points: %{{y:.2g}} s<extra></extra>"
        if name == chosen:
            stroke, marker = Stroke(style.color, 3, style.dash), Marker(style.color, style.symbol, 9)
            marks.append(Series(sizes, seconds, stroke, marker, name=label, hover=hover))
        else:
            marks.append(Series(sizes, seconds, Stroke("#808080", 1.2, opacity=0.4), hover=hover))
    return Chart(
        marks,
        Axis("Points in the pool, n", ends=around_log([sizes for sizes, _ in times.values()]), log=True),
        Axis("Seconds a batch", ends=around_log([seconds for _, seconds in times.values()]), log=True),
        ratio=0.72,
    )
