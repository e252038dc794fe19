"""A page against the rules of axe-core."""

from importlib.resources import files
from importlib.util import find_spec

import pytest
from playwright.sync_api import Page

from tests.browser.support.harness import still

# Looks half a second apart, of which the last decides.
_LOOKS = 10
_RUN = """
async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] })
  const bad = found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
  const symbols = document.querySelectorAll('[aria-label$=" icon"]:not([aria-hidden="true"])')
  return [
    ...[...symbols].map((one) => `a symbol is read out: ${one.getAttribute("aria-label")}`),
    ...bad.flatMap(({ id, nodes }) => nodes.map(({ target, html, failureSummary }) =>
      `${id}: ${target.join(" ")} ${html.slice(0, 160)} ${failureSummary.split("\\n").slice(1, 3).join(" ")}`)),
  ]
}
"""


def assert_nothing_serious(page: Page) -> None:
    """The page breaks no rule in a way that is serious or critical, and no symbol is read out by its name.

    Skipped where axe-core is not installed.
    """
    if find_spec("axe_playwright_python") is None:
        pytest.skip("axe-core is not installed: pip install -r tests/requirements.txt")
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    # While a page is drawn again its old parts are faded: what is found must be there to stay.
    for _ in range(_LOOKS):
        still(page)
        found = page.evaluate(_RUN)
        if not found:
            return
        page.wait_for_timeout(500)
    raise AssertionError("\n".join(found))
