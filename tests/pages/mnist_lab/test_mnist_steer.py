"""Steering runs from the lab without a browser: pause, resume, fork, other labels, the queue, two tabs."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alcore.runs.config import RunConfig
from alcore.runs.store.store import RunInfo, Store
from alcore.runs.worker.execute import execute
from pages.screens.mnist_lab import selection, texts
from tests.support.lab import FALLBACK, QUICK, Lab, finished, said
from tests.support.screens import assert_fine, charts

pytestmark = pytest.mark.usefixtures("fetches")


def cut_short(home: Path, rounds: int, elsewhere: Path) -> RunConfig:
    """A run that was paused after so many rounds."""
    elsewhere.mkdir()
    with Store(elsewhere) as whole, Store(home) as store:
        finished(elsewhere)
        store.claim(QUICK)
        for one in whole.rounds(QUICK.run_id)[:rounds]:
            store.add_round(QUICK.run_id, one)
        store.finish(QUICK.run_id, "paused")
    return QUICK


def run(home: Path, run_id: str) -> RunInfo:
    with Store(home) as store:
        return store.run(run_id)


def keys(at: AppTest) -> set[str]:
    return {str(button.key) for button in at.button}


def test_a_queued_run_is_paused_and_resumed(lab: Lab, home: Path) -> None:
    at = lab(mnist_random="false")
    at.button(key="mnist_go").click().run()
    at.button(key=f"mnist_pause_{FALLBACK.run_id}").click().run()
    assert_fine(at, "pause")
    assert run(home, FALLBACK.run_id).state == "paused"
    assert f"mnist_cancel_{FALLBACK.run_id}" in keys(at) and f"mnist_pause_{FALLBACK.run_id}" not in keys(at)
    at.button(key=f"mnist_resume_{FALLBACK.run_id}").click().run()
    assert_fine(at, "resume")
    assert run(home, FALLBACK.run_id).state == "queued"


def test_a_running_run_can_be_asked_to_pause_and_asked_not_to(lab: Lab, home: Path) -> None:
    with Store(home) as store:
        store.claim(QUICK)
        at = lab(mnist_run=QUICK.run_id)
        at.button(key=f"mnist_pause_{QUICK.run_id}").click().run()
        assert store.stop_asked(QUICK.run_id) == "pause" and "Pausing" in said(at)
        at.button(key=f"mnist_resume_{QUICK.run_id}").click().run()
        assert store.stop_asked(QUICK.run_id) is None and "Running" in said(at)
    assert_fine(at, "pause and no pause")


def test_a_dead_run_is_offered_to_be_resumed_first(lab: Lab, home: Path) -> None:
    with Store(home) as store:
        store.claim(QUICK)
    at = lab(mnist_run=QUICK.run_id)
    assert "ended without a message" in at.error[0].value
    assert [button.key for button in at.button if QUICK.run_id in str(button.key)] == [f"mnist_resume_{QUICK.run_id}"]
    at.button(key=f"mnist_resume_{QUICK.run_id}").click().run()
    assert_fine(at, "resume a dead run")
    assert run(home, QUICK.run_id).state == "queued"


def test_labels_per_round_change_from_the_next_round_on(lab: Lab, home: Path, tmp_path: Path) -> None:
    config = cut_short(home, 1, tmp_path / "elsewhere")
    at = lab(mnist_run=config.run_id)
    assert at.button(key="mnist_uselabels").disabled, "as many as now is no change"
    at.number_input(key="mnist_nextlabels").set_value(7).run()
    at.button(key="mnist_uselabels").click().run()
    assert_fine(at, "other labels per round")
    assert run(home, config.run_id).changes == ((1, 7),)
    assert run(home, config.run_id).course.label_range == (60, 124)
    low, high = charts(at)[0]["layout"]["xaxis"]["range"]
    assert low < 60 and 124 < high < 130, "the axis ends where the run now will"
    assert "7 labels a round from round 2 on" in said(at)
    with Store(home) as store:
        store.claim_run(config.run_id)
        execute(store, config.run_id)
        assert [one.labels for one in store.rounds(config.run_id)] == [60, 110, 117, 124]


def test_a_fork_is_queued_and_shown_beside_its_parent(lab: Lab, home: Path) -> None:
    config = finished(home)
    finished(home, strategy="random")
    at = lab(mnist_run=config.run_id, mnist_forkround="3", mnist_forkwith="Entropy")
    at.button(key="mnist_fork").click().run()
    assert_fine(at, "fork")
    fork = run(home, at.query_params["mnist_run"])
    assert fork.config.strategy == "entropy" and fork.state == "queued" and fork.rounds_done == 2
    assert [(one.run_id, one.until) for one in fork.lineage] == [(config.run_id, 2)]
    assert [trace["name"] for trace in charts(at)[0]["data"]] == ["Entropy", "Margin"]
    assert "Rounds before 3 are those of Margin" in said(at)
    assert "Before round 3 the two are one run" in said(at) and "Random had" not in said(at)
    # A run that another strategy began is not compared with random.
    with Store(home) as store:
        infos = store.runs()
    parent = next(info for info in infos if info.id == config.run_id)
    assert [one.config.strategy for one in selection.race_of(parent, infos)] == ["margin", "random"]
    assert selection.seeds_of(fork, infos) == [fork] and texts.run(fork).endswith(", forked at round 3")


def test_nothing_to_change_where_no_round_is_stored(lab: Lab, home: Path) -> None:
    at = lab(mnist_run=finished(home, rounds=0).run_id)
    assert "mnist_fork" not in keys(at) and "mnist_uselabels" not in keys(at)


def test_two_tabs_start_one_run(lab: Lab, home: Path) -> None:
    first, second = lab(), lab()
    first.button(key="mnist_go").click().run()
    second.button(key="mnist_go").click().run()
    assert_fine(second, "Start in a second tab")
    assert "with these settings is queued already" in said(second)
    with Store(home) as store:
        assert [info.state for info in store.runs()] == ["queued", "queued"]


def test_a_button_of_a_tab_that_is_behind_does_no_harm(lab: Lab, home: Path) -> None:
    with Store(home) as store:
        store.submit(QUICK)
        at = lab(mnist_run=QUICK.run_id)
        store.request_cancel(QUICK.run_id)
        store.delete(QUICK.run_id)
    at.button(key=f"mnist_pause_{QUICK.run_id}").click().run()
    assert_fine(at, "pausing what is gone")
    assert at.toast[0].value.startswith("There is no run")


def test_the_queue_is_told_in_its_order(lab: Lab, home: Path) -> None:
    with Store(home) as store:
        store.claim(QUICK)
        for seed in (1, 2):
            store.submit(QUICK.model_copy(update={"seed": seed}))
        at = lab()
        (told,) = [one.value for one in at.caption if "**Queue:**" in one.value]
    # One line, in which each run has its place and what it differs in.
    places = told.replace("\\", "").partition("**Queue:** ")[2].split(" · ")
    assert places == ["now Margin, seed 0", "1. Margin, seed 1", "2. Margin, seed 2"]


def test_runs_of_paired_seeds_belong_together(home: Path) -> None:
    with Store(home) as store:
        for seed in (3, 1, 2):
            store.submit(QUICK.model_copy(update={"seed": seed}))
        store.submit(QUICK.model_copy(update={"epochs": 2}))
        infos = store.runs()
    band = selection.seeds_of(next(info for info in infos if info.config.seed == 2), infos)
    assert [one.config.seed for one in band] == [1, 2, 3]


@pytest.mark.parametrize(
    ("place", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_ordinals(place: int, text: str) -> None:
    assert texts.ordinal(place) == text
