"""A fixed style for each strategy and class, the same on every screen, in both themes and in print.

The colours are those of Okabe & Ito (2008), distinguishable with all types of colour vision. Orange and sky blue are
darkened and yellow and black are left out, so that every colour has a contrast of at least 3:1 on white and near-black.
Dash and marker symbol repeat the information of the colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from zlib import crc32

# Metric: column of a curve -> title of its axis.
METRICS = {
    "accuracy": "Test accuracy",
    "train_loss": "Training loss",
    "labels": "Labelled points",
    "balanced_accuracy": "Balanced test accuracy",
    "nll": "Negative log-likelihood (nats)",
    "ece": "Expected calibration error",
}
# Metrics that are shares, shown in percent.
SHARES = ("accuracy", "balanced_accuracy", "ece")
AXES = {"labels": "Labelled points", "round": "Round"}
# Colours of text on a coloured background.
DARK, LIGHT = "#10171F", "#FFFFFF"

GREY = "#7F7F7F"
# Opacity of the bands around curves, and of the deepest cell of a matrix.
BAND_OPACITY, CELL_OPACITY = 0.16, 0.55
# Points of a line beyond which only some have a marker.
MOST_MARKERS = 30
_BLUE = "#0072B2"
_GREEN = "#009E73"
_VERMILLION = "#D55E00"
_PURPLE = "#CC79A7"
_ORANGE = "#C08500"
_SKY = "#3498D0"

# plotly's name of a dash -> matplotlib's, in line widths.
DASHES: dict[str, str | tuple[int, tuple[float, ...]]] = {
    "solid": "-",
    "dash": (0, (4, 2)),
    "dot": (0, (1, 1.5)),
    "dashdot": (0, (4, 1.5, 1, 1.5)),
    "longdash": (0, (8, 2.5)),
    "longdashdot": (0, (8, 2, 1, 2)),
}
# plotly's name of a symbol -> matplotlib's; all are closed shapes with an open variant.
SYMBOLS = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "triangle-up": "^",
    "triangle-down": "v",
    "pentagon": "p",
    "star": "*",
    "cross": "P",
    "x": "X",
    "hexagon": "h",
}
# Symbols of strokes alone, likewise.
STROKED_SYMBOLS = {"cross-thin": "+", "x-thin": "x", "line-ew": "_"}

_STRATEGIES = {
    "random": (GREY, "dash", "x"),
    "least_confidence": (_BLUE, "solid", "circle"),
    "margin": (_GREEN, "solid", "square"),
    "entropy": (_VERMILLION, "solid", "diamond"),
    "k_center": (_PURPLE, "solid", "triangle-up"),
    "hybrid": (_ORANGE, "solid", "star"),
    "hybrid_product": (_GREEN, "longdash", "triangle-down"),
    "top_k": (_SKY, "solid", "pentagon"),
    "qbc_vote_entropy": (_GREEN, "dash", "cross"),
    "qbc_kl": (_GREEN, "dot", "triangle-up"),
    "egl": (_VERMILLION, "dash", "triangle-down"),
    "eer": (_VERMILLION, "dot", "hexagon"),
    "bald": (_SKY, "dash", "hexagon"),
    "mean_std": (_SKY, "dot", "triangle-down"),
    "variation_ratios": (_SKY, "dashdot", "cross"),
    "batchbald": (_BLUE, "dash", "triangle-down"),
    "power_bald": (_BLUE, "dot", "diamond"),
    "power_entropy": (_VERMILLION, "dashdot", "pentagon"),
    "epig": (_BLUE, "dashdot", "square"),
    "badge": (_PURPLE, "dash", "circle"),
    "typiclust": (_PURPLE, "dot", "pentagon"),
    "probcover": (_PURPLE, "dashdot", "square"),
    "you": ("#9467E0", "solid", "star"),
}
# Scenarios and stream policies: never drawn beside a strategy other than random.
_SETTINGS = {
    "pool": (_BLUE, "solid", "circle"),
    "stream": (_VERMILLION, "longdash", "diamond"),
    "synthesis": (_GREEN, "dashdot", "square"),
    "fixed": (_ORANGE, "dot", "square"),
    "variable": (_GREEN, "dashdot", "triangle-up"),
    "randomised": (_PURPLE, "longdash", "diamond"),
    "quantile": (_BLUE, "solid", "circle"),
}
_SPARE = sorted(
    set(product((_BLUE, _GREEN, _VERMILLION, _PURPLE, _ORANGE, _SKY), DASHES, SYMBOLS)) - set(_STRATEGIES.values())
)
_CLASS_COLORS = (
    _BLUE,
    _ORANGE,
    _GREEN,
    _VERMILLION,
    _PURPLE,
    _SKY,
    GREY,
    "#9467E0",
    "#B5179E",
    "#8B5A2B",
)


@dataclass(frozen=True)
class Style:
    """The style of a line: its colour, a key of `DASHES` and a key of `SYMBOLS`."""

    color: str
    dash: str
    symbol: str


def strategy_style(name: str) -> Style:
    """The style of a strategy.

    Args:
        name: a key of the catalogue, a scenario or a policy. Any other name has a fixed style that no strategy has.

    Returns:
        its colour ("#RRGGBB"), dash and marker symbol.
    """
    known = (_STRATEGIES | _SETTINGS).get(name)
    return Style(*(known or _SPARE[crc32(name.encode()) % len(_SPARE)]))


def class_style(i: int) -> Style:
    """The style of the points of a class: ten colours and ten symbols, then the symbols shifted by one.

    Args:
        i: index of the class, from 0.

    Returns:
        its colour ("#RRGGBB") and marker symbol; no two of the first 100 classes share both.

    Raises:
        ValueError: for a negative index.
    """
    if i < 0:
        raise ValueError(f"i must be the index of a class, 0 or more, not {i}.")
    symbols = list(SYMBOLS)
    return Style(
        _CLASS_COLORS[i % len(_CLASS_COLORS)],
        "solid",
        symbols[(i + i // len(_CLASS_COLORS)) % len(symbols)],
    )


def translucent(color: str, opacity: float) -> str:
    """A colour "#RRGGBB" as plotly's "rgba(...)", for a band; opacity in [0, 1]."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def ink_on(color: str) -> str:
    """Dark or light text, by the larger contrast on a colour "#RRGGBB" (WCAG 2)."""
    ground = luminance(color)
    on_light, on_dark = ((max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) for ink in map(luminance, (DARK, LIGHT)))
    return DARK if on_light >= on_dark else LIGHT


def luminance(color: str) -> float:
    """Relative luminance of a colour "#RRGGBB", 0 to 1 (WCAG 2)."""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
