"""The home screen in a real browser: it opens, its links lead on, and both themes can be read."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.harness import PHONE, WIDE, Server, Watched, still

# Contrast of each text with what lies behind it, WCAG 2: colours with their opacity, ground by ground.
CONTRAST = """
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
  const walker = document.createTreeWalker(document.querySelector(".stApp"), NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    const text = node.textContent.trim()
    if (!text || ["STYLE", "SCRIPT"].includes(element.tagName) || !element.checkVisibility()) continue
    if (element.closest('[data-testid="stIconMaterial"]')) continue
    const chain = []
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


def is_settled(page: Page) -> None:
    """The last text of the home screen is painted and the script has come to its end."""
    expect(page.get_by_text("The address of every screen")).to_be_visible()
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
    doors = browser_page.get_by_test_id("stMain").get_by_test_id("stPageLink-NavLink")
    expect(doors).to_have_count(7)
    for words, path in (
        ("Start a race", "arena"),
        ("Explore batches", "batch_explorer"),
        ("Train on digits", "mnist"),
        ("Failure clinic", "failure_modes"),
        ("Strategy atlas", "strategies"),
        ("Three settings", "scenarios"),
        ("Tournament", "tournament"),
    ):
        browser_page.goto(server.url)
        doors.filter(has_text=words).click()
        browser_page.wait_for_url(f"{server.url}/{path}**")
        expect(browser_page.get_by_role("heading", level=1)).to_be_visible()
        expect(browser_page.get_by_test_id("stSidebar").get_by_role("link", name="Home")).to_be_visible()
    page.assert_clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
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


def test_a_phone_is_told_where_the_settings_are(server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(viewport=PHONE)
    page.page.goto(server.url)
    is_settled(page.page)
    expect(page.page.get_by_text("opens the settings and other screens")).to_be_visible()
    page.page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.page.get_by_test_id("stSidebar").get_by_role("link", name="Arena")).to_be_visible()
    page.assert_clean()
