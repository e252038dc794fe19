"""Paired races on one's own data: what is raced, what is found, and what may be said of it."""

import json
import logging
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_rel
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_iris, make_classification
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import scale
from sklearn.svm import LinearSVC

from alcore import compare, simulate
from alcore.compare import RaceComparison
from alcore.loops.races import fast_paths
from alcore.strategies.catalogue import STRATEGIES

IRIS = load_iris(return_X_y=True)
CANCER = load_breast_cancer(return_X_y=True)
CANCER = (scale(CANCER[0]), np.where(CANCER[1] == 1, "benign", "malignant"))
TIGHT = LogisticRegression(tol=1e-11, max_iter=20_000)


def quiet(x: Any, y: Any, **settings: Any) -> RaceComparison:
    return compare(x, y, progress=False, **settings)


def areas(found: RaceComparison) -> pd.DataFrame:
    """Seeds x strategies: the area under each curve by NumPy's trapezoid rule, over its range of labels."""
    curves = found.frame.groupby(["seed", "strategy"])
    area = curves.apply(lambda rows: np.trapezoid(rows["accuracy"], rows["labels"]) / np.ptp(rows["labels"]))
    return area.unstack("strategy")


@pytest.fixture(scope="module")
def clear() -> RaceComparison:
    """A race with a clear end: margin and the least informative points against random."""

    def most_certain(probs_N_C: np.ndarray) -> np.ndarray:
        return probs_N_C.max(axis=1)

    return quiet(*CANCER, strategies=["margin", most_certain], seeds=12, rounds=8, labels_per_round=4)


def test_the_frame_is_tidy_and_paired(clear: RaceComparison) -> None:
    frame = clear.frame
    assert list(frame.columns) == ["strategy", "seed", "round", "labels", "accuracy"]
    assert list(frame["strategy"].unique()) == ["random", "margin", "most_certain"]
    assert len(frame) == 3 * 12 * 9 and not frame.duplicated(["strategy", "seed", "round"]).any()
    assert frame["accuracy"].between(0, 1).all()
    assert (frame["labels"] == 5 + 4 * frame["round"]).all()
    starts = frame[frame["round"] == 0].pivot(index="seed", columns="strategy", values="accuracy")
    assert (starts.nunique(axis=1) == 1).all() and starts["random"].nunique() > 3
    ends = frame[frame["round"] == 8].pivot(index="seed", columns="strategy", values="accuracy")
    assert (ends.nunique(axis=1) > 1).any()


@pytest.mark.parametrize("learner", ["logistic", GaussianNB()])
def test_a_curve_is_that_of_simulate(learner: Any) -> None:
    settings: dict[str, Any] = {"initial_labels": 9, "labels_per_round": 4, "rounds": 3}
    found = quiet(*IRIS, learner=learner, seeds=[3, 8], strategies="entropy", **settings)
    loop = TIGHT if learner == "logistic" else learner
    for seed in (3, 8):
        for strategy in ("random", "entropy"):
            rows = found.frame.query("seed == @seed and strategy == @strategy")
            rounds = list(simulate(IRIS, loop, strategy, seed=seed, **settings))
            np.testing.assert_allclose(rows["accuracy"], [one.accuracy for one in rounds], atol=1e-12)


def test_lockstep_and_loop_agree(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "alcore.compare")
    settings: dict[str, Any] = {"strategies": ["margin", "bald", "k_center", "egl"], "seeds": 3, "rounds": 4}
    together = quiet(*IRIS, **settings)
    apart = quiet(*IRIS, learner=TIGHT, **settings)
    assert [record.getMessage().rsplit(" ", 1)[-1] for record in caplog.records] == ["together", "apart"]
    pd.testing.assert_frame_equal(together.frame, apart.frame, atol=1e-12)
    assert together.frame["accuracy"].nunique() > 10


def test_groups_of_seeds_change_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = quiet(*IRIS, seeds=5, rounds=2)
    # Two seeds at a time: 105 points of 4 numbers and 5 x 3 probabilities each.
    monkeypatch.setattr(fast_paths, "NUMBERS_AT_ONCE", 2 * 105 * (4 + 15))
    pd.testing.assert_frame_equal(quiet(*IRIS, seeds=5, rounds=2).frame, whole.frame, check_exact=True)


@pytest.mark.parametrize(
    ("learner", "key"),
    [
        ("logistic", "logistic"),
        ("logistic_fourier", "logistic_fourier"),
        (LogisticRegression(), "logistic"),
        (LogisticRegression(max_iter=3000, random_state=2), "logistic"),
        (LogisticRegression(C=10), None),
        (LogisticRegression(fit_intercept=False), None),
        (LogisticRegression(class_weight="balanced"), None),
        (make_pipeline(LogisticRegression()), None),
        (GaussianNB(), None),
        ("graph", None),
    ],
)
def test_only_plain_logistic_regression_is_solved_together(learner: Any, key: str | None) -> None:
    assert fast_paths.lockstep_learner(learner) == key


