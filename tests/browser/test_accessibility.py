"""Every screen against the rules of axe-core, light and dark: nothing serious or critical."""

from collections.abc import Callable
from importlib.resources import files
from importlib.util import find_spec

import pytest
from playwright.sync_api import Page

from tests.browser.support.first_look import SCREENS
from tests.browser.support.harness import PHONE, WIDE, Server, Watched, still

# The screens as they open, and the parts that another address shows.
PLACES = {
    **SCREENS,
    "arena, you": "arena?arena_show=You+against+the+machine&arena_paired=1",
    "arena, why": "arena?arena_show=Why+this+point%3F&arena_paired=1",
    "batch explorer, own": "batch_explorer?batch_show=Choose+yourself",
    "clinic, bias": "failure_modes?clinic_ward=Sampling+bias&clinic_bias_paired=5",
    "atlas, simplex": "strategies?strategies_section=The+simplex",
    "atlas, kinds of uncertainty": "strategies?strategies_section=Epistemic+and+aleatoric",
    "stream": "scenarios?settings_section=Stream&settings_paired=1",
    "synthesis": "scenarios?settings_section=Query+synthesis",
    "digits": "scenarios?settings_section=Synthesised+digits",
    "tournament, heat map": "tournament?tournament_chart=Heat+map",
    "tournament, curves": "tournament?tournament_chart=Curves",
}

# Every place in one theme by turns, and in the other among the long tests; likewise the screens on a phone.
_OTHER = pytest.mark.long
BY_TURNS = [
    pytest.param(place, scheme, marks=[] if (i + j) % 2 == 0 else _OTHER)
    for i, place in enumerate(PLACES)
    for j, scheme in enumerate(("light", "dark"))
]
ON_A_PHONE = [pytest.param(place, marks=[] if i % 3 == 1 else _OTHER) for i, place in enumerate(SCREENS)]
# Looks half a second apart, of which the last decides.
LOOKS = 10

RUN = """
async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] })
  return found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).flatMap(({ id, nodes }) =>
    nodes.map(({ target, html, failureSummary }) =>
      `${id}: ${target.join(" ")} ${html.slice(0, 160)} ${failureSummary.split("\\n").slice(1, 3).join(" ")}`))
}
"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if find_spec("axe_playwright_python") is None:
        pytest.skip("axe-core is not installed: pip install -r tests/requirements.txt")
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("place", "scheme"), BY_TURNS)
def test_nothing_serious_is_found(
    server: Server, new_page: Callable[..., Watched], axe: str, place: str, scheme: str
) -> None:
    page = new_page(viewport=WIDE, color_scheme=scheme, reduced_motion="reduce").page
    check(page, f"{server.url}/{PLACES[place]}", axe)


@pytest.mark.parametrize("place", ON_A_PHONE)
def test_nor_on_a_phone(server: Server, new_page: Callable[..., Watched], axe: str, place: str) -> None:
    page = new_page(viewport=PHONE, color_scheme="light", reduced_motion="reduce").page
    check(page, f"{server.url}/{PLACES[place]}", axe)


def check(page: Page, address: str, axe: str) -> None:
    page.goto(address, timeout=120_000)
    page.get_by_role("heading", level=1).wait_for(timeout=120_000)
    page.evaluate(axe)
    # While a page is drawn again its old parts are faded: what is found must be there to stay.
    for _ in range(LOOKS):
        page.wait_for_timeout(500)
        still(page)
        found = page.evaluate(RUN)
        if not found:
            return
    raise AssertionError("\n".join(found))
