"""Whole labelling projects, from a file to an accuracy with an interval."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from alcore.datasets.dataset import DatasetError
from alcore.projects.contents import content_of
from alcore.projects.model.features import FeatureChoice
from alcore.projects.project import Project
from alcore.projects.setup.names import names_of
from alcore.storage.errors import StoreError

MESSAGES = Path(os.environ.get("ALCORE_HOME", "")) / "SMSSpamCollection"
WORDS = {"spam": "win cash prize now call free", "ham": "lunch home later thanks train see"}


def texts_file(folder: Path, *, count: int = 120, labelled: int = 0) -> tuple[Path, dict[str, str]]:
    """A table of generated messages, the first ones labelled, and the truth by id."""
    rng = np.random.default_rng(0)
    path, truth = folder / "messages.csv", {}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "message", "kind"])
        for number in range(count):
            label = str(rng.choice(["spam", "ham"]))
            truth[f"m{number}"] = label
            words = rng.choice(WORDS[label].split(), 4).tolist() + [f"word{number % 17}"]
            writer.writerow([f"m{number}", " ".join(words), label if number < labelled else ""])
    return path, truth


def labelling(project: Project, truth: dict[str, str], answers: int, k: int = 10) -> None:
    for _ in range(answers // k):
        project.train()
        handed = project.next(k)
        receipt = project.tell({one.item: truth[one.item] for one in handed})
        assert not receipt.refused


def test_a_project_from_a_table_of_texts_to_an_accuracy(home: Path) -> None:
    path, truth = texts_file(home)
    project = Project.create(
        home,
        "mail",
        path,
        ids="key",
        label="kind",
        classes=("spam", "ham"),
        features=FeatureChoice("tfidf", ("message",)),
    )
    assert names_of(home) == ["mail"]
    assert content_of(project.source, 0)["fields"][0][0] == "message"
    assert project.last_model() is None
    labelling(project, truth, 100)
    model = project.train()
    status = project.status()
    assert (status.labels, status.audited, status.looked_at) == (100, 20, 20)
    assert status.per_class == {label: sum(one.label == label for one in project.states().values()) for label in WORDS}
    assert status.accuracy is not None and status.accuracy.low <= status.accuracy.value <= status.accuracy.high
    # Audits never train.
    reserve = project.items.reserve_N
    assert model.labels == 80
    assert not reserve[model.places].any()
    assert np.mean(np.array(model.named_N) == [truth[item] for item in project.ids]) > 0.9

    again = Project.open(home, "mail")
    assert again.states() == project.states()
    kept = again.last_model()
    assert kept is not None
    np.testing.assert_array_equal(kept.probs_N_C, model.probs_N_C)
    assert again.next(5) == project.next(5)


def test_labels_in_the_file_train_and_are_no_audits(home: Path) -> None:
    path, truth = texts_file(home, labelled=60)
    project = Project.create(home, "mail", path, ids="key", label="kind", features=FeatureChoice("tfidf", ("message",)))
    assert project.classes == list(dict.fromkeys(list(truth.values())[:60]))
    assert project.train().labels == 60
    assert project.status().audited == 0
    assert {one.item for one in project.next(200)} == set(project.ids[60:])


def test_the_same_seed_queries_the_same_items(home: Path) -> None:
    path, truth = texts_file(home)
    found = []
    for name in ("one", "two"):
        project = Project.create(home, name, path, ids="key", label="kind", classes=("spam", "ham"), seed=5)
        labelling(project, truth, 30)
        found.append([one.item for one in project.next(10)])
    assert found[0] == found[1]


def test_what_cannot_be_made_is_a_sentence_and_leaves_nothing(home: Path) -> None:
    path, _ = texts_file(home)
    with pytest.raises(ValueError, match="a project's name has letters"):
        Project.create(home, "../up", path)
    with pytest.raises(DatasetError, match="no column"):
        Project.create(home, "mail", path, ids="nothing")
    with pytest.raises(DatasetError):
        Project.create(home, "mail", home / "missing.csv")
    assert names_of(home) == []
    Project.create(home, "mail", path, ids="key", label="kind", classes=("spam", "ham"))
    with pytest.raises(StoreError, match="There is a project 'mail' already"):
        Project.create(home, "mail", path)
    with pytest.raises(StoreError, match="There is no project 'letters'; there are: mail"):
        Project.open(home, "letters")


def test_a_class_that_there_is_not_and_an_unknown_item_are_named(home: Path) -> None:
    path, _ = texts_file(home)
    project = Project.create(home, "mail", path, ids="key", label="kind", classes=("spam", "ham"))
    receipt = project.tell({"m1": "spam", "m2": "letter", "m999": "ham"}, client="file")
    assert sorted(receipt.refused.values()) == ["there is no such class", "there is no such item"]
    assert project.tell({"m1": "spam", "m2": "letter", "m999": "ham"}, client="file").last == receipt.last
    assert {item: one.label for item, one in project.states().items()} == {"m1": "spam"}


def test_digits_as_embeddings_are_learned_within_150_answers(home: Path) -> None:
    digits = load_digits()
    np.save(home / "digits.npy", digits.data.astype(np.float32))
    project = Project.create(home, "digits", home / "digits.npy", classes=[str(digit) for digit in range(10)])
    truth = dict(zip(project.ids, map(str, digits.target), strict=True))
    labelling(project, truth, 150)
    model = project.train()
    answered = project.states()
    unseen = np.array([item not in answered for item in project.ids])
    right = np.array(model.named_N) == [truth[item] for item in project.ids]
    assert right[unseen].mean() >= 0.92


@pytest.mark.slow
@pytest.mark.skipif(not MESSAGES.is_file(), reason="no SMS messages in ALCORE_HOME")
def test_real_messages_reach_97_percent_and_85_percent_recall_within_250_answers(home: Path) -> None:
    lines = [line.split("\t", 1) for line in MESSAGES.read_text(encoding="utf-8").splitlines()[1:]]
    path = home / "messages.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "message"], *([f"m{n}", text] for n, (_, text) in enumerate(lines))])
    truth = {f"m{number}": label for number, (label, _) in enumerate(lines)}
    project = Project.create(
        home, "sms", path, ids="id", classes=("spam", "ham"), features=FeatureChoice("tfidf", ("message",))
    )
    labelling(project, truth, 250, k=25)
    model = project.train()
    labels = np.array([truth[item] for item in project.ids])
    answered = project.states()
    unseen = np.array([item not in answered for item in project.ids])
    predicted = np.array(model.named_N)
    assert (predicted == labels)[unseen].mean() >= 0.97
    assert (predicted == "spam")[unseen & (labels == "spam")].mean() >= 0.85
