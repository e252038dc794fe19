"""The home screen in a real browser: it opens, its links lead on, and both themes can be read."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from pages.shared.frame import PAGES
from tests.browser.support.harness import LOOKS, PHONE, WIDE, Server, Watched, resting_box, still

# The start of a loop over the texts that are shown, icons left out.
EACH_TEXT = """
  const walker = document.createTreeWalker(document.querySelector(".stApp"), NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    const text = node.textContent.trim()
    if (!text || ["STYLE", "SCRIPT"].includes(element.tagName) || !element.checkVisibility()) continue
    if (element.closest('[data-testid="stIconMaterial"]')) continue
"""

# Contrast of each text with what lies behind it, WCAG 2: colours with their opacity, ground by ground.
CONTRAST = (
    """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
    return [r, g, b, a / 255]
  }
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]))
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const found = []
"""
    + EACH_TEXT
    + """    const chain = []
    for (let at = element; at; at = at.parentElement) chain.push(at)
    let ground = [255, 255, 255]
    let opacity = 1
    for (const at of chain.reverse()) {
      const style = getComputedStyle(at)
      ground = over(rgba(style.backgroundColor), ground)
      opacity *= Number(style.opacity)
    }
    const ink = rgba(getComputedStyle(element).color)
    ink[3] *= opacity
    const [a, b] = [light(over(ink, ground)), light(ground)].sort((x, y) => y - x)
    found.push([(a + 0.05) / (b + 0.05), text])
  }
  return found
}
"""
)


# The words that are at least partly within the window.
WORDS_IN_SIGHT = (
    """
