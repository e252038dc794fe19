"""The labelling screen in a real browser: digits from nothing, and one's own file in a few clicks."""

import csv
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sklearn.datasets import load_digits

from alcore.projects import delegation
from alcore.projects.model.model_file import read_model
from alcore.projects.project import Project
from tests.browser.support.harness import PHONE, Server, Watched, resting_box
from tests.support.chat_server import chat_server, says

ANSWERS = 150
MESSAGES = Path(os.environ.get("ALCORE_HOME", "")) / "SMSSpamCollection"


def card(page: Page) -> None:
    page.locator(".alcore-card .stage > *").first.wait_for()


def saved(page: Page) -> None:
    expect(page.locator(".alcore-card .saved")).to_have_text("All saved")


def trained(server: Server, name: str) -> None:
    """Wait until the model has seen every answer: a person is slower, and the trainer keeps up."""
    project = Project.open(server.home, name)
    for _ in range(600):
        kept = read_model(project.folder)
        if kept is not None and kept.seen >= project.ledger().last:
            return
        time.sleep(0.1)
    pytest.fail("the trainer does not come to the last answer")


def test_digits_are_learned_from_nothing_by_keys(own_server: Server, page: Watched) -> None:
    screen = page.page
    screen.goto(f"{own_server.url}/label")
    screen.locator(".alcore-card .image").wait_for()
    truth = load_digits().target
    image = screen.locator(".alcore-card .image")
    for number in range(ANSWERS):
        alt = image.get_attribute("alt") or ""
        screen.keyboard.press(str(truth[int(alt[6:10])]))
        if number % 10 == 9:
            saved(screen)
            trained(own_server, "digits")
    saved(screen)
    expect(screen.get_by_text("95 % interval")).to_be_visible()
    project = Project.open(own_server.home, "digits")
    states = project.states()
    assert len(states) == ANSWERS
    assert all(state.label == str(truth[int(item[6:10])]) for item, state in states.items())
    reserve = {project.ids[place] for place in np.flatnonzero(project.items.reserve_N).tolist()}
    audited = {item for item, state in states.items() if state.purpose == "audit"}
    assert audited == reserve & set(states) and len(audited) == ANSWERS // 5
    model = project.last_model()
    assert model is not None and model.labels >= 100
    right = np.array(model.named_N) == truth.astype(str)
    assert right[[item not in states for item in project.ids]].mean() >= 0.95
    page.assert_clean()


