"""The tournament's screen without a browser: the ready-made results, parts of them, one's own run."""

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from alcore.runs.tournament import background
from alcore.runs.tournament.cells import CellFailure, CellStore
from alcore.runs.tournament.groups import run_cell
from alcore.runs.tournament.plan import plan_of
from alcore.runs.tournament.run import progress
from pages.screens.tournament.controls import open_cell
from pages.screens.tournament.results import file_name
from pages.screens.tournament.texts import CHARTS
from tests.support.screens import assert_fine, charts

PAGE = "pages/tournament.py"


def said(at: AppTest) -> str:
    return " ".join(one.value for one in (*at.markdown, *at.caption)).replace("\\", "")


def test_files_are_named_after_the_tournament_once() -> None:
    names = {"tournament.json", "standings.csv", "gain.png"}
    saved = {"alcore-tournament.json", "alcore-tournament-standings.csv", "alcore-tournament-gain.png"}
    assert {file_name(name) for name in names} == saved


def test_opens_with_the_tournament_that_was_run_once(home: Path, open_screen) -> None:
    at = open_screen(PAGE)
    assert_fine(at, "opening")
    assert "25 strategies, 9 tasks" in said(at) and "4,500 races" in said(at)
    assert "beat random on average" in said(at)
    assert len(charts(at)) == 1 and len(charts(at)[0]["data"]) == 24
    table = at.dataframe[0].value
    assert len(table) == 25 and table["gain"].dropna().is_monotonic_decreasing
    # The numbers beside the picture are those of the table.
    better = int((table["verdict"] == "better").sum())
    assert [one.value for one in at.metric] == [
        f"{better} of 24",
        f"{table['gain'].max():+.2f} points",
        f"{table['labels_saved'].max():.0f} %",
    ]
    # A missing number would be sorted as 0: random has those of a comparison with itself.
    assert not table.isna().any().any()
    random = table[table["verdict"] == "baseline"].iloc[0]
    assert (random["gain"], random["interquartile_mean_gain"], random["probability_of_improvement"]) == (0, 0, 50)
    # Names stay in sight in the wide tables as well.
    assert all('"pinned": true' in one.proto.columns for one in at.dataframe)
    assert "random compared with itself is 0 points" in said(at)
    names = [point["y"] for point in charts(at)[0]["data"]]
    assert [name for (name,) in names] == table["strategy"][table["verdict"] != "baseline"].tolist(), "sorted by gain"


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_can_be_linked_to(home: Path, open_screen, chart: str) -> None:
    at = open_screen(PAGE, tournament_chart=chart, tournament_seeds="6")
    assert_fine(at, chart)
    assert len(charts(at)) == (9 if chart == "curves" else 1) and "6 paired seeds" in said(at)


def test_the_chart_stays_chosen_while_there_is_none(home: Path, open_screen) -> None:
    at = open_screen(PAGE, tournament_chart="penalties")
    for rounds in (37, 15):
        at.slider(key="tournament_rounds").set_value(rounds).run()
        assert_fine(at, f"{rounds} rounds")
        assert at.session_state["tournament_chart"] == "penalties"
        assert at.query_params["tournament_chart"] == "Penalties"
        assert bool(charts(at)) == (rounds == 15)


def test_a_data_set_that_is_taken_back_stands_where_it_stood(home: Path, open_screen) -> None:
    at = open_screen(PAGE, tournament_chart="heat")
    before = charts(at)[0]["data"][0]["x"]
    datasets = at.multiselect(key="tournament_datasets")
    first, *others = datasets.value
    datasets.set_value([*others, first]).run()
    assert_fine(at, "another order")
    assert charts(at)[0]["data"][0]["x"] == before
    assert at.multiselect(key="tournament_datasets").value == [first, *others]
    assert "tournament_datasets" not in at.query_params


@pytest.mark.parametrize("chart", ["iqm", "improvement", "saved", "pareto"])
def test_one_seed_leaves_no_empty_chart(home: Path, open_screen, chart: str) -> None:
    at = open_screen(PAGE, tournament_chart=chart, tournament_seeds="1")
    assert_fine(at, chart)
    assert not charts(at) and "One paired seed is too few" in at.info[0].value
    assert "Dotted" not in said(at) and any(one.value.strip() == "Ready-made results." for one in at.caption)


@pytest.mark.parametrize("chart", ["gain", "heat", "curves", "rank", "penalties"])
def test_one_seed_has_no_words_of_an_interval(home: Path, open_screen, chart: str) -> None:
    at = open_screen(PAGE, tournament_chart=chart, tournament_seeds="1")
    assert_fine(at, chart)
    assert "One paired seed cannot give a significant difference" in said(at)
    assert not any(word in said(at) for word in ("95 %", "Holm", "bold", "Dotted"))
    table = at.dataframe[0].value
    assert list(table) == ["strategy", "gain", "verdict", "mean_rank", "penalty", "seconds"]
    assert "One paired seed gives no interval, and no IQM" in said(at)


def test_numbers_of_the_table_have_minus_signs_and_no_hyphens(home: Path, open_screen) -> None:
    at = open_screen(PAGE)
    proto = at.dataframe[0].proto
    shown = pa.ipc.open_stream(proto.arrow_data.styler.display_values).read_all().to_pandas()
    cells = shown[["gain", "gain_low", "interquartile_mean_gain", "labels_saved"]].to_numpy().ravel()
    assert any(cell.startswith("−") for cell in cells) and not any("-" in cell for cell in cells)
    assert not any(float(cell) == 0 for cell in shown["seconds"]) and "–" not in cells
    columns = json.loads(proto.columns)
    most = at.dataframe[0].value["penalty"].max()
    assert columns["penalty"]["type_config"]["max_value"] == pytest.approx(most)