() => {
  const seen = []
"""
    + EACH_TEXT
    + """    const range = document.createRange()
    range.selectNodeContents(node)
    const { top, bottom, right, width } = range.getBoundingClientRect()
    if (width > 0 && bottom > 0 && top < innerHeight && right > 0) seen.push(...text.split(/\\s+/))
  }
  return seen.filter((word) => /[A-Za-z]/.test(word))
}
"""
)


def is_settled(page: Page) -> None:
    """The race is drawn, the last card of the home screen is painted and the script has come to its end."""
    expect(page.locator(".live .pane").first).to_be_visible(timeout=30_000)
    expect(page.locator('[class*="st-key-home_card"] a').last).to_be_visible(timeout=30_000)
    still(page)


def faint_texts(page: Page) -> list[tuple[float, str]]:
    """The texts with a contrast below 4.5:1, with their contrast."""
    texts = page.evaluate(CONTRAST)
    assert len(texts) > 20
    return [(round(ratio, 2), text) for ratio, text in texts if ratio < 4.5]


def test_home_opens_and_its_links_lead_on(server: Server, page: Watched) -> None:
    browser_page = page.page
    browser_page.goto(server.url)
    is_settled(browser_page)
    expect(browser_page).to_have_title("Active learning lab")
    main = browser_page.get_by_test_id("stMain")
    # The whole card is the link, its picture too; a screen may have no picture yet.
    cards = [f".st-key-home_card_{Path(path).stem} :is(img, a)" for path, *_ in PAGES[2:]]
    links = ["Watch the race", "of 24", "Judge the evidence", *cards]
    paths = ["arena", "strategies", "tournament", *(Path(path).stem for path, *_ in PAGES[2:])]
    for words, path in zip(links, paths, strict=True):
        if browser_page.url.rstrip("/") != server.url:
            browser_page.goto(server.url)
            is_settled(browser_page)
        found = main.locator(words) if words in cards else main.get_by_role("link", name=words)
        found.first.click(force=words in cards)
        browser_page.wait_for_url(f"{server.url}/{path}**")
        expect(browser_page.get_by_role("heading", level=1)).to_be_visible()
    page.assert_clean()


def test_the_race_plays_in_a_loop_until_it_is_paused(server: Server, page: Watched) -> None:
    browser_page = page.page
    browser_page.goto(server.url)
    is_settled(browser_page)
    live = browser_page.locator(".live")
    before = int(live.get_attribute("data-round") or 0)
    browser_page.wait_for_function(f"document.querySelector('.live').dataset.round != {before}")
    words = browser_page.locator(".live-words")
    expect(words).to_contain_text(re.compile(r"^\d+ labels: \d+\.\d % against \d+\.\d %"))
    browser_page.get_by_role("button", name="Pause").click()
    expect(live).not_to_have_attribute("data-playing", "")
    resting = words.inner_text()
    browser_page.wait_for_timeout(1200)  # three rounds, if it still played
    assert words.inner_text() == resting
    browser_page.get_by_role("button", name="Play", exact=True).click()
    expect(words).not_to_have_text(resting)
    page.assert_clean()


def test_the_race_rests_on_its_end_with_reduced_motion(server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(viewport=WIDE, reduced_motion="reduce")
    page.page.goto(server.url)
    is_settled(page.page)
    live = page.page.locator(".live")
    at_rest = live.get_attribute("data-round")
    expect(live).not_to_have_attribute("data-playing", "")
    expect(page.page.locator(".live-words")).to_contain_text("34 labels")
    page.page.wait_for_timeout(1000)
    assert live.get_attribute("data-round") == at_rest
    page.assert_clean()


def test_the_first_look_is_a_picture_with_few_words(server: Server, page: Watched) -> None:
    browser_page = page.page
    browser_page.goto(server.url)
    is_settled(browser_page)
    words = browser_page.evaluate(WORDS_IN_SIGHT)
    assert 20 < len(words) <= 120, " ".join(words)
    picture = resting_box(browser_page.locator(".live svg").last)
    button = resting_box(browser_page.get_by_role("link", name="Watch the race"))
    assert resting_box(browser_page.locator(".live"))["y"] <= 180
    assert picture["y"] + picture["height"] <= 900 and button["y"] + button["height"] <= 900


def test_visits_are_marked_and_kept_by_the_browser(server: Server, page: Watched) -> None:
    browser_page = page.page
    browser_page.goto(f"{server.url}/tournament")
    expect(browser_page.get_by_role("heading", level=1)).to_be_visible()
    still(browser_page)
    browser_page.get_by_role("link", name="Home").first.click()
    is_settled(browser_page)
    expect(browser_page.get_by_text("(1 of 5 visited)")).to_be_visible()
    browser_page.goto(server.url)  # a session of its own
    is_settled(browser_page)
    expect(browser_page.get_by_text("(1 of 5 visited)")).to_be_visible()
    page.assert_clean()


@pytest.mark.parametrize(("scheme", "viewport"), LOOKS)
def test_home_can_be_read(
    server: Server, new_page: Callable[..., Watched], scheme: str, viewport: ViewportSize
) -> None:
    page = new_page(color_scheme=scheme, viewport=viewport)
    page.page.goto(server.url)
    is_settled(page.page)
    ground = page.page.locator(".stApp").evaluate("element => getComputedStyle(element).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 23, 31)"}[scheme]
    faint = faint_texts(page.page)
    for _ in range(25):  # what a rerun will replace is faded until it has; a phone causes one rerun
        if faint:
            page.page.wait_for_timeout(200)
            faint = faint_texts(page.page)
    assert not faint, f"hard to read: {faint}"
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.page.evaluate(overflow) <= 0, "the page is wider than the screen"
    page.assert_clean()


def test_a_phone_has_the_navigation_above_and_the_settings_behind_a_button(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    page = new_page(viewport=PHONE)
    page.page.goto(f"{server.url}/batch_explorer")
    still(page.page)
    links = page.page.locator(".st-key-navigation").get_by_role("link")
    expect(links.nth(1)).to_have_attribute("title", "Arena")
    expect(links).to_have_count(len(PAGES))
    for link in links.all():
        box = link.bounding_box()
        assert box is not None and box["y"] < 44 and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    page.page.get_by_test_id("stExpandSidebarButton").click()
    size = page.page.get_by_test_id("stSidebar").get_by_test_id("stSlider").filter(has_text="Batch size")
    expect(size).to_be_in_viewport()
    page.assert_clean()


def test_the_navigation_works_by_keyboard_alone(server: Server, page: Watched) -> None:
    page.page.goto(f"{server.url}/batch_explorer")
    still(page.page)
    link = page.page.locator(".st-key-navigation").get_by_role("link", name="Tournament")
    page.page.keyboard.press("Tab")  # from here on the focus is shown
    link.focus()
    expect(link).to_have_css("outline-style", "solid")
    page.page.keyboard.press("Enter")
    page.page.wait_for_url(f"{server.url}/tournament**")
    expect(page.page.get_by_role("heading", level=1, name="Tournament")).to_be_visible()
    page.assert_clean()
