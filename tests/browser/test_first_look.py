"""Picture first: where the main visual of each screen begins, and that nothing on it is clipped or overlaps.

On wide screens what is in sight also breaks no rule of axe-core, by turns in the light theme and in the dark one.
"""

from collections.abc import Callable

import pytest

from tests.browser.support.accessibility import assert_nothing_serious
from tests.browser.support.first_look import SCREENS, SIZES, first_look, schemes
from tests.browser.support.harness import Server, Watched

FIRST_CONTROL = 110
# Top of the maps of a player; 0 without one.
_MAPS = """() => {
  const svg = document.querySelector(".alcore-figure svg")
  const first = svg?.querySelector("clipPath rect")
  return first ? svg.getBoundingClientRect().top + Number(first.getAttribute("y")) : 0
}"""
# The largest window is among the long tests.
LARGE_LAST = [pytest.param(size, marks=pytest.mark.long if size == "1920x1080" else []) for size in SIZES]


@pytest.mark.parametrize("size", LARGE_LAST)
@pytest.mark.parametrize("screen", SCREENS)
def test_the_picture_comes_first_and_nothing_is_clipped_or_overlaps(
    server: Server, new_page: Callable[..., Watched], screen: str, size: str
) -> None:
    scheme, _ = schemes(list(SCREENS).index(screen) + (size == "390x844"))
    watched = new_page(viewport=SIZES[size], color_scheme=scheme)
    found = first_look(watched.page, f"{server.url}/{SCREENS[screen]}")
    assert not found.overlaps and not found.clipped and found.page_overflow == 0
    if size != "390x844" and found.first_control is not None:
        assert found.first_control <= FIRST_CONTROL, "the sidebar's first control"
    assert found.top is not None and found.height is not None and found.visible is not None
    if size == "390x844":
        # With its controls under it, such as the sliders of the clinic.
        assert found.top <= 230 and found.visible >= 440
    else:
        assert found.top <= 180
        assert found.visible >= found.height - 1, "the main visual is wholly in sight"
        assert watched.page.evaluate(_MAPS) <= 182, "the maps, under the verdict and their names"
        assert_nothing_serious(watched.page)
    watched.assert_clean()
