"""A language model as the machine on the labelling screen: shown only if listed, and nothing is sent unconfirmed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alcore.projects import delegation
from alcore.projects.annotators import chat
from alcore.projects.model import training_process
from alcore.projects.project import Project
from tests.support.chat_server import chat_server, says
from tests.support.screens import assert_fine

PAGE = "pages/label.py"
SECRET = "sk-never-to-be-seen"
N = 40


@pytest.fixture
def project(home: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(training_process, "spawn", lambda words, log: None)
    monkeypatch.setattr(chat, "FIRST_WAIT", 0.01)
    monkeypatch.setenv("ALCORE_TEST_KEY", SECRET)
    lines = [f"m{n},{('win cash', 'lunch home')[n % 2]} number {n}" for n in range(N)]
    (home / "mail.csv").write_text("\n".join(["key,message", *lines]), encoding="utf-8")
    return Project.create(home, "mail", home / "mail.csv", ids="key", classes=("spam", "ham"))


def prompts(at: AppTest) -> list[str]:
    """The code blocks of the view, without the address that the toolbar shows."""
    return [one.value for one in at.code if not one.value.startswith("?")]


def pressed(at: AppTest, begin: str) -> AppTest:
    return next(one for one in at.button if one.label.startswith(begin)).click().run()


def test_a_language_model_is_offered_where_the_server_lists_one(
    home: Path, project: Project, open_screen: Callable[..., AppTest]
) -> None:
    here = {"label_view": "routing", "label_project": "mail"}
    at = open_screen(PAGE, **here, label_machine="endpoint")
    assert not any(one.label.startswith("Endpoint") for one in at.selectbox)
    with chat_server() as server:
        server.answer = lambda prompt, number: (
            says("spam" if "win cash" in prompt else "ham") if number < 10 else (500, {}, b"")
        )
        entry = {"base_url": server.url, "model": "small", "key": "ALCORE_TEST_KEY", "retries": 0, "concurrency": 1}
        (home / "endpoints.json").write_text(json.dumps({"local": entry}), encoding="utf-8")
        at = open_screen(PAGE, **here, label_machine="endpoint")
        assert_fine(at, "showing what would be sent")
        plan = delegation.plan(project, "endpoint:local")
        assert prompts(at) == plan.shown and len(plan.shown) == 3
        assert any(f"{N} requests go to" in one.value for one in at.markdown)
        # Another prompt, and a click on the button of the first at the same time: it confirms what was not shown.
        at.text_area[0].set_value("Class of {text}?")
        pressed(at, "Send 40 requests")
        assert not server.prompts and prompts(at)[0] == "Class of win cash number 0?"
        pressed(at, "Send 40 requests")
        assert "it answers 500" in at.error[0].value and "10 of 40 answers are kept" in at.error[0].value
        assert set(server.prompts[:2]) == {"Class of win cash number 0?", "Class of lunch home number 1?"}
        server.answer = lambda prompt, number: says("spam" if "win cash" in prompt else "ham")
        asked = len(server.prompts)
        at.run()
        pressed(at, "Send 30 requests")
        assert_fine(at, "sending")
        assert len(server.prompts) - asked == 30
    found = delegation.current(project)
    assert found is not None and found.machine == "endpoint:local"
    assert found.labels_N.tolist() == ["spam", "ham"] * (N // 2)
    assert all(SECRET not in str(one) for one in at.main)