def test_a_cell_of_the_heat_map_opens_its_curves(home: Path, open_screen, monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_screen(PAGE, tournament_chart="heat")
    cells, squares = charts(at)[0]["data"]
    keys = squares["customdata"]
    assert len(keys) == 24 * 9 and "iris logistic margin" in keys
    # A square lies on the cell of its strategy and data set, whose number is the gain in the table.
    at_square = keys.index("iris logistic margin")
    row, column = cells["y"].index("Margin"), cells["x"].index("Iris")
    assert (squares["x"][at_square], squares["y"][at_square]) == ("Iris", "Margin")
    areas = next(one.value for one in at.dataframe if "Iris" in one.value).set_index("Strategy")["Iris"].astype(float)
    assert cells["z"][row][column] == pytest.approx(areas["Margin"] - areas["Random"], abs=0.02)
    state: dict[str, Any] = {
        "heat": SimpleNamespace(selection=SimpleNamespace(points=[{"customdata": ["iris logistic margin"]}]))
    }
    for module in ("screens.tournament.controls", "shared.in_browser"):
        monkeypatch.setattr(f"pages.{module}.st", SimpleNamespace(session_state=state))
    written: dict[str, str] = {}
    monkeypatch.setattr("pages.screens.tournament.controls.address", SimpleNamespace(write=written.__setitem__))
    open_cell("heat")
    assert state["tournament_chart"] == "curves"
    assert written == {"tournament_task": "iris logistic", "tournament_strategy": "margin"}
    monkeypatch.undo()
    at = open_screen(PAGE, tournament_chart="curves", tournament_task="iris logistic", tournament_strategy="margin")
    assert_fine(at, "curves of a cell")
    assert len(charts(at)) == 1
    lines = [one["name"] for one in charts(at)[0]["data"] if one.get("name")]
    assert lines in ([], ["Random", "Margin"])


def test_leaving_out_is_answered_at_once(home: Path, open_screen) -> None:
    at = open_screen(PAGE, tournament_strategies="margin", tournament_datasets="iris", tournament_rounds="7")
    assert_fine(at, "a part")
    assert "2 strategies, 1 task (Iris), 20 paired seeds" in said(at)
    assert len(at.dataframe[0].value) == 2


def test_what_was_not_measured_is_not_shown(home: Path, open_screen) -> None:
    at = open_screen(PAGE, tournament_seeds="21")
    assert_fine(at, "21 seeds")
    assert "Nothing has been run with these settings" in at.info[0].value and not charts(at)
    at = open_screen(PAGE, tournament_strategies="nonsense")
    assert any("nonsense" in one.value for one in at.warning) and len(charts(at)) == 1


def test_nothing_chosen_is_a_sentence(home: Path, open_screen) -> None:
    at = open_screen(PAGE)
    at.multiselect(key="tournament_datasets").set_value([]).run()
    assert_fine(at, "no data set")
    assert at.info[0].value == "No data set is chosen. Choose at least one at the side."
    at.multiselect(key="tournament_strategies").set_value([]).run()
    assert "No data set and no strategy beside random is chosen" in at.info[0].value


def test_a_link_may_say_that_nothing_is_chosen(home: Path, open_screen) -> None:
    at = open_screen(PAGE, tournament_datasets="")
    assert_fine(at, "no data set")
    assert at.multiselect(key="tournament_datasets").value == []
    assert "No data set is chosen" in at.info[0].value and not at.warning


def test_failed_races_are_reported_and_can_be_tried_again(home: Path, open_screen) -> None:
    plan = plan_of(("margin", "entropy"), ("circles",), seeds=2, rounds=1)
    with CellStore(home) as store:
        for cell, config in plan.cells().items():
            failed = config.strategy == "entropy"
            store.add(config, CellFailure(cell, "It was a test.") if failed else run_cell(config))
    at = open_screen(
        PAGE,
        tournament_strategies=["margin", "entropy"],
        tournament_datasets="circles",
        tournament_seeds="2",
        tournament_rounds="1",
    )
    assert_fine(at, "with failures")
    assert at.button(key="tournament_go").label == "Retry the failed races"
    assert not at.button(key="tournament_go").disabled
    told = " ".join(one.value for one in at.warning)
    assert "2 of 6 races failed" in told and "Left out" in told
    assert any("It was a test." in one.value for one in at.code)
    assert "2 strategies, 1 task (Two circles), 2 paired seeds" in said(at)


@pytest.mark.slow
def test_a_tournament_of_ones_own_runs_in_the_background(home: Path, open_screen) -> None:
    at = open_screen(
        PAGE,
        tournament_strategies="margin",
        tournament_datasets="circles",
        tournament_seeds="6",
        tournament_rounds="3",
    )
    assert "Nothing has been run" in at.info[0].value
    at.button(key="tournament_go").click().run()
    assert_fine(at, "starting")
    plan = plan_of(("margin",), ("circles",), seeds=6, rounds=3)
    deadline = time.monotonic() + 120
    while not progress(plan, home).over or background.is_running(plan, home):
        assert time.monotonic() < deadline, background.log_path(plan, home).read_text()
        time.sleep(0.1)
    at.run()
    assert_fine(at, "after the run")
    assert "2 strategies, 1 task (Two circles), 6 paired seeds" in said(at).replace("\\", "") and len(charts(at)) == 1
    assert at.button(key="tournament_go").disabled


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_is_offered_as_a_picture(home: Path, open_screen, chart: str) -> None:
    at = open_screen(PAGE, tournament_chart=chart, tournament_seeds="6")
    keys = [button.key for button in at.download_button]
    assert {f"tournament_export_{chart}.{fmt}" for fmt in ("png", "svg", "pdf")} <= set(keys)
