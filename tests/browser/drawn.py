"""What a browser shows of the small race, checked against the race."""

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.small_race import SEED_LABELS, small_race

ROUNDS = 8  # what the app opens with
# What plotly.js has drawn: the numbers painted in each panel, what is ringed, and where the curves' markers
# stand, told from their transforms and not from what was asked of it.
DRAWN = """
() => {
  const chart = document.querySelector(".js-plotly-plot")
  if (!chart?._fullLayout) return null
  const panels = [...chart.querySelectorAll(".cartesianlayer .subplot")]
  const at = (element, axes) => {
    const [x, y] = element.getAttribute("transform").match(/-?[\\d.]+(e-?\\d+)?/g).map(Number)
    return [axes.xaxis.p2c(x), axes.yaxis.p2c(y)]
  }
  const marks = (panel, wanted) => {
    const id = [...panel.classList].find((name) => name !== "subplot")
    const axes = chart._fullLayout._plots[id]
    const found = [...panel.querySelectorAll(".scatterlayer > .trace")].filter((trace) => {
      const drawn = trace.__data__[0].trace
      return wanted(drawn)
    })
    return found.flatMap((trace) => [...trace.querySelectorAll("path.point")].map((p) => at(p, axes)))
  }
  const surfaces = panels.slice(0, -1)
  const numbers = (panel) => [...panel.querySelectorAll(".textpoint")].map((t) => Number(t.textContent))
  const fills = (panel) => [...panel.querySelectorAll("path.js-fill")].map((path) => path.getAttribute("d"))
  return {
    numbers: surfaces.map((panel) => numbers(panel).filter(Boolean).sort((a, b) => a - b)),
    labelled: surfaces.map((panel) => marks(panel, (drawn) => drawn.mode === "markers+text").length),
    pool: surfaces.map((panel) => Math.max(...fills(panel).map((path) => path.split("M").length - 1))),
    rings: surfaces.map((panel) => marks(panel, (drawn) => drawn.marker?.color === "rgba(0,0,0,0)")),
    tints: surfaces.map((panel) => fills(panel).join()),
    markers: marks(panels.at(-1), (drawn) => drawn.mode === "markers"),
    curves: panels.at(-1).querySelectorAll("path.js-line").length,
  }
}
"""


def until_round(page: Page, number: int, of: int = ROUNDS) -> dict[str, Any]:
    """Wait until bar and figure show a round, and check every part of the figure against the race."""
    labels = SEED_LABELS + 2 * number
    words = f"Round {number} of {of} · {labels} labels"
    expect(page.locator(".alcore-player-where")).to_have_text(words)
    page.wait_for_function(
        f"() => {{ const drawn = ({DRAWN})(); "
        f"return drawn && drawn.markers.every(([x]) => Math.abs(x - {labels}) < 0.01) && "
        f"drawn.labelled.every((count) => count === {labels}) }}"
    )
    drawn: dict[str, Any] = page.evaluate(DRAWN)
    data, _, racers = small_race(of)
    for panel, racer in enumerate(racers):
        assert drawn["numbers"][panel] == list(range(1, 2 * number + 1))
        assert drawn["pool"][panel] == len(data.y_pool)
        newest = data.x_pool[racer.order[labels - 2 : labels]] if number else np.empty((0, 2))
        np.testing.assert_allclose(sorted(drawn["rings"][panel]), sorted(newest.tolist()), atol=0.02)
        assert drawn["markers"][panel][1] == pytest.approx(racer.rounds[number].accuracy, abs=0.003)
    assert drawn["curves"] == len(racers)
    return drawn


def place_of(page: Page, panel: int, point: np.ndarray) -> tuple[float, float]:
    """A point of a panel on the screen."""
    x, y = page.evaluate(
        """([panel, x, y]) => {
          const chart = document.querySelector(".js-plotly-plot"), box = chart.getBoundingClientRect()
          const number = panel ? panel + 1 : ""
          const across = chart._fullLayout[`xaxis${number}`], up = chart._fullLayout[`yaxis${number}`]
          return [box.left + across._offset + across.c2p(x), box.top + up._offset + up.c2p(y)]
        }""",
        [panel, *map(float, point)],
    )
    return x, y


def told(page: Page, panel: int, point: np.ndarray) -> str:
    """What hovering over a point tells."""
    page.mouse.move(5, 5)
    expect(page.locator(".hoverlayer .hovertext")).to_have_count(0)
    page.mouse.move(*place_of(page, panel, point))
    # Each line is an element, and so is each bold word in it.
    lines = page.locator(".hoverlayer .hovertext text.nums tspan.line")
    expect(lines.first).to_be_visible()
    return "\n".join(lines.all_text_contents())
