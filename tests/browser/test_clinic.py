"""The failure clinic in a real browser."""

import csv
import io
import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.harness import WIDE, Server, Watched, still

SETTINGS = "clinic_ward=outliers&clinic_outliers_paired=5&clinic_outliers_rounds=10&clinic_outliers_points=100"


def opened(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_text("The budget spent on outliers")).to_be_visible()
    expect(page.locator(".js-plotly-plot .cartesianlayer")).to_have_count(2)
    still(page)


def test_a_strength_changes_the_verdict_and_the_address(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/failure_modes?{SETTINGS}")
    verdict = browser_page.locator(".verdict")
    assert re.search("The failure|failure here", verdict.inner_text())
    expect(verdict.locator("img")).to_have_count(3)
    assert verdict.locator("img").first.evaluate("image => image.complete && image.naturalWidth > 0")
    slider = browser_page.get_by_test_id("stSlider").filter(has_text="Strength: beta").locator("input[type=range]")
    slider.focus()
    slider.press("Home")
    browser_page.wait_for_url("**clinic_outliers_beta=0*")
    expect(verdict).to_contain_text("Density weighting changes nothing at this strength")
    browser_page.get_by_test_id("stMain").get_by_text("Sampling bias", exact=True).click()
    expect(browser_page.get_by_text("Accuracy by strength of the remedy")).to_be_visible()
    browser_page.wait_for_url("**clinic_ward=*")
    page.assert_clean()


def test_a_race_that_plays_as_it_opens_leaves_room_for_its_sliders(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    small = "clinic_calibration_paired=5&clinic_calibration_points=100"
    page = new_page(viewport=WIDE, reduced_motion="no-preference").page
    page.goto(f"{server.url}/failure_modes?clinic_ward=calibration&{small}")
    expect(page.locator(".alcore-play[data-playing]")).to_be_visible(timeout=60_000)
    severity = page.get_by_test_id("stSlider").filter(has_text="Severity")
    expect(severity).to_be_visible()
    box = severity.bounding_box()
    assert box is not None and box["y"] + box["height"] <= WIDE["height"]


@pytest.mark.long
def test_the_exports_hold_every_arm(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/failure_modes?{SETTINGS}")
    browser_page.get_by_role("button", name="Export").click()
    files: dict[str, bytes] = {}
    for fmt, word in (
        ("csv", "CSV"),
        ("json", "JSON"),
        ("html", "HTML"),
        ("png", "PNG"),
        ("svg", "SVG"),
        ("pdf", "PDF"),
    ):
        with browser_page.expect_download() as download:
            browser_page.get_by_test_id("stDownloadButton").filter(has_text=word).first.click()
        assert download.value.suggested_filename == f"alcore-clinic-outlier-attraction-5-seeds.{fmt}"
        files[fmt] = download.value.path().read_bytes()
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode())))
    assert len(rows) == 5 * 5 * 11
    config = json.loads(files["json"])["configs"][0]
    assert config["failure_mode"] == "outliers" and config["beta"] == 2 and "recovery" in config["effects"]
    for fmt, start in (("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml"), ("html", b"<!")):
        assert files[fmt].lstrip().startswith(start)
    page.assert_clean()
