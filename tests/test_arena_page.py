"""The arena without a browser."""

import pytest

from alcore.strategies.catalogue import STRATEGIES
from tests.screens import assert_fine, charts, move_every_control

PAGE = "pages/arena.py"


def test_opens_with_uncertainty_against_random(open_screen) -> None:
    at = open_screen(PAGE)
    assert_fine(at, "opening")
    assert [box.value for box in at.selectbox[:2]] == ["least_confidence", "random"]
    (figure,) = charts(at)
    assert len(figure["frames"]) == 31
    assert [step["label"] for step in figure["layout"]["sliders"][0]["steps"]] == [str(n) for n in range(31)]
    assert "one race, not yet evidence" in at.info[0].value


def test_the_link_is_the_state(open_screen) -> None:
    at = open_screen(PAGE, arena_rounds="5", arena_overlap="0.8", arena_left="k_center", arena_right="margin")
    assert_fine(at, "opening a link")
    (figure,) = charts(at)
    assert len(figure["frames"]) == 6
    words = [note["text"] for note in figure["layout"]["annotations"]]
    # Random is always in the race.
    assert [word for word in words if "accuracy" not in word] == [
        f"<b>{STRATEGIES[name].label}</b>" for name in ("k_center", "margin", "random")
    ]


def test_one_strategy_on_both_sides_is_one_racer(open_screen) -> None:
    at = open_screen(PAGE, arena_left="random", arena_right="random")
    assert_fine(at, "opening")
    assert "drawn once" in "".join(caption.value for caption in at.caption)


def test_a_pool_that_runs_out_is_told(open_screen) -> None:
    at = open_screen(PAGE, arena_points="50", arena_batch="20", arena_rounds="100")
    assert_fine(at, "opening")
    assert "ran out of points after 3 rounds" in "".join(caption.value for caption in at.caption)


@pytest.mark.parametrize("value", ["banana", "-5", "1e9", "nan", "<script>", ""])
@pytest.mark.parametrize("control", ["arena_points", "arena_left", "arena_data", "arena_overlap"])
def test_nonsense_in_the_address_is_a_sentence_at_most(open_screen, control: str, value: str) -> None:
    at = open_screen(PAGE, **{control: value})
    assert_fine(at, f"{control}={value}")
    assert value in ("",) or at.warning
    assert charts(at)


def test_every_control_at_both_ends(open_screen) -> None:
    assert move_every_control(open_screen(PAGE)) == 10


def test_everything_at_its_most(open_screen) -> None:
    at = open_screen(
        PAGE,
        arena_points="1000",
        arena_overlap="1.0",
        arena_classes="5",
        arena_seeds="40",
        arena_batch="9",
        arena_rounds="100",
        arena_left="hybrid",
        arena_right="k_center",
    )
    assert_fine(at, "the largest race")
    assert len(charts(at)[0]["frames"]) == 101


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_every_strategy_races_and_says_what_it_does(open_screen, name: str) -> None:
    at = open_screen(PAGE, arena_left=name, arena_rounds="3", arena_points="60")
    assert_fine(at, name)
    assert at.selectbox[0].value == name
    assert STRATEGIES[name].description in [caption.value for caption in at.caption]
