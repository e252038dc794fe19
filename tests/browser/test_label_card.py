"""The labelling card in a real browser: fast hands, undo, two people, a server that is killed."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from alcore.projects.answers import Answer, states
from alcore.projects.store import ProjectStore
from tests.browser.support.forks import Forks
from tests.browser.support.harness import PHONE, Server, Watched, serving

APP = "tests/browser/support/label_app.py"


@pytest.fixture
def label_server(home: Path, tmp_path: Path, forks: Forks | None) -> Iterator[Server]:
    with serving(home, tmp_path / "server.log", script=APP, forks=forks) as running:
        yield running


def opened(page: Page, server: Server, annotator: str = "anna") -> Page:
    page.goto(f"{server.url}/?annotator={annotator}")
    page.locator(".alcore-card .text").wait_for()
    return page


def shown(page: Page) -> str:
    return page.locator(".alcore-card .text").inner_text().removeprefix("number ")


def saved(page: Page) -> None:
    expect(page.locator(".alcore-card .saved")).to_have_text("All saved")


def stored(server: Server) -> list[Answer]:
    with ProjectStore(server.home / "projects" / "test") as store:
        return store.answers()


def test_a_fast_hand_answers_the_item_that_is_on_the_screen(label_server: Server, page: Watched) -> None:
    opened(page.page, label_server)
    given = []
    for number in range(100):
        given.append((shown(page.page), "even" if number % 3 else "odd"))
        page.page.keyboard.press("1" if number % 3 else "2")
    saved(page.page)
    found = stored(label_server)
    assert [(one.item, one.value) for one in found] == given
    assert [one.purpose for one in found].count("audit") == 20
    assert all(one.milliseconds is not None and one.annotator == "anna" for one in found)
    assert page.faults == []


def test_every_key_does_what_it_says(label_server: Server, page: Watched) -> None:
    card = opened(page.page, label_server)
    keyboard = card.keyboard
    first = shown(card)
    keyboard.press("1")
    second = shown(card)
    keyboard.press("s")
    third = shown(card)
    keyboard.press("x")
    fourth = shown(card)
    keyboard.press("f")
    keyboard.press("n")
    card.keyboard.type("12 is odd")  # keys in a note are letters of it
    keyboard.press("Enter")
    assert shown(card) == fourth
    keyboard.press("2")
    keyboard.press("Backspace")  # the label of the fourth
    assert shown(card) == fourth
    keyboard.press("Backspace")  # "cannot tell" of the third
    assert shown(card) == third
    keyboard.press("ArrowLeft")
    assert shown(card) == second
    keyboard.press("ArrowLeft")
    assert shown(card) == first
    expect(card.locator('.alcore-card .class[aria-pressed="true"]')).to_have_text("1even")
    keyboard.press("2")
    assert shown(card) == second
    keyboard.press("ArrowRight")
    assert shown(card) == third
    saved(card)
    found = states(stored(label_server))
    assert found[first].label == "odd"
    assert found[second].skipped == 1
    assert third not in found
    assert found[fourth].flagged and found[fourth].notes == ("12 is odd",) and found[fourth].label is None
    keyboard.press("h")
    expect(card.locator(".alcore-card .help")).to_be_visible()
    card.locator(".alcore-card .switch").uncheck()
    keyboard.press("1")
    assert shown(card) == third
    assert page.faults == []


def test_answers_come_back_after_a_reload_and_can_be_undone(label_server: Server, page: Watched) -> None:
    card = opened(page.page, label_server)
    items = []
    for _ in range(4):
        items.append(shown(card))
        card.keyboard.press("1")
    saved(card)
    before = shown(card)
    opened(card, label_server)
    assert shown(card) == before  # the tab has its items back
    for item in reversed(items):
        card.keyboard.press("Backspace")
        assert shown(card) == item
    saved(card)
    assert states(stored(label_server)) == {}


@pytest.mark.long
def test_undo_has_no_end_after_a_reload(label_server: Server, page: Watched) -> None:
    card = opened(page.page, label_server)
    items = []
    for _ in range(30):  # more than the card is given at a time
        items.append(shown(card))
        card.keyboard.press("1")
    saved(card)
    opened(card, label_server)
    for item in reversed(items):
        card.keyboard.press("Backspace")
        assert shown(card) == item
        saved(card)
    assert states(stored(label_server)) == {}


def test_a_duplicated_tab_does_not_take_the_items_of_its_original(
    label_server: Server, page: Watched, new_page: Callable[..., Watched]
) -> None:
    card = opened(page.page, label_server)
    first = shown(card)
    noted = card.evaluate("JSON.stringify({...sessionStorage})")
    other = new_page().page
    other.add_init_script(f"Object.assign(sessionStorage, {noted})")
    opened(other, label_server)
    assert shown(other) != first


def test_what_a_killed_server_did_not_store_is_sent_after_a_reload(
    home: Path, tmp_path: Path, new_page: Callable[..., Watched], forks: Forks | None
) -> None:
    page = new_page().page
    given = []
    with serving(home, tmp_path / "first.log", script=APP, forks=forks) as server:
        opened(page, server)
        port = server.url.rsplit(":", 1)[1]
        for number in range(12):
            given.append(shown(page))
            page.keyboard.press("1")
            if number == 5:
                os.kill(server.process.pid, signal.SIGKILL)
                server.process.wait()
        expect(page.locator(".alcore-card .saved")).to_contain_text("not saved yet")
    with serving(home, tmp_path / "second.log", script=APP, port=int(port), forks=forks) as server:
        page.goto("about:blank")
        opened(page, server)
        saved(page)
        assert [one.item for one in stored(server)] == given


def test_two_people_get_different_items(label_server: Server, new_page: Callable[..., Watched]) -> None:
    anna, ben = (opened(new_page().page, label_server, name) for name in ("anna", "ben"))
    items: dict[str, list[str]] = {"anna": [], "ben": []}
    for _ in range(8):
        for name, card in (("anna", anna), ("ben", ben)):
            items[name].append(shown(card))
            card.keyboard.press("1")
    for card in (anna, ben):
        saved(card)
    assert not set(items["anna"]) & set(items["ben"])
    assert sorted((one.annotator, one.item) for one in stored(label_server)) == sorted(
        (name, item) for name, own in items.items() for item in own
    )


def test_the_card_fits_a_phone_and_works_by_touch(label_server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(viewport=PHONE, has_touch=True).page
    card = opened(page, label_server)
    item = shown(card)
    button = card.locator(".alcore-card .class").first
    box = button.bounding_box()
    assert box is not None and box["height"] >= 44 and box["y"] + box["height"] <= PHONE["height"]
    button.tap()
    assert shown(card) != item
    saved(card)
    assert states(stored(label_server))[item].label == "even"


def test_names_of_short_classes_are_not_broken_on_a_phone(
    label_server: Server, new_page: Callable[..., Watched]
) -> None:
    card = opened(new_page(viewport=PHONE).page, label_server)
    lines = card.locator(".alcore-card .class").evaluate_all(
        """all => all.map(one => {
          const words = document.createRange()
          words.selectNodeContents(one.lastChild)
          return words.getClientRects().length
        })"""
    )
    assert lines == [1] * len(lines) and lines
