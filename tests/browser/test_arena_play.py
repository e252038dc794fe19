"""The arena plays: it opens on its first round, hides what is to come, and rests at the end with the verdict."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from alcore.report.html.player.assets import player_script
from tests.browser.support.first_look import LARGE
from tests.browser.support.harness import PHONE, WIDE, Server, Watched, resting_box, still

RACE = "arena_rounds=9&arena_seed=3"
# Every round that the player shows, with what can be seen in it.
RECORD = """
window.seen = []
const note = () => {
  const play = document.querySelector(".alcore-play")
  const where = document.querySelector(".alcore-player-where")?.textContent ?? ""
  const round = Number(where.match(/^Round (\\d+)/)?.[1])
  if (play?.hidden !== false || Number.isNaN(round) || round === window.seen.at(-1)?.round) return
  const outcome = document.querySelector("[class*=st-key-arena_outcome]")
  const curve = [...play.querySelectorAll(".pane")].at(-1)?.querySelector("path.line")?.getAttribute("d") ?? ""
  window.seen.push({
    round, next: play.querySelectorAll("circle.next").length, fades: play.querySelectorAll(".leaves").length,
    points: curve.split(/[ML]/).length - 1, said: play.querySelector(".now")?.textContent ?? "",
    verdict: !!outcome?.innerText && getComputedStyle(outcome).visibility === "visible",
  })
}
// After every change of the page, however busy it is.
new MutationObserver(note).observe(document, { childList: true, subtree: true })
"""


def at_round(page: Page, words: str) -> None:
    expect(page.locator(".alcore-player-where").filter(has_text=words)).to_have_count(1)


def test_the_race_opens_on_its_first_round_plays_once_and_ends_with_the_verdict(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    page = new_page(reduced_motion="no-preference", own=True)
    page.page.add_init_script(RECORD)
    page.page.goto(f"{server.url}/arena?{RACE}")
    expect(page.page.locator(".verdict p").first).to_be_visible(timeout=60_000)
    at_round(page.page, "Round 9 of 9")
    seen = page.page.evaluate("window.seen")
    assert [one["round"] for one in seen] == list(range(10))
    # The verdict is not told before the end, and a curve ends at its round.
    assert not any(one["verdict"] for one in seen if one["round"] < 9)
    assert [one["points"] for one in seen] == list(range(1, 11))
    assert all(one["said"].startswith(f"Test accuracy · round {one['round']}: ") for one in seen)
    assert all(" against " in one["said"] for one in seen)
    # What is queried next pulses in both maps; neighbouring surfaces fade into one another.
    assert [one["next"] for one in seen] == [2] * 9 + [0] and all(one["fades"] for one in seen[1:])
    # It has come to rest, and a control shows the end of another race at once.
    expect(page.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    rounds = page.page.get_by_test_id("stSlider").filter(has_text="Rounds").locator("input[type=range]")
    rounds.focus()
    rounds.press("ArrowRight")
    at_round(page.page, "Round 10 of 10")
    assert not page.page.evaluate("document.querySelector('.alcore-play').hasAttribute('data-playing')")
    page.assert_clean()


def test_with_reduced_motion_it_rests_at_the_end_and_hides_the_verdict_of_the_past(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    page = new_page(reduced_motion="reduce")
    page.page.goto(f"{server.url}/arena?{RACE}")
    at_round(page.page, "Round 9 of 9")
    verdict = page.page.locator(".verdict p").first
    expect(verdict).to_be_visible()
    page.page.get_by_role("button", name="Step back").click()
    at_round(page.page, "Round 8 of 9")
    expect(verdict).not_to_be_visible()
    page.page.get_by_role("button", name="Last round").click()
    expect(verdict).to_be_visible()
    page.assert_clean()


def test_a_prediction_comes_before_the_race(server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(reduced_motion="reduce")
    page.page.goto(f"{server.url}/arena?{RACE}&arena_predict=true")
    at_round(page.page, "Round 0 of 9")
    still(page.page)
    at_round(page.page, "Round 0 of 9")
    page.page.get_by_role("button", name="No difference").click()
    at_round(page.page, "Round 9 of 9")
    expect(page.page.get_by_text("You predicted no difference")).to_be_visible()
    # Another race is another question, and does not show its end before the answer either.
    rounds = page.page.get_by_test_id("stSlider").filter(has_text="Rounds").locator("input[type=range]")
    rounds.focus()
    rounds.press("ArrowRight")
    at_round(page.page, "Round 0 of 10")
    page.assert_clean()


def test_a_seed_of_the_strip_is_watched_by_click_and_by_keyboard(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    page = new_page(reduced_motion="reduce")
    page.page.goto(f"{server.url}/arena?arena_rounds=5&arena_paired=6")
    dots = page.page.get_by_role("radio", name="points, Least confidence against random")
    expect(dots).to_have_count(6)
    still(page.page)
    page.page.get_by_role("radio", name="seed 4: ").click()
    page.page.wait_for_url("**arena_seed=4**")
    chosen = page.page.locator(".seed-strip circle[aria-checked=true]")
    expect(chosen).to_have_attribute(
        "aria-label", page.page.get_by_role("radio", name="seed 4: ").get_attribute("aria-label") or ""
    )
    still(page.page)
    chosen.focus()
    page.page.keyboard.press("ArrowRight")
    label = page.page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.page.keyboard.press("Enter")
    expect(chosen).to_have_attribute("aria-label", label)
    still(page.page)
    expect(chosen).to_be_focused()
    page.assert_clean()


def test_the_maps_grow_with_the_window(server: Server, new_page: Callable[..., Watched]) -> None:
    widths = []
    for size in (WIDE, LARGE):
        page = new_page(reduced_motion="reduce", viewport=size)
        page.page.goto(f"{server.url}/arena?{RACE}")
        at_round(page.page, "Round 9 of 9")
        still(page.page)
        figure = resting_box(page.page.locator(".alcore-figure svg"))
        assert figure["y"] + figure["height"] <= size["height"]
        rect = page.page.locator(".alcore-figure .pane rect.frame").first
        widths.append(resting_box(rect)["width"])
    assert widths[1] >= 1.5 * widths[0]


def test_a_phone_shows_bar_maps_and_curves_together(server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(reduced_motion="reduce", viewport=PHONE)
    page.page.goto(f"{server.url}/arena?{RACE}")
    at_round(page.page, "Round 9 of 9")
    still(page.page)
    figure = resting_box(page.page.locator(".alcore-figure svg"))
    bar = resting_box(page.page.get_by_role("group", name="Playback"))
    assert bar["y"] > 0 and figure["y"] + figure["height"] <= PHONE["height"]
    page.assert_clean()


def test_presenter_mode_has_large_type_and_no_sidebar(server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(reduced_motion="reduce")
    page.page.goto(f"{server.url}/arena?{RACE}")
    at_round(page.page, "Round 9 of 9")
    still(page.page)
    title = page.page.locator(".alcore-figure .note").first
    before = float(title.get_attribute("font-size") or 0)
    page.page.get_by_role("button", name="Presenter mode").click()
    expect(page.page.get_by_test_id("stSidebar")).not_to_be_visible()
    page.page.wait_for_function(
        f"Number(document.querySelector('.alcore-figure .note').getAttribute('font-size')) > {1.2 * before}"
    )
    page.page.get_by_role("button", name="Leave presenter mode").click()
    expect(page.page.get_by_test_id("stSidebar")).to_be_visible()
    page.assert_clean()


@pytest.mark.parametrize(("panels", "pick"), [(1, False), (2, False), (3, False), (3, True), (5, False), (5, True)])
@pytest.mark.parametrize(("wide", "room"), [(1100, 640), (1500, 820), (358, 470), (700, 420)])
def test_no_part_of_a_figure_covers_another(page: Watched, panels: int, pick: bool, wide: int, room: int) -> None:
    """The places of any number of maps, in any window: within the width, apart, and as high as there is room for."""
    page.page.goto("about:blank")
    layout: dict[str, Any] = {f"xaxis{n if n > 1 else ''}": {"range": [-2, 2]} for n in range(1, panels + 2)}
    layout |= {f"yaxis{n if n > 1 else ''}": {"range": [-1.5, 1.5]} for n in range(1, panels + 2)}
    layout["meta"] = {"titles": [{"text": "<b>A</b>"}] * panels}
    place = page.page.evaluate(
        f"([layout, wide, room]) => {{ {player_script()}; return arrange(layout, wide, room, 1) }}",
        [layout, wide, room],
    )
    # The axes of the first map have no number.
    boxes = [place["boxes"][str(n) if n > 1 else ""] for n in range(1, panels + 2)]
    assert len(boxes) == panels + 1
    for box in boxes:
        assert box["left"] >= -0.01 and box["left"] + box["wide"] <= wide + 0.01 and min(box["wide"], box["high"]) >= 60
    for one in boxes[:-1]:
        assert one["wide"] / one["high"] == pytest.approx(4 / 3)
        assert one["top"] + one["high"] <= place["heading"] + 1e-6 and place["heading"] <= boxes[-1]["top"]
        for other in boxes[:-1]:
            apart = abs(one["left"] - other["left"]) >= one["wide"] or abs(one["top"] - other["top"]) >= one["high"]
            assert one is other or apart
    if room > 450 and panels < 5:
        assert place["height"] <= room + 1


def test_the_sentence_in_place_of_the_verdict_scrolls_with_the_page(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    page = new_page(reduced_motion="reduce")
    page.page.goto(f"{server.url}/arena?{RACE}")
    at_round(page.page, "Round 9 of 9")
    page.page.get_by_role("button", name="Step back").click()
    at_round(page.page, "Round 8 of 9")
    place = page.page.locator(".st-key-arena_verdict")
    styles = place.evaluate("e => [getComputedStyle(e, '::before').content, getComputedStyle(e).position]")
    assert "The verdict appears" in styles[0]
    # An absolute box belongs to its nearest positioned ancestor; without one in the scrolled page it stands still.
    assert styles[1] == "relative"
    page.assert_clean()
