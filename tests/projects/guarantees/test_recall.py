"""The stop for rare positives: draws, verdicts by hand, and the share of wrong verdicts."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import hypergeom

from alcore.projects.guarantees import recall
from alcore.projects.project import Project
from alcore.projects.stopping import recall_p_value


@pytest.fixture
def project(home: Path) -> Project:
    rng = np.random.default_rng(0)
    np.save(home / "points.npy", rng.normal(size=(300, 3)).astype(np.float32))
    made = Project.create(home, "points", home / "points.npy", classes=("rare", "other"))
    training = [made.ids[place] for place in np.flatnonzero(~made.items.reserve_N).tolist()]
    made.tell({item: "rare" for item in training[:20]} | {item: "other" for item in training[20:40]})
    return made


def answer(project: Project, check: recall.RecallCheck, positives: int) -> None:
    for number, one in enumerate(recall.waiting(project, check, project.states())):
        project.tell({one.item: "rare" if number < positives else "other"})


@pytest.mark.parametrize(("found", "unseen", "target"), [(20, 260, 0.9), (3, 100, 0.5), (40, 5000, 0.95)])
@pytest.mark.parametrize("positives", [0, 1])
def test_the_fewest_draws_that_pass(found: int, unseen: int, target: float, positives: int) -> None:
    passing = [
        n for n in range(max(1, positives), unseen + 1) if recall_p_value(found, positives, n, unseen, target) < 0.05
    ]
    assert recall.draws_needed(found, unseen, target, positives) == (passing[0] if passing else None)


def test_a_draw_is_labelled_before_anything_is_said(project: Project) -> None:
    check = recall.start_check(project, "rare", 0.8, 60)
    assert (check.found, check.unseen, len(set(check.drawn))) == (20, 260, 60)
    assert not set(check.drawn) & set(project.states())
    reserve = {item for item, is_reserve in zip(project.ids, project.items.reserve_N, strict=True) if is_reserve}
    handed = recall.waiting(project, check, project.states())
    assert [one.item for one in handed] == list(check.drawn)
    assert {one.purpose for one in handed} == {"audit", "control"}
    assert all((one.purpose == "audit") == (one.item in reserve) for one in handed)
    project.tell({check.drawn[0]: "rare"})
    assert recall.verdict_of(project, check, project.states()) is None
    assert recall.current_check(Project.open(project.folder.parents[1], "points")) == check
    answer(project, check, 1)
    verdict = recall.verdict_of(project, check, project.states())
    assert verdict is not None and verdict.positives == 2
    # 22 found, so 22 / .8 - 20 + 1 = 8 or more unseen ones would be too many: 2 or fewer of 60 drawn of 260.
    assert verdict.p_value == pytest.approx(hypergeom.cdf(2, 260, 8, 60))
    assert not verdict.holds and "Not yet" in recall.words_of(check, verdict)
    recall.end_check(project)
    assert recall.current_check(project) is None


def test_another_check_draws_other_items(project: Project) -> None:
    first = recall.start_check(project, "rare", 0.8, 50)
    recall.end_check(project)
    assert recall.start_check(project, "rare", 0.8, 50).drawn != first.drawn


def test_recall_is_claimed_wrongly_in_at_most_one_of_twenty() -> None:
    """Unseen items that hold just too many positives: the claim at a fixed draw is wrong with at most 5 %."""
    rng = np.random.default_rng(0)
    before, unseen, target, runs = 40, 1000, 0.9, 4000
    truly = 6  # 40 of 46 found, below .9
    draws = recall.draws_needed(before, unseen, target)
    assert draws is not None
    wrong = 0
    for _ in range(runs):
        k = int(rng.hypergeometric(truly, unseen - truly, draws))
        if (before + k) / (before + truly) < target:
            wrong += recall_p_value(before, k, draws, unseen, target) < recall.ALPHA
    assert wrong / runs <= recall.ALPHA + 2 * np.sqrt(0.05 * 0.95 / runs)


@pytest.mark.parametrize(
    ("name", "target", "draws", "words"),
    [("none", 0.9, 5, "no class 'none'"), ("rare", 1.0, 5, "target"), ("rare", 0.9, 261, "draw 1 to 260")],
)
def test_a_draw_that_cannot_be_is_refused(project: Project, name: str, target: float, draws: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        recall.start_check(project, name, target, draws)
