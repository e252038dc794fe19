"""Evidence from audits, against scikit-learn and enumeration."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.metrics import cohen_kappa_score, confusion_matrix, precision_score, recall_score

from alcore.projects.agreement import agreement_of, bootstrap_interval, krippendorff_alpha
from alcore.projects.answers import ItemState
from alcore.projects.evidence import audit_report, paired_interval, worth_asking
from alcore.projects.project import Project


@pytest.fixture
def project(home: Path) -> Project:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(centre, 1.2, (100, 3)) for centre in (0, 2, 4)]).astype(np.float32)
    np.save(home / "points.npy", x)
    return Project.create(home, "points", home / "points.npy", classes=("low", "middle", "high"))


def truth_of(project: Project, item: str) -> str:
    return ("low", "middle", "high")[project.items.place_of[item] // 100]


def label(project: Project, answers: int) -> None:
    while len(project.states()) < answers:
        handed = project.next(10)
        project.tell({one.item: truth_of(project, one.item) for one in handed})
        project.train()


def test_by_class_and_calibration_equal_scikit_learn(project: Project) -> None:
    label(project, 120)
    model, states = project.last_model(), project.states()
    assert model is not None
    report = audit_report(project, model, states)
    assert report is not None and len(report.right) == 20
    items = [item for item in project.ids if item in states and states[item].purpose == "audit"]
    order = sorted(items, key=lambda item: project.turns_N[project.items.place_of[item]])[:20]
    true = [truth_of(project, item) for item in order]
    guess = [model.named_N[project.items.place_of[item]] for item in order]
    classes = list(report.classes)
    np.testing.assert_array_equal(report.confusion_C_C, confusion_matrix(true, guess, labels=classes))
    for one in report.by_class:
        if one.precision is not None:
            assert one.precision[0] == pytest.approx(precision_score(true, guess, labels=[one.name], average="micro"))
            assert one.precision[1] <= one.precision[0] <= one.precision[2]
        if one.recall is not None:
            assert one.recall[0] == pytest.approx(recall_score(true, guess, labels=[one.name], average="micro"))
    assert sum(count for *_, count in report.bins) == 20
    assert [sure for sure, *_ in report.bins] == sorted(sure for sure, *_ in report.bins)
    assert report.right == tuple(a == b for a, b in zip(true, guess, strict=True))


def test_there_is_no_report_before_the_first_look(project: Project) -> None:
    label(project, 50)
    model = project.last_model()
    assert model is not None and audit_report(project, model, project.states()) is None


def test_the_paired_interval_covers() -> None:
    """Its coverage by enumeration over both discordant counts, at 60 items."""
    n = 60
    for p, q in ((0.1, 0.1), (0.2, 0.05), (0.02, 0.02)):
        covered = 0.0
        for b in range(n + 1):
            for c in range(n + 1 - b):
                low, high = paired_interval(b, c, n)
                if low <= p - q <= high:
                    covered += binom.pmf(b, n, p) * binom.pmf(c, n - b, q / (1 - p))
        assert covered >= 0.94


def test_asking_is_compared_with_as_many_random_labels(project: Project) -> None:
    label(project, 40)
    assert worth_asking(project, project.states()) is None
    project.change(mix={**project.settings["mix"], "control_share": 0.5})
    label(project, 150)
    states = project.states()
    found = worth_asking(project, states)
    assert found is not None
    controls = sum(state.purpose == "control" for state in states.values())
    asked = sum(state.purpose == "train" for state in states.values())
    assert found.labels == min(controls, asked) >= 20
    assert found.audits == sum(state.purpose == "audit" for state in states.values())
    assert found.low <= found.asked - found.random <= found.high
    assert f"at {found.labels} labels each" in found.verdict


def test_agreement_is_that_of_the_people() -> None:
    rng = np.random.default_rng(1)
    states = {}
    for number in range(60):
        labels = {"anna": str(rng.integers(3)), "ben": str(rng.integers(3))}
        if number % 3:
            labels["ben"] = labels["anna"]
        if number % 5 == 0:
            labels["carl"] = labels["anna"]
        states[f"i{number}"] = ItemState(labels=labels)
    states["alone"] = ItemState(labels={"anna": "1"})
    found = agreement_of(states, rng=np.random.default_rng(0))
    assert found.shared == 60 and found.annotators == ("anna", "ben", "carl")
    value, low, high = found.alpha
    assert low <= value <= high < 1
    by_pair = {(one, two): (count, kappa) for one, two, count, kappa in found.pairs}
    both = [one.labels for one in states.values() if "ben" in one.labels]
    expected = cohen_kappa_score([one["anna"] for one in both], [one["ben"] for one in both])
    assert by_pair["anna", "ben"][0] == 60 and by_pair["anna", "ben"][1] == pytest.approx(expected)
    assert by_pair["anna", "carl"] == (12, 1.0)
    assert {item for item, _ in found.disputed} == {i for i, s in states.items() if len(set(s.labels.values())) > 1}


def test_the_bootstrap_covers_the_statistic_it_resamples() -> None:
    """Of 60 samples of annotators who agree in four of five items, most intervals hold the alpha of many items."""
    rng = np.random.default_rng(2)

    def sample(items: int) -> np.ndarray:
        first = rng.integers(2, size=items).astype(float)
        return np.stack([first, np.where(rng.random(items) < 0.8, first, 1 - first)])

    whole = krippendorff_alpha(sample(50_000))
    inside = 0
    for _ in range(60):
        low, high = bootstrap_interval(krippendorff_alpha, sample(80), rng=rng, resamples=200)
        inside += low <= whole <= high
    assert inside >= 52
    assert np.isnan(bootstrap_interval(krippendorff_alpha, np.full((2, 3), np.nan), rng=rng)).all()
