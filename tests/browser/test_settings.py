"""The three settings in a real browser: every section, its files and its link, wide and on a phone."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.support.harness import PHONE, WIDE, Server, Watched, resting_box, still

QUICK = "settings_points=150&settings_labels=10&settings_paired=5"
# The settings that the grid was measured with, on few seeds.
AS_MEASURED = "settings_paired=5"
SIZES: dict[str, ViewportSize] = {"wide": WIDE, "phone": PHONE}
# A phone on which two maps in a row are larger than three.
TALL: ViewportSize = {"width": 390, "height": 1000}


def opened(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".alcore-figure svg")).to_be_visible(timeout=60_000)
    still(page)


def downloaded(page: Page, words: str) -> bytes:
    with page.expect_download() as told:
        page.get_by_role("button", name=words).click()
    return Path(told.value.path()).read_bytes()


def test_side_by_side_then_a_stream_and_their_files(server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(reduced_motion="reduce")
    browser_page = page.page
    opened(browser_page, f"{server.url}/scenarios?{QUICK}")
    expect(browser_page.get_by_text("5 paired seeds").first).to_be_visible()
    expect(browser_page.locator(".alcore-figure .pane")).to_have_count(4)
    browser_page.get_by_role("button", name="Export").click()
    rows = list(csv.DictReader(io.StringIO(downloaded(browser_page, "CSV: one row").decode())))
    assert {row["strategy"] for row in rows} == {"pool", "stream", "synthesis", "random"}
    assert all(4 <= int(row["labels"]) <= 14 for row in rows)
    assert json.loads(downloaded(browser_page, "JSON: the numbers"))
    assert downloaded(browser_page, "PDF: a drawing").startswith(b"%PDF")
    assert b"alcore-animation" in downloaded(browser_page, "Animation")
    browser_page.keyboard.press("Escape")
    browser_page.get_by_role("radio", name="Stream", exact=True).click()
    where = browser_page.locator(".alcore-player-where")
    expect(where).to_have_text(re.compile("arrival 146 of 146"))
    expect(browser_page).to_have_url(re.compile("settings_section=Stream"))
    expect(browser_page.locator(".settings-grid")).to_have_count(0)
    browser_page.get_by_role("button", name="Step back").click()
    expect(where).not_to_have_text(re.compile("arrival 146 of 146"))
    page.assert_clean()


def test_a_cell_of_the_grid_sets_the_data_by_mouse_and_keyboard(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    page = new_page(reduced_motion="reduce")
    browser_page = page.page
    opened(browser_page, f"{server.url}/scenarios?{AS_MEASURED}")
    cells = browser_page.get_by_role("radiogroup", name="Data").get_by_role("radio")
    expect(cells).to_have_count(20)
    chosen = browser_page.locator(".settings-grid [aria-checked=true]")
    expect(chosen).to_have_attribute("aria-label", re.compile("^Two moons, overlap 0.1"))
    cells.nth(6).click()
    expect(chosen).to_have_attribute("aria-label", re.compile("^Four blobs, overlap 0.5"))
    expect(browser_page).to_have_url(re.compile("settings_classes=4"))
    expect(browser_page).to_have_url(re.compile("settings_overlap=0.5"))
    still(browser_page)
    cells.nth(6).focus()
    browser_page.keyboard.press("ArrowDown")
    browser_page.keyboard.press("ArrowRight")
    browser_page.keyboard.press("Enter")
    expect(chosen).to_have_attribute("aria-label", re.compile("^Two moons, overlap 0.7"))
    page.assert_clean()


@pytest.mark.long
def test_picture_and_grid_are_in_sight_together(server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(reduced_motion="reduce")
    opened(page.page, f"{server.url}/scenarios")
    expect(page.page.locator(".verdict").first).to_be_attached()
    for size in SIZES.values():
        page.page.set_viewport_size(size)
        page.page.wait_for_timeout(300)
        still(page.page)
        grid = resting_box(page.page.locator(".settings-grid"))
        assert grid["y"] + grid["height"] <= size["height"]
    page.assert_clean()


@pytest.mark.long
def test_it_plays_once_when_it_opens_and_not_with_reduced_motion(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    moving, resting = new_page(), new_page(reduced_motion="reduce")
    opened(resting.page, f"{server.url}/scenarios?{QUICK}")
    expect(resting.page.locator(".alcore-player-where")).to_have_text(re.compile("^10 of 10 labels"))
    expect(resting.page.locator(".flows").first).to_have_css("animation-name", "none")
    opened(moving.page, f"{server.url}/scenarios?{QUICK}")
    expect(moving.page.locator(".alcore-play[data-playing]")).to_have_count(1)
    expect(moving.page.locator(".alcore-play[data-playing] .flows").first).to_be_attached()
    expect(moving.page.locator(".alcore-player-where")).to_have_text(re.compile("^10 of 10 labels"))


def test_digits_and_points_on_a_phone(server: Server, new_page: Callable[..., Watched]) -> None:
    phone = new_page(viewport=PHONE, color_scheme="dark", reduced_motion="reduce")
    phone.page.goto(f"{server.url}/scenarios?settings_section=digits")
    expect(phone.page.get_by_text("Could you label these?")).to_be_visible(timeout=60_000)
    expect(phone.page.locator(".alcore-made-up li")).to_have_count(16)
    expect(phone.page.locator(".alcore-made-up img")).to_have_count(96)
    still(phone.page)
    phone.page.get_by_role("radio", name="Query synthesis").click()
    expect(phone.page.locator(".alcore-figure .pane")).to_have_count(2)
    expect(phone.page.locator(".alcore-made-up")).to_have_count(0)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.assert_clean()


@pytest.mark.parametrize("size", SIZES)
def test_every_number_of_the_curves_has_its_name(server: Server, new_page: Callable[..., Watched], size: str) -> None:
    page = new_page(viewport=WIDE if size == "wide" else TALL, reduced_motion="reduce")
    opened(page.page, f"{server.url}/scenarios?{QUICK}")
    expect(page.page.locator(".alcore-player-where")).to_have_text(re.compile("^10 of 10 labels"))
    names = {"Pool", "Stream", "Synthesis", "Random"}
    ends = page.page.locator(".alcore-figure .end").all_text_contents()
    assert {re.sub(r" [\d.]+ %$", "", words) for words in ends} == names
    head = page.page.locator(".alcore-figure .now").text_content() or ""
    assert all(f"{name} " in head for name in names) == (size == "wide")
    if size == "phone":
        # The last map is alone in its row: in the middle.
        middles = page.page.evaluate(
            "[...document.querySelectorAll('.alcore-figure clipPath rect')].slice(0, 3)"
            ".map(({ x, y, width }) => [x.baseVal.value + width.baseVal.value / 2, y.baseVal.value])"
        )
        (first, top), (second, _), (third, below) = middles
        assert below > top and third == pytest.approx((first + second) / 2, abs=1)
    page.assert_clean()
