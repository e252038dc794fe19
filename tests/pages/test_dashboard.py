"""The home screen, which leads to every screen and stays up without a folder to write to; and what arrives late."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from alcore.report.statistics.tournament import parse_results, summarise
from alcore.runs.store.store import Store
from pages.screens.arena import cached
from pages.screens.arena.controls import ArenaSettings, ArenaView
from pages.screens.home import film, race
from pages.screens.home.cards import FINDINGS, MOST_BYTES, thumbnail_path
from pages.screens.mnist_lab.ready import ready_pair
from pages.screens.mnist_lab.round import pool_map, queried_images
from pages.screens.strategy_atlas import entries, panels
from pages.screens.tournament import controls as tournament_controls
from pages.screens.tournament.results import ready_record
from pages.shared.frame import PAGES


def doors(at: AppTest) -> list[str]:
    """The screens that the links on the page lead to, without those of the navigation above it."""
    return [link.proto.page for link in at.main.get("page_link")][len(PAGES) :]


def test_home_leads_to_every_screen(open_screen: Callable[..., AppTest]) -> None:
    at = open_screen()
    assert not at.exception and not at.error
    every = {Path(path).stem for path, *_ in PAGES[1:]}
    navigation = [link.proto.page for link in at.main.get("page_link")][: len(PAGES)]
    assert navigation == ["", *(Path(path).stem for path, *_ in PAGES[1:])]
    assert set(doors(at)) == every
    assert doors(at)[0] == "arena", "the race of the picture comes first"
    cards = doors(at)[-len(every) + 1 :]
    assert cards == [Path(path).stem for path, *_ in PAGES[2:]], "one order here and in the navigation"


def test_its_numbers_are_those_of_their_sources(open_screen: Callable[..., AppTest]) -> None:
    at = open_screen()
    shown = [link.proto.label.strip("*") for link in at.main.get("page_link")][len(PAGES) :][1:4]
    standings = summarise(parse_results(ready_record())).standings
    rivals = [one for one in standings if one.strategy != "random"]
    best = max(100 * one.saved.estimate for one in rivals if one.saved is not None)
    pair = ready_pair()
    with Store(pair.home) as store:
        ends = {info.config.strategy: store.rounds(info.id)[-1] for info in pair.infos}
    wrong = ends["least_confidence"].confusion_C_C
    assert wrong is not None
    error = 1 - np.trace(wrong) / wrong.sum()
    assert shown == [
        f"{best:.0f} %",
        f"{sum(one.verdict == 'better' for one in rivals)} of {len(rivals)}",
        f"{100 * error:.1f} %",
    ]
    told = " ".join(one.value for one in at.caption)
    assert f"{sum(one.verdict == 'worse' for one in rivals)} lose to it" in told
    assert f"random {100 * (1 - ends['random'].accuracy):.1f} %" in told and "3,000 digits" in told


def test_its_race_is_the_one_that_its_link_opens(
    open_screen: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    before = cached.shown_race

    def noted(setup: ArenaSettings, view: ArenaView) -> cached.ShownRace:
        opened.append((setup, view))
        return before(setup, view)

    monkeypatch.setattr(cached, "shown_race", noted)
    open_screen("pages/arena.py", preset="yes", **film.LINK)
    assert opened == [(race.SETTINGS, race.VIEW)]


@pytest.mark.parametrize("dark", [False, True])
def test_the_film_is_the_race_as_the_arena_draws_it(dark: bool) -> None:
    shipped, made = json.loads(film.film(dark)), json.loads(race.record(dark))
    shown, _ = race.run_race()
    assert [one["accuracy"] for one in shipped["racers"]] == [
        [each.accuracy for each in racer.rounds] for racer in shown.racers
    ]
    assert len(shipped["labels"]) == len(shipped["frames"]) == len(shipped["racers"][0]["accuracy"])
    # Of lines and surfaces the last digit may depend on the processor.
    for part in ("racers", "alt", "filename", "labels", "symbols", "layout", "traces"):
        assert shipped[part] == made[part], f"{part}: `python -m tests.benchmarks film` records the film anew"
    looks = [[{**trace, "x": 0, "y": 0} for trace in one["data"]] for one in (shipped, made)]
    assert looks[0] == looks[1]
    assert [len(frame) for frame in shipped["frames"]] == [len(frame) for frame in made["frames"]]


def test_the_picture_of_home_waits_for_no_library_of_numbers() -> None:
    command = "import sys, streamlit; before = set(sys.modules); import pages.screens.home.screen; "
    command += "print(*(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout.split()
    assert "pages.screens.home.film" in loaded
    assert not {"scipy", "sklearn", "matplotlib", "plotly", "alcore.runs.store.store"} & set(loaded)


def test_a_visited_step_of_the_tour_has_a_tick(open_screen: Callable[..., AppTest]) -> None:
    at = open_screen()
    assert any("(0 of 5 visited)" in one.value for one in at.markdown)
    at.switch_page("pages/tournament.py").run()
    at.switch_page("dashboard.py").run()
    assert any("(1 of 5 visited)" in one.value for one in at.markdown)
    ticked = [link.proto.page for link in at.main.get("page_link") if link.proto.icon == ":material/check_circle:"]
    assert ticked == ["tournament"]


def test_every_card_with_a_question_has_a_small_picture_in_both_themes() -> None:
    assert len(FINDINGS) >= 7 and set(FINDINGS) <= {Path(path).stem for path, *_ in PAGES}
    for name in FINDINGS:
        for dark in (False, True):
            content = thumbnail_path(name, dark=dark).read_bytes()
            assert content[8:12] == b"WEBP" and 2_000 < len(content) <= MOST_BYTES


@pytest.mark.parametrize("path", [path for path, *_ in PAGES])
def test_every_screen_opens_without_a_fault(open_screen: Callable[..., AppTest], path: str) -> None:
    at = open_screen(path)
    assert not at.exception
    assert len(at.title) == 1


def test_unknown_parameters_are_named_and_change_nothing(open_screen: Callable[..., AppTest]) -> None:
    at = open_screen("dashboard.py", nonsense="1", arena_seed="abc")
    assert not at.exception and not at.error and len(at.warning) == 1
    assert "“nonsense”, “arena" in at.warning[0].value
    assert len(set(doors(at))) == len(PAGES) - 1


def test_a_home_that_cannot_be_used_is_a_sentence(
    open_screen: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("ALCORE_HOME", str(blocked / "home"))
    at = open_screen()
    assert not at.exception
    assert len(at.error) == 1 and "ALCORE" in at.error[0].value
    assert len(set(doors(at))) == len(PAGES) - 1, "the rest of the page is still there"


def test_what_a_chart_or_map_of_another_screen_sends_late_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Callable[[], None]] = []
    monkeypatch.setattr(panels, "_PANES", lambda **given: sent.append(given["on_moved_change"]))
    monkeypatch.setattr(queried_images, "_TILES", lambda **given: sent.append(given["on_picked_change"]))
    monkeypatch.setattr(queried_images, "look_at_point", lambda index: pytest.fail("there is no point"))
    monkeypatch.setattr(pool_map, "look_at_point", lambda index: pytest.fail("there is no point"))
    panels.panes({}, lambda *moved: pytest.fail("nothing moved"), key="gone")
    queried_images.tiles("", "", None, key="gone")
    late: list[Callable[[], None]] = [
        pool_map._inspect,
        partial(pool_map._lasso, "run", 1),
        partial(entries._picked, "gone"),
        partial(entries._pick, ["margin"]),
        partial(tournament_controls.open_cell, "gone"),
    ]
    for callback in [*sent, *late]:
        callback()
    assert len(sent) == 2
    assert "strategies_entry" not in st.session_state and "tournament_chart" not in st.session_state
