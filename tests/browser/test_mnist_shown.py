"""What the lab shows in a real browser: a lasso that filters the gallery, runs compared, every export."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from alcore.runs.config import RunConfig
from alcore.runs.store.store import Store
from alcore.runs.worker.execute import execute
from tests.browser.support.harness import Server, Watched, still
from tests.browser.support.zoom import end_zoom, ranges, zoom_in

BASE = RunConfig(dataset="digits", learner="logistic", strategy="margin", seed_labels=40, labels_per_round=20, rounds=3)
FORMATS = ("csv", "json", "html", "png", "svg", "pdf")
# Where the queried points of the map's shown round lie on the screen: [x, y, index].
PLACES = """
(root) => {
  const box = root.querySelector("canvas").getBoundingClientRect()
  return root.dots().filter((dot) => dot.state === 2).map((dot) => [box.x + dot.px, box.y + dot.py, dot.index])
}
"""


@pytest.fixture
def race(own_server: Server) -> list[str]:
    """Margin and random with two seeds, done; their ids."""
    ids = []
    with Store(own_server.home) as store:
        for seed in (0, 1):
            for strategy in ("margin", "random"):
                config = BASE.model_copy(update={"strategy": strategy, "seed": seed})
                store.claim(config)
                assert execute(store, config.run_id).state == "done"
                ids.append(config.run_id)
    return ids


def opened(page: Page, url: str, **settings: object) -> None:
    lab = {"mnist_experiment": "Own values", "mnist_data": "Digits"} | settings
    page.goto(f"{url}/mnist?{urlencode(lab)}")
    expect(page.get_by_text("Past runs", exact=True)).to_be_visible()
    still(page)


def downloads(page: Page, button: str, nth: int = 0) -> dict[str, bytes]:
    """Every file behind an export button."""
    page.get_by_role("button", name=button).nth(nth).click()
    files = {}
    for fmt in FORMATS:
        with page.expect_download() as download:
            page.get_by_test_id("stDownloadButton").filter(has_text=fmt.upper()).first.click()
        assert download.value.suggested_filename.endswith(f".{fmt}")
        files[fmt] = download.value.path().read_bytes()
    page.keyboard.press("Escape")
    return files


def assert_whole(files: dict[str, bytes]) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Every file is what its name says; returns the rows of the CSV and the JSON."""
    assert b"Plotly.newPlot" in files["html"] and b"http-equiv" not in files["html"]
    assert files["png"].startswith(b"\x89PNG") and b"<svg" in files["svg"]
    assert files["pdf"].startswith(b"%PDF") and files["pdf"].rstrip().endswith(b"%%EOF")
    return list(csv.DictReader(io.StringIO(files["csv"].decode()))), json.loads(files["json"])


@pytest.mark.long
def test_a_lasso_filters_the_gallery_and_is_taken_away(
    own_server: Server, page: Watched, race: list[str], tmp_path: Path
) -> None:
    browser_page = page.page
    opened(browser_page, own_server.url, mnist_run=race[0], mnist_look="map")
    tiles = browser_page.locator(".lab-gallery li")
    expect(tiles).to_have_count(20)
    chart = browser_page.locator(".lab-map")
    chart.scroll_into_view_if_needed()
    asked = chart.evaluate(PLACES)
    assert len(asked) == 20
    # Under the pointer the image is shown.
    browser_page.mouse.move(asked[0][0], asked[0][1])
    expect(browser_page.locator(".lab-map-tip")).to_contain_text("queried")
    # Around the first question, as far as half way to the next.
    x, y, index = asked[0]
    near = sorted(max(abs(a - x), abs(b - y)) for a, b, _ in asked)[1]
    reach = max(5.0, near / 2)
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    browser_page.mouse.move(x + reach * corners[0][0], y + reach * corners[0][1])
    browser_page.mouse.down()
    for across, down in corners[1:]:
        browser_page.mouse.move(x + reach * across, y + reach * down, steps=4)
    browser_page.mouse.up()
    expect(browser_page.get_by_text("of them queried in this round")).to_be_visible()
    inside = [at for a, b, at in asked if abs(a - x) <= reach and abs(b - y) <= reach]
    expect(tiles).to_have_count(len(inside))
    assert {int(tile.get_attribute("data-index") or -1) for tile in tiles.all()} == set(inside)
    browser_page.get_by_role("button", name="Export the selected images").click()
    taken = {}
    for fmt in ("csv", "json"):
        with browser_page.expect_download() as download:
            browser_page.locator(f".st-key-mnist_lasso_{fmt} button").click()
        taken[fmt] = download.value.path().read_text()
    rows = list(csv.DictReader(io.StringIO(taken["csv"])))
    assert {int(row["index"]) for row in rows if row["state"] == "queried"} == set(inside)
    assert [row["index"] for row in json.loads(taken["json"])["rows"]] == [int(row["index"]) for row in rows]
    browser_page.keyboard.press("Escape")
    # The keyboard opens a closer look, and a click closes it.
    tiles.first.focus()
    tiles.first.press("Enter")
    expect(browser_page.get_by_text(f"Image {inside[0]} of the pool", exact=True)).to_be_visible()
    browser_page.wait_for_url(f"**mnist_point={inside[0]}*")
    expect(browser_page.get_by_text("Its score under every strategy")).to_be_visible()
    browser_page.get_by_role("button", name="Close").click()
    expect(browser_page.locator(".alcore-closeup")).to_have_count(0)
    # A ring does the same on the map: it grows, selects, inspects and lets go.
    still(browser_page)
    browser_page.get_by_role("application", name="Map of the pool").focus()
    for key in ("ArrowRight", "Shift+ArrowLeft", "+", "+", "Space"):
        browser_page.keyboard.press(key)
    expect(browser_page.get_by_text(re.compile(r"^Selected: \d+ images"))).to_be_visible()
    browser_page.keyboard.press("Enter")
    expect(browser_page.get_by_text(re.compile(r"^Image \d+ of the pool$"))).to_be_visible()
    browser_page.keyboard.press("Escape")
    expect(tiles).to_have_count(20)
    page.assert_clean()


