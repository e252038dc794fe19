"""The strategy atlas in a real browser."""

import csv
import io
import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from alcore.strategies.catalogue import STRATEGIES
from tests.browser.support.harness import PHONE, WIDE, Server, Watched, resting_box, still
from tests.browser.test_home import CONTRAST

SECTIONS = {"entries": "Map of strategies", "simplex": "The simplex", "doubt": "Epistemic and aleatoric"}


def opened(page: Page, server: Server, section: str, **more: str) -> None:
    query = "&".join(f"strategies_{name}={value}" for name, value in more.items())
    page.goto(f"{server.url}/strategies?strategies_section={SECTIONS[section].replace(' ', '+')}&{query}")
    shown = {"entries": ".js-plotly-plot .cartesianlayer", "simplex": ".panes .mark", "doubt": ".panes .mark"}
    expect(page.locator(shown[section]).first).to_be_visible()
    expect(page.get_by_role("button", name="Export")).to_be_visible()
    still(page)


def faint_texts(page: Page) -> list[tuple[float, str]]:
    """The texts beside the sidebar with a contrast below 4.5:1; a slider shows its numbers in ways of its own."""
    texts = page.evaluate(CONTRAST.replace('".stApp"', "'[data-testid=stMain]'"))
    assert len(texts) > 15
    return [(round(ratio, 2), text) for ratio, text in texts if ratio < 4.5 and not re.fullmatch(r"[\d.]+", text)]


def mark(page: Page, letter: str, pane: int = 0) -> Locator:
    return page.locator(f'.panes .mark[data-letter="{letter}"][data-pane="{pane}"]').first


