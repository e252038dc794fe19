"""Links of the dashboard's own: a click gives the screen that the same address gives opened afresh."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import PageLink

from tests.support.screens import address, assert_fine, controls, every_pair, follow, standing

ARENA, SETTINGS, ATLAS, BATCH = (f"pages/{name}.py" for name in ("arena", "settings", "strategies", "batch_explorer"))
QUICK = {"arena_rounds": "4", "arena_paired": "1"}


def presets(at: AppTest) -> dict[str, PageLink]:
    """The links on the page that say where every control stands, by their words."""
    return {link.proto.label: link for link in at.page_link if "preset=" in link.proto.query_string}


def shown(at: AppTest) -> dict[str, Any]:
    """The address, every control, the sentences and the figures' data."""
    assert_fine(at, str(at.query_params))
    return {
        "address": address(at),
        "controls": standing(at),
        "sentences": [one.value for one in (*at.info, *at.warning, *at.caption)],
        # Digests: the figures are large, and all that counts is whether they are the same.
        "figures": [sha256(figure).hexdigest() for figure in figures(at)],
        "hint": [one.value for one in at.markdown if "lightbulb" in one.value],
    }


def figures(at: AppTest) -> list[bytes]:
    """Every chart on the screen and the arena's race with all its rounds, as the browser receives them."""
    sent = [one.proto for one in at.get("bidi_component")]
    raced = [one.bytes for one in sent if one.component_name in ("alcore_reel", "alcore_frames")]
    return [*(one.proto.spec.encode() for one in at.get("plotly_chart")), *raced[-2:]]


def afresh(open_screen: Callable[..., AppTest], path: str, link: PageLink) -> AppTest:
    return open_screen(path, **parse_qs(link.proto.query_string))


def test_a_walk_takes_every_ordered_pair_once() -> None:
    walk = list(every_pair(["a", "b", "c", "d"]))
    pairs = list(zip(walk, walk[1:], strict=False))
    assert len(pairs) == len(set(pairs)) == 12 and all(one != other for one, other in pairs)


def move_some(at: AppTest, **wanted: Any) -> None:
    """Move controls as a reader would, whichever of these there are."""
    for control in controls(at):
        if control.key in wanted:
            control.set_value(wanted[control.key])
    at.run()


# Each question once, after another one; and each after each other one, among the long tests.
WALKS = ["once", pytest.param("every pair", marks=pytest.mark.long)]


def walk_the_presets(at: AppTest, path: str, walk: str, open_screen: Callable[..., AppTest], **moved: Any) -> None:
    names = list(presets(at))
    assert len(names) >= 4
    right = {name: shown(afresh(open_screen, path, link)) for name, link in presets(at).items()}
    for name, link in presets(at).items():
        # Put right in a second step, it would be two steps back for the reader.
        assert right[name]["address"] | {"preset": ["yes"]} == parse_qs(link.proto.query_string), name
    for name in names if walk == "once" else every_pair(names):
        move_some(at, **moved)
        assert_fine(at, f"before {name}")
        found = shown(follow(at, presets(at)[name]))
        assert found == right[name], name


@pytest.mark.parametrize("walk", WALKS)
def test_each_question_of_the_arena_after_each(open_screen, walk: str) -> None:
    at = open_screen(ARENA, **QUICK, arena_target="accuracy", arena_height="0.7", arena_show="table")
    assert standing(at)["arena_height"] == 0.7
    walk_the_presets(
        at,
        ARENA,
        walk,
        open_screen,
        arena_rounds=3,
        arena_paired=1,
        arena_data="moons",
        arena_third="margin",
        arena_noise=0.1,
        arena_start="diverse",
        arena_fork="random",
        arena_best=True,
        arena_show="why",
    )


@pytest.mark.parametrize("walk", WALKS)
def test_each_question_of_the_settings_after_each(open_screen, walk: str) -> None:
    at = open_screen(SETTINGS, settings_section="synthesis", settings_made="50")
    walk_the_presets(
        at,
        SETTINGS,
        walk,
        open_screen,
        settings_section="synthesis",
        settings_labels=10,
        settings_batch=5,
        settings_seed=7,
        settings_made=30,
        settings_when=40,
        settings_overlap=0.7,
    )


def test_a_control_that_comes_into_sight_later_stands_as_after_the_fresh_address(open_screen) -> None:
    at = open_screen(ARENA, **QUICK, arena_target="accuracy", arena_height="0.7", arena_show="why", arena_when="2")
    at.selectbox(key="_arena_point").select_index(3).run()
    assert standing(at)["arena_when"] == 2 and "arena_point" in at.query_params
    start = presets(at)["Does a bad start matter?"]
    new = afresh(open_screen, ARENA, start)
    follow(at, start)
    for screen in (at, new):
        move_some(screen, **{"arena_paired": 1})
        move_some(screen, **{"arena_target": "accuracy", "arena_show": "why"})
    assert standing(new)["arena_height"] == 0.85 and standing(new)["arena_when"] == 0
    assert shown(at) == shown(new)
    move_some(at, arena_height=0.8)
    at.run()
    assert standing(at)["arena_height"] == 0.8


def test_a_game_is_over_when_a_question_is_opened(open_screen) -> None:
    at = open_screen(ARENA)
    start = presets(at)["Does a bad start matter?"]
    follow(at, start)
    move_some(at, arena_paired=1, arena_rounds=4)
    move_some(at, arena_show="you")
    at.button(key="arena_you_label").click().run()
    assert not at.button(key="arena_you_undo").disabled
    follow(at, start)
    move_some(at, arena_paired=1, arena_rounds=4)
    move_some(at, arena_show="you")
    assert at.button(key="arena_you_undo").disabled


def test_a_question_is_followed_once_though_the_browser_repeats_its_address(open_screen) -> None:
    at = open_screen(ARENA, **QUICK)
    start = presets(at)["Does a bad start matter?"]
    follow(at, start)
    held = standing(at)
    follow(at, start)
    assert standing(at) == held and "preset" not in at.query_params
    move_some(at, arena_rounds=5, arena_paired=1)
    assert standing(at)["arena_rounds"] == 5
    follow(at, start)
    assert standing(at) == held, "the same question again, once the address has been put right"


@pytest.mark.parametrize(
    ("words", "path", "before"),
    [
        ("**Race it in the arena**", ARENA, {**QUICK, "arena_right": "Entropy", "arena_outliers": "20"}),
        ("**See its batches**", BATCH, {"batch_points": "150", "batch_alpha": "0.2", "batch_own": "30-31"}),
    ],
)
def test_a_link_of_the_atlas_forgets_an_earlier_visit(
    open_screen, words: str, path: str, before: dict[str, str]
) -> None:
    at = open_screen(path, **before)
    at.switch_page(ATLAS)
    at.query_params = {"strategies_entry": "bald"}
    at.run()
    link = presets(at)[words]
    right = shown(afresh(open_screen, path, link))
    found = shown(follow(at, link))
    assert found == right
    assert set(found["address"]) < {"arena_left", "batch_panels", ""}


def test_going_home_and_back_keeps_the_settings(open_screen) -> None:
    at = open_screen(ARENA, **QUICK)
    at.slider(key="arena_seed").set_value(3).run()
    at.switch_page("dashboard.py")
    at.query_params = {}
    at.run()
    at.switch_page(ARENA)
    at.run()
    assert standing(at)["arena_seed"] == 3 and address(at)["arena_seed"] == ["3"]
