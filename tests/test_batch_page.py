"""The batch explorer without a browser."""

import re

import pytest

from alcore.strategies.catalogue import STRATEGIES
from tests.screens import assert_fine, charts, move_every_control

PAGE = "pages/batch_explorer.py"


def numbers(at, word: str) -> list[float]:
    """One number a panel."""
    found = (re.search(rf"\*\*([\d.]+)\*\* {word}", text.value) for text in at.markdown)
    return [float(match[1]) for match in found if match]


def test_opens_with_all_selectors_and_their_numbers(open_screen) -> None:
    at = open_screen(PAGE)
    assert_fine(at, "opening")
    assert len(charts(at)) == 4
    uncertainty, radius = numbers(at, "mean uncertainty"), numbers(at, "covering radius")
    assert len(uncertainty) == len(radius) == 4
    assert uncertainty[0] == max(uncertainty)
    assert radius[1] == min(radius)


def test_alpha_moves_the_hybrid_sum_from_coverage_to_uncertainty(open_screen) -> None:
    coverage, top = open_screen(PAGE, batch_alpha="0.0"), open_screen(PAGE, batch_alpha="1.0")
    for at, same_as in ((coverage, 1), (top, 0)):
        told = numbers(at, "mean uncertainty")
        assert told[2] == told[same_as]
    assert numbers(coverage, "mean uncertainty")[3] == numbers(top, "mean uncertainty")[3]


def test_near_duplicates_cost_top_k_labels(open_screen) -> None:
    at = open_screen(PAGE, batch_duplicates="200")
    gaps = numbers(at, "smallest gap")
    assert gaps[0] < 0.05 < min(gaps[1:])
    assert "paid for twice" in at.info[0].value
    assert "paid for twice" not in open_screen(PAGE, batch_size="2").info[0].value


def test_nonsense_in_the_address_is_a_sentence(open_screen) -> None:
    at = open_screen(PAGE, batch_size="9999", batch_alpha="x")
    assert_fine(at, "opening")
    assert "9,999" in at.warning[0].value and "not a number" in at.warning[0].value


def test_every_control_at_both_ends(open_screen) -> None:
    assert move_every_control(open_screen(PAGE)) == 8


@pytest.mark.parametrize("name", [name for name in STRATEGIES if "hybrid" not in name and name != "k_center"])
def test_every_other_strategy_can_be_shown_beside_them(open_screen, name: str) -> None:
    at = open_screen(PAGE, batch_another=name)
    assert_fine(at, name)
    assert len(charts(at)) == 5
    assert STRATEGIES[name].description in [caption.value for caption in at.caption]
