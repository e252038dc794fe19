"""Colours, dashes and symbols: different from one another and readable in both themes."""

from __future__ import annotations

from itertools import combinations

import pytest
from matplotlib.colors import to_rgb
from matplotlib.markers import MarkerStyle
from plotly.validator_cache import ValidatorCache

from alcore.report.style import DASHES, STROKED_SYMBOLS, SYMBOLS, Style, class_style, strategy_style, translucent

KEYS = ["random", "least_confidence", "margin", "entropy", "k_center", "hybrid", "hybrid_product"]
KEYS += ["qbc_vote_entropy", "qbc_kl", "egl", "eer", "bald", "mean_std", "variation_ratios", "batchbald"]
KEYS += ["power_bald", "power_entropy", "epig", "badge", "typiclust", "probcover"]
BACKGROUNDS = ("#FFFFFF", "#0E1117")


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def look(style: Style) -> tuple[str, str, str]:
    return style.color, style.dash, style.symbol


def test_every_strategy_has_its_own_look() -> None:
    for one, other in combinations(KEYS, 2):
        a, b = strategy_style(one), strategy_style(other)
        assert (a.color, a.dash) != (b.color, b.dash), f"{one} and {other} draw the same line"
        assert (a.color, a.symbol) != (b.color, b.symbol), f"{one} and {other} draw the same points"


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_colours_stand_out_from_both_backgrounds(background: str) -> None:
    styles = [strategy_style(key) for key in [*KEYS, "made up"]] + [class_style(i) for i in range(10)]
    assert min(contrast(style.color, background) for style in styles) >= 3


def test_random_is_a_neutral_grey() -> None:
    red, green, blue = to_rgb(strategy_style("random").color)
    assert red == green == blue


def test_unknown_names_get_a_look_of_their_own_that_stays() -> None:
    known = {look(strategy_style(key)) for key in KEYS}
    unknown = {look(strategy_style(f"my strategy {i}")) for i in range(200)}
    assert not known & unknown
    assert len(unknown) > 100
    # Fixed by crc32, not by the hash seed of the process.
    assert look(strategy_style("mine")) == look(strategy_style("mine"))
    assert strategy_style("mine").dash == "longdashdot"


def test_ten_classes_differ_in_colour_and_in_symbol() -> None:
    ten = [class_style(i) for i in range(10)]
    assert len({style.color for style in ten}) == len({style.symbol for style in ten}) == 10
    assert len({(s.color, s.symbol) for s in map(class_style, range(100))}) == 100
    with pytest.raises(ValueError, match="-1"):
        class_style(-1)


def test_both_drawing_libraries_know_every_name() -> None:
    symbol = ValidatorCache.get_validator("scatter.marker", "symbol")
    dash = ValidatorCache.get_validator("scatter.line", "dash")
    for name, marker in (SYMBOLS | STROKED_SYMBOLS).items():
        assert symbol.validate_coerce(name) == name
        assert MarkerStyle(marker).get_marker() == marker
    assert all(dash.validate_coerce(name) == name for name in DASHES)
    for style in [*map(strategy_style, KEYS), *map(class_style, range(10))]:
        assert style.symbol in SYMBOLS and style.dash in DASHES


def test_one_dash_and_symbol_mean_the_same_in_both_libraries() -> None:
    assert len(set(DASHES.values())) == len(DASHES) == 6
    assert len(set(SYMBOLS.values())) == len(SYMBOLS) == 10
    styles = [strategy_style(f"{i}") for i in range(300)]
    assert {s.dash for s in styles} == set(DASHES) and {s.symbol for s in styles} == set(SYMBOLS)


def test_translucent() -> None:
    assert translucent("#0072B2", 0.2) == "rgba(0, 114, 178, 0.2)"
