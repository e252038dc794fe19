"""Past runs in the MNIST lab: any of them on one chart, and deleting."""

from pathlib import Path

import pytest

from alcore.report.export.curves import FORMATS
from alcore.runs.store.store import Store
from pages.screens.mnist_lab import texts
from tests.support.lab import Lab, finished, said
from tests.support.screens import assert_fine, charts

pytestmark = pytest.mark.usefixtures("fetches")


def test_runs_laid_over_one_another(lab: Lab, home: Path) -> None:
    runs = [finished(home), finished(home, strategy="random"), finished(home, seed=1)]
    at = lab(mnist_compare=",".join(run.run_id for run in runs), mnist_group="false")
    assert_fine(at, "three runs")
    overlay = charts(at)[-1]
    assert [trace["name"] for trace in overlay["data"]] == [
        "Margin, seed 0",
        "Margin, seed 1",
        "Random, seed 0",
    ]
    assert "the seeds differ" in at.info[-1].value
    assert [button.key for button in at.download_button][-1] == f"mnist_overlay_export_{list(FORMATS)[-1]}"
    at.multiselect(key="_mnist_compare_choice").set_value([runs[0].run_id, finished(home, rounds=2).run_id]).run()
    assert "differ in more than strategy and seed" in at.info[-1].value
    assert at.query_params["mnist_compare"].split(",")[0] == runs[0].run_id


def test_deleting_asks_first(lab: Lab, home: Path) -> None:
    runs = [finished(home), finished(home, seed=1)]
    at = lab(mnist_run=runs[0].run_id, mnist_compare=runs[0].run_id)
    with Store(home) as store:
        assert len(store.runs()) == 2
    at.button(key="mnist_delete").click().run()
    assert_fine(at, "delete")
    with Store(home) as store:
        assert [info.id for info in store.runs()] == [runs[1].run_id]
    assert "1 run deleted" in said(at) and "there is no run" not in said(at)
    assert at.query_params["mnist_run"] == runs[1].run_id and "mnist_compare" not in at.query_params


def test_a_run_deleted_elsewhere_is_a_sentence(lab: Lab, home: Path) -> None:
    run, other = finished(home), finished(home, seed=1)
    at = lab(mnist_run=run.run_id)
    with Store(home) as store:
        store.delete(run.run_id)
    at.run()
    assert_fine(at, "deleted in another tab")
    assert f"there is no run “{run.run_id}” here" in said(at) and at.query_params["mnist_run"] == other.run_id


def test_a_legend_tells_runs_apart(home: Path) -> None:
    runs = [
        finished(home),
        finished(home, rounds=1, seed=1),
        finished(home, rounds=1, seed=1, strategy="random"),
    ]
    with Store(home) as store:
        infos = [store.run(run.run_id) for run in runs]
    assert list(texts.legend(infos).values()) == [
        "Margin, 60 + 3 × 50 labels, seed 0",
        "Margin, 60 + 1 × 50 labels, seed 1",
        "Random, 60 + 1 × 50 labels, seed 1",
    ]
    assert list(texts.legend(infos, short=True).values()) == [
        "Margin, 60 + 3 × 50 labels",
        "Margin, 60 + 1 × 50 labels",
        "Random, 60 + 1 × 50 labels",
    ]
    assert list(texts.legend(infos[1:], short=True).values()) == ["Margin", "Random"]
    assert texts.race(infos[1:]) == "Logistic regression on Digits, 60 + 1 × 50 labels, seed 1"
    assert texts.race(infos[:2]) == "Logistic regression on Digits, 60 + 3 × 50 labels, 2 seeds"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "less than 1 s"), (34.4, "34 s"), (59.7, "1 min"), (125, "2 min 5 s"), (3840, "1 h 4 min")],
)
def test_times_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert texts.duration(seconds) == text
    assert texts.estimated(seconds) == (text if text.startswith("less") else f"about {text}")
