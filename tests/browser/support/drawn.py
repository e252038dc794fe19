"""What a browser shows of the small race, checked against the race."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from tests.browser.support.harness import resting_box
from tests.browser.support.small_race import SEED_LABELS, small_figure, small_race

ROUNDS = 8  # what the app opens with
# What is drawn: the numbers painted in each panel, what is labelled and ringed, and where the curves' markers
# stand, as shares of the panel's width and height and not as was asked for.
DRAWN = """
() => {
  const panes = [...document.querySelectorAll(".alcore-figure .pane")]
  if (!panes.length) return null
  const box = (pane) => {
    const found = pane.previousElementSibling.querySelector("rect")
    return ["x", "y", "width", "height"].map((name) => Number(found.getAttribute(name)))
  }
  const at = (point, pane) => {
    const [left, top, wide, high] = box(pane)
    const { e, f } = point.transform.baseVal.consolidate().matrix
    return [(e - left) / wide, 1 - (f - top) / high]
  }
  const marks = (pane, wanted) =>
    [...pane.querySelectorAll("path.point")].filter(wanted).map((point) => at(point, pane))
  const surfaces = panes.slice(0, -1)
  const numbers = (pane) => [...pane.querySelectorAll(".trace text")].map((t) => Number(t.textContent))
  const fills = (pane) => [...pane.querySelectorAll("path.fill")].map((path) => path.getAttribute("d"))
  const hollow = (point) => point.getAttribute("fill") === "none"
  return {
    boxes: panes.map(box),
    numbers: surfaces.map((pane) => numbers(pane).sort((a, b) => a - b)),
    labelled: surfaces.map((pane) => marks(pane, (point) => !hollow(point)).length),
    pool: surfaces.map((pane) => Math.max(...fills(pane).map((path) => path.split("M").length - 1))),
    rings: surfaces.map((pane) => marks(pane, hollow)),
    tints: surfaces.map((pane) => fills(pane).join()),
    markers: marks(panes.at(-1), () => true),
    curves: panes.at(-1).querySelectorAll("path.line").length,
  }
}
"""


@cache
def _ranges(of: int) -> NDArray[np.float64]:
    """(P, 2, 2): the ends of the axes of each panel, across and up."""
    layout = small_figure(of).to_dict()["layout"]
    return np.array([[layout[f"{axis}axis{n}"]["range"] for axis in "xy"] for n in ("", "2", "3")])


def until_round(page: Page, number: int, of: int = ROUNDS) -> dict[str, Any]:
    """Wait until bar and figure show a round, and check every part of the figure against the race."""
    labels = SEED_LABELS + 2 * number
    words = f"Round {number} of {of} · {labels} labels"
    expect(page.locator(".alcore-player-where")).to_have_text(words)
    page.wait_for_function(
        f"() => {{ const drawn = ({DRAWN})(); return drawn && drawn.labelled.every((count) => count === {labels}) }}"
    )
    drawn: dict[str, Any] = page.evaluate(DRAWN)
    data, _, racers = small_race(of)
    low, high = np.moveaxis(_ranges(of), -1, 0)

    def places(panel: int, shares: list) -> NDArray[np.float64]:
        return low[panel] + np.reshape(shares, (-1, 2)) * (high[panel] - low[panel])

    for panel, racer in enumerate(racers):
        assert drawn["numbers"][panel] == list(range(1, 2 * number + 1))
        assert drawn["pool"][panel] == len(data.y_pool)
        newest = data.x_pool[racer.order[labels - 2 : labels]] if number else np.empty((0, 2))
        rings = places(panel, drawn["rings"][panel]).tolist()
        np.testing.assert_allclose(sorted(rings), sorted(newest.tolist()), atol=0.02)
    markers = places(len(racers), drawn["markers"])
    np.testing.assert_allclose(markers[:, 0], labels, atol=0.05)
    accuracies = [racer.rounds[number].accuracy for racer in racers]
    np.testing.assert_allclose(markers[:, 1], accuracies, atol=0.003)
    assert drawn["curves"] == len(racers)
    return drawn


def place_of(page: Page, panel: int, point: np.ndarray) -> tuple[float, float]:
    """A point of a panel on the screen."""
    figure = resting_box(page.locator(".alcore-figure svg"))
    left, top, wide, high = page.evaluate(DRAWN)["boxes"][panel]
    (x0, x1), (y0, y1) = _ranges(ROUNDS)[panel]
    across, up = (float(point[0]) - x0) / (x1 - x0), (float(point[1]) - y0) / (y1 - y0)
    return figure["x"] + left + across * wide, figure["y"] + top + (1 - up) * high


def told(page: Page, panel: int, point: np.ndarray) -> str:
    """What hovering over a point tells."""
    page.mouse.move(5, 5)
    tip = page.locator(".alcore-tip")
    expect(tip).to_be_hidden()
    page.mouse.move(*place_of(page, panel, point))
    expect(tip).to_be_visible()
    return "\n".join(tip.locator("div").all_text_contents())
