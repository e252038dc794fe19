"""Every part of a screen against the rules of axe-core, light and dark: nothing serious or critical.

The screens as they open are checked with their first look, by turns in both themes; here in the other one.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.support.accessibility import assert_nothing_serious
from tests.browser.support.first_look import SCREENS, schemes
from tests.browser.support.harness import PHONE, WIDE, Server, Watched

# What another address shows than that of a screen.
PARTS = {
    "arena, you": "arena?arena_show=You+against+the+machine&arena_paired=1",
    "arena, why": "arena?arena_show=Why+this+point%3F&arena_paired=1",
    "batch explorer, own": "batch_explorer?batch_show=Choose+yourself",
    "clinic, bias": "failure_modes?clinic_ward=Sampling+bias&clinic_bias_paired=5",
    "atlas, simplex": "strategies?strategies_section=The+simplex",
    "atlas, kinds of uncertainty": "strategies?strategies_section=Epistemic+and+aleatoric",
    "stream": "scenarios?settings_section=Stream&settings_paired=1",
    "synthesis": "scenarios?settings_section=Query+synthesis",
    "digits": "scenarios?settings_section=Synthesised+digits",
    "tournament, heat map": "tournament?tournament_chart=Heat+map",
    "tournament, curves": "tournament?tournament_chart=Curves",
}


# The parts with controls of our own that are not in sight as a screen opens; the others are among the long tests.
SHORT = ("arena, you", "atlas, simplex", "tournament, heat map")


def by_turns(places: dict[str, str]) -> list[Any]:
    """Every place in both themes, most of them among the long tests."""
    return [
        pytest.param(place, scheme, marks=pytest.mark.long if other or place not in SHORT else [])
        for i, place in enumerate(places)
        for other, scheme in enumerate(schemes(i))
    ]


@pytest.mark.parametrize(("place", "scheme"), by_turns(PARTS))
def test_nothing_serious_is_found(server: Server, new_page: Callable[..., Watched], place: str, scheme: str) -> None:
    page = new_page(viewport=WIDE, color_scheme=scheme, reduced_motion="reduce").page
    page.goto(f"{server.url}/{PARTS[place]}", timeout=120_000)
    page.get_by_role("heading", level=1).wait_for(timeout=120_000)
    assert_nothing_serious(page)


@pytest.mark.long
@pytest.mark.parametrize(
    ("viewport", "turn"), [(WIDE, 1), (PHONE, 0), (PHONE, 1)], ids=["wide", "phone", "phone, the other theme"]
)
@pytest.mark.parametrize("screen", SCREENS)
def test_nor_in_the_other_theme_and_on_a_phone(
    server: Server, new_page: Callable[..., Watched], screen: str, viewport: dict[str, int], turn: int
) -> None:
    scheme = schemes(list(SCREENS).index(screen) + (viewport == PHONE))[turn]
    page = new_page(viewport=viewport, color_scheme=scheme, reduced_motion="reduce").page
    page.goto(f"{server.url}/{SCREENS[screen]}", timeout=120_000)
    page.get_by_role("heading", level=1).wait_for(timeout=120_000)
    assert_nothing_serious(page)
