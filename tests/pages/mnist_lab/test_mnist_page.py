"""The MNIST lab without a browser: what it offers, starts, shows, compares and deletes, and without MNIST."""

import json
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from alcore.report.export.curves import FORMATS
from alcore.runs.config import RunConfig
from alcore.runs.live import LiveWriter
from alcore.runs.store.store import Store
from pages.screens.mnist_lab.ready import FILE, ready_pair
from pages.screens.mnist_lab.round import tabs
from tests.support.charts import numbers
from tests.support.lab import FALLBACK, QUICK, Lab, finished, said
from tests.support.screens import ENDS, assert_fine, charts, move_every_control

pytestmark = pytest.mark.usefixtures("fetches")


def galleries(at: AppTest) -> list[str]:
    parts = [one.proto for one in at.get("bidi_component")]
    found = [json.loads(one.json)["html"] for one in parts if one.component_name == "alcore_tiles"]
    return [html for html in found if "alcore-gallery small" not in html]


def test_the_lab_opens_on_the_pair_that_came_with_it(lab: Lab, home: Path) -> None:
    at = lab()
    assert_fine(at, "opening the lab")
    assert "Ready-made runs: CNN on MNIST, 1,000 \\+ 4 × 500 labels" in said(at)
    assert [choice.label for choice in at.selectbox] == ["Measure", "Experiment", "Query strategy"]
    accuracy, *_ = charts(at)
    pair = ready_pair()
    with Store(pair.home) as store:
        stored = [[one.accuracy for one in store.rounds(info.id)] for info in pair.infos]
    drawn = [trace for trace in accuracy["data"] if trace["name"] in ("Least confidence", "Random")]
    assert [numbers(trace["y"]).tolist() for trace in drawn] == stored
    assert "Reference run of this project" in [trace["name"] for trace in accuracy["data"]]
    assert "**Random**, from the same start, queried 500 digits, 8 % of them predicted wrong" in said(at)
    # It cannot be changed, and is none of the reader's own.
    assert not [one for one in at.button if str(one.key).startswith(("mnist_resume", "mnist_cancel", "mnist_pause"))]
    assert "mnist_run" not in at.query_params and "None yet" in said(at)
    run = finished(home)
    at = lab()
    assert at.query_params["mnist_run"] == run.run_id and "Ready-made" not in said(at)


def test_the_ready_pair_is_small_and_holds_every_query() -> None:
    assert FILE.stat().st_size < 1_000_000
    pair = ready_pair()
    with Store(pair.home) as store:
        for info in pair.infos:
            rounds = store.rounds(info.id)
            assert info.config.rival == pair.infos[1].config and len(rounds) == 5
            for one in rounds[:-1]:
                assert one.batch is not None and len(one.batch.indices) == 500
                assert np.isin(one.batch.indices, pair.pool.indices_M).all()
                np.testing.assert_array_equal(one.batch_labels, pair.pool.answers_N[one.batch.indices])
                assert one.batch_probs_K_C.sum(axis=1) == pytest.approx(1, abs=0.01)
    assert pair.pool.images_M_H_W.shape[1:] == (28, 28) and pair.pool.images_M_H_W.max() == 255


def test_the_images_of_the_ready_pair_are_those_of_mnist(mnist_raw: Path) -> None:
    pool = ready_pair().pool
    images = np.frombuffer((mnist_raw / "train-images-idx3-ubyte").read_bytes(), np.uint8, offset=16)
    apart = pool.images_M_H_W.astype(int) - images.reshape(-1, 28, 28)[pool.indices_M]
    assert np.abs(apart).max() <= 8, "sixteen levels of grey"
    labels = np.frombuffer((mnist_raw / "train-labels-idx1-ubyte").read_bytes(), np.uint8, offset=8)
    np.testing.assert_array_equal(pool.answers_N, labels)


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize(
    "learner", ["CNN", *(pytest.param(name, marks=pytest.mark.long) for name in ("MLP", "Logistic regression"))]
)
def test_every_control_at_its_ends(lab: Lab, learner: str, ends: str) -> None:
    at = lab(mnist_experiment="Own values", mnist_learner=learner, mnist_part="true")
    assert_fine(at, learner)
    assert move_every_control(at, ends) >= 7
    for toggle in range(len(at.toggle)):
        for value in (True, False):
            at.toggle[toggle].set_value(value).run()
            assert_fine(at, f"{at.toggle[toggle].label} {value}")


def test_more_first_labels_than_images_cannot_be_started(lab: Lab) -> None:
    at = lab(mnist_experiment="Own values", mnist_data="Digits", mnist_seeds="20000")
    assert "1,437 images" in at.error[0].value and at.button(key="mnist_go").disabled


def test_settings_that_make_no_run_leave_a_start_that_cannot_be_pressed(lab: Lab, home: Path) -> None:
    at = lab(mnist_experiment="Own values", mnist_data="Digits", mnist_learner="CNN with dropout")
    assert not at.exception and len(at.error) == 1
    assert at.error[0].value.startswith("The CNN with dropout") and at.button(key="mnist_go").disabled


