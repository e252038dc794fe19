"""Links of the dashboard's own, clicked for real: the screen is the one that their address opens afresh."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from pages.shared.arena.questions import QUESTIONS
from pages.shared.settings.questions import QUESTIONS as QUESTIONS_OF_SETTINGS
from tests.browser.harness import Server, Watched, still

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


def compare(page: Page, new: Page) -> None:
    """Wait until a screen stands as another one does: the address, the controls and the verdict."""
    still(new)
    expect(new.get_by_test_id("stSlider").first).to_be_visible()
    expect(new.get_by_test_id("stSkeleton")).to_have_count(0)
    right = new.evaluate(CONTROLS)
    assert len(right) > 10
    page.wait_for_function(f"(right) => JSON.stringify(({CONTROLS})()) === JSON.stringify(right)", arg=right)
    verdict = new.get_by_test_id("stAlert").first.text_content() or ""
    expect(page.get_by_test_id("stAlert").first).to_have_text(verdict)
    expect(page).to_have_url(new.url)


def follow(page: Page, words: str) -> str:
    """Click a link; returns its address."""
    link = page.get_by_role("link", name=words)
    href = link.get_attribute("href") or ""
    link.click()
    return href.partition("?")[2]


def test_questions_of_the_arena_one_after_another(server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page()
    page.page.goto(
        f"{server.url}/arena?arena_rounds=6&arena_paired=1&arena_noise=0.2&arena_surface=Uncertainty"
    )
    expect(page.page.get_by_text("one race, not yet evidence")).to_be_visible()
    for key in ("outlier", "lose", "three"):
        query = follow(page.page, QUESTIONS[key].words)
        new = new_page()
        new.page.goto(f"{server.url}/arena?{query}")
        for one in (page.page, new.page):
            expect(one.get_by_text(QUESTIONS[key].hint.split(".")[0])).to_be_visible()
            seeds = QUESTIONS[key].settings.get("paired", "20")
            expect(one.get_by_test_id("stAlert").filter(has_text=f"{seeds} paired seeds")).to_be_visible()
            expect(one).to_have_url(re.compile(f"/arena\\?arena_question={key}&"))
        compare(page.page, new.page)
        new.assert_clean()
    page.page.go_back()
    expect(page.page.get_by_text(QUESTIONS["lose"].hint.split(".")[0])).to_be_visible()
    page.assert_clean()


def test_a_question_of_the_settings_and_a_link_of_the_atlas(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    page, new = new_page(), new_page()
    small = "settings_section=Stream&settings_points=150&settings_paired=5&settings_when=40"
    page.page.goto(f"{server.url}/settings?{small}")
    expect(page.page.get_by_text("5 paired streams")).to_be_visible()
    words = next(words for words in QUESTIONS_OF_SETTINGS if "fail" in words)
    new.page.goto(f"{server.url}/settings?{follow(page.page, words)}")
    for one in (page.page, new.page):
        expect(one.get_by_text("20 paired seeds").first).to_be_visible(timeout=60_000)
        expect(one).to_have_url(re.compile(r"/settings\?settings_"))
    compare(page.page, new.page)
    page.page.goto(f"{server.url}/arena?arena_rounds=6&arena_paired=1&arena_outliers=20")
    expect(page.page.get_by_text("one race, not yet evidence")).to_be_visible()
    page.page.get_by_role("link", name="Strategy atlas").click()
    new.page.goto(f"{server.url}/arena?{follow(page.page, 'Race it in the arena')}")
    for one in (page.page, new.page):
        expect(one.get_by_test_id("stAlert").filter(has_text="20 paired seeds")).to_be_visible()
        expect(one).to_have_url(re.compile(r"/arena\?arena_left=Margin$"))
    compare(page.page, new.page)
    page.assert_clean()
    new.assert_clean()
