"""Who answers: rules, frozen machines, calibration, the guarantee, and labels that can be taken back."""

from pathlib import Path

import numpy as np
import pytest

from alcore.datasets.tables.frame import TableSource
from alcore.percent import percent
from alcore.projects import delegation
from alcore.projects.bulk import take_back
from alcore.projects.guarantees.conformal import conformal_threshold
from alcore.projects.project import Project
from alcore.projects.rules import labels_by_rules, read_rules

N = 400


@pytest.fixture
def project(home: Path) -> Project:
    """A table with predictions, right for confidences above one half and random below."""
    rng = np.random.default_rng(0)
    truth = rng.choice(["yes", "no"], N)
    sure = rng.random(N)
    said = np.where(sure > 0.4, truth, rng.choice(["yes", "no"], N))
    lines = [f"{n},a text of {t} kind,{s},{c:.4f}" for n, (t, s, c) in enumerate(zip(truth, said, sure, strict=True))]
    (home / "t.csv").write_text("\n".join(["id,text,said,sure", *lines]), encoding="utf-8")
    return Project.create(home, "t", home / "t.csv", ids="id", classes=("yes", "no"))


def truth_of(project: Project, item: str) -> str:
    source = project.source
    assert isinstance(source, TableSource)
    return source.texts("text")[project.items.place_of[item]].split()[3]


def answer_all(project: Project) -> None:
    handed = delegation.hand_out(project, 3600.0)
    project.tell({one.item: truth_of(project, one.item) for one in handed})


def test_a_machine_is_frozen_calibrated_committed_and_taken_back(project: Project) -> None:
    project.tell({project.ids[0]: truth_of(project, project.ids[0])})
    found = delegation.start(project, "column:said,sure", draws=200)
    assert len(found.places) == N - 1 and 0 not in found.places and len(found.draws_m) == 200
    assert len(set(found.draws_m.tolist())) < 200, "drawn with replacement"
    with pytest.raises(ValueError, match="calibration items are not yet labelled"):
        delegation.split(project, found, project.states(), 0.05, 0.05)
    answer_all(project)
    states = project.states()
    assert {states[project.ids[place]].purpose for place in found.draws_m} == {"calibration"}
    done = delegation.split(project, found, states, 0.05, 0.05)
    assert 0.2 < done.share < 0.9 and done.machine + done.person == N - 1
    assert percent(done.share, 0) in delegation.words_of(done, 0.05, 0.05)
    assert delegation.commit(project, found, 0.05, 0.05) == done
    states = project.states()
    machine = {item: state.machine_label for item, state in states.items() if state.machine_label is not None}
    wrong = sum(label != truth_of(project, item) for item, label in machine.items())
    assert machine and wrong / (N - 1) <= 0.05
    assert all(states[item].label is None for item in machine)
    # Neither queried to train nor trained on, but audits still draw from them.
    left = {one.item for one in project.next(N) if one.purpose == "train"}
    assert not left & set(machine)
    again = delegation.current(project)
    assert again is not None and again.committed is not None
    with pytest.raises(ValueError, match="were written already"):
        delegation.commit(project, again, 0.05, 0.05)
    assert take_back(project, again.committed["client"], "anna") == len(machine)
    assert all(state.machine_label is None for state in project.states().values())


def test_every_calibration_draws_items_of_its_own_the_same_in_a_copy(home: Path, project: Project) -> None:
    first = delegation.start(project, "column:said,sure", draws=200)
    second = delegation.start(project, "column:said,sure", draws=200)
    assert first.draws_m.tolist() != second.draws_m.tolist()
    copy = Project.create(home, "copy", home / "t.csv", ids="id", classes=("yes", "no"), seed=project.settings["seed"])
    again = [delegation.start(copy, "column:said,sure", draws=200).draws_m.tolist() for _ in range(2)]
    assert again == [first.draws_m.tolist(), second.draws_m.tolist()]


