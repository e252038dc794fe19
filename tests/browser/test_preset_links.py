"""Links of the dashboard's own, clicked for real: the screen is the one that their address opens afresh."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from pages.screens.arena.starting_points import QUESTIONS, settings_of
from tests.browser.support.harness import Server, Watched, still
from tests.support.screens import every_pair

# What the controls of the sidebar stand at, in the order of the page.
CONTROLS = """
() => [...document.querySelectorAll('section[data-testid=stSidebar] [data-testid]')].flatMap((one) => ({
  stSlider: () => [one.innerText.split('\\n')[0] + ': ' + one.querySelector('input[type=range]').value],
  stSelectbox: () => [one.innerText.split('\\n')[0] + ': ' + one.querySelector('input').value + ' '
    + one.innerText.split('\\n').slice(1).join(' ')],
  stButtonGroup: () => [one.innerText.split('\\n')[0] + ': '
    + [...one.querySelectorAll('[aria-checked=true]')].map((option) => option.innerText).join()],
})[one.dataset.testid]?.() ?? [])
"""
# The address, the controls, the names over the maps, and whether the reader plays.
SCREEN = f"""
() => [
  location.search.replace(/^\\?/, "").split("&").sort(),
  ({CONTROLS})(),
  [...document.querySelectorAll(".alcore-figure .note")].map((one) => one.textContent),
]
"""


def compare(page: Page, new: Page) -> None:
    """Wait until a screen stands as another one does: the address, the controls and the verdict."""
    still(new)
    expect(new.get_by_test_id("stSlider").first).to_be_visible()
    expect(new.get_by_test_id("stSkeleton")).to_have_count(0)
    right = new.evaluate(CONTROLS)
    assert len(right) > 10
    page.wait_for_function(f"(right) => JSON.stringify(({CONTROLS})()) === JSON.stringify(right)", arg=right)
    verdict = new.locator(".verdict").first.text_content() or ""
    expect(page.locator(".verdict").first).to_have_text(verdict)
    expect(page).to_have_url(new.url)


def follow(page: Page, words: str) -> str:
    """Click a link; returns its address."""
    link = page.get_by_role("link", name=words).first
    href = link.get_attribute("href") or ""
    link.click()
    return href.partition("?")[2]


@pytest.mark.long
def test_every_question_after_every_other_is_the_screen_that_its_address_opens_afresh(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    page, new = (new_page(reduced_motion="reduce") for _ in range(2))
    fresh = {}
    for key in QUESTIONS:
        new.page.goto(f"{server.url}/arena?{urlencode(settings_of(key))}")
        expect(new.page.get_by_text(QUESTIONS[key].hint.split(".")[0])).to_be_visible()
        still(new.page)
        new.page.wait_for_function(
            f"() => {{ const [, set, names] = ({SCREEN})(); return set.length > 10 && names.length > 1 }}"
        )
        fresh[key] = new.page.evaluate(SCREEN)
    walk = list(every_pair(list(QUESTIONS)))
    page.page.goto(f"{server.url}/arena?{urlencode(settings_of(walk[0]))}")
    for key in walk:
        page.page.get_by_role("link", name=QUESTIONS[key].words).click()
        expected = f"(right) => JSON.stringify(({SCREEN})()) === JSON.stringify(right)"
        page.page.wait_for_function(expected, arg=fresh[key], timeout=60_000)
    page.assert_clean()
    new.assert_clean()


def test_questions_of_the_arena_then_a_link_of_the_atlas(server: Server, new_page: Callable[..., Watched]) -> None:
    page, new = (new_page(reduced_motion="reduce") for _ in range(2))
    before = "arena_rounds=6&arena_paired=1&arena_noise=0.2&arena_surface=Uncertainty"
    page.page.goto(f"{server.url}/arena?{before}")
    expect(page.page.get_by_text("one race, not yet evidence")).to_be_visible()
    for key in ("start", "lose"):
        new.page.goto(f"{server.url}/arena?{follow(page.page, QUESTIONS[key].words)}")
        for one in (page.page, new.page):
            expect(one.get_by_text(QUESTIONS[key].hint.split(".")[0])).to_be_visible()
            seeds = QUESTIONS[key].settings.get("paired", "20")
            expect(one.locator(".verdict").filter(has_text=f"{seeds} paired seeds")).to_be_visible()
            expect(one).to_have_url(re.compile(f"/arena\\?arena_question={key}&"))
        compare(page.page, new.page)
    page.page.go_back()
    expect(page.page.get_by_text(QUESTIONS["start"].hint.split(".")[0])).to_be_visible()
    expect(page.page).to_have_url(re.compile(r"/arena\?arena_question=start&"))
    page.page.get_by_role("link", name="Strategy atlas").click()
    new.page.goto(f"{server.url}/arena?{follow(page.page, 'Race it in the arena')}")
    for one in (page.page, new.page):
        expect(one.locator(".verdict").filter(has_text="20 paired seeds")).to_be_visible()
        expect(one).to_have_url(re.compile(r"/arena\?arena_left=Margin$"))
    compare(page.page, new.page)
    page.assert_clean()
    new.assert_clean()


def test_back_leads_to_the_settings_of_the_screen_before_and_a_link_makes_one_entry(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    # A page that other tests have used has as many entries as there can be, 50, and counts no further.
    page = new_page(own=True)
    settings = re.compile(r"/strategies\?strategies_section=The\+simplex&strategies_one=Margin$")
    page.page.goto(f"{server.url}/strategies?strategies_section=The+simplex&strategies_one=Margin")
    expect(page.page.get_by_role("radio", name="The simplex")).to_be_checked()
    still(page.page)
    entries = page.page.evaluate("history.length")
    page.page.get_by_role("link", name="Home", exact=True).click()
    expect(page.page).to_have_url(f"{server.url}/")
    still(page.page)
    page.page.go_back()
    expect(page.page.get_by_role("radio", name="The simplex")).to_be_checked()
    expect(page.page).to_have_url(settings)
    page.page.go_forward()
    expect(page.page).to_have_url(f"{server.url}/")
    still(page.page)
    # The session has the settings, and the address gets them one by one.
    page.page.get_by_role("link", name="Strategy atlas").first.click()
    expect(page.page).to_have_url(re.compile("strategies_one=Margin"))
    expect(page.page).to_have_url(re.compile("strategies_section=The"))
    assert page.page.evaluate("history.length") == entries + 2
    page.assert_clean()
