"""The simplex: geometry against closed forms and Monte Carlo, and what is said of it."""

import math

import numpy as np
import pytest
from matplotlib.path import Path as MplPath

from alcore.report.paper.maps import print_panels
from alcore.report.paper.render import to_bytes
from alcore.report.statistics.simplex import (
    CORNERS_3_2,
    discord,
    from_plane,
    middles,
    prefers,
    read_triple,
    rounded,
    score_surface,
    shares_apart,
    spelled,
    to_plane,
    where,
)
from alcore.report.statistics.simplex import apart as apart_surface
from alcore.report.svg.panels import Line, path, scene
from alcore.report.svg.simplex_panels import (
    apart_pane,
    apart_words,
    measure_pane,
    order_words,
    split_words,
    triple_marks,
)
from alcore.strategies.uncertainty import entropy, least_confidence, margin

A, B = (0.34, 0.33, 0.33), (0.5, 0.49, 0.01)
SCORES = {"least": least_confidence, "margin": margin, "entropy": entropy}


def drawn(count: int, seed: int = 0) -> np.ndarray:
    """Triples spread evenly over the triangle."""
    return np.random.default_rng(seed).dirichlet([1, 1, 1], size=count)


def inside(polygons: np.ndarray, points_N_2: np.ndarray) -> np.ndarray:
    """Even or odd: which points lie within rings separated by rows of NaN."""
    odd = np.zeros(len(points_N_2), dtype=bool)
    for part in np.split(polygons, np.flatnonzero(np.isnan(polygons[:, 0]))):
        part = part[~np.isnan(part[:, 0])]
        if len(part) > 2:
            odd ^= MplPath(part).contains_points(points_N_2)
    return odd


def test_the_plane_and_the_simplex_are_one() -> None:
    triples = drawn(200)
    np.testing.assert_allclose(from_plane(to_plane(triples)), triples, atol=1e-12)
    np.testing.assert_allclose(to_plane(np.eye(3)), CORNERS_3_2)
    sides = np.linalg.norm(CORNERS_3_2 - np.roll(CORNERS_3_2, 1, axis=0), axis=1)
    np.testing.assert_allclose(sides, sides[0])
    outside = from_plane([[0.0, 1.0], [1.0, 0.0], [-5.0, -5.0]])
    assert (outside >= 0).all() and np.allclose(outside.sum(axis=1), 1)


def test_rounding_keeps_a_distribution() -> None:
    for triple in drawn(300):
        near = rounded(triple)
        assert sum(round(100 * share) for share in near) == 100
        assert max(abs(a - b) for a, b in zip(near, triple, strict=True)) < 0.01
    assert rounded((1 / 3, 1 / 3, 1 / 3)) == (0.34, 0.33, 0.33)


@pytest.mark.parametrize(
    ("text", "triple"),
    [
        (".34 .33 .33", A),
        ("[.5 .49 .01]", B),
        ("0.5, 0.49, 0.01", B),
        ("50 49 1", B),
        ("50 % / 49 % / 1 %", B),
        ("2 1 1", (0.5, 0.25, 0.25)),
        ("1 0 0", (1, 0, 0)),
        ("1e308 1e308 0", (0.5, 0.5, 0)),
    ],
)
def test_triples_are_read_as_people_write_them(text: str, triple: tuple[float, ...]) -> None:
    assert read_triple(text) == pytest.approx(triple, abs=1e-12)


@pytest.mark.parametrize(
    "text", ["", "banana", ".5 .5", "1 2 3 4", "-1 1 1", "0 0 0", "nan 1 1", "1e999 1 1", "<b>1 1 1</b>"]
)
def test_what_is_no_triple_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not three probabilities"):
        read_triple(text)


def test_a_spelled_triple_is_read_back() -> None:
    for triple in [A, B, (1.0, 0.0, 0.0), (0.125, 0.5, 0.375)]:
        assert read_triple(spelled(triple)) == pytest.approx(triple, abs=1e-9)


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("level", [0.1, 0.31, 0.5, 0.742])
def test_the_region_above_a_level_holds_just_the_triples_above_it(name: str, level: float) -> None:
    score = SCORES[name]
    triples = drawn(4000)
    gap = score(triples) - level
    # A contour lies within a cell of the lattice, and is drawn to a third of a pixel of 300.
    clear = (np.abs(gap) > 0.03) & (triples.min(axis=1) > 0.005)
    found = inside(where(score_surface(score), [level])[0], to_plane(triples))
    np.testing.assert_array_equal(found[clear], gap[clear] > 0)


def test_middles_fill_the_triangle_evenly() -> None:
    centres = middles(10)
    assert len(centres) == 100 and (centres > 0).all() and np.allclose(centres.sum(axis=1), 1)
    np.testing.assert_allclose(centres.mean(axis=0), 1 / 3)
    # Least confidence is at least t outside three corner triangles of side t: of 1 - 3 t^2 of the area.
    assert (least_confidence(middles(300)) >= 0.25).mean() == pytest.approx(1 - 3 * 0.25**2, abs=0.01)


