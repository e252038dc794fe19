"""Steps on many items: whole, undoable, and never at the cost of the audit."""

from pathlib import Path

import numpy as np
import pytest

from alcore.projects.answers import ItemState
from alcore.projects.bulk import apply, remove_labels, take_back
from alcore.projects.look_again import check_labels, compared_classes
from alcore.projects.overview import FILTERS, filtered, lines_of, on_map, overview_frame, unlabelled_sample
from alcore.projects.project import Project
from alcore.projects.store import ProjectStore


@pytest.fixture
def project(home: Path) -> Project:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, (60, 4)), rng.normal(4, 1, (60, 4))]).astype(np.float32)
    np.save(home / "points.npy", x)
    return Project.create(home, "points", home / "points.npy", classes=("low", "high"))


def test_a_step_is_taken_back_as_a_whole_and_spares_the_reserve(project: Project) -> None:
    before = project.states()
    first = project.ids[0]
    project.tell({first: "high"})
    told = project.states()
    done = apply(project, project.ids[:60], "label", "low", "anna")
    reserved = int(project.items.reserve_N[:60].sum()) - int(project.items.reserve_N[0])
    assert (done.items, done.reserved, done.refused) == (60 - reserved, reserved, 0)
    labelled = {item for item, state in project.states().items() if state.label is not None}
    assert len(labelled) == done.items
    with ProjectStore(project.folder) as store:
        (step,) = store.bulk_steps()
    assert (step.client, step.kind, step.value, step.items) == (done.client, "label", "low", done.items)
    assert take_back(project, done.client, "anna") == done.items
    assert project.states() == told and told != before
    with ProjectStore(project.folder) as store:
        assert store.bulk_steps() == []


def test_labels_are_removed_and_what_is_no_class_is_refused(project: Project) -> None:
    trained = [project.ids[place] for place in np.flatnonzero(~project.items.reserve_N)[:5].tolist()]
    assert apply(project, trained, "label", "middle", "anna").refused == 5
    apply(project, trained, "label", "low", "anna")
    apply(project, trained, "flag", None, "anna")
    assert remove_labels(project, trained[:2], "ben") == 2
    states = project.states()
    assert [states[item].label for item in trained] == [None, None, "low", "low", "low"]
    assert all(states[item].flagged for item in trained)


def test_the_table_is_filtered_by_what_is_known(project: Project) -> None:
    trained = [project.ids[place] for place in np.flatnonzero(~project.items.reserve_N).tolist()]
    project.tell({item: "low" if project.items.place_of[item] < 60 else "high" for item in trained[:-1]})
    apply(project, trained[3:5], "flag", None, "anna")
    project.tell({trained[1]: "high"})  # wrong
    model = project.train()
    frame = overview_frame(project.items, lines_of(project.source), project.states(), model)
    assert list(frame["id"]) == list(project.ids)
    counts = {which: len(filtered(frame, which)) for which in FILTERS}
    assert counts["all"] == 120 and counts["labelled"] + counts["open"] == 120
    assert counts["labelled"] == len(trained) - 1
    assert counts["flagged"] == 2 and counts["audit"] == counts["machine"] == 0
    assert trained[1] in set(filtered(frame, "contradicts")["id"])
    assert set(filtered(frame, "labelled", ("low",))["label"]) == {"low"}
    assert list(filtered(frame, "all", words=trained[0])["id"]) == [trained[0]]
    assert filtered(frame, "all", words="(no pattern").empty


def test_a_wrong_label_is_contradicted_by_models_that_have_not_seen_it(project: Project) -> None:
    trained = [project.ids[place] for place in np.flatnonzero(~project.items.reserve_N).tolist()]
    truth = {item: "low" if project.items.place_of[item] < 60 else "high" for item in trained}
    wrong = trained[7]
    project.tell(truth | {wrong: "high" if truth[wrong] == "low" else "low"})
    found = check_labels(project, project.ledger())
    assert found.contradictions[0].item == wrong and found.contradictions[0].predicted == truth[wrong]
    assert found.labels == len(trained) and found.accuracy > 0.95
    pair = (wrong, found.contradictions[0].label)
    again = check_labels(project, project.ledger(), [pair])
    assert wrong not in {one.item for one in again.contradictions}


def test_too_few_labels_contradict_nothing(project: Project) -> None:
    project.tell({project.ids[0]: "low"})
    found = check_labels(project, project.ledger())
    assert found.contradictions == () and found.labels == 0 and found.left_out == ("low",)


def test_a_map_shows_all_answered_items_and_a_random_sample(project: Project) -> None:
    places = on_map(project.items, {project.ids[5]: ItemState(skipped=1)}, 10)
    assert set(places.tolist()) == {5, *project.items.order_N[:10].tolist()}


def test_a_sample_holds_no_labelled_item_and_keeps_the_random_order(project: Project) -> None:
    first, second = (project.ids[place] for place in project.items.order_N[:2])
    states = {first: ItemState(labels={"anna": "low"}), second: ItemState(skipped=1)}
    sample = unlabelled_sample(project.items, states, 5)
    np.testing.assert_array_equal(sample, project.items.order_N[1:6])
    assert len(unlabelled_sample(project.items, states, 1000)) == len(project.items) - 1


def test_a_class_is_compared_from_two_labels_on() -> None:
    labels = ["a", "a", "b", "c", "c", "c"]
    assert compared_classes({str(i): ItemState(labels={"anna": label}) for i, label in enumerate(labels)}) == 2
    assert compared_classes({"0": ItemState(skipped=1)}) == 0