def test_every_strategy_of_the_catalogue_reads_what_lockstep_serves() -> None:
    unknown = {name for name, one in STRATEGIES.items() if not fast_paths.SERVED.issuperset(one.needs)}
    assert not unknown


@pytest.mark.slow
def test_processes_change_no_number() -> None:
    settings: dict[str, Any] = {"learner": GaussianNB(), "seeds": 3, "rounds": 2, "strategies": ["margin"]}
    one, two = quiet(*IRIS, **settings), quiet(*IRIS, n_jobs=2, **settings)
    pd.testing.assert_frame_equal(one.frame, two.frame, check_exact=True)


@pytest.mark.parametrize(
    ("strategies", "raced"),
    [
        ("margin", ["random", "margin"]),
        (["margin", "random", "entropy"], ["random", "margin", "entropy"]),
        (["random", "random", "margin", "margin"], ["random", "margin"]),
        (STRATEGIES["k_center"], ["random", "k_center"]),
        ([], ["random"]),
    ],
)
def test_random_is_in_every_race_once(strategies: Any, raced: list[str]) -> None:
    found = quiet(*IRIS, strategies=strategies, seeds=2, rounds=1)
    assert list(found.frame["strategy"].unique()) == raced == list(found.table.index)
    assert found.comparison.baseline == "random" and len(found.verdicts) == len(raced) - 1
    assert str(found)


def test_defaults_leave_most_of_the_pool_unlabelled() -> None:
    for (x, y), first in ((IRIS, 6), (CANCER, 5)):
        pool = len(y) - int(np.ceil(0.3 * len(y)))
        labels = quiet(x, y, seeds=1)
        per_round = labels.setup["labels_per_round"]
        held = labels.frame["labels"]
        assert labels.setup["pool_points"] == pool and labels.setup["initial_labels"] == first == held.min()
        assert held.max() == first + 20 * per_round <= max(pool / 3, first + 20)
        assert first + 20 * (per_round + 1) > pool / 3  # one label more a round would be too many


def test_numbers_are_those_of_scipy(clear: RaceComparison) -> None:
    by_seed = areas(clear)
    for strategy in ("margin", "most_certain"):
        row = clear.table.loc[strategy]
        gain = by_seed[strategy] - by_seed["random"]
        assert row["mean_area"] == pytest.approx(by_seed[strategy].mean(), abs=1e-12)
        assert row["gain"] == pytest.approx(gain.mean(), abs=1e-12)
        assert row["p"] == pytest.approx(ttest_rel(by_seed[strategy], by_seed["random"]).pvalue, rel=1e-6)
        assert row["gain_low"] < row["gain"] < row["gain_high"]
    assert list(clear.table["gain"].isna()) == [True, False, False]


def test_a_clear_difference_is_claimed_in_both_directions(clear: RaceComparison) -> None:
    better, worse = clear.verdicts
    assert better.startswith("Margin beats random: ") and "12 paired seeds" in better
    assert worse.startswith("Most_certain is worse than random: ")
    assert list(clear.table["verdict"]) == ["baseline", "beats random", "worse than random"]
    said = float(better.split(": ")[1].split(" ")[0])
    assert said == pytest.approx(100 * clear.table["gain"].to_numpy()[1], abs=0.051)


def holm(p_values: dict[str, float], alpha: float = 0.05) -> set[str]:
    """The comparisons that Holm's step-down procedure rejects."""
    rejected: set[str] = set()
    for step, name in enumerate(sorted(p_values, key=lambda one: p_values[one])):
        if p_values[name] > alpha / (len(p_values) - step):
            break
        rejected.add(name)
    return rejected


def test_without_information_nothing_is_claimed_that_the_p_values_forbid() -> None:
    rng = np.random.default_rng(8)
    claimed, forbidden = 0, 0
    for _ in range(12):
        x, y = rng.normal(size=(150, 3)), rng.permutation(np.arange(150) % 2)
        found = quiet(x, y, strategies=["margin", "k_center"], seeds=8, rounds=6)
        by_seed = areas(found)
        chances = {name: float(ttest_rel(by_seed[name], by_seed["random"]).pvalue) for name in ("margin", "k_center")}
        for name, verdict in zip(chances, found.verdicts, strict=True):
            says = "beats" in verdict or "is worse" in verdict
            assert not says or name in holm(chances)
            assert says or verdict.startswith("No ")
            claimed += says
            forbidden += name not in holm(chances)
    assert forbidden >= 20 and claimed <= 3


