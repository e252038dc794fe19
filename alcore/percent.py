"""Shares in percent: the one spelling of all sentences."""

from __future__ import annotations

from math import floor


def percent(share: float, places: int = 1) -> str:
    """A measured share in percent, ties rounded up: what `inPercent` of the player's figure_frame.js writes."""
    return f"{hundredths(share, places):.{places}f} %"


def level(share: float) -> str:
    """A share that was set, such as a target, in percent and without zeros at its end."""
    return f"{round(100 * share, 6):g} %"


def hundredths(share: float, places: int) -> float:
    """A share times 100, rounded to so many places, ties up."""
    # The inner rounding removes floating-point errors: 100 * .5785 is 57.849...
    return float(floor(round(100 * share * 10**places, 6) + 0.5)) / 10**places