@pytest.mark.long
def test_a_zoom_stays_until_a_double_click_and_a_gallery_is_one_stop_of_the_tab_key(
    own_server: Server, page: Watched, race: list[str]
) -> None:
    tab = page.page
    opened(tab, own_server.url, mnist_run=race[0])
    before = ranges(tab)
    zoom = zoom_in(tab)
    # Another round and another view are reruns of the page.
    tab.get_by_role("slider", name="Round").first.press("ArrowLeft")
    expect(tab.get_by_text("queried 20 labels", exact=False).first).to_be_visible()
    still(tab)
    assert ranges(tab) == zoom
    tab.get_by_role("radio", name="Confusion").click()
    expect(tab.locator(".lab-gallery")).to_have_count(0)
    still(tab)
    assert ranges(tab) == zoom
    end_zoom(tab, before)
    # The buttons of a chart: arrow keys go along them, the Tab key goes on.
    buttons = tab.locator(".st-key-mnist_curve .modebar-btn")
    buttons.first.focus()
    tab.keyboard.press("ArrowRight")
    expect(buttons.nth(1)).to_be_focused()
    tab.keyboard.press("Tab")
    expect(tab.locator(".st-key-mnist_curve :focus")).to_have_count(0)
    tab.get_by_role("radio", name="Queries").click()
    gallery = tab.get_by_role("group", name="Queried images")
    tiles = gallery.get_by_role("button")
    expect(tiles).to_have_count(20)
    still(tab)
    expect(gallery.locator("[tabindex='0']")).to_have_count(1)
    tiles.first.focus()
    for key in ("ArrowRight", "End", "ArrowLeft"):
        tab.keyboard.press(key)
    expect(tiles.nth(18)).to_be_focused()
    page.assert_clean()


@pytest.mark.long
def test_every_view_is_exported(own_server: Server, page: Watched, race: list[str]) -> None:
    views = {"map": 1437, "mistakes": 100, "calibration": 15, "classes": 30, "costs": 4}
    for look, rows in views.items():
        opened(page.page, own_server.url, mnist_run=race[0], mnist_look=look)
        table, told = assert_whole(downloads(page.page, "Export this chart"))
        assert len(table) == rows == len(told["rows"]), look
        assert told["settings"]["run"] == race[0] and told["settings"]["strategy"] == "margin"
    page.assert_clean()


@pytest.mark.long
def test_two_runs_are_compared(own_server: Server, page: Watched, race: list[str]) -> None:
    browser_page = page.page
    opened(browser_page, own_server.url, mnist_run=race[0])
    chooser = browser_page.get_by_role("combobox", name="Runs to compare")
    for count, run in enumerate(race, 1):
        chooser.focus()
        chooser.press("ArrowDown")
        browser_page.get_by_test_id("stMultiSelectDropdown").get_by_text(f"· {run[:4]}").click()
        browser_page.keyboard.press("Escape")
        expect(browser_page.get_by_role("button", name=f"Delete {count} run")).to_be_visible()
    browser_page.wait_for_url("**mnist_compare=*")
    overlay = browser_page.locator(".st-key-mnist_overlay .js-plotly-plot")
    expect(overlay.get_by_text("Margin (mean of 2 seeds, 95 % interval)")).to_be_visible()
    table, told = assert_whole(downloads(browser_page, "Export", 1))
    assert {row["run"] for row in table} == set(race) and len(told["configs"]) == 4
    browser_page.get_by_test_id("stMain").get_by_text("Difference", exact=True).click()
    expect(browser_page.get_by_text("2 paired seeds").first).to_be_visible()
    table, told = assert_whole(downloads(browser_page, "Export this chart"))
    assert [row["labels"] for row in table] == ["40", "60", "80", "100"]
    assert told["settings"]["seeds"] == [0, 1]
    browser_page.get_by_test_id("stMain").get_by_text("Settings that differ", exact=True).click()
    expect(browser_page.get_by_text("All other settings are the same")).to_be_visible()
    page.assert_clean()


def test_every_setting_of_the_form_can_be_seen(server: Server, page: Watched) -> None:
    tab = page.page
    tab.goto(f"{server.url}/mnist")
    tab.get_by_role("button", name="Set up").click()
    last = tab.get_by_role("radio", name="Retrain from scratch")
    expect(last).to_be_visible()
    still(tab)
    at_its_right_end = """e => {
      const box = e.getBoundingClientRect()
      return e.contains(document.elementFromPoint(box.right - 3, box.top + box.height / 2))
    }"""
    assert last.evaluate(at_its_right_end), "the settings are cut off at the right"
    page.assert_clean()
