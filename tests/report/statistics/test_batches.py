"""The numbers of a batch against loops that spell them out, and the sentences about them."""

from dataclasses import replace
from itertools import combinations
from math import dist, isnan

import numpy as np
import pytest

from alcore.report.statistics.batch_quality import (
    TWICE_THE_SAME,
    BatchSummary,
    batch_frame,
    judge_own,
    repeats,
    summarise_batch,
    worth_of,
)
from alcore.strategies.information import Information


def summary(points, picks, labeled=(0,), y=None, classes=3, joint=0.5, sum_of_marginals=0.8) -> BatchSummary:
    points, picks = np.asarray(points, dtype=float), np.asarray(picks)
    y = np.zeros(len(points), dtype=np.int64) if y is None else np.asarray(y)
    uncertainty = np.arange(len(points))[picks] / 10
    told = Information(joint, sum_of_marginals, exact=True, error=0.0)
    return summarise_batch(points, y, classes, np.asarray(labeled), picks, uncertainty, told)


@pytest.mark.parametrize("seed", range(3))
def test_numbers_are_those_of_plain_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, y = rng.normal(size=(60, 2)), rng.integers(0, 3, 60)
    labeled, picks = np.arange(5), rng.choice(np.arange(5, 60), 8, replace=False)
    found = summary(points, picks, labeled, y)
    centres = [*labeled, *picks]
    away = [min(dist(points[i], points[j]) for j in centres) for i in range(60)]
    apart = [dist(points[i], points[j]) for i, j in combinations(picks, 2)]
    assert found.covering_radius == pytest.approx(max(away))
    assert found.farthest == int(np.argmax(away))
    assert found.mean_distance == pytest.approx(sum(apart) / len(apart))
    assert found.smallest_distance == pytest.approx(min(apart))
    assert found.mean_uncertainty == pytest.approx(sum(picks) / 10 / 8)
    assert found.per_class == tuple(int(sum(y[i] == c for i in picks)) for c in range(3))
    assert found.class_share == len({int(y[i]) for i in picks}) / 3
    twice = sum(any(dist(points[j], points[i]) < TWICE_THE_SAME for j in picks[:n]) for n, i in enumerate(picks))
    assert found.duplicate_rate == twice / 8


def test_a_pick_repeats_what_came_before_it_and_not_what_comes_after() -> None:
    line = np.array([[0.0, 0], [1, 0], [0.03, 0], [0.06, 0], [1.02, 0]])
    assert repeats(line).tolist() == [False, False, True, True, True]
    assert repeats(line[:1]).tolist() == [False]
    assert summary(line, [0, 2]).duplicate_rate == 0.5


def test_one_pick_has_no_distances() -> None:
    found = summary([[0, 0], [3, 4]], [1])
    assert isnan(found.mean_distance) and isnan(found.smallest_distance)
    assert found.covering_radius == 0 and found.duplicate_rate == 0


def test_redundancy_is_what_is_told_twice() -> None:
    found = summary([[0, 0], [1, 0], [2, 0]], [1, 2])
    assert found.redundancy == pytest.approx(0.3) and found.repeated == pytest.approx(0.375)
    assert summary([[0, 0], [1, 0]], [1], joint=0.0, sum_of_marginals=0.0).repeated == 0


def test_an_empty_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one pick"):
        summary([[0, 0], [1, 0]], np.empty(0, dtype=np.int64))


def test_the_table_has_a_row_a_batch_and_a_column_a_class() -> None:
    points = [[0, 0], [1, 0], [2, 0], [3, 0]]
    batches = {"top_k": [3, 1], "you": [2]}
    summaries = {name: summary(points, rows, y=[0, 1, 2, 0]) for name, rows in batches.items()}
    frame = batch_frame(summaries, batches, names={"top_k": "Top-k"}, class_names="ABC")
    assert frame["name"].tolist() == ["Top-k", "you"] and frame["indices"].tolist() == ["3 1", "2"]
    assert frame[["class_A", "class_B", "class_C"]].to_numpy().tolist() == [[1, 1, 0], [0, 0, 1]]
    assert frame["redundancy"].tolist() == pytest.approx([0.3, 0.3])


def test_a_batch_is_worth_as_many_labels_as_the_best_batch_needs() -> None:
    best = np.array([0.0, 0.4, 0.7, 0.9, 0.9])
    assert [worth_of(joint, best) for joint in (0.0, 0.2, 0.4, 0.8)] == pytest.approx([0, 0.5, 1, 2.5])
    assert worth_of(0.9, best) == worth_of(2.0, best) == 3, "the fourth label of the best batch tells nothing"
    assert worth_of(0.3, np.zeros(4)) == 0


def test_a_batch_of_ones_own_is_placed_by_what_it_tells() -> None:
    points = np.array([[0.0, 0], [1, 0], [2, 0], [3, 0]])
    you = replace(summary(points, [1, 2], joint=0.6, sum_of_marginals=0.8), worth=1.5)
    top = replace(summary(points, [1, 3], joint=0.5), worth=1.2)
    others = {"Top-k": top, "k-center": summary(points, [3, 2], joint=0.4)}
    said = judge_own(you, others)
    assert said == "Your 2 labels are worth 1.5: more than any of the others; the next is Top-k, worth 1.2."
    assert judge_own(others["Top-k"], {"You": you}) == "Your 2 labels are worth 1.2; those of You are worth more: 1.5."
    close = {"Top-k": summary(points, [1, 3], joint=0.595)}
    assert judge_own(you, close).endswith("as much as the best of the others, Top-k.")
    # What sampling leaves open is no difference.
    rough = {"Top-k": replace(close["Top-k"], joint=0.5, exact=False, error=0.05)}
    assert judge_own(you, rough).endswith("as much as the best of the others, Top-k.")
    assert judge_own(replace(summary(points, [1], joint=0.2), worth=0.8), {}) == "Your label is worth 0.8."


def test_a_committee_that_agrees_everywhere_tells_batches_nothing() -> None:
    points = np.array([[0.0, 0], [1, 0], [2, 0], [3, 0]])
    dust = summary(points, [1, 2], joint=0.0, sum_of_marginals=8.9e-16)
    assert dust.repeated == 0 and not dust.informative
    said = judge_own(dust, {"Top-k": dust})
    assert said.startswith("Your 2 labels are worth nothing, nor are any others") and "committee agree" in said
    assert "nothing" not in judge_own(dust, {"Top-k": summary(points, [1, 3])})
