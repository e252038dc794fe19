"""What of a screen is in sight when it opens: its main visual, words, controls, and what is clipped or overlaps."""

from dataclasses import asdict, dataclass
from typing import Any

from playwright.sync_api import Page, ViewportSize

from tests.browser.support.harness import PHONE, WIDE

LARGE: ViewportSize = {"width": 1920, "height": 1080}
SIZES: dict[str, ViewportSize] = {"1440x900": WIDE, "1920x1080": LARGE, "390x844": PHONE}
SCREENS = {
    "home": "",
    "arena": "arena",
    "label your data": "label",
    "batch explorer": "batch_explorer",
    "MNIST lab": "mnist",
    "failure clinic": "failure_modes",
    "strategy atlas": "strategies",
    "pool, stream, synthesis": "scenarios",
    "tournament": "tournament",
}


def schemes(turn: int) -> tuple[str, str]:
    """The theme in which a screen's first look is checked, and the other one."""
    return ("light", "dark") if turn % 2 == 0 else ("dark", "light")


_MEASURE = """
() => {
  const wide = innerWidth, high = innerHeight
  const inSight = (box) => box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < high && box.right > 0 &&
    box.left < wide
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  // Names for screen readers are 1 px wide.
  const spokenOnly = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { width, height } = at.getBoundingClientRect()
      if (getComputedStyle(at).clipPath !== "none" && width <= 1 && height <= 1) return true
    }
    return false
  }
  const texts = []
  const walker = document.createTreeWalker(document.querySelector(".stApp"), NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    const text = node.textContent.trim()
    if (!text || ["STYLE", "SCRIPT"].includes(element.tagName)) continue
    if (element.closest("[data-testid=stIconMaterial]") || !shown(element) || spokenOnly(element)) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const box of range.getClientRects()) if (inSight(box)) { texts.push({ text, box, element }); break }
  }
  const visual = document.querySelector(".st-key-main_visual")?.getBoundingClientRect()
  const controls = [...document.querySelectorAll(
    "a[href], button, input, select, textarea, [role=combobox], [role=tab]")]
    .filter((one) => shown(one) && !one.disabled && inSight(one.getBoundingClientRect()))
  const side = document.querySelector("[data-testid=stSidebar]")
  const inSide = (one) => side?.contains(one) ?? false
  // Text over text, among what is not a drawing, and in sight to the eye.
  const flat = texts.filter(({ element }) => !element.closest("svg, canvas, .js-plotly-plot"))
  const onTop = ({ box, element }) => {
    const at = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    return at === element || element.contains(at) || at?.contains(element)
  }
  const overlaps = []
  for (let i = 0; i < flat.length; i++) for (let j = i + 1; j < flat.length; j++) {
    const [a, b] = [flat[i].box, flat[j].box]
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
    if (across > 3 && down > 4 && onTop(flat[i]) && onTop(flat[j])) {
      overlaps.push(`${flat[i].text.slice(0, 30)} / ${flat[j].text.slice(0, 30)}`)
    }
  }
  const first = controls.filter((one) => inSide(one) && !one.closest("[data-testid=stSidebarHeader]"))
  const scrolls = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const scrollable = ["auto", "scroll"].includes(getComputedStyle(at).overflowX)
      if (scrollable && at.scrollWidth > at.clientWidth + 1) return true
    }
    return false
  }
  const clipped = flat.filter(({ box, element }) => !inSide(element) && !scrolls(element) &&
    (box.right > wide + 1 || (box.left < -1 && getComputedStyle(element).position !== "absolute")))
  return {
    top: visual ? visual.top : null,
    width: visual ? visual.width : null,
    height: visual ? visual.height : null,
    visible: visual ? Math.max(0, Math.min(visual.bottom, high) - Math.max(visual.top, 0)) : null,
    words: texts.filter(({ element }) => !inSide(element)).reduce((sum, one) => sum + one.text.split(/\\s+/).length, 0),
    controls: controls.filter((one) => !inSide(one)).length,
    side_controls: controls.filter(inSide).length,
    first_control: first.length ? Math.min(...first.map((one) => one.getBoundingClientRect().top)) : null,
    overlaps,
    clipped: clipped.map(({ text }) => text.slice(0, 40)),
    page_overflow: Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
  }
}
"""


@dataclass(frozen=True)
class FirstLook:
    """Measures in CSS pixels at the moment a screen has come to rest; None without a main visual.

    Attributes:
        top: of the main visual.
        width: likewise.
        height: likewise.
        visible: height of its part above the fold.
        words: above the fold, without the sidebar.
        controls: likewise, links included.
        side_controls: in the sidebar, above the fold.
        first_control: top of the sidebar's first control.
        overlaps: pairs of texts that lie over one another.
        clipped: texts that leave the window.
        page_overflow: width of the page beyond the window.
    """

    top: float | None
    width: float | None
    height: float | None
    visible: float | None
    words: int
    controls: int
    side_controls: int
    first_control: float | None
    overlaps: list[str]
    clipped: list[str]
    page_overflow: float

    def numbers(self) -> dict[str, Any]:
        """All measures, lengths in whole pixels."""
        return {key: round(one) if isinstance(one, float) else one for key, one in asdict(self).items()}


def first_look(page: Page, address: str) -> FirstLook:
    """Open a screen and measure it once it has come to rest."""
    page.goto(address, timeout=120_000)
    page.get_by_role("heading", level=1).wait_for(timeout=120_000)
    before, equal = None, 0
    for _ in range(80):
        found = page.evaluate(_MEASURE)
        busy = page.get_by_test_id("stStatusWidget").count()
        # Words count on while a screen plays; where they stand does not change.
        places = {what: found[what] for what in found.keys() - {"words", "overlaps"}}
        equal = equal + 1 if places == before and not busy else 0
        if equal == 3:
            return FirstLook(**found)
        before = places
        page.wait_for_timeout(250)
    # A screen that updates itself is measured as it is.
    return FirstLook(**found)
