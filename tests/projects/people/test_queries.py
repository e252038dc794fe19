"""Which items of a project are to be labelled next or again."""

from pathlib import Path

import numpy as np
import pytest

from alcore.projects.people.queries import hand_out, new_or_again, still_wanted
from alcore.projects.project import Project


@pytest.fixture
def project(home: Path) -> Project:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(centre, 0.5, (60, 3)) for centre in (0, 4)]).astype(np.float32)
    np.save(home / "points.npy", x)
    made = Project.create(home, "points", home / "points.npy", classes=("low", "high"))
    training = np.flatnonzero(~made.items.reserve_N).tolist()
    truth = {made.ids[place]: "low" if place < 60 else "high" for place in training}
    wrong = made.ids[training[3]]
    made.tell({item: truth[item] for item in list(truth)[:50]} | {wrong: "high"}, "ann")
    made.tell({item: truth[item] for item in list(truth)[:50] if item != wrong}, "bob")
    made.train()
    made.__dict__["wrong"] = wrong
    return made


def found_of(project: Project, annotator: str, most: int = 1000) -> list[tuple[str, tuple[str, ...]]]:
    model = project.last_model()
    assert model is not None
    queries = new_or_again(project, project.ledger(), model, annotator, most)
    assert [one.score for one in queries] == sorted(one.score for one in queries)
    return [(one.item, one.annotators) for one in queries]


def test_a_label_that_the_model_contradicts_comes_before_new_items_on_which_it_is_sure(project: Project) -> None:
    assert found_of(project, "cleo", 1) == [(project.__dict__["wrong"], ("ann",))]


def test_nobody_is_asked_twice_and_the_reserve_is_left_to_audits(project: Project) -> None:
    of_ann, of_cleo = dict(found_of(project, "ann")), dict(found_of(project, "cleo"))
    assert all("ann" not in by for by in of_ann.values()) and not any(of_ann.values())
    states = project.states()
    assert {item for item, by in of_cleo.items() if by} == set(states)
    reserve = {item for item, is_reserve in zip(project.ids, project.items.reserve_N, strict=True) if is_reserve}
    assert not reserve & {*of_ann, *of_cleo}


def test_an_answered_query_is_not_wanted_any_more(project: Project) -> None:
    model = project.last_model()
    assert model is not None
    queries = new_or_again(project, project.ledger(), model, "cleo", 5)
    handed = hand_out(project, queries, "cleo", page="list", seconds=60)
    assert [one.item for one in handed] == [one.item for one in queries]
    assert hand_out(project, queries, "dan", page="other", seconds=60) == []
    project.tell({queries[0].item: "low"}, "cleo", page="list")
    for who in ("cleo", "dan"):
        assert [one.item for one in still_wanted(queries, who, project.states())] == [q.item for q in queries[1:]]


def test_without_a_model_there_is_a_sentence(home: Path) -> None:
    np.save(home / "p.npy", np.eye(6, dtype=np.float32))
    made = Project.create(home, "p", home / "p.npy", classes=("a", "b"))
    with pytest.raises(ValueError, match="two classes"):
        new_or_again(made, made.ledger(), made.train(), "", 3)
