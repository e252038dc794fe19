"""Scripts of the screens by themselves, in a blank page without a server."""

from collections.abc import Callable
from pathlib import Path

import pytest

from alcore.report.html.player.assets import player_script
from tests.browser.support.harness import ROOT, Watched

_STRIP = """
([script, gains]) => {
  document.body.innerHTML = '<div class="seed-strip" style="width: 800px"></div>'
  const draw = Function(`${script}; return draw`)()
  const rows = [{ name: "Margin against random", color: "#000", gains }]
  const host = document.querySelector(".seed-strip")
  draw(host, { rows, seeds: gains.map((_, i) => i), seed: 0 }, () => {})
  const numbers = [...host.querySelectorAll("text[text-anchor=middle]")].slice(0, -1)
  return [
    numbers.map((one) => one.textContent),
    [...host.querySelectorAll("circle")].map((one) => Number(one.getAttribute("cx"))),
    Number(host.querySelector(".zero").getAttribute("x1")),
  ]
}
"""


def in_browser() -> str:
    script = Path(ROOT / "pages/shared/in_browser.js").read_text()
    return script.replace("export default function", "const start = function")


@pytest.mark.parametrize(
    ("gains", "words"),
    [
        ([0.0, 0.0, 0.0], ["0"]),
        ([0.0, 2.0, 4.0], ["0", "+4.0"]),
        ([-3.0, -1.0], ["0", "−3.0"]),
        ([-3.0, 0.1], ["0", "−3.0"]),
        ([-3.0, 5.0], ["0", "−3.0", "+5.0"]),
    ],
)
def test_the_seed_strip_names_0_once_and_its_ends_where_there_is_room(
    new_page: Callable[..., Watched], gains: list[float], words: list[str]
) -> None:
    script = Path(ROOT / "pages/screens/arena/seed_strip.js").read_text()
    script = script.replace("export default function", "const mount = function")
    named, dots, zero = new_page(viewport={"width": 900, "height": 300}).page.evaluate(_STRIP, [script, gains])
    assert named == words
    assert [dot < zero for dot in dots] == [gain < 0 for gain in gains]
    assert [dot > zero for dot in dots] == [gain > 0 for gain in gains]


def test_no_accuracy_above_100_percent_stands_at_an_axis(new_page: Callable[..., Watched]) -> None:
    page = new_page().page
    axes = """
    ([script, low, high]) => {
      const draw = Function(`${script}; return axes`)()
      const pane = { left: 0, top: 0, wide: 600, high: 200, x: [0, 10], y: [low, high], across: (x) => 60 * x,
        down: (y) => 200 * (high - y) / (high - low), xaxis: { gridcolor: "#ccc", title: { text: "" } },
        yaxis: { nticks: 6 } }
      return [...draw(pane, 1).matchAll(/>([−-]?[0-9.]+) %</g)].map(([, share]) => share)
    }
    """
    script = player_script().replace("export default", "").replace("export ", "")
    assert page.evaluate(axes, [script, 0.96, 1.02]) == ["96", "98", "100"]
    assert page.evaluate(axes, [script, -0.02, 0.05]) == ["0", "2", "4"]


def test_the_chosen_option_of_a_row_that_scrolls_is_in_sight(new_page: Callable[..., Watched]) -> None:
    page = new_page().page
    script = in_browser()
    row = """
    (script) => {
      Function(`${script}; start()`)()
      const names = ["Outlier attraction", "Sampling bias", "Cold start", "Miscalibration"]
      const option = (name) =>
        `<button role="radio" aria-checked="${name === names[3]}" style="flex: none">${name}</button>`
      document.body.innerHTML = `<div role="radiogroup" style="display: flex; overflow-x: auto; width: 200px">
        ${names.map(option).join("")}</div>`
    }
    """
    page.evaluate(row, script)
    group = page.get_by_role("radiogroup")
    page.wait_for_function("(group) => group.scrollLeft > 100", arg=group.element_handle())
    page.get_by_role("radio", name="Outlier attraction").dispatch_event("click")
    page.wait_for_function("(group) => group.scrollLeft === 0", arg=group.element_handle())


def test_symbols_are_hidden_from_screen_readers_when_they_appear(new_page: Callable[..., Watched]) -> None:
    page = new_page().page
    script = in_browser()
    page.evaluate("(script) => Function(`${script}; start()`)()", script)
    page.evaluate(
        "document.body.innerHTML = '<p><span role=img aria-label=\"thumb_up icon\">thumb_up</span> When.</p>'"
    )
    page.wait_for_function("document.querySelector('span').getAttribute('aria-hidden') === 'true'")
