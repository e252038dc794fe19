"""The tournament in a real browser: ready-made results, files, and a run that is watched to its end."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.harness import PHONE, Server, Watched, still

OWN = (
    "tournament_strategies=margin&tournament_strategies=entropy&tournament_datasets=circles"
    "&tournament_seeds=6&tournament_rounds=4"
)


def opened(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=60_000)
    still(page)


def downloaded(page: Page, words: str) -> bytes:
    with page.expect_download() as told:
        page.get_by_role("button", name=words).click()
    return Path(told.value.path()).read_bytes()


def test_ready_results_are_narrowed_linked_and_taken_away(own_server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{own_server.url}/tournament?tournament_chart=saved")
    expect(browser_page.get_by_text("25 strategies, 9 tasks")).to_be_visible()
    # All chosen data sets are in sight.
    box = browser_page.get_by_test_id("stMultiSelectTagsContainer").first
    assert box.evaluate("element => element.scrollHeight - element.clientHeight") <= 1
    expect(browser_page.locator(".js-plotly-plot .xtitle")).to_contain_text("Labels saved")
    browser_page.get_by_role("radio", name="Penalties").click()
    expect(browser_page.locator(".js-plotly-plot .ytitle")).to_have_text("beats")
    expect(browser_page).to_have_url(re.compile("tournament_chart=Penalties"))
    browser_page.get_by_role("button", name="Remove Digits").or_(
        browser_page.locator('[data-baseweb="tag"]', has_text="Digits").get_by_role("presentation")
    ).first.click()
    expect(browser_page.get_by_text("25 strategies, 8 tasks")).to_be_visible()
    browser_page.get_by_role("button", name="Export").click()
    rows = list(csv.DictReader(io.StringIO(downloaded(browser_page, "Table: one row per strategy").decode())))
    assert len(rows) == 25 and "gain_low" in rows[0]
    assert rb"\toprule" in downloaded(browser_page, "Table for a paper")
    assert downloaded(browser_page, "This chart (PDF)").startswith(b"%PDF")
    page.assert_clean()


def test_a_tournament_is_started_watched_and_found_again(own_server: Server, new_page: Callable[..., Watched]) -> None:
    phone = new_page(viewport=PHONE, color_scheme="dark")
    phone.page.goto(f"{own_server.url}/tournament?{OWN}")
    expect(phone.page.get_by_text("Nothing has been run with these settings yet")).to_be_visible()
    phone.page.get_by_test_id("stExpandSidebarButton").click()
    phone.page.get_by_role("button", name="Run tournament").click()
    expect(phone.page.get_by_text("18 of 18 races done")).to_be_visible(timeout=120_000)
    expect(
        phone.page.get_by_text("3 strategies, 1 task (Two circles), 6 paired seeds, 4 rounds, logistic regression.")
    ).to_be_visible()
    expect(phone.page.get_by_role("button", name="Done")).to_be_disabled()
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    again = new_page()
    opened(again.page, f"{own_server.url}/tournament?{OWN}")
    expect(
        again.page.get_by_text("3 strategies, 1 task (Two circles), 6 paired seeds, 4 rounds, logistic regression.")
    ).to_be_visible()
    phone.assert_clean()
    again.assert_clean()


@pytest.mark.long
def test_a_click_on_a_cell_opens_its_curves(own_server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{own_server.url}/tournament?tournament_chart=Heat+map")
    place = browser_page.evaluate(
        """() => {
          const plot = document.querySelector(".js-plotly-plot")
          const { left, top } = plot.getBoundingClientRect()
          const { xaxis, yaxis } = plot._fullLayout
          return [left + xaxis._offset + xaxis.d2p("Iris"), top + yaxis._offset + yaxis.d2p("Margin")]
        }"""
    )
    browser_page.mouse.move(*place)
    browser_page.mouse.click(*place)
    expect(browser_page).to_have_url(re.compile("tournament_chart=Curves"))
    expect(browser_page).to_have_url(re.compile("tournament_task=Iris.*|.*tournament_strategy=Margin"))
    expect(browser_page.locator(".js-plotly-plot")).to_have_count(1)
    still(browser_page)
    # For the keyboard another cell is chosen from two lists.
    browser_page.locator(".st-key-tournament_task input").focus()
    browser_page.keyboard.type("Wine")
    browser_page.keyboard.press("Enter")
    expect(browser_page).to_have_url(re.compile("tournament_task=Wine"))
    # In full screen as well the lists of the picture open over it.
    still(browser_page)
    browser_page.get_by_role("button", name="Full screen", exact=True).click()
    browser_page.wait_for_function("document.fullscreenElement")
    browser_page.locator(".st-key-tournament_task input").click()
    browser_page.get_by_role("option", name="Digits").click()
    expect(browser_page).to_have_url(re.compile("tournament_task=Digits"))
    page.assert_clean()
