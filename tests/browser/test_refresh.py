"""The clock of the polling fragment, as the browser may call it: elements are replaced in any order."""

from pathlib import Path

import pytest

from tests.browser.support.harness import Watched

SCRIPT = Path("pages/screens/mnist_lab/run/refresh.js").read_text(encoding="utf-8")
# Two elements, the second in place of the first: how often each asked within ten ticks after the given order of calls.
COUNTED = """
async ([source, order]) => {
  const pulse = (await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))).default
  const asked = { old: 0, new: 0 }, cleanups = {}
  for (const step of order) {
    const [what, name] = step.split(" ")
    const id = `element-${name}`
    const parentElement = document.getElementById(id) ?? document.body.appendChild(document.createElement("div"))
    parentElement.id = id
    const data = { says: 0, every: 20, race: "" }
    if (what === "call") cleanups[name] = pulse({ data, parentElement, setStateValue: () => asked[name]++ })
    if (what === "clean") cleanups[name]()
    if (what === "remove") parentElement.remove()
  }
  asked.old = asked.new = 0
  await new Promise((done) => setTimeout(done, 200))
  return asked
}
"""


@pytest.mark.parametrize(
    "order",
    [
        ["call old", "clean old", "remove old", "call new"],
        ["call old", "call new", "clean old", "remove old"],
        ["call old", "call new", "remove old"],
        ["call old", "call new", "call old", "clean old", "remove old"],
        ["call old", "call old", "clean old", "call new", "remove old"],
    ],
    ids=" - ".join,
)
def test_the_clock_goes_on_whatever_the_order(order: list[str], page: Watched) -> None:
    page.page.goto("about:blank")
    asked = page.page.evaluate(COUNTED, [SCRIPT, order])
    assert asked["old"] == 0
    assert asked["new"] >= 1


def test_nobody_is_asked_after_the_last_cleanup(page: Watched) -> None:
    page.page.goto("about:blank")
    order = ["call old", "clean old"]
    assert page.page.evaluate(COUNTED, [SCRIPT, order]) == {"old": 0, "new": 0}
