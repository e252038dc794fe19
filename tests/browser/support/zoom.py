"""Zooming the MNIST lab's large chart by hand."""

from playwright.sync_api import Page

from tests.browser.support.harness import resting_box

_CHART = ".st-key-mnist_curve .js-plotly-plot"
_RANGES = f"""() => {{
  const layout = document.querySelector("{_CHART}")?._fullLayout
  return layout && [...layout.xaxis.range, ...layout.yaxis.range]
}}"""


def ranges(page: Page) -> list[float]:
    """The ends of both axes, once the chart is drawn."""
    found: list[float] = page.wait_for_function(_RANGES).json_value()
    return found


def zoom_in(page: Page) -> list[float]:
    """Drag over the middle of the chart; returns the ends of its axes."""
    before = ranges(page)
    x, y = _middle(page)
    page.mouse.move(x - 60, y - 40)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=5)
    page.mouse.up()
    page.wait_for_function(f"(before) => String(({_RANGES})()) !== String(before)", arg=before)
    return ranges(page)


def end_zoom(page: Page, before: list[float]) -> None:
    """Click twice, and wait until the axes are as they were."""
    page.mouse.dblclick(*_middle(page))
    page.wait_for_function(f"(before) => String(({_RANGES})()) === String(before)", arg=before)


def _middle(page: Page) -> tuple[float, float]:
    area = resting_box(page.locator(f"{_CHART} .nsewdrag").first)
    return area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
