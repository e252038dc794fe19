"""The arena's player in a real browser: every panel in step, without the server."""

import re
from collections.abc import Callable, Iterator
from typing import Literal
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy.spatial.distance import cdist

from alcore.report.html.player.assets import player_script
from alcore.report.html.player.page import player_page
from alcore.report.interactive.animation_payload import LOOKS, page_payload
from alcore.report.phrases import percent, typed
from tests.browser.support.drawn import DRAWN, ROUNDS, place_of, told, until_round
from tests.browser.support.forks import Forks
from tests.browser.support.harness import PHONE, WIDE, Server, Watched, resting_box, serving
from tests.browser.support.small_race import NAMES, SEED_LABELS, small_figure, small_race


@pytest.fixture(scope="module")
def race_server(tmp_path_factory: pytest.TempPathFactory, forks: Forks | None) -> Iterator[Server]:
    """The small race on a server of its own."""
    home = tmp_path_factory.mktemp("home")
    with serving(home, home / "server.log", "tests/browser/support/race_app.py", forks=forks) as running:
        yield running


@pytest.fixture
def page(new_page: Callable[..., Watched]) -> Watched:
    """A page that prefers reduced motion: the race rests on its last round and nothing fades."""
    return new_page(reduced_motion="reduce")


@pytest.fixture
def own_page(new_page: Callable[..., Watched]) -> Watched:
    """As `page`, for a test that adds a script or a listener to it."""
    return new_page(reduced_motion="reduce", own=True)


