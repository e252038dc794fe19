"""The MNIST lab in a real browser: whole runs, with reloads, a queue, cancelling and a server that goes."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from alcore.runs.store.store import Store
from tests.browser.support.harness import PHONE, Server, Watched, serving, still

DIGITS = {"mnist_experiment": "Own values", "mnist_data": "Digits"}
# Never done before it is cancelled, whatever the machine.
ENDLESS = DIGITS | {"mnist_learner": "MLP", "mnist_seeds": 500, "mnist_batch": 1, "mnist_rounds": 100}
ENDLESS |= {"mnist_epochs": 50, "mnist_device": "CPU"}
# What the accuracy chart holds, read from plotly.js itself.
SHOWN = """
() => {
  const chart = document.querySelector(".js-plotly-plot")
  if (!chart?._fullData) return { points: [], range: [] }
  const points = chart._fullData.map((trace) => trace._length ?? trace.x.length)
  return { points, range: chart._fullLayout.xaxis.range }
}
"""


@pytest.fixture(autouse=True)
def nothing_goes_on_afterwards(home: Path) -> Iterator[None]:
    """Runs outlive the browser and the server: a test that stops half way must not leave one behind."""
    yield
    with Store(home) as store:
        for info in store.runs():
            store.request_cancel(info.id)


def opened(page: Page, url: str, **settings: object) -> None:
    page.goto(f"{url}/mnist?{urlencode(settings)}")
    expect(start_button(page)).to_be_visible()
    still(page)


def start_button(page: Page) -> Locator:
    return page.locator(".st-key-mnist_go button")


def badge(page: Page, word: str) -> Locator:
    return page.locator(".stMarkdownBadge", has_text=word)


def trainings(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"\d+ of \d+ trainings done"))


def until(page: Page, what: str) -> None:
    page.wait_for_function(f"() => {{ const shown = ({SHOWN})(); return {what} }}", timeout=60_000)


def states(home: Path) -> list[str]:
    """The states of all runs, the oldest first."""
    with Store(home) as store:
        return [info.state for info in reversed(store.runs())]


@pytest.mark.long
def test_a_run_goes_on_without_browser_and_server(home: Path, tmp_path: Path, new_page: Callable[..., Watched]) -> None:
    with serving(home, tmp_path / "first.log") as server:
        page = new_page()
        opened(page.page, server.url, **ENDLESS, mnist_random="false")
        start_button(page.page).click()
        expect(badge(page.page, "Running")).to_be_visible()
        page.page.wait_for_url("**mnist_run=*")
        expect(trainings(page.page)).to_be_visible(timeout=60_000)
        until(page.page, "shown.points[0] >= 1")
        until(page.page, f"shown.points[0] > {page.page.evaluate(SHOWN)['points'][0]}")
        address = page.page.url
        page.page.reload()
        expect(badge(page.page, "Running")).to_be_visible()
        expect(trainings(page.page)).to_be_visible()
        assert page.page.url == address
        # Plotly complains of a pointer that rests on a chart while it is drawn anew; nothing is lost by it.
        page.faults[:] = [fault for fault in page.faults if "_hoverlayer" not in fault]
        page.assert_clean()
        page.page.close()
    assert states(home) == ["running"]
    with serving(home, tmp_path / "second.log") as server:
        page = new_page()
        opened(page.page, server.url, **DIGITS)
        expect(badge(page.page, "Running")).to_be_visible()
        assert page.page.url.endswith(address.split("&")[-1]), "the page finds the run by itself"
        page.page.get_by_role("button", name="Cancel").click()
        expect(badge(page.page, "Cancelled")).to_be_visible()
        expect(page.page.get_by_text("Not every run was finished")).to_be_visible()
        until(page.page, "shown.points[0] >= 2")
        page.assert_clean()
    assert states(home) == ["cancelled"]


@pytest.mark.long
def test_a_whole_race_on_digits_on_a_phone(own_server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(viewport=PHONE, color_scheme="dark")
    opened(
        page.page,
        own_server.url,
        **DIGITS | {"mnist_learner": "Logistic regression", "mnist_seeds": 40, "mnist_batch": 20},
    )
    start_button(page.page).click()
    expect(badge(page.page, "Done")).to_have_count(2, timeout=60_000)
    until(page.page, "shown.points.length === 2 && shown.points[1] === 5")
    expect(page.page.get_by_text("one race, not yet evidence")).to_be_visible()
    pictures = page.page.locator(".alcore-gallery:not(.small) img")
    expect(pictures).to_have_count(20)
    assert pictures.first.evaluate("image => [image.naturalWidth, image.clientWidth]") == [8, 56]
    expect(page.page.get_by_text("The model of 100 labels queried 20 labels")).to_be_visible()
    page.page.get_by_test_id("stMain").locator("input[type=range]").press("Home")
    expect(page.page.get_by_text("The model of 40 labels queried 20 labels")).to_be_visible()
    page.page.wait_for_url("**mnist_round=1*")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.page.evaluate(overflow) <= 0, "the page is wider than the screen"
    page.assert_clean()


@pytest.mark.long
def test_a_second_start_waits_in_the_queue_and_everything_is_cancelled(own_server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, own_server.url, **ENDLESS)
    start_button(browser_page).click()
    expect(badge(browser_page, "Running")).to_be_visible()
    expect(browser_page.get_by_text("Next in the queue")).to_be_visible()
    first = browser_page.url
    browser_page.get_by_role("button", name="Set up").click()
    seed = browser_page.get_by_role("spinbutton", name="Seed", exact=True)
    seed.fill("1")
    seed.press("Enter")
    browser_page.wait_for_url("**mnist_seed=1*")
    browser_page.keyboard.press("Escape")
    start_button(browser_page).click()
    for place in ("2nd", "3rd"):
        expect(browser_page.get_by_text(f"{place} in the queue", exact=True)).to_be_visible()
    cancel = browser_page.get_by_role("button", name="Cancel")
    for left in (1, 0):
        cancel.first.click()
        expect(cancel).to_have_count(left)
    assert states(own_server.home) == ["running", "queued", "cancelled", "cancelled"]
    browser_page.goto(first)
    expect(cancel).to_have_count(2)
    cancel.last.click()
    expect(cancel).to_have_count(1)
    cancel.click()
    expect(badge(browser_page, "Cancelled")).to_have_count(2)
    assert states(own_server.home) == ["cancelled"] * 4
    page.assert_clean()


@pytest.mark.long
def test_a_race_on_real_mnist(mnist_server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(
        browser_page,
        mnist_server.url,
        mnist_experiment="Own values",
        mnist_learner="MLP",
        mnist_part="true",
        mnist_pool=3000,
        mnist_seeds=100,
        mnist_batch=50,
        mnist_rounds=3,
        mnist_epochs=5,
    )
    start_button(browser_page).click()
    expect(badge(browser_page, "Running")).to_be_visible()
    browser_page.reload()
    expect(badge(browser_page, "Done")).to_have_count(2, timeout=90_000)
    until(browser_page, "shown.points.length === 2 && shown.points[1] === 4")
    expect(browser_page.get_by_text("one race, not yet evidence")).to_be_visible()
    still(browser_page)
    pictures = browser_page.locator(".alcore-gallery:not(.small) img")
    expect(pictures).to_have_count(40)
    assert pictures.first.evaluate("image => [image.naturalWidth, image.clientWidth]") == [28, 84]
    browser_page.get_by_role("button", name="Page 2").click()
    expect(pictures).to_have_count(10)
    browser_page.get_by_role("button", name="Export").click()
    with browser_page.expect_download() as download:
        browser_page.get_by_test_id("stDownloadButton").filter(has_text="CSV").first.click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [row["labels"] for row in rows] == ["100", "150", "200", "250"] * 2
    assert {row["strategy"] for row in rows} == {"least_confidence", "random"}
    assert all(float(row["accuracy"]) > 0.3 for row in rows)
    page.assert_clean()


@pytest.mark.long
def test_a_dozen_labels_on_real_mnist_show_all_twelve(mnist_server: Server, page: Watched) -> None:
    """The whole preset: two minutes a run on two cores."""
    browser_page = page.page
    opened(browser_page, mnist_server.url, mnist_experiment="A dozen labels")
    start_button(browser_page).click()
    expect(browser_page.get_by_text("finding the neighbours of every image")).to_be_visible(timeout=60_000)
    expect(badge(browser_page, "Done")).to_have_count(2, timeout=600_000)
    still(browser_page)
    galleries = browser_page.locator(".alcore-gallery.small")
    for gallery in (galleries.first, galleries.last):
        expect(gallery.locator("img")).to_have_count(12)
    assert len(set(galleries.first.locator("span").all_text_contents())) == 10, "every digit has a label"
    expect(browser_page.get_by_text("all 12 labels so far")).to_have_count(2)
    expect(browser_page.get_by_text("Used besides labels: the 60,000 images without their labels")).to_be_visible()
    assert float(re.search(r"Communities: ([\d.]+) % with 12", browser_page.inner_text("body"))[1]) > 99  # type: ignore[index]
    page.assert_clean()
