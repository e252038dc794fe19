"""The arena and the batch explorer in a real browser."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from pages.screens.arena.starting_points import QUESTIONS, settings_of
from tests.browser.support.drawn import DRAWN
from tests.browser.support.harness import Server, Watched, resting_box, serving, still

SETTINGS = "arena_rounds=6&arena_seed=3&arena_overlap=0.6&arena_left=Entropy&arena_paired=1"


@pytest.fixture
def page(new_page: Callable[..., Watched]) -> Watched:
    """A page that prefers reduced motion: the race rests on its last round and nothing fades."""
    return new_page(reduced_motion="reduce")


def opened(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".alcore-figure .pane").first).to_be_visible()
    still(page)


def at_round(page: Page, words: str) -> None:
    # While a page is drawn anew its old bar can still be there beside the new one.
    expect(page.locator(".alcore-player-where").filter(has_text=words)).to_have_count(1)


def test_a_link_restores_the_race_and_it_plays(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/arena?{SETTINGS}")
    at_round(browser_page, "Round 6 of 6 · 10 labels")
    sidebar = browser_page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("0.60", exact=True)).to_be_visible()
    expect(browser_page.get_by_text("one race, not yet evidence")).to_be_visible()
    browser_page.get_by_role("button", name="First round").click()
    at_round(browser_page, "Round 0 of 6 · 4 labels")
    browser_page.get_by_role("button", name="Play", exact=True).click()
    at_round(browser_page, "Round 6 of 6 · 10 labels")
    page.assert_clean()


def test_a_slider_changes_race_and_address(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/arena?arena_rounds=6")
    slider = browser_page.get_by_test_id("stSlider").filter(has_text="Rounds").locator("input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    at_round(browser_page, "Round 7 of 7 · 11 labels")
    browser_page.wait_for_url("**/arena?arena_rounds=7")
    page.assert_clean()


def test_another_surface_keeps_the_round_that_is_looked_at(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/arena?{SETTINGS}")
    browser_page.get_by_role("button", name="First round").click()
    browser_page.get_by_role("button", name="Step forward").click()
    at_round(browser_page, "Round 1 of 6 · 5 labels")
    tints = "[...document.querySelectorAll('.alcore-figure path.fill')].map((path) => path.outerHTML).join()"
    before = browser_page.evaluate(tints)
    browser_page.get_by_test_id("stSidebar").locator("summary").filter(has_text="Evidence").click()
    surface = browser_page.get_by_test_id("stSelectbox").filter(has_text="Colour shows").locator("input")
    expect(surface).to_be_visible()
    resting_box(surface)  # the group has opened
    surface.focus()
    browser_page.keyboard.press("ArrowDown")
    browser_page.keyboard.type("Uncertainty")
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_function(f"(before) => {tints} !== before", arg=before)
    at_round(browser_page, "Round 1 of 6 · 5 labels")
    numbers = browser_page.locator(".alcore-figure .trace text")
    expect(numbers).to_have_text(["1", "1"])
    page.assert_clean()


def test_every_export_holds_the_curve(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/arena?{SETTINGS}")
    browser_page.get_by_role("button", name="Export").click()
    files: dict[str, bytes] = {}
    stem = "alcore-arena-entropy-random-seed3"
    for fmt, word, name in (
        ("csv", "CSV", f"{stem}.csv"),
        ("json", "JSON", f"{stem}.json"),
        ("html", "HTML", f"{stem}.html"),
        ("png", "PNG", f"{stem}.png"),
        ("svg", "SVG", f"{stem}.svg"),
        ("pdf", "PDF", f"{stem}.pdf"),
        ("animation", "Animation", f"{stem}-animation.html"),
    ):
        with browser_page.expect_download() as download:
            browser_page.get_by_test_id("stDownloadButton").filter(has_text=word).first.click()
        assert download.value.suggested_filename == name
        files[fmt] = download.value.path().read_bytes()
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode())))
    assert [row["labels"] for row in rows if row["strategy"] == "entropy"] == [str(n) for n in range(4, 11)]
    told = json.loads(files["json"])
    assert told["configs"][0]["overlap"] == 0.6 and told["configs"][0]["racers"] == ["entropy", "random"]
    assert [row["accuracy"] for row in told["curve"]] == [float(row["accuracy"]) for row in rows]
    assert b"<html" in files["html"].lower() and b"Entropy" in files["html"]
    for_slides = Image.open(io.BytesIO(files["png"])).size[0]
    assert for_slides > 2_000
    drawn = "".join(ElementTree.fromstring(files["svg"]).itertext())
    assert "Entropy" in drawn and "Test accuracy" in drawn
    assert files["pdf"].startswith(b"%PDF") and files["pdf"].rstrip().endswith(b"%%EOF")
    assert b"alcore-player" in files["animation"] and b"Entropy" in files["animation"]
    browser_page.get_by_text("Two columns").click()
    browser_page.wait_for_timeout(300)  # until the server has been told
    expect(browser_page.locator("[data-test-script-state=notRunning]")).to_be_visible()
    with browser_page.expect_download() as download:
        browser_page.get_by_test_id("stDownloadButton").filter(has_text="PNG").first.click()
    wide = Image.open(io.BytesIO(download.value.path().read_bytes())).size[0]
    assert wide == pytest.approx(for_slides * 175 / 254, abs=2)
    page.assert_clean()


def test_the_exported_animation_plays_alone(server: Server, page: Watched, tmp_path: Path) -> None:
    opened(page.page, f"{server.url}/arena?{SETTINGS}")
    page.page.get_by_role("button", name="Export").click()
    with page.page.expect_download() as download:
        page.page.get_by_test_id("stDownloadButton").filter(has_text="Animation").first.click()
    content = download.value.path().read_bytes()
    assert len(content) < 1_500_000
    path = tmp_path / "race.html"
    path.write_bytes(content)
    on_screen = page.page.evaluate(DRAWN)
    verdict = page.page.get_by_text("one race, not yet evidence").inner_text()
    page.page.goto(path.as_uri())
    at_round(page.page, "Round 6 of 6 · 10 labels")
    alone = page.page.evaluate(DRAWN)
    for key in ("numbers", "labelled", "pool", "curves"):
        assert alone[key] == on_screen[key], key
    for key in ("rings", "markers"):
        np.testing.assert_allclose(np.ravel(alone[key]), np.ravel(on_screen[key]), atol=0.01)
    expect(page.page.locator(".verdict")).to_have_text(verdict.splitlines()[-1])
    page.page.get_by_role("button", name="First round").click()
    at_round(page.page, "Round 0 of 6 · 4 labels")
    page.page.get_by_role("button", name="Play", exact=True).click()
    at_round(page.page, "Round 6 of 6 · 10 labels")
    page.page.get_by_text("Test accuracy after every round").click()
    row = page.page.get_by_role("row").last
    expect(row.get_by_role("rowheader")).to_have_text("6")
    expect(row.get_by_role("cell").first).to_have_text("10")
    # The file itself is all that was opened.
    assert {fault for fault in page.faults if "file:" not in fault} == set()
    assert {fault.split()[-1] for fault in page.faults} == {path.as_uri()}


def test_a_fork_shows_both_futures(server: Server, page: Watched) -> None:
    link = "arena_fork=Entropy&arena_at=3&arena_then=Random"
    opened(page.page, f"{server.url}/arena?{SETTINGS}&{link}")
    at_round(page.page, "Round 6 of 6 · 10 labels")
    titles = page.page.locator(".alcore-figure text.note")
    expect(titles.filter(has_text="Entropy then random")).to_have_count(1)
    expect(titles.filter(has_text=re.compile("^Entropy$"))).to_have_count(1)
    page.assert_clean()


def test_a_question_opens_from_its_link_on_a_fresh_server(tmp_path: Path, new_page: Callable[..., Watched]) -> None:
    question = "lose"
    (tmp_path / "home").mkdir()
    with serving(tmp_path / "home", tmp_path / "log") as fresh:
        page = new_page(reduced_motion="reduce")
        opened(page.page, f"{fresh.url}/arena?{urlencode(settings_of(question))}")
        hint = QUESTIONS[question].hint.split(".")[0]
        expect(page.page.get_by_text(hint)).to_be_visible()
        expect(page.page.locator(".verdict").filter(has_text="paired seeds").first).to_be_visible()
        page.assert_clean()


def test_a_question_on_the_page_is_a_link_to_it(server: Server, page: Watched) -> None:
    opened(page.page, f"{server.url}/arena?arena_rounds=6&arena_paired=1")
    # Their row scrolls sideways alone: nothing is cut off above or below.
    assert page.page.locator(".st-key-questions").evaluate("(row) => row.scrollHeight <= row.clientHeight")
    page.page.get_by_role("link", name=QUESTIONS["start"].words).click()
    at_round(page.page, "Round 40 of 40 · 43 labels")
    expect(page.page.get_by_text(QUESTIONS["start"].hint.split(":")[0])).to_be_visible()
    page.assert_clean()


def test_nonsense_in_the_address_is_told_and_put_right(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/arena?arena_points=99999&arena_data=spam&arena_rounds=6&what=ever")
    expect(browser_page.get_by_test_id("stAlert").filter(has_text="99,999")).to_be_visible()
    expect(browser_page.get_by_test_id("stAlert").filter(has_text="spam")).to_be_visible()
    page.assert_clean()
