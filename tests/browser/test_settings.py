"""The three settings in a real browser: every section, its files and its link, wide and on a phone."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.support.harness import PHONE, Server, Watched, still

QUICK = "settings_points=150&settings_labels=10&settings_paired=5"


def opened(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=60_000)
    still(page)


def downloaded(page: Page, words: str) -> bytes:
    with page.expect_download() as told:
        page.get_by_role("button", name=words).click()
    return Path(told.value.path()).read_bytes()


def test_side_by_side_then_a_stream_and_their_files(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/scenarios?{QUICK}")
    expect(browser_page.get_by_text("5 paired seeds").first).to_be_visible()
    expect(browser_page.locator(".js-plotly-plot")).to_have_count(4)
    browser_page.get_by_role("button", name="Export").click()
    rows = list(csv.DictReader(io.StringIO(downloaded(browser_page, "CSV: one row").decode())))
    assert {row["strategy"] for row in rows} == {"pool", "stream", "synthesis", "random"}
    assert all(4 <= int(row["labels"]) <= 14 for row in rows)
    assert json.loads(downloaded(browser_page, "JSON: the numbers"))
    assert downloaded(browser_page, "PDF: a drawing").startswith(b"%PDF")
    browser_page.keyboard.press("Escape")
    browser_page.get_by_role("radio", name="Stream", exact=True).click()
    expect(browser_page.get_by_text("After arrival 146 of 146")).to_be_visible()
    expect(browser_page).to_have_url(re.compile("settings_section=Stream"))
    slider = browser_page.get_by_role("slider", name="Arrivals of the stream shown")
    slider.focus()
    slider.press("ArrowLeft")
    expect(browser_page.get_by_text("After arrival 144 of 146")).to_be_visible()
    expect(browser_page).to_have_url(re.compile("settings_when=99"))
    page.assert_clean()


def test_made_up_digits_and_points_on_a_phone(server: Server, new_page: Callable[..., Watched]) -> None:
    phone = new_page(viewport=PHONE, color_scheme="dark")
    small = "settings_digits_rounds=1&settings_digits_batch=2&settings_digits_first=32"
    opened(phone.page, f"{server.url}/scenarios?settings_section=digits&{small}")
    expect(phone.page.get_by_text("Could you label these?")).to_be_visible()
    expect(phone.page.locator(".alcore-made-up li")).to_have_count(2)
    expect(phone.page.locator(".alcore-made-up img")).to_have_count(12)
    phone.page.get_by_role("radio", name="Query synthesis").click()
    expect(phone.page.get_by_text("Gradient ascent leads")).to_be_visible()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.assert_clean()