def opened(page: Page, server: Server) -> None:
    page.goto(server.url)
    expect(page.get_by_role("group", name="Playback")).to_be_visible()
    until_round(page, ROUNDS)
    # What comes below the figure takes some of its height.
    resting_box(page.get_by_role("group", name="Playback"))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_steps_scrubs_and_plays_with_all_panels_in_step_and_without_the_server(
    race_server: Server, own_page: Watched
) -> None:
    sent: list[int] = []
    own_page.page.on("websocket", lambda socket: socket.on("framesent", lambda payload: sent.append(len(payload))))
    opened(own_page.page, race_server)
    expect(own_page.page.get_by_role("button", name="Step forward")).to_be_disabled()
    quiet = len(sent)
    last = own_page.page.evaluate(DRAWN)
    press(own_page.page, "First round")
    first = until_round(own_page.page, 0)
    assert all(before != after for before, after in zip(last["tints"], first["tints"], strict=True))
    expect(own_page.page.get_by_role("button", name="Step back")).to_be_disabled()
    for number in (1, 2, 3):
        press(own_page.page, "Step forward")
        until_round(own_page.page, number)
    press(own_page.page, "Step back")
    until_round(own_page.page, 2)
    own_page.page.get_by_role("slider", name="Round", exact=True).fill("6")
    until_round(own_page.page, 6)
    own_page.page.get_by_label("Speed", exact=True).first.select_option("4")
    press(own_page.page, "Play")
    assert until_round(own_page.page, ROUNDS)["tints"] == last["tints"]
    # At the end it has stopped by itself, and starts over.
    press(own_page.page, "Play")
    expect(own_page.page.get_by_role("button", name="Pause")).to_be_visible()
    until_round(own_page.page, ROUNDS)
    expect(own_page.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(own_page.page.get_by_role("status").filter(has_text="Round 8 of 8")).to_have_count(1)
    assert len(sent) == quiet
    expect(own_page.page.get_by_text("Run number 1")).to_be_visible()
    own_page.assert_clean()


def test_the_keyboard_does_it_all(race_server: Server, page: Watched) -> None:
    opened(page.page, race_server)
    page.page.get_by_role("button", name="Run again").focus()
    page.page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.page.evaluate(focused).startswith("Learning curves: plus and minus zoom")
    page.page.keyboard.press("Tab")
    assert page.page.evaluate(focused) == "First round"  # the bar is next in the page
    page.page.keyboard.press("Enter")
    until_round(page.page, 0)
    # The button that was pressed is of no use now: the keyboard stays in the bar.
    assert page.page.evaluate(focused) == "Play"
    page.page.keyboard.press("ArrowRight")
    until_round(page.page, 1)
    page.page.keyboard.press("End")
    until_round(page.page, ROUNDS)
    page.page.keyboard.press("Home")
    page.page.keyboard.press("Space")
    expect(page.page.get_by_role("button", name="Pause")).to_be_focused()
    page.page.keyboard.press("Space")
    expect(page.page.get_by_role("button", name="Play", exact=True)).to_be_focused()
    page.page.keyboard.press("End")
    until_round(page.page, ROUNDS)
    scrub = page.page.get_by_role("slider", name="Round", exact=True)
    scrub.focus()
    scrub.press("ArrowLeft")
    until_round(page.page, ROUNDS - 1)
    scrub.press("Home")
    until_round(page.page, 0)
    expect(scrub).to_have_attribute("aria-valuetext", "Round 0 of 8 · 4 labels")
    scrub.press("Space")
    expect(page.page.get_by_role("button", name="Pause")).to_be_visible()
    until_round(page.page, ROUNDS)
    page.assert_clean()


def test_reruns_theme_and_full_screen_keep_bar_and_figure_together(race_server: Server, page: Watched) -> None:
    opened(page.page, race_server)
    press(page.page, "First round")
    press(page.page, "Step forward")
    until_round(page.page, 1)
    page.page.get_by_role("button", name="Run again").click()
    expect(page.page.get_by_text("Run number 2")).to_be_visible()
    until_round(page.page, 1)
    page.page.emulate_media(color_scheme="dark")
    expect(page.page.locator(".alcore-figure svg > g")).to_have_attribute("fill", "#FAFAFA")
    until_round(page.page, 1)
    press(page.page, "Full screen")
    page.page.wait_for_function("document.fullscreenElement?.matches('.alcore-play')")
    press(page.page, "Step forward")
    until_round(page.page, 2)
    press(page.page, "Full screen")
    page.page.wait_for_function("!document.fullscreenElement")
    until_round(page.page, 2)
    # Another race, several times in a row and while it plays: its last round.
    press(page.page, "Play")
    rounds = page.page.get_by_test_id("stSlider").locator("input[type=range]")
    rounds.focus()
    for _ in range(3):
        rounds.press("ArrowRight")
    until_round(page.page, 11, of=11)
    rounds.press("ArrowLeft")
    until_round(page.page, 10, of=10)
    press(page.page, "Step back")
    until_round(page.page, 9, of=10)
    page.assert_clean()


def test_hovering_tells_probabilities_score_rank_and_distance(race_server: Server, page: Watched) -> None:
    opened(page.page, race_server)
    page.page.get_by_role("slider", name="Round", exact=True).fill("3")
    until_round(page.page, 3)
    data, _, racers = small_race(ROUNDS)
    for panel, racer in enumerate(racers):
        labels = racer.rounds[3].labels
        known, asked = racer.order[:labels], racer.order[labels : labels + 2]
        away = cdist(data.x_pool, data.x_pool[known]).min(axis=1)
        # A point by itself, so that the mouse means it and no other.
        alone = cdist(data.x_pool, data.x_pool) + 9 * np.eye(len(data.y_pool))
        free = np.setdiff1d(np.arange(len(data.y_pool)), racer.order[: labels + 2])
        lonely = int(free[alone[free].min(axis=1).argmax()])
        score = racer.scores_R_N[3]
        for row, kind in ((lonely, "Not labelled"), (int(asked[0]), "Queried next")):
            rank = 1 + np.sum(score[~np.isnan(score)] > score[row])
            first, second = racer.probs_R_N_C[3, row]
            text = told(page.page, panel, data.x_pool[row])
            assert text.startswith(kind)
            assert f"class A {percent(first)}, class B {percent(second)}" in text
            shown = re.search(r"score ([\d.e-]+), rank (\d+) of (\d+)", typed(text))
            assert shown is not None
            assert float(shown[1]) == pytest.approx(score[row], rel=0.005)
            assert (int(shown[2]), int(shown[3])) == (rank, len(data.y_pool) - labels)
            assert f"nearest label {away[row]:.2f} away" in text
        text = told(page.page, panel, data.x_pool[racer.order[SEED_LABELS + 2]])
        letter = data.class_names[data.y_pool[racer.order[SEED_LABELS + 2]]]
        assert text.startswith(f"class {letter}, queried as number 3, in round 2")
        assert "a first label" in told(page.page, panel, data.x_pool[racer.order[0]])
    # The words follow the rounds while the pointer rests.
    row = int(racers[0].order[-1])
    told(page.page, 0, data.x_pool[row])
    page.page.get_by_role("button", name="Step forward").focus()
    page.page.keyboard.press("Enter")
    first, second = racers[0].probs_R_N_C[4, row]
    expect(page.page.locator(".alcore-tip")).to_contain_text(f"class A {percent(first)}, class B {percent(second)}")
    page.assert_clean()


def test_the_picture_is_saved_as_it_stands(race_server: Server, page: Watched) -> None:
    opened(page.page, race_server)
    press(page.page, "Step back")
    drawn = until_round(page.page, ROUNDS - 1)
    with page.page.expect_download() as download:
        press(page.page, "Save this picture")
    assert download.value.suggested_filename == f"race-round{ROUNDS - 1}.svg"
    picture = ElementTree.fromstring(download.value.path().read_bytes())
    words = "".join(picture.itertext())
    assert "Least confidence" in words and "Test accuracy" in words and "Labelled points" in words
    paths = {path.get("d") for path in picture.iter("{http://www.w3.org/2000/svg}path")}
    assert {tint for tints in drawn["tints"] for tint in tints.split(",")} <= paths
    assert "var(" not in download.value.path().read_text()
    page.assert_clean()


def test_a_drag_and_keys_zoom_and_a_double_click_and_zero_end_it(race_server: Server, page: Watched) -> None:
    opened(page.page, race_server)
    before = until_round(page.page, ROUNDS)
    data, _, racers = small_race(ROUNDS)
    newest = data.x_pool[racers[0].order[-1]]
    x, y = place_of(page.page, 0, newest)
    page.page.mouse.move(x - 30, y - 30)
    page.page.mouse.down()
    page.page.mouse.move(x + 30, y + 30, steps=3)
    page.page.mouse.up()
    # What was in the middle of the rectangle is in the middle of the panel; the other panel stays.
    after = page.page.evaluate(DRAWN)
    assert after["tints"][1] == before["tints"][1]
    assert min(np.abs(np.array(ring) - 0.5).max() for ring in after["rings"][0]) < 0.03
    page.page.mouse.dblclick(x, y)
    assert page.page.evaluate(DRAWN) == before
    page.page.get_by_role("button", name="Step back").focus()
    page.page.keyboard.press("+")
    by_key = page.page.evaluate(DRAWN)
    # Both maps are enlarged about their middle.
    for rings, old in zip(by_key["rings"], before["rings"], strict=True):
        np.testing.assert_allclose(np.array(rings) - 0.5, 1.5 * (np.array(old) - 0.5), atol=0.01)
    page.page.keyboard.press("Shift+ArrowRight")
    moved = page.page.evaluate(DRAWN)
    for rings, old in zip(moved["rings"], by_key["rings"], strict=True):
        np.testing.assert_allclose(np.array(rings), np.array(old) - [0.15, 0], atol=0.01)
    assert by_key["curves"] == moved["curves"] and by_key["markers"] == before["markers"]
    page.page.keyboard.press("-")
    assert page.page.evaluate(DRAWN) == before  # no further out than the whole
    page.page.keyboard.press("+")
    page.page.keyboard.press("0")
    assert page.page.evaluate(DRAWN) == before
    # The curves have a stop of their own, and keys that leave the maps as they are.
    page.page.get_by_role("application", name="Learning curves").focus()
    page.page.keyboard.press("+")
    page.page.keyboard.press("Shift+ArrowRight")
    curves = page.page.evaluate(DRAWN)
    assert curves["rings"] == before["rings"] and curves["markers"] != before["markers"]
    page.page.keyboard.press("0")
    assert page.page.evaluate(DRAWN) == before
    page.assert_clean()


def test_a_browser_that_cannot_draw_gets_the_figure_in_words(race_server: Server, own_page: Watched) -> None:
    own_page.page.add_init_script("delete Element.prototype.toggleAttribute")
    own_page.page.goto(race_server.url)
    words = own_page.page.get_by_text("This browser cannot draw the race; a current version of it can. A small race")
    expect(words).to_be_visible()
    expect(own_page.page.get_by_role("group", name="Playback")).to_have_count(0)
    own_page.page.get_by_role("button", name="Run again").click()
    expect(own_page.page.get_by_text("Run number 2")).to_be_visible()
    expect(words).to_have_count(1)
    own_page.assert_clean()


def page_of_its_own(names: dict[str, str] = NAMES) -> str:
    """The small race as it is exported."""
    looks = {name: small_figure(ROUNDS, dark=dark, names=names) for name, dark in LOOKS.items()}
    return player_page(
        page_payload(small_figure(ROUNDS), looks, alt="A small race", filename="race"),
        title="A race <of two>",
        alt="A small race",
        verdict="Least confidence is ahead.",
        legend="A dot is a point.",
        rounds=[["Round", "Labels"], ["0", "4"]],
        config={"seed": 0},
    ).decode()


def test_a_page_of_its_own_plays_by_button_range_and_keyboard(own_page: Watched) -> None:
    asked: list[str] = []
    own_page.page.on("request", lambda request: asked.append(request.url))
    own_page.page.set_content(page_of_its_own())
    expect(own_page.page.get_by_role("heading", name="A race <of two>")).to_be_visible()
    expect(own_page.page.get_by_role("img", name="A small race")).to_be_visible()
    until_round(own_page.page, ROUNDS)
    press(own_page.page, "First round")
    until_round(own_page.page, 0)
    press(own_page.page, "Step forward")
    until_round(own_page.page, 1)
    own_page.page.get_by_role("slider", name="Round", exact=True).fill("3")
    until_round(own_page.page, 3)
    own_page.page.get_by_role("button", name="Play", exact=True).focus()
    own_page.page.keyboard.press("ArrowLeft")
    until_round(own_page.page, 2)
    own_page.page.keyboard.press("Space")
    until_round(own_page.page, ROUNDS)
    data, _, racers = small_race(ROUNDS)
    assert "a first label" in told(own_page.page, 0, data.x_pool[racers[0].order[0]])
    expect(own_page.page.get_by_text("Least confidence is ahead.")).to_be_visible()
    own_page.page.get_by_text("Settings", exact=True).click()
    expect(own_page.page.get_by_text('"seed": 0')).to_be_visible()
    assert not asked  # nothing is fetched
    own_page.assert_clean()


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_a_page_of_its_own_has_the_readers_theme_and_width(
    new_page: Callable[..., Watched], scheme: Literal["light", "dark"], other: Literal["light", "dark"]
) -> None:
    page = new_page(color_scheme=scheme, viewport=PHONE, reduced_motion="reduce")
    page.page.set_content(page_of_its_own())
    until_round(page.page, ROUNDS)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.page.evaluate(overflow) <= 0
    ink = page.page.locator(".alcore-figure svg > g")
    expect(ink).to_have_attribute("fill", {"light": "#31333F", "dark": "#FAFAFA"}[scheme])
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.page.evaluate(ground) == {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 23, 31)"}[scheme]
    narrow = [box[2] for box in page.page.evaluate(DRAWN)["boxes"][:2]]
    # Both follow the reader, and keep the round.
    press(page.page, "Step back")
    until_round(page.page, ROUNDS - 1)
    page.page.set_viewport_size(WIDE)
    page.page.emulate_media(color_scheme=other)
    expect(ink).to_have_attribute("fill", {"light": "#31333F", "dark": "#FAFAFA"}[other])
    until_round(page.page, ROUNDS - 1)
    wide = [box[2] for box in page.page.evaluate(DRAWN)["boxes"][:2]]
    assert min(wide) > 2 * max(narrow)
    page.assert_clean()


def test_the_ends_of_curves_with_long_names_have_room(page: Watched) -> None:
    page.page.set_content(page_of_its_own({"least_confidence": "Random sampling of the stream", "random": "Random"}))
    until_round(page.page, ROUNDS)
    # The room beside the curves, less the width of the words; they begin 12 pixels from the end of a curve.
    spare = """() => {
      const curves = [...document.querySelectorAll(".alcore-figure clipPath rect")].at(-1)
      const room = curves.ownerSVGElement.clientWidth - curves.x.baseVal.value - curves.width.baseVal.value
      return [...document.querySelectorAll(".alcore-figure .end")].map((words) => room - words.getBBox().width)
    }"""
    assert len(page.page.evaluate(spare)) == 2 and min(page.page.evaluate(spare)) >= 12
    page.page.set_viewport_size(PHONE)
    page.page.wait_for_function("document.querySelector('.alcore-figure svg').clientWidth < 400")
    assert min(page.page.evaluate(spare)) >= 12


def test_a_page_of_its_own_says_in_words_what_it_cannot_draw(own_page: Watched) -> None:
    own_page.page.add_init_script("delete Element.prototype.toggleAttribute")
    own_page.page.goto("about:blank")
    own_page.page.set_content(page_of_its_own())
    expect(own_page.page.get_by_text("a current version of it can. A small race")).to_be_visible()
    expect(own_page.page.get_by_text("Least confidence is ahead.")).to_be_visible()
    own_page.assert_clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bar_fits_a_phone_and_stays_in_sight(
    race_server: Server, new_page: Callable[..., Watched], scheme: str
) -> None:
    page = new_page(color_scheme=scheme, viewport=PHONE, reduced_motion="reduce")
    opened(page.page, race_server)
    bar = page.page.get_by_role("group", name="Playback")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.page.evaluate(overflow) <= 0
    for control in bar.locator("button:visible, input, select").all():
        box = control.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
        assert box["height"] >= 32
    # The words beside it grow with the rounds, the range does not give way.
    scrub = page.page.get_by_role("slider", name="Round", exact=True)
    before = scrub.bounding_box()
    press(page.page, "First round")
    until_round(page.page, 0)
    assert scrub.bounding_box() == before
    page.page.mouse.move(200, 600)
    page.page.mouse.wheel(0, 450)
    expect(page.page.locator(".alcore-figure [data-pane='2'] .trace path").first).to_be_in_viewport()
    expect(bar).to_be_in_viewport(ratio=1)
    press(page.page, "Step forward")
    until_round(page.page, 1)
    page.assert_clean()


# Modules from memory are refused, as by a policy of the page; only the player's is that long.
_REFUSED = """
const make = URL.createObjectURL
URL.createObjectURL = (blob) => blob.type === "text/javascript" && blob.size > 20000 ? "blob:refused" : make(blob)
"""


def test_where_modules_from_memory_are_refused_the_player_comes_as_a_script(
    race_server: Server, own_page: Watched
) -> None:
    own_page.page.add_init_script(_REFUSED)
    opened(own_page.page, race_server)
    press(own_page.page, "First round")
    until_round(own_page.page, 0)


def test_where_its_code_is_refused_altogether_the_page_says_so(race_server: Server, own_page: Watched) -> None:
    own_page.page.add_init_script(_REFUSED + "HTMLHeadElement.prototype.append = () => {}")
    own_page.page.goto(race_server.url)
    expect(own_page.page.get_by_text("This browser does not run the player on this page.")).to_be_visible()
    expect(own_page.page.get_by_text("Run number 1")).to_be_visible()


def test_on_a_desk_the_bar_covers_nothing_when_the_page_is_scrolled(race_server: Server, page: Watched) -> None:
    page.page.set_viewport_size({"width": 1440, "height": 420})
    opened(page.page, race_server)
    figure = page.page.locator(".alcore-figure")
    figure.evaluate("figure => figure.scrollIntoView({ block: 'start', behavior: 'instant' })")
    page.page.wait_for_function("document.querySelector('.alcore-figure').getBoundingClientRect().top < 100")
    bar = page.page.get_by_role("group", name="Playback").bounding_box()
    box = figure.bounding_box()
    assert bar is not None and box is not None and bar["y"] >= box["y"] + box["height"]


def test_the_player_writes_percent_as_the_sentences_do(page: Watched) -> None:
    shares = [right / points for points in (200, 400, 512, 1000, 2000) for right in range(points + 1)]
    page.page.goto("about:blank")
    written = page.page.evaluate(f"(shares) => {{ {player_script()}\nreturn shares.map(inPercent) }}", shares)
    assert written == [percent(share) for share in shares]