def test_the_guarantee_holds_over_whole_projects(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shares of wrong labels of 300 calibrations of one machine: above epsilon in at most alpha, and its error."""
    truth = np.array([truth_of(project, item) for item in project.ids])
    said, sure = delegation.answers_of(project, "column:said,sure")
    epsilon, alpha, rng, runs = 0.05, 0.1, np.random.default_rng(1), 300
    violations = 0
    for _ in range(runs):
        draws = rng.choice(N, 100, replace=True)
        threshold = delegation.pac_threshold(sure[draws], said[draws] != truth[draws], epsilon, alpha)
        violations += ((sure < threshold) & (said != truth)).mean() > epsilon
    assert violations / runs <= alpha + 2 * np.sqrt(alpha * (1 - alpha) / runs)


def test_the_promise_on_the_machines_own_labels_is_another(project: Project) -> None:
    found = delegation.start(project, "column:said,sure", draws=200)
    answer_all(project)
    states = project.states()
    of_all = delegation.split(project, found, states, 0.05, 0.05)
    of_machine = delegation.split(project, found, states, 0.05, 0.05, "machine")
    assert of_machine.draws == len(set(found.draws_m.tolist())) < of_all.draws
    assert "on average" in delegation.words_of(of_machine, 0.05, 0.05)
    assert "certainty" in delegation.words_of(of_all, 0.05, 0.05)
    assert delegation.commit(project, found, 0.05, 0.05, "machine") == of_machine
    machine = {item: one.machine_label for item, one in project.states().items() if one.machine_label is not None}
    assert len(machine) == of_machine.machine > 0
    assert not {project.ids[place] for place in found.draws_m} & set(machine)
    again = delegation.current(project)
    assert again is not None and again.committed is not None and again.committed["promise"] == "machine"


def test_the_promise_on_the_machines_labels_holds_on_average(project: Project) -> None:
    truth = np.array([truth_of(project, item) for item in project.ids])
    said, sure = delegation.answers_of(project, "column:said,sure")
    rng, shares, rate = np.random.default_rng(2), [], 0.1
    for _ in range(400):
        drawn = np.unique(rng.choice(N, 100, replace=True))
        others = np.setdiff1d(np.arange(N), drawn)
        threshold = conformal_threshold(sure[drawn], said[drawn] != truth[drawn], sure[others], rate)
        kept = others[sure[others] <= threshold]
        shares.append((said[kept] != truth[kept]).mean() if len(kept) else 0.0)
    assert np.mean(shares) <= rate + 2 * np.std(shares) / 20
    assert np.mean(shares) > rate / 3


def test_items_without_a_machine_label_are_never_kept(project: Project) -> None:
    rules = "yes: /of (yes) kind/\n# the others are left\n"
    found = delegation.start(project, "rules", draws=60, rules=rules)
    answer_all(project)
    done = delegation.commit(project, found, 0.9, 0.05)
    machine = {item: one.machine_label for item, one in project.states().items() if one.machine_label is not None}
    assert done.threshold > 0 and set(machine.values()) == {"yes"}
    assert all(truth_of(project, item) == "yes" for item in machine)


@pytest.mark.parametrize(
    ("machine", "sentence"),
    [
        ("model", "there is no model yet"),
        ("column:nothing,sure", "no column 'nothing'"),
        ("column:text,sure", "names none of the classes"),
        ("column:said", "columns of predictions and confidences"),
        ("oracle", "there is no machine 'oracle'"),
        ("rules", "give 1 to 200 rules"),
    ],
)
def test_what_is_no_machine_is_a_sentence(project: Project, machine: str, sentence: str) -> None:
    with pytest.raises(Exception, match=sentence):
        delegation.start(project, machine)
    assert delegation.current(project) is None


def test_rules_are_keywords_or_expressions_and_the_first_counts() -> None:
    rules = read_rules("no: cat\nyes: /do+g/\n\n# comment\nno: dog", ("yes", "no"))
    texts = ["A Cat and a dog", "category", "doooog", "dog", ""]
    assert labels_by_rules(rules, texts) == ["no", None, "yes", "yes", None]
    for wrong in ("maybe: x", "yes", "yes: /(/", "yes:", "yes: " + "x" * 501):
        with pytest.raises(ValueError, match="line 1"):
            read_rules(wrong, ("yes", "no"))


def test_an_expression_that_takes_for_ever_is_ended() -> None:
    rules = read_rules("yes: /(a+)+$/", ("yes",))
    with pytest.raises(ValueError, match="the rule of line 1 takes longer"):
        labels_by_rules(rules, ["a" * 40 + "!"], seconds=1.0)
