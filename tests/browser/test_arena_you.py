"""You against the machine in a real browser: a race that can be won, with the mouse and with the keyboard."""

import re
from functools import cache
from math import hypot

import numpy as np
from playwright.sync_api import Page, expect

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planted
from alcore.loops.races.grid import grid_over
from alcore.loops.races.race import race
from alcore.loops.races.replay import replay_races
from alcore.rng import rng_for
from tests.browser.support.harness import Server, Watched, resting_box, still

SETTINGS = "arena_rounds=1&arena_seed=0&arena_overlap=0.6&arena_left=Entropy&arena_paired=1&arena_show=you"
# The map of one's own: its edges on the screen.
MAP = """
() => {
  const [left, top, wide, high] = ["x", "y", "width", "height"].map((name) =>
    Number(document.querySelector("[data-pick]").previousElementSibling.querySelector("rect").getAttribute(name)))
  const box = document.querySelector(".alcore-figure svg").getBoundingClientRect()
  return [box.left + left, box.top + top, wide, high]
}
"""


@cache
def dataset() -> Dataset:
    return planted("blobs", points=400, overlap=0.6, classes=2, rng=rng_for(0, "data")).dataset


@cache
def outcomes() -> dict[int, float]:
    """By how much each point that the list offers, labelled, would beat the better of the two racers."""
    data = dataset()
    grid = grid_over(data, rows=4)
    racers = race(
        data,
        ["entropy", "random"],
        seed=0,
        seed_labels=4,
        labels_per_round=1,
        rounds=1,
        seed_set="balanced",
        learner="logistic_fourier",
        grid=grid,
    )
    start = racers[0].rounds[0].labeled
    best = max(racer.rounds[-1].accuracy for racer in racers)
    pool = np.setdiff1d(np.arange(len(data.y_pool)), start)
    # Those in the middle: a click on one means no other.
    offered = pool[np.argsort(np.hypot(*data.x_pool[pool].T))][:60]
    return {
        int(point): replay_races(
            data, [*start, point], seed_labels=4, labels_per_round=1, learner="logistic_fourier", seed=0, grid=grid
        )
        .rounds[-1]
        .accuracy
        - best
        for point in offered
    }


def opened(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/arena?{SETTINGS}")
    expect(page.get_by_text("You start with the same 4 labels")).to_be_visible()
    expect(page.locator("[data-pick]")).to_be_visible()
    still(page)


def place_of(page: Page, point: int) -> tuple[float, float]:
    """Where a point of the pool is on the screen."""
    grid = grid_over(dataset())
    left, top, wide, high = page.evaluate(MAP)
    x, y = dataset().x_pool[point]
    across, up = (x - grid.x[0]) / (grid.x[-1] - grid.x[0]), (y - grid.y[0]) / (grid.y[-1] - grid.y[0])
    return left + across * wide, top + (1 - up) * high


def test_you_win_by_clicking_your_own_map_and_undo(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, server)
    pool = np.array([place_of(browser_page, point) for point in range(400)])
    near = np.sort(np.hypot(*(pool[:, None] - pool[None]).transpose(2, 0, 1)), axis=1)[:, 1]
    ranked = sorted((point for point in outcomes() if near[point] > 4), key=outcomes().__getitem__)
    assert outcomes()[ranked[0]] < 0 < outcomes()[ranked[-1]]
    lost = re.compile(r"(Random|Entropy)( and (Random|Entropy))? won this race")
    for point, outcome in ((ranked[0], lost), (ranked[-1], "You won this race")):
        browser_page.mouse.click(*place_of(browser_page, point))
        expect(browser_page.get_by_text("With 5 labels you have")).to_be_visible()
        expect(browser_page.get_by_text(outcome)).to_be_visible()
        # Everybody has one label more, and nobody has shown what comes next.
        expect(browser_page.locator(".alcore-player-where")).to_have_text("Round 1 of 1 · 5 labels")
        expect(browser_page.locator(".alcore-figure .trace text")).to_have_text(["1", "1", "1"])
        still(browser_page)
        browser_page.get_by_role("button", name="Undo").click()
        expect(browser_page.get_by_text("You start with the same 4 labels")).to_be_visible()
        expect(browser_page.locator(".alcore-player-where")).to_have_text("Before the first query · 4 labels")
        expect(browser_page.get_by_role("button", name="Play", exact=True)).to_be_disabled()
        still(browser_page)
    # A click on another map is no query.
    left, top, wide, high = browser_page.evaluate(MAP)
    browser_page.mouse.click(left - wide, top + high / 2)
    still(browser_page)
    expect(browser_page.get_by_text("You start with the same 4 labels")).to_be_visible()
    page.assert_clean()


def test_you_win_by_keyboard(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, server)
    best = max(outcomes(), key=outcomes().__getitem__)
    points = browser_page.get_by_role("combobox", name="A point, from left to right")
    points.focus()
    browser_page.keyboard.type(f"point {best} ")
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
    still(browser_page)
    # The map itself: arrow keys go from point to point, Enter labels.
    browser_page.get_by_role("button", name="Undo").press("Enter")
    expect(browser_page.get_by_text("You start with the same 4 labels")).to_be_visible()
    own_map = browser_page.get_by_role("application", name="Your map")
    own_map.focus()
    before = own_map.get_attribute("data-point")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        browser_page.keyboard.press(key)
    ring = resting_box(own_map.locator("span"))
    point = int(own_map.get_attribute("data-point") or -1)
    assert str(point) != before
    x, y = place_of(browser_page, point)
    assert hypot(ring["x"] + ring["width"] / 2 - x, ring["y"] + ring["height"] / 2 - y) < 2
    expect(browser_page.locator(".alcore-tip")).to_be_visible()
    browser_page.keyboard.press("Enter")
    expect(browser_page.get_by_text("With 5 labels you have")).to_be_visible()
    # The game is over and the map takes no more: the keyboard goes on from the bar under it.
    expect(own_map).to_be_hidden()
    expect(browser_page.get_by_role("group", name="Playback").locator(":focus")).to_have_count(1)
    page.assert_clean()