def test_the_known_examples_are_ordered_as_known() -> None:
    assert {name: prefers(score, A, B) for name, score in SCORES.items()} == {
        "least": 1,
        "margin": 0,
        "entropy": 1,
    }
    assert prefers(entropy, B, A) == -1


@pytest.mark.parametrize("example", [A, B, (0.6, 0.3, 0.1)])
def test_shares_apart_are_those_of_drawn_triples(example: tuple[float, float, float]) -> None:
    triples = drawn(100_000)
    reference = np.array([example])
    above, others = entropy(triples) > entropy(reference), margin(triples) > margin(reference)
    first, second, rest = shares_apart(entropy, margin, example)
    assert first == pytest.approx((above & ~others).mean(), abs=0.006)
    assert second == pytest.approx((~above & others).mean(), abs=0.006)
    assert first + second + rest == pytest.approx(1)
    zone = where(
        apart_surface(
            score_surface(entropy), float(entropy(reference)[0]), score_surface(margin), float(margin(reference)[0])
        ),
        [1e-9],
    )[0]
    assert inside(zone, to_plane(triples[:20_000])).mean() == pytest.approx(first, abs=0.02)


@pytest.mark.parametrize("pair", [("entropy", "margin"), ("least", "margin"), ("least", "entropy")])
def test_discord_is_that_of_drawn_pairs(pair: tuple[str, str]) -> None:
    one, other = (SCORES[name] for name in pair)
    left, right = drawn(100_000, 1), drawn(100_000, 2)
    apart = (one(left) - one(right)) * (other(left) - other(right)) < 0
    assert discord(one, other) == pytest.approx(apart.mean(), abs=0.006)
    assert discord(one, one) == pytest.approx(0, abs=1e-9)


def test_sentences_say_who_comes_first() -> None:
    assert order_words({"Least confidence": 1, "Margin": 0, "Entropy": 1}) == (
        "Least confidence and entropy query **A first**; margin scores both alike."
    )
    assert order_words({"Margin": -1, "Entropy": -1}).startswith("All agree: margin and entropy query")
    assert order_words({"Margin": 0, "Entropy": 0}) == "All agree: margin and entropy score both alike."
    assert "70 %" in apart_words("Entropy", "Margin", "B", (0.6964, 0.0004, 0.3), 0.19)
    assert "under 0.1 %" in apart_words("Entropy", "Margin", "B", (0.6964, 0.0004, 0.3), 0.19)
    assert "choose two" in apart_words("Entropy", "Entropy", "B", (0, 0, 1), 0)
    assert ", 0 % score higher than B" in apart_words("Entropy", "Margin", "B", (0, 0.5, 0.5), 0.19)


def test_words_of_a_split_say_which_part_labels_buy() -> None:
    assert "mostly aleatoric" in split_words("A", 1.0, 0.9, 0.1) and "(10 %)" in split_words("A", 1.0, 0.9, 0.1)
    assert "can reduce much" in split_words("A", 1.0, 0.2, 0.8)
    assert "partly" in split_words("A", 1.0, 0.7, 0.3)
    assert "hardly any uncertainty" in split_words("A", 0.001, 0.001, 0.0)


def test_a_pane_writes_no_minus_before_nothing_and_no_measure_against_itself() -> None:
    empty = where(score_surface(entropy), [2.0])[0]
    certain = measure_pane("Entropy", "#D55E00", [], empty, [-0.0, 1.0986])
    assert certain.words == ("A 0.000 < B 1.099: B first",) and "-0" not in certain.alt
    alone = apart_pane(("Margin", "Margin"), ("#009E73", "#009E73"), (empty, empty), "B", (0, 0, 1))
    assert alone.words == ("Margin never disagrees with itself.",) and not alone.layers


def test_panes_are_drawn_for_screen_and_paper() -> None:
    one, other = score_surface(entropy), score_surface(margin)
    levels = where(one, [0.2, 0.9])
    panes = [
        measure_pane("Entropy", "#D55E00", levels, levels[1], [1.0986, 0.742]),
        apart_pane(("Entropy", "Margin"), ("#D55E00", "#009E73"), (levels[0], where(other, [0.9])[0]), "B", B),
    ]
    assert panes[0].words[0] == "A 1.099 > B 0.742: A first"
    marks = triple_marks({"A": A, "B": B})
    told = scene(panes, marks, CORNERS_3_2, 0.01)
    assert [mark["letter"] for mark in told["marks"]] == ["A", "B"]
    assert told["panes"][1]["layers"][1]["fill"] == "hatch" and told["panes"][0]["alt"]
    for fmt, start in (("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")):
        assert to_bytes(print_panels(panes, marks), fmt).startswith(start)
    with pytest.raises(ValueError, match="at least one pane"):
        print_panels([], marks)


def test_paths_turn_the_plane_upside_down_and_close_rings() -> None:
    gap = math.nan
    at = np.array([[0, 0], [1, 0], [1, 1], [gap, gap], [0.5, 0.5], [0.25, 1]], dtype=np.float32)
    assert path(at, closed=True) == "M0 1000L1000 1000L1000 0ZM500 500L250 0Z"
    assert path(at[4:], closed=False) == "M500 500L250 0"
    assert Line(at, closed=False).dash == "solid"
