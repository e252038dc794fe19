"""How a strategy looks, as in a legend: its dash and its marker."""

from __future__ import annotations

from alcore.report.svg.paths import marker

_WIDE, _HIGH = 40, 14


def strategy_sign(name: str) -> str:
    """A piece of a strategy's curve with its marker, as SVG.

    Args:
        name: key of the strategy.
    """
    look = marker(name)
    dash = f' stroke-dasharray="{look["dash"]}"' if look["dash"] else ""
    middle = _HIGH / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}">'
        f'<path d="M0 {middle:g}H{_WIDE}" stroke="{look["color"]}" stroke-width="2"{dash}/>'
        f'<path transform="translate({_WIDE / 2:g} {middle:g}) scale(4.5)" d="{look["shape"]}" fill="{look["color"]}"/>'
        "</svg>"
    )