def test_more_labels_than_images_are_told_before_the_start(lab: Lab) -> None:
    at = lab(mnist_experiment="Own values", mnist_data="Digits", mnist_seeds="400", mnist_batch="500")
    assert "pool has 1,437 images: the run ends when all are labelled" in said(at)
    assert not at.button(key="mnist_go").disabled


def test_a_link_full_of_nonsense_opens(lab: Lab, home: Path) -> None:
    finished(home)
    at = lab(
        mnist_experiment="<b>",
        mnist_strategy="best",
        mnist_seed="1e999",
        mnist_device="tpu",
        mnist_carry="maybe",
        mnist_x="y",
        mnist_run="<script>",
        mnist_round="99999999999999999999",
        mnist_page="-3",
        mnist_compare="a,,b,../..",
    )
    assert_fine(at, "nonsense")
    assert all(name in said(at) for name in ("Experiment", "Query strategy", "Seed", "Device"))
    assert "there is no run “\\<script\\>”" in said(at) and "3 runs that this machine does not have" in said(at)
    assert "mnist_compare" not in at.query_params and at.query_params["mnist_run"] == QUICK.run_id


def test_a_finished_run_is_shown_with_its_rival(lab: Lab, home: Path) -> None:
    run, rival = finished(home), finished(home, strategy="random")
    at = lab(mnist_run=run.run_id)
    assert_fine(at, "a finished run")
    accuracy, loss, labels = charts(at)
    assert [trace["name"] for trace in accuracy["data"]] == ["Margin", "Random"]
    assert accuracy["layout"]["xaxis"]["range"][0] < 60 and accuracy["layout"]["xaxis"]["range"][1] > 210
    assert loss["layout"]["yaxis"]["range"][0] == 0 and labels["layout"]["xaxis"]["range"][1] > 3
    assert at.info[0].value.startswith(("Margin", "Random", "Both", "Neither", "Nobody"))
    assert [button.key for button in at.download_button] == [f"mnist_export_{fmt}" for fmt in FORMATS]
    assert at.dataframe[0].value["State"].tolist() == ["Done", "Done"]
    assert len(at.dataframe[0].value) == 2 and rival.run_id in at.dataframe[0].value["Id"].tolist()


def test_without_a_rival_random_is_one_click_away(lab: Lab, home: Path) -> None:
    run = finished(home)
    at = lab(mnist_run=run.run_id)
    at.button(key="mnist_rival").click().run()
    assert_fine(at, "random from the same start")
    with Store(home) as store:
        rival, _ = store.runs()
    assert rival.config == run.model_copy(update={"strategy": "random"}) and rival.state == "queued"
    assert at.query_params["mnist_run"] == run.run_id and at.button(key=f"mnist_cancel_{rival.id}")


def test_the_newest_race_is_shown_by_its_strategy(lab: Lab, home: Path) -> None:
    run = finished(home)
    finished(home, strategy="random")
    assert lab().query_params["mnist_run"] == run.run_id


def test_the_questions_of_each_round(lab: Lab, home: Path) -> None:
    run = finished(home)
    at = lab(mnist_run=run.run_id)
    assert at.slider(key="_mnist_round_choice").value == 3 and "The model of 160 labels" in said(at)
    assert galleries(at)[0].count("<li") == 40
    with Store(home) as store:
        first = store.rounds(run.run_id)[0]
    at.slider(key="_mnist_round_choice").set_value(1).run()
    assert "The model of 60 labels" in said(at) and at.query_params["mnist_round"] == "1"
    assert first.batch is not None and f"image {first.batch.indices[0]} of the pool" in galleries(at)[0]
    at.pagination[0].set_value(2).run()
    assert galleries(at)[0].count("<li") == 10
    assert f"image {first.batch.indices[40]} of the pool" in galleries(at)[0]
    assert lab(mnist_round="2").slider(key="_mnist_round_choice").value == 2


