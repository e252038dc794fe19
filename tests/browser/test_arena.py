"""The arena and the batch explorer in a real browser."""

import csv
import io
import json
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.harness import PHONE, WIDE, Server, Watched

SETTINGS = "arena_rounds=6&arena_seed=3&arena_overlap=0.6&arena_left=Entropy"
# What the drawn figure holds, read from plotly.js itself.
SHOWN = """
() => {
  const chart = document.querySelector(".js-plotly-plot")
  const numbered = chart._fullData.filter((trace) => trace.mode === "markers+text")
  const asked = numbered.flatMap((trace) => [...trace.text]).filter((text) => text)
  const frames = chart._transitionData._frames.length
  const painted = chart.querySelectorAll("path.point").length
  const curves = chart.querySelectorAll("path.js-line").length
  return { round: chart._fullLayout.sliders[0].active, asked: asked.length, frames, painted, curves }
}
"""


def opened(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".js-plotly-plot .cartesianlayer").first).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def until(page: Page, what: str) -> None:
    page.wait_for_function(f"() => {{ const shown = ({SHOWN})(); return {what} }}", timeout=20_000)


def test_a_link_restores_the_race_and_it_plays(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/arena?{SETTINGS}")
    until(browser_page, "shown.frames === 7 && shown.round === 6 && shown.asked === 12")
    sidebar = browser_page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("0.60", exact=True)).to_be_visible()
    expect(browser_page.get_by_text("one race, not yet evidence")).to_be_visible()
    log = server.log.read_text()
    rest = browser_page.evaluate(SHOWN)
    assert rest["painted"] > 2 * 400
    # Scrubbing and playing happen in the browser alone.
    chart = browser_page.locator(".js-plotly-plot")
    chart.locator(".slider-rail-touch-rect").click(position={"x": 2, "y": 5})
    until(browser_page, "shown.round === 0 && shown.asked === 0")
    # What does not move stays painted: both pools and the curves.
    scrubbed = browser_page.evaluate(SHOWN)
    assert scrubbed["curves"] == rest["curves"]
    assert scrubbed["painted"] >= 2 * 400
    chart.locator(".updatemenu-button").first.click()
    until(browser_page, "shown.round === 6 && shown.asked === 12")
    browser_page.wait_for_function(f"() => ({SHOWN})().painted === {rest['painted']}")
    assert browser_page.evaluate(SHOWN)["curves"] == rest["curves"]
    assert server.log.read_text() == log
    page.assert_clean()


def test_a_slider_changes_race_and_address(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/arena?arena_rounds=6")
    slider = browser_page.get_by_test_id("stSlider").filter(has_text="Rounds").locator("input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    until(browser_page, "shown.frames === 8 && shown.round === 7")
    browser_page.wait_for_url("**/arena?arena_rounds=7")
    page.assert_clean()


def test_every_export_holds_the_curve(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/arena?{SETTINGS}")
    browser_page.get_by_role("button", name="Export this curve").click()
    files: dict[str, bytes] = {}
    for fmt, word in (
        ("csv", "CSV"), ("json", "JSON"), ("html", "HTML"), ("png", "PNG"), ("svg", "SVG"), ("pdf", "PDF")
    ):  # fmt: skip
        with browser_page.expect_download() as download:
            browser_page.get_by_test_id("stDownloadButton").filter(has_text=word).first.click()
        assert download.value.suggested_filename == f"alcore-arena-entropy-random-seed3.{fmt}"
        files[fmt] = download.value.path().read_bytes()
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode())))
    assert [row["labels"] for row in rows if row["strategy"] == "entropy"] == [str(n) for n in range(4, 11)]
    told = json.loads(files["json"])
    assert told["configs"][0]["overlap"] == 0.6 and told["configs"][0]["strategies"] == ["entropy", "random"]
    assert [row["accuracy"] for row in told["curve"]] == [float(row["accuracy"]) for row in rows]
    assert b"<html" in files["html"].lower() and b"Entropy" in files["html"]
    assert Image.open(io.BytesIO(files["png"])).size[0] > 600
    drawn = "".join(ElementTree.fromstring(files["svg"]).itertext())
    assert "Entropy" in drawn and "Test accuracy" in drawn
    assert files["pdf"].startswith(b"%PDF") and files["pdf"].rstrip().endswith(b"%%EOF")
    page.assert_clean()


def test_nonsense_in_the_address_is_told_and_put_right(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/arena?arena_points=99999&arena_data=spam&arena_rounds=6&what=ever")
    expect(browser_page.get_by_test_id("stAlert").filter(has_text="99,999")).to_be_visible()
    expect(browser_page.get_by_test_id("stAlert").filter(has_text="spam")).to_be_visible()
    page.assert_clean()


@pytest.mark.parametrize("screen", ["arena", "batch_explorer"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_is_wider_than_the_screen(
    server: Server, new_page: Callable[..., Watched], screen: str, scheme: str, viewport: ViewportSize
) -> None:
    page = new_page(color_scheme=scheme, viewport=viewport)
    opened(page.page, f"{server.url}/{screen}")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.page.evaluate(overflow) <= 0
    charts = page.page.locator(".js-plotly-plot")
    for chart in charts.all():
        box = chart.bounding_box()
        assert box is not None and box["x"] + box["width"] <= viewport["width"]
    page.assert_clean()