@pytest.mark.parametrize("seeds", [1, 2, 4])
def test_fewer_than_five_seeds_decide_nothing(seeds: int) -> None:
    x, y = make_classification(300, 4, flip_y=0, class_sep=2, random_state=0)
    found = quiet(x, y, seeds=seeds, rounds=4, labels_per_round=2)
    (verdict,) = found.verdicts
    assert verdict.startswith("No ") and f"{seeds} paired seed" in verdict
    assert "nan" not in str(found) and "inf" not in str(found)


def test_seeds_are_a_number_or_a_list() -> None:
    settings: dict[str, Any] = {"rounds": 1, "learner": GaussianNB()}
    counted, listed = quiet(*IRIS, seeds=3, **settings), quiet(*IRIS, seeds=[0, 1, 2], **settings)
    pd.testing.assert_frame_equal(counted.frame, listed.frame)
    other = quiet(*IRIS, seeds=np.array([2, 5]), **settings)
    assert other.frame["seed"].unique().tolist() == [2, 5]
    same = [one.frame.query("seed == 2").reset_index(drop=True) for one in (counted, other)]
    pd.testing.assert_frame_equal(same[0], same[1])


def test_a_target_is_counted_to(clear: RaceComparison) -> None:
    settings: dict[str, Any] = {"seeds": 6, "rounds": 8, "labels_per_round": 4}
    found = quiet(*CANCER, target=0.9, **settings)
    for strategy in ("random", "margin"):
        curves = found.frame.query("strategy == @strategy").pivot(index="seed", columns="labels", values="accuracy")
        labels = curves.columns.to_numpy(dtype=float)
        first = [next(iter(labels[row >= 0.9]), np.inf) for row in curves.to_numpy()]
        assert found.table.loc[strategy, "labels_to_target"] == np.median(first)
    assert "Target: 90 %" in str(found)
    never = quiet(*CANCER, target=1.0, **{**settings, "rounds": 1})
    assert np.isinf(never.table["labels_to_target"]).all() and "not reached" in str(never)


def test_tables_sparse_matrices_and_texts_are_raced() -> None:
    texts = [f"{'cheap win prize' if spam else 'meet me at home'} {row}" for row, spam in enumerate([0, 1] * 30)]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    assert quiet(texts, ["ham", "spam"] * 30, learner=model, seeds=2, rounds=2).setup["classes"] == ["ham", "spam"]
    table = pd.DataFrame(IRIS[0], columns=list("abcd"))
    framed = quiet(table, IRIS[1], seeds=2, rounds=2)
    pd.testing.assert_frame_equal(framed.frame, quiet(*IRIS, seeds=2, rounds=2).frame)
    given = quiet(IRIS[0], IRIS[1], test=(IRIS[0][::3], IRIS[1][::3]), seeds=2, rounds=2)
    assert given.setup["pool_points"] == 150 and given.setup["test_points"] == 50


def test_a_saved_file_holds_the_numbers_of_the_frame(clear: RaceComparison, tmp_path: Path) -> None:
    clear.save(tmp_path / "race.json")
    clear.save(str(tmp_path / "race.csv"))
    content = json.loads((tmp_path / "race.json").read_text(encoding="utf-8"))
    columns = list(clear.frame.columns)
    for saved in (pd.DataFrame(content["curve"]), pd.read_csv(tmp_path / "race.csv")):
        pd.testing.assert_frame_equal(saved[columns], clear.frame, check_exact=True, check_dtype=False)
    (setup,) = content["configs"]
    assert setup == dict(clear.setup)
    assert setup["learner"] == "logistic" and setup["seeds"] == list(range(12)) and setup["labels_per_round"] == 4
    by_run = {(one["strategy"], one["seed"]): one["area_under_curve"] for one in content["statistics"]}
    by_seed = areas(clear)
    assert len(by_run) == 36 == by_seed.size
    for (strategy, seed), area in by_run.items():
        assert area == pytest.approx(by_seed.loc[seed, strategy], abs=1e-12)


