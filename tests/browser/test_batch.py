"""The batch explorer in a real browser: the slider moves picks, points are chosen, files come out."""

import csv
import io
import json
import re
from collections.abc import Callable
from math import hypot
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.support.harness import LOOKS, Server, Watched, resting_box, still
from tests.browser.test_home import CONTRAST

SMALL = "batch_points=120&batch_duplicates=40&batch_size=6&batch_labelled=10&batch_alpha=0.5" + "".join(
    f"&batch_panels={name}" for name in ("Top-k", "k-center", "Hybrid%2C+sum", "Hybrid%2C+product")
)
# The point of each pick of a map, by its number.
PICKS = """
(map) => Object.fromEntries([...map.querySelectorAll(".pick")].map((pick) =>
  [pick.querySelector("text").textContent, pick.dataset.id]))
"""
# The same for the words of a shadow tree, on the ground of the page; numbers on markers are not words.
CONTRAST_IN = (
    CONTRAST.replace("() => {", "(root) => {", 1)
    .replace('document.querySelector(".stApp")', "root")
    .replace("= [255, 255, 255]", "= rgba(getComputedStyle(document.querySelector('.stApp')).backgroundColor)")
    .replace("if (element.closest(", "if (element.namespaceURI.endsWith('svg')) continue\n    if (element.closest(")
)


def opened(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".dial .pick").first).to_be_visible()
    still(page)


def picks(map_: Locator) -> dict[str, str]:
    found: dict[str, str] = map_.evaluate(PICKS)
    return found


def panel(page: Page, name: str) -> Locator:
    return page.locator(".panel").filter(has=page.get_by_role("heading", name=re.compile(f"^{name}"))).locator(".map")


