"""Numbers and names as written in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf

import numpy as np

from alcore.percent import hundredths
from alcore.percent import level as level
from alcore.percent import percent as percent
from alcore.report.intervals import Interval
from alcore.short import plural as plural

MINUS = "−"  # U+2212


def floor_tenths(share: float) -> int:
    """A share in whole tenths of a percent, rounded down: 0.8996 is below 90 %."""
    # The inner rounding removes floating-point errors: .57 * 1000 is 569.99...
    return int(np.floor(round(1000 * share, 6)))


def percent_below(share: float, bound: float) -> str:
    """A share below a bound in percent, with as many decimals as show it: 0.8996 is below 90 %."""
    return percent(share, next((places for places in range(1, 6) if hundredths(share, places) < 100 * bound), 6))


def percentage_points(difference: float, decimals: int = 1) -> str:
    """A difference of two shares in percentage points."""
    size = format_number(100 * difference, decimals)
    return f"{size} percentage {'point' if float(size) == 1 else 'points'}"


def decimals(interval: Interval, other: float) -> int:
    """Number of decimals: 1, or as many as show that an interval excludes a number."""
    if not interval.excludes(other):
        return 1
    nearest = interval.low if interval.low > other else interval.high
    return next((places for places in range(1, 6) if round(nearest, places) != other), 6)


def format_number(value: float, places: int) -> str:
    """A number with a fixed number of decimals and a typographic minus sign; zero has none."""
    return with_minus(f"{round(value, places) + 0.0:.{places}f}")


def format_signed(value: float, places: int) -> str:
    """`format_number` with a plus sign where there is no minus sign."""
    return with_minus(f"{round(value, places) + 0.0:+.{places}f}")


def with_minus(number: str) -> str:
    """A formatted number with the typographic minus sign, which is as wide as a plus sign and never breaks a line."""
    return number.replace("-", MINUS)


def typed(text: str) -> str:
    """Text for a terminal, whose encoding may have no typographic minus sign."""
    return text.replace(MINUS, "-")


def format_seconds(seconds: float) -> str:
    """A time with two significant digits, or as a whole number: 0.0015, 0.20, 1.3, 134."""
    exponent = int(f"{seconds:.1e}".partition("e")[2])
    return f"{seconds:.{max(0, 1 - exponent)}f}" if seconds else "0"


def format_interval(interval: Interval, places: int) -> str:
    """Ends of an interval, either of which may be unbounded."""
    if isinf(interval.high):
        return f"{format_number(interval.low, places)} or more"
    return f"{format_number(interval.low, places)} to {format_number(interval.high, places)}"


def format_labels(labels: float) -> str:
    """A number of labels with its noun; a median can be a half."""
    return "1 label" if labels == 1 else f"{number(labels)} labels"


def number(labels: float) -> str:
    """A number of labels without its noun."""
    return f"{labels:,.1f}".removesuffix(".0")


def capitalise(text: str) -> str:
    """Text with its first letter capitalised, as at the start of a sentence."""
    return text[:1].upper() + text[1:]


def lowercase_first(name: str) -> str:
    """A name inside a sentence: "Least confidence" loses its capital, "BatchBALD" and "EPIG" do not."""
    first_word = name.partition(" ")[0]
    return name[:1].lower() + name[1:] if first_word[1:].islower() else name


def join_names(names: Sequence[str]) -> str:
    """A list of names: a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