def test_figures_are_drawn(clear: RaceComparison, tmp_path: Path) -> None:
    for ending, sign in (("svg", b"<svg"), ("pdf", b"%PDF"), ("png", b"\x89PNG"), ("html", b"<!DOCTYPE html>")):
        clear.save(tmp_path / f"race.{ending}")
        assert sign in (tmp_path / f"race.{ending}").read_bytes()
    words = " ".join(ElementTree.parse(tmp_path / "race.svg").getroot().itertext())
    assert "Margin" in words and "95 % interval" in words
    assert clear.verdicts[0].split(" (")[0] in (tmp_path / "race.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("settings", [{"seeds": 1}, {"seeds": 2, "strategies": []}])
def test_small_races_are_drawn_too(settings: dict[str, Any], tmp_path: Path) -> None:
    found = quiet(*IRIS, rounds=2, **settings)
    for ending in ("svg", "html"):
        found.save(tmp_path / f"race.{ending}")
        assert "Random" in (tmp_path / f"race.{ending}").read_text(encoding="utf-8")
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize("name", ["race", "race.docx", "race.html.gz"])
def test_another_ending_is_a_sentence(clear: RaceComparison, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"cannot save 'race.*': give a name that ends in \.csv, \.json"):
        clear.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_name_cannot_put_markup_into_a_notebook() -> None:
    def mine(probs_N_C: np.ndarray) -> np.ndarray:
        return probs_N_C[:, 0]

    mine.__name__ = "<img src=x>"
    found = quiet(*IRIS, strategies=[mine], seeds=5, rounds=1)
    page = found._repr_html_()
    assert "<img" not in page and page.count("&lt;img src=x&gt;") >= 2
    assert "<table" in page and "</p>" in page


def test_a_progress_bar_is_drawn_beside_the_output_or_not_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    for learner in ("logistic", GaussianNB()):
        compare(*IRIS, learner=learner, seeds=2, rounds=1)
        shown = capsys.readouterr()
        assert shown.out == "" and "4/4" in shown.err
        compare(*IRIS, learner=learner, seeds=2, rounds=1, progress=False)
        hidden = capsys.readouterr()
        assert hidden.out == "" and hidden.err == ""


def double(probs_N_C: np.ndarray) -> np.ndarray:
    return probs_N_C[:, 0]


double.__name__ = "margin"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"strategies": "magic"}, "unknown strategy 'magic': choose one of random"),
        ({"strategies": ["margin", double]}, "two different strategies are called 'margin'"),
        ({"seeds": 0}, "seeds must be 1 or more, or a list of different whole numbers"),
        ({"seeds": [1, 1]}, "seeds must be 1 or more, or a list of different whole numbers"),
        ({"seeds": [-1]}, "seeds must be 1 or more, or a list of different whole numbers"),
        ({"seeds": 2.5}, "seeds must be a whole number or a list of whole numbers, got 2.5"),
        ({"seeds": True}, "seeds must be 1 or more"),
        ({"rounds": 0}, "rounds must be a whole number, 1 or more, got 0"),
        ({"rounds": "3"}, "rounds must be a whole number, 1 or more, got '3'"),
        ({"labels_per_round": 2.5}, "labels_per_round must be a whole number, 1 or more, got 2.5"),
        ({"n_jobs": 0, "learner": GaussianNB()}, "n_jobs must be a number of processes"),
        ({"strategies": None}, "a strategy must be a key of STRATEGIES, .*, got None"),
        ({"strategies": [3]}, "a strategy must be a key of STRATEGIES, .*, got 3"),
        ({"strategies": "margn"}, "choose one of random, .* Did you mean margin"),
        ({"learner": LinearSVC()}, "LinearSVC has no predict_proba, .*CalibratedClassifierCV"),
        (
            {"learner": CalibratedClassifierCV(LinearSVC(), cv=5)},
            "5 examples.* more initial_labels than 6",
        ),
        ({"test": (IRIS[0][:, :3], IRIS[1])}, "points of the test set must be like those of the pool"),
        ({"initial_labels": 0}, "initial_labels must be a whole number, 1 or more, got 0"),
        ({"initial_labels": 105}, "initial_labels must be 1 to 104, .*, got 105"),
        ({"labels_per_round": 0}, "labels_per_round must be a whole number, 1 or more, got 0"),
        ({"target": 95}, r"a target must be an accuracy in \[0, 1\], got 95"),
        ({"test": 1.5}, "test must be a share above 0 and below 1"),
        ({"learner": "forest"}, "unknown learner 'forest'"),
        ({"learner": GaussianNB}, "got the class GaussianNB"),
        ({"learner": GaussianNB(), "strategies": "egl"}, "needs the lengths of its gradients"),
    ],
)
def test_what_cannot_be_raced_is_a_sentence(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        quiet(*IRIS, **settings)


def test_its_steps_are_told_in_place_of_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[float] = []
    found = compare(*IRIS, seeds=2, rounds=3, on_step=told.append)
    assert told == sorted(told) and told[-1] == pytest.approx(1.0)
    assert capsys.readouterr().err == ""
    pd.testing.assert_frame_equal(found.frame, quiet(*IRIS, seeds=2, rounds=3).frame)

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(*IRIS, seeds=2, rounds=3, on_step=stop)