def test_a_browser_that_lags_behind_does_not_hold_the_newest_round_up(
    lab: Lab, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(home)
    with Store(home) as store:
        store.claim(slow := run.model_copy(update={"seed": 5}))
        for one in store.rounds(run.run_id)[:2]:
            store.add_round(slow.run_id, one)
        at = lab(mnist_run=slow.run_id)
        (slider,) = [one for one in at.slider if one.key == "_mnist_round_choice"]
        assert slider.value == 2
        store.add_round(slow.run_id, store.rounds(run.run_id)[2])
        at.run()
        assert at.slider(key="_mnist_round_choice").value == 3
        # A click elsewhere brings the old place along.
        at.slider(key="_mnist_round_choice").set_value(2).run()
        assert at.slider(key="_mnist_round_choice").value == 3 and "mnist_round" not in at.query_params
        # A choice made later is one of the reader.
        late = monotonic() + 10
        monkeypatch.setattr(tabs, "monotonic", lambda: late)
        at.slider(key="_mnist_round_choice").set_value(2).run()
    assert at.slider(key="_mnist_round_choice").value == 2 and at.query_params["mnist_round"] == "2"
    assert_fine(at, "a browser that lags behind")


def test_a_message_that_comes_late_does_not_hold_a_round(lab: Lab, home: Path) -> None:
    run = finished(home)
    with Store(home) as store:
        store.claim(slow := run.model_copy(update={"seed": 5}))
        rounds = store.rounds(run.run_id)
        for one in rounds[:2]:
            store.add_round(slow.run_id, one)
        at = lab(mnist_run=slow.run_id)
        # The polling put back round 1, from before round 2 was drawn; the browser shows 2 by now.
        at.session_state["_mnist_round_choice"] = 1
        store.add_round(slow.run_id, rounds[2])
        at.run()
        at.slider(key="_mnist_round_choice").set_value(2).run()
    assert at.slider(key="_mnist_round_choice").value == 3 and "mnist_round" not in at.query_params
    assert_fine(at, "a late message")


def test_a_rival_that_is_queued_or_runs_has_a_round_not_yet(lab: Lab, home: Path) -> None:
    run = finished(home)
    rival = run.model_copy(update={"strategy": "random"})
    with Store(home) as store:
        store.submit(rival)
        assert "**Random** has no round 3 from the same start yet." in said(lab(mnist_run=run.run_id))
        store.claim(rival)
        assert "**Random** has no round 3 from the same start yet." in said(lab(mnist_run=run.run_id))
        store.finish(rival.run_id, "cancelled")
    assert "**Random** has no round 3 from the same start." in said(lab(mnist_run=run.run_id))


def test_a_run_that_trains_is_named_by_what_it_does(lab: Lab, home: Path) -> None:
    run = finished(home)
    rival = run.model_copy(update={"strategy": "random"})
    with Store(home) as store:
        store.claim(rival)
        at = lab(mnist_run=run.run_id)
        assert "Random: loading the data." in said(at)
        writer = LiveWriter(home, rival.run_id)
        writer.stage(0, "map")
        at.run()
        assert "**Random, round 0:** drawing the map of the pool" in said(at) and "oading" not in said(at)
        assert "0 of 4 trainings done" in {bar.proto.text for bar in at.get("progress")}
        assert_fine(at, "a rival in training")


def test_images_that_cannot_be_had_are_a_sentence(lab: Lab, home: Path) -> None:
    config = RunConfig(learner="logistic", seed_labels=60, labels_per_round=50, rounds=3)
    finished(home)
    with Store(home) as store:
        rounds = store.rounds(QUICK.run_id)
        store.claim(config)
        for one in rounds:
            store.add_round(config.run_id, one)
        store.finish(config.run_id, "done")
    at = lab(mnist_run=config.run_id)
    assert not at.exception
    assert "MNIST is not on this machine yet" in at.error[0].value and len(charts(at)) == 3


def test_a_run_of_its_first_labels_only(lab: Lab, home: Path) -> None:
    at = lab(mnist_run=finished(home, rounds=0).run_id)
    assert_fine(at, "no rounds")
    assert "This run has no rounds" in said(at) and not galleries(at)
    at = lab(mnist_run=finished(home, rounds=1).run_id)
    assert_fine(at, "one round")
    assert galleries(at)


def test_a_run_done_before_is_shown_instead(lab: Lab, home: Path) -> None:
    with Store(home) as store:
        for strategy in ("least_confidence", "random"):
            config = FALLBACK.model_copy(update={"strategy": strategy})
            store.claim(config)
            store.finish(config.run_id, "done")
    at = lab()
    at.button(key="mnist_go").click().run()
    assert_fine(at, "a second Start")
    assert "**Least confidence** with these settings was run already" in said(at)
    with Store(home) as store:
        assert [info.state for info in store.runs()] == ["done", "done"]


def test_a_queued_run_is_cancelled(lab: Lab, home: Path) -> None:
    at = lab()
    at.button(key="mnist_go").click().run()
    at.button(key=f"mnist_cancel_{FALLBACK.run_id}").click().run()
    assert_fine(at, "cancel")
    with Store(home) as store:
        assert [info.state for info in store.runs()] == ["queued", "cancelled"]
    assert not [button for button in at.button if button.key == f"mnist_cancel_{FALLBACK.run_id}"]


def test_a_failed_run_says_why(lab: Lab, home: Path) -> None:
    with Store(home) as store:
        store.claim(QUICK)
        store.finish(QUICK.run_id, "failed", "The *memory* ran out. Choose a smaller pool.")
    at = lab()
    assert not at.exception and "The \\*memory\\* ran out" in at.error[0].value


def test_a_damaged_store_is_a_sentence(lab: Lab, home: Path) -> None:
    (home / "runs.sqlite").write_bytes(b"no database" * 1000)
    at = lab()
    assert not at.exception and "is damaged" in at.error[0].value and "nothing was deleted" in at.error[0].value


def test_a_run_without_a_round_shows_no_empty_charts(lab: Lab, home: Path) -> None:
    with Store(home) as store:
        store.claim(QUICK)
        store.finish(QUICK.run_id, "cancelled")
    at = lab()
    assert_fine(at, "a run cancelled before its first round")
    assert not charts(at) and "What was asked about" not in said(at)