def downloaded(page: Page, word: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").filter(has_text=word).first.click()
    return download.value.path().read_bytes()


def test_an_entry_leads_to_its_race_and_the_table_is_taken_away(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, server, "entries", entry="BADGE")
    expect(browser_page.get_by_role("combobox", name=re.compile("Selected BADGE|Strategy")).first).to_be_visible()
    expect(browser_page.get_by_text("BADGE. Samples a batch")).to_be_visible()
    expect(browser_page.locator(".katex").first).to_be_visible()
    browser_page.get_by_role("button", name="Export").click()
    rows = list(csv.DictReader(io.StringIO(downloaded(browser_page, "(CSV)").decode())))
    assert len(rows) == len(STRATEGIES) and all(row["formula"] for row in rows)
    assert sum(float(row["measured_seconds"] or 0) > 0 for row in rows) >= 24
    assert [row["key"] for row in json.loads(downloaded(browser_page, "(JSON)"))] == [r["key"] for r in rows]
    for word, start in (("(PNG)", b"\x89PNG"), ("(PDF)", b"%PDF"), ("(SVG)", b"<?xml")):
        assert downloaded(browser_page, word).lstrip().startswith(start)
    browser_page.keyboard.press("Escape")
    browser_page.get_by_test_id("stMain").get_by_role("link", name="Race it in the arena").first.click()
    browser_page.wait_for_url("**/arena?arena_left=BADGE*")
    page.assert_clean()


def test_a_click_on_the_map_opens_a_card(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, server, "entries")
    expect(browser_page.get_by_text("Margin. Queries points")).to_be_visible()
    # Two cards beside the map, and the map wholly in sight.
    map_box = resting_box(browser_page.locator(".js-plotly-plot").first)
    assert map_box["width"] >= 400 and map_box["y"] + map_box["height"] <= 900
    disc = browser_page.locator(".js-plotly-plot").first.evaluate("""plot => {
      const at = plot.data.findIndex((one) => (one.customdata ?? []).includes("typiclust"))
      const i = plot.data[at].customdata.indexOf("typiclust")
      const mark = plot.querySelectorAll(".scatterlayer .trace")[at].querySelectorAll(".point")[i]
      const box = mark.getBoundingClientRect()
      return [box.x + box.width / 2, box.y + box.height / 2]
    }""")
    browser_page.mouse.move(*disc)
    browser_page.mouse.click(*disc)
    expect(browser_page.get_by_text("TypiClust. Queries the most typical")).to_be_visible()
    expect(browser_page).to_have_url(re.compile("strategies_entry=TypiClust"))
    still(browser_page)
    # For the keyboard it is chosen from a list.
    browser_page.get_by_role("combobox", name="Strategy").first.focus()
    browser_page.keyboard.type("BADGE")
    browser_page.keyboard.press("Enter")
    expect(browser_page.get_by_text("BADGE. Samples a batch")).to_be_visible()
    page.assert_clean()


@pytest.mark.long
@pytest.mark.parametrize("section", ["simplex", "doubt"])
def test_the_pictures_of_a_tab_are_large(server: Server, page: Watched, section: str) -> None:
    opened(page.page, server, section)
    widths = page.page.locator(".pane svg").evaluate_all("all => all.map((one) => one.getBoundingClientRect().width)")
    assert len(widths) >= 3 and min(widths) >= 370, widths
    page.assert_clean()


def test_examples_are_dragged_moved_by_keys_and_typed(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, server, "simplex")
    verdict = browser_page.get_by_test_id("stAlert").first
    expect(verdict).to_contain_text("Least confidence and entropy query A first")
    box = resting_box(mark(browser_page, "A"))
    corner = resting_box(browser_page.locator(".panes svg").first)
    browser_page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    browser_page.mouse.down()
    # Far beyond the top corner: it stays in the triangle, at certainty of class 1.
    browser_page.mouse.move(corner["x"] + corner["width"] / 2, corner["y"] + 40, steps=5)
    browser_page.mouse.move(corner["x"] + corner["width"] / 2, corner["y"] - 60, steps=5)
    browser_page.mouse.up()
    typed = browser_page.get_by_role("textbox", name="First example, A")
    expect(typed).to_have_value("1.00 0.00 0.00")
    expect(verdict).to_contain_text("All agree: least confidence, margin and entropy query B first")
    browser_page.wait_for_url("**strategies_first=1.00*")
    mark(browser_page, "A", pane=2).focus()
    for _ in range(3):
        browser_page.keyboard.press("Shift+ArrowDown")
    expect(typed).not_to_have_value("1.00 0.00 0.00")
    assert float(typed.input_value().split()[0]) < 0.9
    expect(mark(browser_page, "A", pane=2)).to_be_focused()
    typed.fill("not a triple")
    typed.press("Enter")
    expect(browser_page.get_by_text("is not three probabilities")).to_be_visible()
    typed.fill(".34 .33 .33")
    typed.press("Enter")
    expect(verdict).to_contain_text("margin scores both alike")
    browser_page.get_by_role("button", name="Export").click()
    rows = json.loads(downloaded(browser_page, "(JSON)"))
    assert [row["example"] for row in rows] == ["A", "B"] and abs(rows[0]["entropy"] - 1.0985) < 1e-3
    for word, start in (("(PNG)", b"\x89PNG"), ("(PDF)", b"%PDF"), ("(SVG)", b"<?xml")):
        assert downloaded(browser_page, word).lstrip().startswith(start)
    page.assert_clean()


def test_a_place_is_moved_and_its_doubt_split_anew(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, server, "doubt")
    words = browser_page.get_by_test_id("stMarkdown").filter(has_text="epistemic (").first
    before = words.inner_text()
    mark(browser_page, "A").focus()
    for _ in range(4):
        browser_page.keyboard.press("Shift+ArrowRight")
    browser_page.wait_for_url("**strategies_a_x=90*")
    expect(words).not_to_have_text(before)
    browser_page.get_by_role("button", name="Export").click()
    rows = json.loads(downloaded(browser_page, "(JSON)"))
    assert [row["place"] for row in rows] == ["A", "B", "pool"] and rows[0]["across"] == 0.9
    for row in rows:
        assert abs(row["total"] - row["mutual"] - row["expected"]) < 1e-9
    page.assert_clean()


@pytest.mark.parametrize(
    ("scheme", "viewport"),
    [("dark", PHONE), ("light", WIDE)],
    ids=["phone", "wide"],
)
@pytest.mark.long
def test_it_can_be_read_at_both_widths(
    server: Server, new_page: Callable[..., Watched], viewport: ViewportSize, scheme: str
) -> None:
    page = new_page(viewport=viewport, color_scheme=scheme)
    for section in SECTIONS:
        opened(page.page, server, section, entry="BADGE")
        faint = faint_texts(page.page)
        for _ in range(25):  # what a rerun will replace is faded until it has; a phone causes one rerun
            if faint:
                page.page.wait_for_timeout(200)
                faint = faint_texts(page.page)
        assert not faint, f"hard to read: {faint}"
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.page.evaluate(overflow) <= 0, "the page is wider than the screen"
    page.assert_clean()
