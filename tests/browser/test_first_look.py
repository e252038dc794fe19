"""Picture first: where the main visual of each screen begins, and that nothing on it is clipped or overlaps."""

from collections.abc import Callable

import pytest

from tests.browser.support.first_look import SCREENS, SIZES, first_look
from tests.browser.support.harness import Server, Watched

# Screens with their main visual wholly above the fold, at every size of a desk.
PICTURE_FIRST = ("home", "arena", "batch explorer", "MNIST lab", "strategy atlas", "pool, stream, synthesis")
FIRST_CONTROL = 110
# The largest window is among the long tests.
LARGE_LAST = [pytest.param(size, marks=pytest.mark.long if size == "1920x1080" else []) for size in SIZES]


# The lab's runs, with their states and buttons, stand above its curve on a phone.
PHONE_FIRST = tuple(screen for screen in PICTURE_FIRST if screen != "MNIST lab")


@pytest.mark.parametrize("size", LARGE_LAST)
@pytest.mark.parametrize("screen", SCREENS)
def test_the_picture_comes_first_and_nothing_is_clipped_or_overlaps(
    server: Server, new_page: Callable[..., Watched], screen: str, size: str
) -> None:
    watched = new_page(viewport=SIZES[size])
    found = first_look(watched.page, f"{server.url}/{SCREENS[screen]}")
    assert not found.overlaps and not found.clipped and found.page_overflow == 0
    if size != "390x844" and found.first_control is not None:
        assert found.first_control <= FIRST_CONTROL, "the sidebar's first control"
    if size != "390x844" and screen in PICTURE_FIRST:
        assert found.top is not None and found.height is not None and found.visible is not None
        assert found.top <= 180
        assert found.visible >= found.height - 1, "the main visual is wholly in sight"
    if size == "390x844" and screen in PHONE_FIRST:
        assert found.top is not None and found.visible is not None
        # The grid of data sets lies under the maps of the settings, in sight with them.
        assert found.top <= 220 and found.visible >= (440 if screen == "pool, stream, synthesis" else 500)
    watched.assert_clean()
