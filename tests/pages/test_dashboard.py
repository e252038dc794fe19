"""The home screen: it opens, leads to every screen, and stays up without a folder to write to."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alcore.report.statistics.tournament import parse_results, summarise
from pages.screens.tournament.results import ready_record
from pages.shared.frame import PAGES


def test_home_leads_to_every_screen(open_screen: Callable[..., AppTest]) -> None:
    at = open_screen()
    assert not at.exception and not at.error
    assert [title.value for title in at.title] == ["Active learning lab"]
    beside = [link.proto.page for link in at.sidebar.get("page_link")]
    assert beside == ["", *(Path(path).stem for path, *_ in PAGES[1:])]
    doors = [link.proto.page for link in at.main.get("page_link")]
    assert doors == [
        "arena",
        "batch_explorer",
        "mnist",
        "failure_modes",
        "strategies",
        "scenarios",
        "tournament",
    ]
    assert doors == beside[1:], "one order here and in the navigation"


def test_home_s_answer_is_that_of_the_tournament_that_was_run(open_screen: Callable[..., AppTest]) -> None:
    summary = summarise(parse_results(ready_record()))
    verdicts = [one.verdict for one in summary.standings if one.gain is not None]
    told = " ".join(element.value for element in open_screen().markdown)
    assert (
        f"on {len(summary.results.tasks)} small data sets {verdicts.count('better')} of {len(verdicts)} "
        f"strategies beat random on average and {verdicts.count('worse')} lost to it"
    ) in told


def test_home_says_what_to_expect(open_screen: Callable[..., AppTest]) -> None:
    at = open_screen()
    words = " ".join(element.value for element in at.markdown)
    assert "random is in every race here" in words
    assert all(image.proto.imgs[0].alt for image in at.get("imgs")), "a drawing without words"


@pytest.mark.parametrize("path", [path for path, *_ in PAGES])
def test_every_screen_opens_without_a_fault(open_screen: Callable[..., AppTest], path: str) -> None:
    at = open_screen(path)
    assert not at.exception
    assert len(at.title) == 1


def test_unknown_parameters_are_named_and_change_nothing(open_screen: Callable[..., AppTest]) -> None:
    at = open_screen("dashboard.py", nonsense="1", arena_seed="abc")
    assert not at.exception and not at.error and len(at.warning) == 1
    assert "“nonsense”, “arena" in at.warning[0].value
    assert len(at.main.get("page_link")) == 7


def test_a_home_that_cannot_be_used_is_a_sentence(
    open_screen: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("ALCORE_HOME", str(blocked / "home"))
    at = open_screen()
    assert not at.exception
    assert len(at.error) == 1 and "ALCORE" in at.error[0].value
    assert len(at.main.get("page_link")) == 7, "the rest of the page is still there"
