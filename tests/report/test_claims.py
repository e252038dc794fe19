"""What is claimed of a race: one number, one interval, and no more than the interval says."""

import re
from dataclasses import replace

import numpy as np
import pytest

from alcore.report.phrases import typed
from alcore.report.statistics.comparison import Comparison, compare_races
from alcore.report.svg.whiskers import spoken, whisker_drawings
from alcore.report.text.claims import brief_claims, claims, drawn_words, gains_of, race_claims, signed

NUMBER = r"[+-]?\d+\.\d+"
NAMES = {"random": "Random", "margin": "Margin", "badge": "BADGE"}


def raced(gains: dict[str, float], seeds: int, spread: float = 0.01) -> Comparison:
    """Flat curves at 80 % and so much above, with a scatter of their own."""
    rng = np.random.default_rng(3)
    accuracy_S_R_T = np.full((seeds, 1 + len(gains), 4), 0.8)
    for r, gain in enumerate(gains.values(), start=1):
        accuracy_S_R_T[:, r] += gain + spread * rng.normal(size=(seeds, 1))
    return compare_races([5, 10, 15, 20], accuracy_S_R_T, ["random", *gains], seeds=range(seeds), names=NAMES)


def test_a_strategy_that_is_better_beats_random() -> None:
    (claim,) = claims(raced({"margin": 0.03}, 20))
    found = re.fullmatch(
        rf"Margin beats random: ({NUMBER}) points \(95 % CI ({NUMBER}) to ({NUMBER}), 20 paired seeds\)", claim
    )
    assert found is not None
    size, low, high = map(float, found.groups())
    assert 0 < low < size < high and size == pytest.approx(3, abs=0.6)


def test_a_strategy_that_is_worse_is_said_to_be_without_a_sign() -> None:
    (claim,) = claims(raced({"badge": -0.03}, 20))
    pattern = rf"BADGE is worse than random: ({NUMBER}) points \(95 % CI ({NUMBER}) to ({NUMBER}), 20 paired seeds\)"
    found = re.fullmatch(pattern, claim)
    assert found is not None
    size, low, high = map(float, found.groups())
    assert 0 < low < size < high


@pytest.mark.parametrize("spread", [0.01, 0.0004])
def test_what_may_be_chance_has_signs_and_asks_for_seeds(spread: float) -> None:
    (claim,) = [one.sentence for one in race_claims(raced({"badge": 0.0}, 8, spread))]
    assert claims(raced({"badge": 0.0}, 8, spread)) == (claim.removesuffix(". Add seeds"),)  # of files
    found = re.fullmatch(
        r"No significant difference yet: BADGE against random ([+-]\S+) points "
        r"\(95 % CI (-\S+) to (\+\S+), 8 paired seeds\)\. Add seeds",
        typed(claim),
    )
    assert found is not None
    size, low, high = map(float, found.groups())
    assert low < size < high and low < 0 < high  # no end is rounded to zero


def test_too_few_seeds_say_how_many_are_needed() -> None:
    (four,), (one,) = claims(raced({"margin": 0.1}, 4)), claims(raced({"margin": 0.1}, 1))
    assert four.endswith("4 paired seeds, at least 5 are needed)") and "beats" not in four
    assert one.endswith("(no interval, 1 paired seed, at least 5 are needed)")


def test_several_strategies_are_corrected_for() -> None:
    better, unclear = claims(raced({"margin": 0.03, "badge": 0.0}, 10))
    assert better.startswith("Margin beats random: ") and ", corrected for 2 comparisons, 10 paired seeds)" in better
    assert unclear.startswith("No significant difference yet: BADGE against random ")


def test_equal_curves_are_said_to_be_equal() -> None:
    (claim,) = claims(raced({"margin": 0.0}, 6, spread=0.0))
    assert claim == "No difference: margin and random have equal areas under the curve in all 6 paired seeds"


@pytest.mark.parametrize(
    ("points", "words"),
    [(2.94, "+2.9"), (-0.04, "−0.04"), (0.004, "+0.004"), (0.0, "0.0"), (-12.0, "−12.0"), (1e-9, "0.0")],
)
def test_a_number_has_as_many_decimals_as_show_its_sign(points: float, words: str) -> None:
    assert signed(points) == words


def test_the_race_drawn_is_a_diamond_with_its_own_number() -> None:
    races = raced({"margin": 0.03, "badge": 0.0}, 20)
    gains = gains_of(races, 7)
    assert gains == {rival.strategy: rival.gains_S[7] for rival in races.rivals}
    with_race, without = race_claims(races, gains), race_claims(races)
    assert [claim.drawn for claim in with_race] == [100 * gain for gain in gains.values()]
    assert drawn_words(with_race[0]) == f"this race: {signed(100 * gains['margin'])}" and drawn_words(without[0]) == ""
    drawings, plain = whisker_drawings(with_race), whisker_drawings(without)
    assert [drawing.count('z" fill') for drawing in drawings] == [1, 1]
    assert not any('z" fill' in drawing for drawing in plain)
    assert spoken(with_race[0]).endswith(drawn_words(with_race[0]))
    # The scale holds a race beyond all intervals.
    far = whisker_drawings([replace(without[0], drawn=-40.0)])[0]
    (place,) = re.findall(r'd="M(-?[0-9.]+) [0-9.]+l5', far)
    assert 0 < float(place) < 240


def test_figures_say_what_several_claims_share_once() -> None:
    races = raced({"margin": 0.03, "badge": 0.0}, 10)
    first, second, shared = brief_claims(races).split("\n")
    assert first.startswith("Margin beats random: ") and "seeds" not in first + second
    assert shared == "10 paired seeds, corrected for 2 comparisons."
    assert brief_claims(raced({"margin": 0.03}, 10)) == f"{claims(raced({'margin': 0.03}, 10))[0]}."
