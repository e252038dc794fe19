"""Steering a run in a real browser: start, pause, reload, change, resume, cancel, fork."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from alcore.runs.store.store import RunInfo, Store
from tests.browser.support.harness import PHONE, Server, Watched
from tests.browser.support.zoom import ranges, zoom_in
from tests.browser.test_mnist import (
    DIGITS,
    ENDLESS,
    badge,
    nothing_goes_on_afterwards,
    opened,
    start_button,
    states,
    trainings,
)

__all__ = ["nothing_goes_on_afterwards"]

# How many points the large chart has drawn.
POINTS = """() => document.querySelector(".st-key-mnist_curve .js-plotly-plot")._fullData
  .reduce((sum, trace) => sum + (trace._length ?? trace.x.length), 0)"""


def button(page: Page, name: str) -> None:
    """Press a button of a run."""
    page.get_by_role("button", name=name, exact=True).first.click()


def newest(own_server: Server) -> RunInfo:
    with Store(own_server.home) as store:
        return store.runs()[0]


def test_start_pause_reload_change_resume_cancel(own_server: Server, page: Watched) -> None:
    tab = page.page
    opened(tab, own_server.url, **ENDLESS, mnist_random="false")
    start_button(tab).click()
    expect(badge(tab, "Running")).to_be_visible()
    expect(trainings(tab)).to_be_visible(timeout=60_000)
    button(tab, "Pause")
    expect(badge(tab, "Paused")).to_be_visible()
    kept = newest(own_server).rounds_done
    address = tab.url
    tab.reload()
    expect(badge(tab, "Paused")).to_be_visible()
    assert tab.url == address and states(own_server.home) == ["paused"]
    button(tab, "Change this run")
    labels = tab.get_by_role("spinbutton", name="Labels per round from now on")
    labels.fill("3")
    labels.press("Enter")
    button(tab, "Apply from the next round on")
    expect(tab.get_by_text(f"3 labels a round from round {kept + 1} on")).to_be_visible()
    tab.keyboard.press("Escape")
    button(tab, "Resume")
    expect(badge(tab, "Running")).to_be_visible()
    zoom = zoom_in(tab)
    drawn = tab.evaluate(POINTS)
    tab.wait_for_function(
        "before => { const said = document.body.innerText.match(/(\\d+) of \\d+ trainings done/)"
        " ; return said && +said[1] > before }",
        arg=kept + 1,
        timeout=60_000,
    )
    # The rounds that came since are drawn, and the zoom is as it was.
    tab.wait_for_function(f"(drawn) => ({POINTS})() > drawn", arg=drawn, timeout=60_000)
    assert ranges(tab) == zoom
    button(tab, "Cancel")
    expect(badge(tab, "Cancelled")).to_be_visible()
    with Store(own_server.home) as store:
        rounds = store.rounds(newest(own_server).id)
    assert [one.labels for one in rounds[: kept + 2]] == [*range(500, 501 + kept), 503 + kept]
    page.assert_clean()


@pytest.mark.long
def test_a_fork_runs_beside_the_run_it_came_from(own_server: Server, page: Watched) -> None:
    tab = page.page
    quick = {"mnist_learner": "Logistic regression", "mnist_seeds": 40, "mnist_batch": 20}
    opened(tab, own_server.url, **DIGITS | quick, mnist_random="false")
    start_button(tab).click()
    # In place of the two ready-made runs.
    tab.wait_for_url("**mnist_run=*")
    expect(tab.get_by_text("Ready-made runs")).to_have_count(0)
    expect(badge(tab, "Done")).to_be_visible(timeout=60_000)
    parent = newest(own_server)
    button(tab, "Change this run")
    button(tab, "Fork")
    expect(tab.get_by_text("Rounds before 2 are those of Least confidence")).to_be_visible()
    expect(badge(tab, "Done")).to_have_count(2, timeout=60_000)
    fork = newest(own_server)
    assert [one.run_id for one in fork.lineage] == [parent.id] and fork.config.strategy == "random"
    assert tab.url.endswith(f"mnist_run={fork.id}") or f"mnist_run={fork.id}&" in tab.url
    page.assert_clean()


@pytest.mark.long
def test_two_tabs_one_of_them_a_phone_start_one_run(own_server: Server, new_page: Callable[..., Watched]) -> None:
    wide, phone = new_page(), new_page(viewport=PHONE, color_scheme="dark")
    for one in (wide, phone):
        opened(one.page, own_server.url, **ENDLESS, mnist_random="false")
    start_button(wide.page).click()
    expect(badge(wide.page, "Running")).to_be_visible()
    start_button(phone.page).click()
    expect(phone.page.get_by_text("with these settings is in progress already")).to_be_visible()
    for one in (wide, phone):
        expect(badge(one.page, "Running")).to_be_visible()
    assert states(own_server.home) == ["running"]
    button(phone.page, "Pause")
    expect(badge(wide.page, "Paused")).to_be_visible()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.page.evaluate(overflow) <= 0, "the page is wider than the screen"
    wide.assert_clean()
    phone.assert_clean()