def test_own_csv_is_labelled_after_at_most_five_clicks(own_server: Server, page: Watched, tmp_path: Path) -> None:
    path = tmp_path / "messages.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = [[n, f"<b>message</b> number {n} about {word}"] for n, word in enumerate(["tea", "cash"] * 40)]
        csv.writer(file).writerows([["id", "message"], *rows])
    screen = page.page
    screen.goto(f"{own_server.url}/label")
    card(screen)
    screen.get_by_test_id("stButtonGroup").get_by_text("Bring your own").click()  # 1
    screen.locator('input[type="file"]').set_input_files(path)  # 2: Browse, 3: the file
    expect(screen.get_by_text("Read as CSV")).to_be_visible()
    screen.get_by_role("textbox", name="Classes, separated by commas").fill("tea, cash")  # 4
    screen.keyboard.press("Tab")
    screen.get_by_role("button", name="Start labelling").click()  # 5
    screen.locator(".alcore-card .row, .alcore-card .text").first.wait_for()
    expect(screen.locator(".alcore-card .stage")).to_contain_text("<b>message</b> number")
    screen.keyboard.press("1")
    saved(screen)
    expect(screen.locator(".alcore-card .count")).to_have_text("1 of 80 labelled")
    assert "label_project=messages" in screen.url
    project = Project.open(own_server.home, "messages")
    assert [state.label for state in project.states().values()] == ["tea"]
    # With the nearest labelled text beside it the card still fits a phone.
    # The model's words are marked in the text, which stays text.
    near, marks = screen.locator(".alcore-card .near"), screen.locator(".alcore-card .stage mark")
    for _ in range(60):
        screen.keyboard.press("2")
        saved(screen)
        expect(screen.get_by_text("answers since")).to_have_count(0)
        if near.count() and marks.count():
            break
    expect(near).to_be_visible()
    expect(marks.first).to_be_visible()
    expect(screen.locator(".alcore-card .stage b")).to_have_count(0)
    screen.set_viewport_size(PHONE)
    box = resting_box(screen.locator(".alcore-card .stage"))
    assert box["x"] + box["width"] <= PHONE["width"]
    page.assert_clean()


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.skipif(not MESSAGES.is_file(), reason="no SMS messages in ALCORE_HOME")
def test_real_messages_are_labelled_to_97_percent(own_server: Server, page: Watched, tmp_path: Path) -> None:
    lines = [line.split("\t", 1) for line in MESSAGES.read_text(encoding="utf-8").splitlines()[1:]]
    path = tmp_path / "sms.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "message"], *([f"m{n}", text] for n, (_, text) in enumerate(lines))])
    screen = page.page
    screen.goto(f"{own_server.url}/label?label_view=own")
    screen.locator('input[type="file"]').set_input_files(path)
    screen.get_by_role("textbox", name="Classes, separated by commas").fill("spam, ham")
    screen.keyboard.press("Tab")
    screen.get_by_role("button", name="Start labelling").click()
    text = screen.locator(".alcore-card .text")
    text.wait_for()
    truth = {" ".join(message.split()): label for label, message in lines}
    for number in range(250):
        label = truth[" ".join((text.text_content() or "").split())]
        screen.keyboard.press("1" if label == "spam" else "2")
        if number % 10 == 9:
            saved(screen)
            trained(own_server, "sms")
    saved(screen)
    project = Project.open(own_server.home, "sms")
    project.train()
    model, states = project.last_model(), project.states()
    assert model is not None and len(states) == 250
    labels, predicted = np.array([label for label, _ in lines]), np.array(model.named_N)
    unseen = np.array([item not in states for item in project.ids])
    assert (predicted == labels)[unseen].mean() >= 0.97
    assert (predicted == "spam")[unseen & (labels == "spam")].mean() >= 0.85
    page.assert_clean()


@pytest.mark.long
def test_digits_on_a_phone(own_server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(viewport=PHONE, has_touch=True)
    page.page.goto(f"{own_server.url}/label")
    page.page.locator(".alcore-card .image").wait_for()
    page.page.locator(".alcore-card .class").nth(3).tap()
    saved(page.page)
    assert [state.label for state in Project.open(own_server.home, "digits").states().values()] == ["3"]
    assert page.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.assert_clean()


@pytest.mark.long
def test_a_language_model_is_asked_after_a_click_and_calibrated_by_keys(
    own_server: Server, page: Watched, tmp_path: Path
) -> None:
    path = tmp_path / "mail.csv"
    lines = [f"m{n},{('win cash', 'lunch home')[n % 2]} number {n}" for n in range(60)]
    path.write_text("\n".join(["key,message", *lines]), encoding="utf-8")
    project = Project.create(own_server.home, "mail", path, ids="key", classes=("spam", "ham"))
    screen = page.page
    with chat_server() as server:
        server.answer = lambda prompt, number: says("spam" if "win cash" in prompt else "ham")
        entry = {"local": {"base_url": server.url, "model": "small"}}
        (own_server.home / "endpoints.json").write_text(json.dumps(entry), encoding="utf-8")
        screen.goto(f"{own_server.url}/label?label_project=mail&label_view=routing&label_machine=endpoint")
        expect(screen.get_by_text("60 requests go to")).to_be_visible()
        assert not server.prompts
        screen.get_by_role("button", name="Send 60 requests").click()
        expect(screen.get_by_text("Calibration items to label")).to_be_visible()
        assert len(server.prompts) == 60
    text = screen.locator(".alcore-card .stage > *")
    text.wait_for()
    screen.keyboard.press("1" if "win cash" in (text.text_content() or "") else "2")
    saved(screen)
    (answer,) = project.states().values()
    assert answer.purpose == "calibration" and answer.label in project.classes
    found = delegation.current(project)
    assert found is not None and found.labels_N.tolist() == ["spam", "ham"] * 30
    page.assert_clean()
