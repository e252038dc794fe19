"""A small curve without axes."""

from collections.abc import Sequence

WIDE, HIGH, COLOR = 240, 56, "#3498D0"


def sparkline(values: Sequence[float]) -> str:
    """Values from left to right as SVG, from 0 to the largest; a dot on the last.

    Args:
        values: two or more, none below 0.

    Raises:
        ValueError: for fewer than two values.
    """
    if len(values) < 2:
        raise ValueError(f"a curve needs two values, got {len(values)}")
    top = max(values) or 1.0
    step = (WIDE - 8) / (len(values) - 1)
    points = [(4 + i * step, HIGH - 4 - (HIGH - 8) * value / top) for i, value in enumerate(values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}">'
        f'<polyline points="{path}" fill="none" stroke="{COLOR}" stroke-width="2" stroke-linejoin="round"/>'
        f'<circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="3.5" fill="{COLOR}"/></svg>'
    )
