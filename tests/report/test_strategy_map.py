"""The map of the strategies: sizes by gain, signs by verdict, and names that do not cover one another."""

import numpy as np
import pytest

from alcore.report.charts.chart import Label, Series
from alcore.report.charts.labels import LETTER, Named, labels_beside
from alcore.report.charts.strategy_map import Mapped, diameter, gain_words, strategy_map
from alcore.report.interactive.render import to_plotly
from alcore.report.intervals import Interval
from alcore.report.paper.render import to_bytes, to_matplotlib
from alcore.report.statistics.strategy_places import percentile_of, spacing_of
from alcore.report.style import strategy_style

FAMILIES = ("Baseline", "Uncertainty", "Coverage")
POINTS = [
    Mapped("random", "Random", "Baseline", 0.5, 1.0, None),
    Mapped("margin", "Margin", "Uncertainty", 0.9, 0.4, Interval(0.02, 0.015, 0.025)),
    Mapped("entropy", "Entropy", "Uncertainty", 0.91, 0.41, Interval(0.005, -0.001, 0.011)),
    Mapped("k_center", "k-center", "Coverage", 0.3, 1.9, Interval(-0.01, -0.02, -0.005)),
    Mapped("eer", "Lookahead", "Coverage", 0.6, 0.3, None),
]


def drawn(name: str) -> list[Series]:
    """The marks of a strategy, the halo first."""
    return [
        mark
        for mark in strategy_map(POINTS, FAMILIES).marks
        if isinstance(mark, Series) and name in np.asarray(mark.facts).tolist()
    ]


def test_a_disc_is_as_large_as_its_gain_and_a_halo_as_the_upper_end() -> None:
    halo, disc = drawn("margin")
    assert halo.marker is not None and disc.marker is not None
    at = np.asarray(halo.facts).tolist().index("margin")
    sizes = np.asarray(halo.marker.size)[at] ** 2, np.asarray(disc.marker.size)[0] ** 2
    assert sizes[0] / sizes[1] == pytest.approx(0.025 / 0.02)
    assert diameter(0.04) == pytest.approx(2 * diameter(0.01))


def test_the_sign_says_the_verdict() -> None:
    signs = {
        name: (mark.fill, mark.symbol)
        for name in ("margin", "entropy", "k_center", "eer", "random")
        if (mark := drawn(name)[-1].marker) is not None
    }
    assert signs == {
        "margin": ("", "circle"),
        "entropy": ("open", "circle"),
        "k_center": ("", "x"),
        "eer": ("open", "diamond"),
        "random": ("", "square"),
    }
    assert gain_words(None) == "not measured yet"
    assert gain_words(POINTS[1].gain) == "+2.0 points (95 % CI 1.5 to 2.5)"


def test_the_baseline_has_the_colour_of_random_and_no_family_has() -> None:
    colors = {name: mark.color for name in ("margin", "k_center", "random") if (mark := drawn(name)[-1].marker)}
    assert colors.pop("random") == strategy_style("random").color
    assert strategy_style("random").color not in colors.values()


def test_every_name_is_on_the_picture_on_screen_and_in_print() -> None:
    chart = strategy_map(POINTS, FAMILIES, ("margin",))
    names = {one.label for one in POINTS}
    assert {mark.text for mark in chart.marks if isinstance(mark, Label)} == names
    assert {one["text"] for one in to_plotly(chart).to_dict()["layout"]["annotations"]} == names
    svg = to_bytes(to_matplotlib(chart), "svg").decode()
    assert all(f">{name}<" in svg for name in names)


def test_names_of_neighbours_do_not_cover_one_another() -> None:
    labels = {mark.text: mark for mark in strategy_map(POINTS, FAMILIES).marks if isinstance(mark, Label)}
    one, other = labels["Margin"], labels["Entropy"]
    apart = abs(one.up - other.up) > 10 or abs(one.right - other.right) > 40
    assert apart


def test_percentile_and_spacing_of_known_picks() -> None:
    uncertainty = np.arange(10.0)
    assert percentile_of(uncertainty, np.array([9])) == pytest.approx(0.95)
    assert percentile_of(uncertainty, np.arange(10)) == pytest.approx(0.5)
    assert spacing_of(np.array([[0.0, 0], [3, 4], [0, 1]])) == pytest.approx((1 + np.hypot(3, 3) + 1) / 3)


@pytest.mark.parametrize("seed", range(4))
def test_a_name_without_a_line_is_nearest_to_its_own_point(seed: int) -> None:
    width, height = 300, 400
    rng = np.random.default_rng(seed)
    places = rng.random((25, 2))
    points = [Named(x, y, x, y, 5.0, f"Strategy {i}") for i, (x, y) in enumerate(places.tolist())]
    labels = labels_beside(points, width=width, height=height, crowded=True)
    assert 3 < len(labels) < len(points), "some have no room"
    for label in labels:
        own = int(label.text.split()[1])
        middle = places[own] * [width, height] + [label.right, label.up]
        half = np.array([LETTER * len(label.text) / 2, 7.5])
        away = np.hypot(*(np.maximum(0, np.abs(places * [width, height] - middle) - half)).T)
        assert label.leader or away.argmin() == own