def until(page: Page, true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        page.wait_for_timeout(50)
    pytest.fail("it never became true")


def test_the_slider_moves_the_picks_while_it_is_dragged(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/batch_explorer?{SMALL}")
    dial = browser_page.locator(".dial .map")
    slider = browser_page.get_by_role("slider", name="From uncertainty to coverage")
    before, hybrid = picks(dial), picks(panel(browser_page, "Hybrid, sum"))
    assert before == hybrid and len(before) == 6
    box = resting_box(slider)
    middle, height = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    browser_page.mouse.move(middle, height)
    browser_page.mouse.down()
    browser_page.mouse.move(box["x"] + 2, height, steps=5)
    # Still held: the picks are those of top-k, and the server has received nothing.
    assert picks(dial) == picks(panel(browser_page, "Top-k"))
    expect(browser_page.get_by_text("alpha = 1.00: 100 % uncertainty, 0 % distance")).to_be_visible()
    assert picks(panel(browser_page, "Hybrid, sum")) == hybrid
    browser_page.mouse.move(box["x"] + box["width"] - 2, height, steps=5)
    assert picks(dial) == picks(panel(browser_page, "k-center"))
    assert "batch_alpha=0.5" in browser_page.url
    browser_page.mouse.up()
    browser_page.wait_for_url("**batch_alpha=0.0**")
    until(browser_page, lambda: picks(panel(browser_page, "Hybrid, sum")) == picks(dial))
    # The keyboard does the same.
    slider.press("ArrowLeft")
    browser_page.wait_for_url("**batch_alpha=0.05**")
    assert slider.get_attribute("aria-valuetext") == "alpha = 0.05: 5 % uncertainty, 95 % distance"
    slider.press("Home")
    # The default is not in the address.
    browser_page.wait_for_url(lambda url: "batch_alpha" not in url)
    until(browser_page, lambda: picks(dial) == picks(panel(browser_page, "Hybrid, sum")))
    page.assert_clean()


def test_the_path_beside_the_map_stays_while_the_slider_is_moved(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/batch_explorer?{SMALL}")
    path = browser_page.locator(".dial .trade polyline")
    until(browser_page, lambda: len((path.get_attribute("points") or "").split()) == 21)
    browser_page.locator(".dial").evaluate("""(dial) => {
      dial.paths = []
      const note = () => dial.paths.push(dial.querySelector("polyline")?.getAttribute("points"))
      new MutationObserver(note).observe(dial.querySelector(".trade"), { childList: true })
    }""")
    browser_page.get_by_role("slider", name="From uncertainty to coverage").press("End")
    browser_page.wait_for_url("**batch_alpha=0.0**")
    hybrid = panel(browser_page, "Hybrid, sum")
    until(browser_page, lambda: picks(hybrid) == picks(browser_page.locator(".dial .map")))
    still(browser_page)
    # Drawn anew once the server has answered, it is the path that was there.
    drawn = browser_page.locator(".dial").evaluate("(dial) => dial.paths")
    assert set(drawn) == {path.get_attribute("points")}


def test_a_pick_of_two_batches_keeps_its_marker_and_others_glide(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    page = new_page(reduced_motion="no-preference").page
    opened(page, f"{server.url}/batch_explorer?{SMALL}")
    dial = page.locator(".dial .map")
    before = picks(dial)
    dial.evaluate("""(map) => {
      map.glided = 0
      map.addEventListener("transitionrun", () => { map.glided += 1 })
      map.querySelectorAll(".pick").forEach((pick) => { pick.was = pick.dataset.id })
    }""")
    page.get_by_role("slider", name="From uncertainty to coverage").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    after = picks(dial)
    kept = set(before.values()) & set(after.values())
    assert 0 < len(kept) < len(before)
    was = dial.evaluate("(map) => [...map.querySelectorAll('.pick')].map((pick) => [pick.was, pick.dataset.id])")
    assert sum(former == now for former, now in was) == len(kept) and all(former is not None for former, _ in was)
    until(page, lambda: dial.evaluate("(map) => map.glided") > 0)
    # The first pick is on top.
    assert dial.locator(".pick").last.locator("text").text_content() == "1"


def test_the_numbers_move_with_the_picks(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/batch_explorer?{SMALL}")
    slider = browser_page.get_by_role("slider", name="From uncertainty to coverage")
    headline = browser_page.locator(".dial .headline")
    for name, value in (("Top-k", "0"), ("k-center", "100")):
        slider.fill(value)
        numbers = browser_page.locator(".panel").filter(has=browser_page.get_by_role("heading", name=name))
        worth, accuracy = (numbers.locator("dd").nth(i).text_content() or "" for i in (0, 1))
        expect(headline.locator("b")).to_have_text(worth.removeprefix("● "))
        expect(headline).to_contain_text(f"{accuracy.removeprefix('● ')} after")


def test_picks_on_one_spot_are_spread(server: Server, page: Watched) -> None:
    opened(page.page, f"{server.url}/batch_explorer?batch_duplicates=200&batch_size=30")
    # Lines lead from the moved markers to their points.
    expect(page.page.locator(".dial .leader:visible").first).to_be_attached()
    places = page.page.locator(".dial .map").evaluate(
        """(map) => [...map.querySelectorAll(".pick")].map((pick) => {
          const { e, f } = new DOMMatrix(pick.style.transform)
          return [e * map.clientWidth / 1000, f * map.clientWidth / 1000]
        })"""
    )
    apart = [hypot(a[0] - b[0], a[1] - b[1]) for i, a in enumerate(places) for b in places[:i]]
    assert len(places) == 30 and min(apart) > 6, "markers of 16 px stand apart"
    page.assert_clean()


def test_a_slider_at_the_side_redraws_all_and_the_link_restores_it(server: Server, page: Watched) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/batch_explorer?{SMALL}")
    size = browser_page.get_by_test_id("stSlider").filter(has_text="Batch size").locator("input[type=range]")
    size.focus()
    size.press("ArrowRight")
    browser_page.wait_for_url("**batch_size=7**")
    until(browser_page, lambda: len(picks(panel(browser_page, "Top-k"))) == 7)
    until(browser_page, lambda: len(picks(browser_page.locator(".dial .map"))) == 7)
    seen = {name: picks(panel(browser_page, name)) for name in ("Top-k", "k-center", "Hybrid, product")}
    browser_page.get_by_role("button", name="Link").click()
    link = browser_page.get_by_test_id("stPopoverBody").locator("code").text_content() or ""
    assert link == browser_page.url
    opened(browser_page, link)
    for name, drawn in seen.items():
        assert picks(panel(browser_page, name)) == drawn
    page.assert_clean()


def centre_of(chooser: Locator, rank: int) -> tuple[float, float]:
    """Where on the page the point of a rank lies, read by moving the keyboard's cursor there."""
    chooser.focus()
    chooser.press("Home")
    for _ in range(rank):
        chooser.press("ArrowRight")
    box = resting_box(chooser.locator(".cursor"))
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_points_are_chosen_by_click_ring_and_keyboard(server: Server, page: Watched) -> None:
    browser_page = page.page
    settings = (
        SMALL.replace("duplicates=40", "duplicates=0").replace("alpha=0.5", "alpha=1.0").replace("size=6", "size=12")
    )
    opened(browser_page, f"{server.url}/batch_explorer?{settings}")
    first = picks(browser_page.locator(".dial .map"))["1"]
    browser_page.get_by_text("Choose yourself").click()
    chooser = browser_page.locator(".chooser .map")
    chooser.scroll_into_view_if_needed()
    # The keyboard: the first by rank is top-k's first pick.
    chooser.focus()
    chooser.press("Home")
    expect(browser_page.locator(".chooser .spoken")).to_have_text(re.compile("^Rank 1 of 110 by uncertainty"))
    chooser.press("Enter")
    assert picks(chooser)["1"] == first
    count = browser_page.locator(".chooser .count")
    expect(count).to_have_text("1 of 12 points chosen.")
    # A click takes the point under it, another gives it back.
    x, y = centre_of(chooser, 8)
    browser_page.mouse.click(x + 1, y - 1)
    until(browser_page, lambda: len(picks(chooser)) == 2)
    expect(count).to_have_text("2 of 12 points chosen.")
    browser_page.mouse.click(x, y)
    until(browser_page, lambda: len(picks(chooser)) == 1)
    expect(count).to_have_text("1 of 12 points chosen.")
    # A ring around everything, as far as it goes.
    box = resting_box(chooser)
    corners = [(8, 8), (box["width"] - 8, 8), (box["width"] - 8, box["height"] - 8), (8, box["height"] - 8)]
    browser_page.mouse.move(box["x"] + 8, box["y"] + 8)
    browser_page.mouse.down()
    for across, down in corners[1:]:
        browser_page.mouse.move(box["x"] + across, box["y"] + down, steps=4)
    browser_page.mouse.up()
    # Exactly the batch size.
    until(browser_page, lambda: len(picks(chooser)) == 12)
    expect(browser_page.get_by_text("Your 12 labels are worth")).to_be_visible()
    assert browser_page.url.partition("batch_own=")[2].partition("&")[0].count("-") == 11
    browser_page.get_by_role("button", name="Undo").click()
    expect(count).to_have_text("1 of 12 points chosen.")
    until(browser_page, lambda: len(picks(chooser)) == 1)
    browser_page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Clear").click()
    expect(count).to_have_text("0 of 12 points chosen.")
    assert "batch_own" not in browser_page.url
    page.assert_clean()


def test_a_point_pressed_before_and_released_after_an_answer_is_chosen(server: Server, page: Watched) -> None:
    browser_page = page.page
    settings = SMALL.replace("duplicates=40", "duplicates=0")
    opened(browser_page, f"{server.url}/batch_explorer?{settings}")
    browser_page.get_by_text("Choose yourself").click()
    chooser = browser_page.locator(".chooser .map")
    chooser.scroll_into_view_if_needed()
    first, second = centre_of(chooser, 0), centre_of(chooser, 60)
    still(browser_page)
    browser_page.mouse.click(*first)
    browser_page.mouse.move(*second)
    browser_page.mouse.down()
    browser_page.wait_for_url("**batch_own=**")
    still(browser_page)
    browser_page.mouse.up()
    until(browser_page, lambda: len(picks(chooser)) == 2)
    page.assert_clean()


@pytest.mark.long
def test_races_show_their_progress_and_leave_the_controls_free(held_server: Server, page: Watched) -> None:
    browser_page, held = page.page, held_server.home / "HELD"
    opened(browser_page, f"{held_server.url}/batch_explorer?{SMALL}&batch_seeds=40&batch_rounds=15")
    held.touch()
    dial, top = browser_page.locator(".dial .map"), picks(panel(browser_page, "Top-k"))
    browser_page.get_by_text("Label savings").click()
    expect(browser_page.get_by_test_id("stProgress")).to_be_visible()
    # Meanwhile another slider is followed.
    browser_page.get_by_role("slider", name="From uncertainty to coverage").press("Home")
    assert picks(dial) == top
    # The default is not in the address.
    browser_page.wait_for_url(lambda url: "batch_alpha" not in url)
    held.unlink()
    expect(browser_page.get_by_text("Hybrid, sum (1.00): as many labels as top-k").first).to_be_visible(timeout=60_000)
    expect(browser_page.get_by_test_id("stProgress")).to_have_count(0)
    expect(browser_page.locator(".js-plotly-plot .cartesianlayer")).to_be_visible()
    page.assert_clean()


def test_every_export_holds_the_batches(server: Server, page: Watched, tmp_path: Path) -> None:
    browser_page = page.page
    opened(browser_page, f"{server.url}/batch_explorer?{SMALL}&batch_own=30-31")
    browser_page.get_by_role("button", name="Export").click()
    files: dict[str, bytes] = {}
    for fmt in ("csv", "json", "html", "png", "svg", "pdf"):
        with browser_page.expect_download() as download:
            browser_page.get_by_test_id("stDownloadButton").filter(has_text=fmt.upper()).first.click()
        assert download.value.suggested_filename == f"alcore-batches-blobs-6-picks-seed0.{fmt}"
        files[fmt] = download.value.path().read_bytes()
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode())))
    assert [row["selector"] for row in rows][:2] == ["top_k", "k_center"]
    told: dict[str, Any] = json.loads(files["json"])
    assert told["config"]["size"] == 6 and told["config"]["near_duplicates"] == 40
    for row, batch in zip(rows, told["batches"], strict=True):
        assert float(row["redundancy"]) == batch["redundancy"]
        assert row["indices"] == " ".join(str(pick["index"]) for pick in batch["picks"])
    assert Image.open(io.BytesIO(files["png"])).size[0] > 1500
    drawn = "".join(ElementTree.fromstring(files["svg"]).itertext())
    assert "k-center" in drawn and "redundant" in drawn
    assert files["pdf"].startswith(b"%PDF") and files["pdf"].rstrip().endswith(b"%%EOF")
    page.assert_clean()
    # The page of its own moves its picks without any server.
    seen = picks(panel(browser_page, "k-center"))
    alone = tmp_path / "batches.html"
    alone.write_bytes(files["html"])
    browser_page.goto(alone.as_uri())
    browser_page.get_by_role("slider").fill("100")
    assert picks(browser_page.locator(".dial .map")) == seen == picks(panel(browser_page, "k-center"))
    assert page.faults == [f"asked the network for {alone.as_uri()}"], "it needs more than itself"


@pytest.mark.parametrize(("show", "maps"), [("panels", 5), pytest.param("own", 1, marks=pytest.mark.long)])
@pytest.mark.parametrize(("scheme", "viewport"), LOOKS)
def test_nothing_is_wider_than_the_screen_or_hard_to_read(
    server: Server,
    new_page: Callable[..., Watched],
    scheme: str,
    viewport: ViewportSize,
    show: str,
    maps: int,
) -> None:
    page = new_page(color_scheme=scheme, viewport=viewport)
    opened(page.page, f"{server.url}/batch_explorer?{SMALL}&batch_own=30-31&batch_show={show}")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.page.evaluate(overflow) <= 0
    expect(page.page.locator(".map")).to_have_count(maps)
    for one in page.page.locator(".map").all():
        box = one.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= viewport["width"]
        assert one.get_attribute("aria-label")
    texts = [text for part in page.page.locator(".batch").all() for text in part.evaluate(CONTRAST_IN)]
    assert len(texts) > (80 if show == "panels" else 3)
    assert not [text for text in texts if text[0] < 4.5]
    page.assert_clean()
