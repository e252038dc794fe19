"""You against the machine in a real browser: a race that can be won, with the mouse and with the keyboard."""

from functools import cache

import numpy as np
from playwright.sync_api import Locator, Page, expect

from alcore.datasets.planar.generate import planted
from alcore.loops.races.grid import grid_over
from alcore.loops.races.race import race
from alcore.loops.races.replay import replay_races
from alcore.rng import rng_for
from alcore.strategies.uncertainty import least_confidence
from tests.browser.harness import Server, Watched, still

SETTINGS = "arena_rounds=1&arena_seed=0&arena_overlap=0.6&arena_left=Entropy&arena_paired=1&arena_show=you"
# Where on the screen the chart has a point of the pool.
PLACE = """
(chart, index) => {
  const pool = chart._fullData.find((trace) => trace.name === "Unlabelled")
  const i = [...pool.customdata].findIndex((one) => Number([one].flat()[0]) === index)
  const { xaxis, yaxis } = chart._fullLayout
  const box = chart.getBoundingClientRect()
  return [
    box.left + xaxis._offset + xaxis.d2p(pool.x[i]), box.top + yaxis._offset + yaxis.d2p(pool.y[i]),
  ]
}
"""


@cache
def outcomes() -> dict[int, float]:
    """By how much each point that the list offers, labelled, would beat the better of the two racers."""
    data = planted(
        "blobs",
        points=400,
        overlap=0.6,
        classes=2,
        imbalance=1.0,
        near_duplicates=0,
        label_noise=0.0,
        outliers=0,
        rng=rng_for(0, "data"),
    ).dataset
    grid = grid_over(data, rows=4)
    racers = race(
        data,
        ["entropy", "random"],
        seed=0,
        seed_labels=4,
        labels_per_round=1,
        rounds=1,
        seed_set="balanced",
        grid=grid,
    )
    start = racers[0].rounds[0].labeled
    best = max(racer.rounds[-1].accuracy for racer in racers)
    probs_N_C = replay_races(data, start, seed_labels=4, labels_per_round=1, grid=grid).probs_R_N_C[-1]
    pool = np.setdiff1d(np.arange(len(data.y_pool)), start)
    offered = pool[np.argsort(-least_confidence(probs_N_C[pool]), kind="stable")][:40]
    return {
        int(point): replay_races(data, [*start, point], seed_labels=4, labels_per_round=1, grid=grid)
        .rounds[-1]
        .accuracy
        - best
        for point in offered
    }


def opened(page: Page, server: Server) -> Locator:
    page.goto(f"{server.url}/arena?{SETTINGS}")
    expect(page.get_by_text("You start with the same 4 labels")).to_be_visible()
    still(page)
    return page.locator(".js-plotly-plot").first


def test_you_win_by_clicking_and_undo(server: Server, page: Watched) -> None:
    browser_page = page.page
    game = opened(browser_page, server)
    # The best and the worst point of the list that a click cannot mistake for another.
    places = {point: game.evaluate(PLACE, point) for point in outcomes()}
    alone = [
        point
        for point, place in places.items()
        if all(np.hypot(*np.subtract(place, other)) > 6 for key, other in places.items() if key != point)
    ]
    ranked = sorted(alone, key=outcomes().__getitem__)
    assert outcomes()[ranked[0]] < 0 < outcomes()[ranked[-1]]
    for point, outcome in ((ranked[0], "The machine won this race"), (ranked[-1], "You won this race")):
        game.scroll_into_view_if_needed()
        x, y = game.evaluate(PLACE, point)
        browser_page.mouse.move(x, y)
        browser_page.wait_for_timeout(200)
        browser_page.mouse.click(x, y)
        expect(browser_page.get_by_text("With 5 labels you have")).to_be_visible()
        expect(browser_page.get_by_text(outcome)).to_be_visible()
        still(browser_page)
        browser_page.get_by_role("button", name="Undo").click()
        expect(browser_page.get_by_text("You start with the same 4 labels")).to_be_visible()
        still(browser_page)
    page.assert_clean()


def test_you_win_by_keyboard(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, server)
    best = max(outcomes(), key=outcomes().__getitem__)
    points = browser_page.get_by_role("combobox", name="A point, the most uncertain first")
    points.focus()
    browser_page.keyboard.type(f"point {best}:")
    browser_page.keyboard.press("Enter")
    expect(browser_page.get_by_role("listbox")).to_have_count(0)
    still(browser_page)
    label = browser_page.get_by_role("button", name="Label it")
    # A key pressed at once leaves from the list that is being closed, which no hand is fast enough for.
    for _ in range(10):
        points.focus()
        browser_page.keyboard.press("Tab")
        if label.evaluate("button => button === document.activeElement"):
            break
        browser_page.wait_for_timeout(300)
    expect(label).to_be_focused()
    browser_page.keyboard.press("Enter")
    expect(browser_page.get_by_text("You won this race")).to_be_visible()
    page.assert_clean()
