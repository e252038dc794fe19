"""Alarms: planted trouble is told with its numbers, healthy runs raise none."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from alcore.datasets.catalogue import load_dataset
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import Round, simulate
from alcore.report.text.alarms import alarms

NAMES = [str(digit) for digit in range(10)]
POINTS = 10_000


def made(
    accuracy: Sequence[float],
    *,
    asked: Sequence[int] = tuple(range(10)),
    nll: Sequence[float] = (),
    ece: Sequence[float] = (),
    over: float = 0.01,
) -> list[Round]:
    """Rounds of ten labels each with these numbers on a test set of 10,000, a thousand a class."""
    rounds = []
    for i, height in enumerate(accuracy):
        confusion = np.full((10, 10), 0)
        np.fill_diagonal(confusion, POINTS // 10)
        told = np.array(asked, dtype=np.int64)
        rounds.append(
            Round(
                round=i,
                labeled=np.arange(20 + 10 * i),
                accuracy=height,
                train_loss=0.1,
                batch=None,
                batch_labels=told,
                batch_probs_K_C=np.eye(10)[told],
                seconds={},
                measures={
                    "nll": nll[i] if nll else 1 - height,
                    "ece": ece[i] if ece else 0.02,
                    "overconfidence": over,
                },
                confusion_C_C=confusion,
            )
        )
    return rounds


def kinds(rounds: Sequence[Round], random: Sequence[Round] = (), **more: Any) -> list[str]:
    return [alarm.kind for alarm in alarms(rounds, random, class_names=NAMES, **more)]


RISING = (0.6, 0.7, 0.8, 0.85, 0.9)


def test_a_run_that_rises_raises_no_alarm() -> None:
    assert kinds(made(RISING), made(RISING)) == []
    assert kinds([]) == []


def test_losing_to_random_is_told_after_the_second_round_in_a_row() -> None:
    random, loser = made(RISING), made((0.6, 0.7, 0.77, 0.82))
    assert kinds(loser[:3], random) == []  # only one round behind
    (alarm,) = alarms(loser, random, class_names=NAMES, name="margin")
    assert (alarm.kind, alarm.round) == ("losing", 3)
    # 1.96 sqrt((.82 .18 + .85 .15) / 10,000) = 1.03 percentage points
    assert alarm.sentence == (
        "Margin is losing to random: with 50 labels (round 3) it has 82.0 %, random 85.0 %, 3.0 percentage "
        "points more: for the second round in a row more than twice what chance explains. With 10,000 test "
        "points, chance makes 1.0 percentage point or more one time in 20 at most. One pair of runs is no "
        "evidence yet."
    )


@pytest.mark.parametrize("gap", [0.009, 0.012])
def test_luck_is_what_two_binomials_differ_by_one_time_in_twenty(gap: float) -> None:
    rng = np.random.default_rng(0)
    heights = rng.binomial(POINTS, 0.83, (2, 20_000)) / POINTS
    chance = np.mean(np.abs(heights[0] - heights[1]) > gap)
    assert ("falling" in kinds(made((0.83, 0.83 - gap)))) == (chance < 0.05)
    assert ("losing" in kinds(made((0.83 - 2 * gap,) * 3), made((0.83,) * 3))) == (chance < 0.05)


def test_only_rounds_with_the_same_labels_are_compared() -> None:
    loser = made((0.6, 0.6, 0.6))
    others = made((0.9, 0.9, 0.9))
    shifted = [one.__class__(**vars(one) | {"labeled": np.arange(25 + 10 * one.round)}) for one in others]
    assert kinds(loser, shifted) == []
    assert kinds(loser, others) == ["losing"]


def test_a_class_never_asked_for() -> None:
    without = [digit for digit in range(10) if digit != 8]
    # Ten classes, a tenth each: .9 ** n < .005 from n = 51 on, the sixth round of nine questions.
    rounds = made((0.6, 0.7, 0.8, 0.85, 0.9, 0.91), asked=without)
    assert kinds(rounds[:5]) == []
    (alarm,) = alarms(rounds, class_names=NAMES)
    assert alarm.sentence == (
        "No query has been of class 8: of 54 random queries up to round 6, about 5 would have been."
    )
    few = alarms(made((0.6,) * 9, asked=range(8)), class_names=NAMES)
    assert [alarm.sentence for alarm in few] == [
        "No query has been of class 8 and 9: of 72 random queries up to round 9, about 7 and 7 would have been."
    ]


def test_a_class_that_is_rare_in_the_pool_is_not_missed() -> None:
    rounds = made((0.6, 0.7, 0.8, 0.85, 0.9, 0.91), asked=[digit for digit in range(10) if digit != 8])
    rare_C = np.where(np.arange(10) == 8, 0.01, 0.11)
    # .99 ** 54 = .58: such questions miss the class more often than not, however many the test set has.
    assert alarms(rounds, class_names=NAMES, share_C=rare_C) == []
    common_C = np.where(np.arange(10) == 8, 0.55, 0.05)
    (alarm,) = alarms(rounds, class_names=NAMES, share_C=common_C)
    assert alarm.sentence.endswith("of 54 random queries up to round 6, about 30 would have been.")


def test_a_round_that_asks_nothing_is_not_named() -> None:
    rounds = made((0.9,) * 6, asked=[0] * 10) + made((0.9,), asked=())
    # The model after round 5 asked the questions of round 6, and the last one asked none.
    assert alarms(rounds, class_names=NAMES)[0].round == 6


def test_accuracy_that_falls_and_recovers() -> None:
    rounds = made((0.6, 0.9, 0.85, 0.91))
    (alarm,) = alarms(rounds[:3], class_names=NAMES)
    assert (alarm.kind, alarm.round) == ("falling", 2)
    assert alarm.sentence.startswith(
        "Accuracy has fallen: 90.0 % with 30 labels (round 1), 85.0 % with 40 labels (round 2), 5.0 percentage "
        "points less. With 10,000 test points"
    )
    assert kinds(rounds) == []
    assert kinds(made((0.9, 0.895))) == []  # within luck


def test_over_confidence_needs_both_measures_to_grow() -> None:
    nll, ece = (0.5, 0.4, 0.45, 0.5), (0.02, 0.02, 0.04, 0.06)
    heights = (0.85, 0.86, 0.87, 0.88)
    (alarm,) = alarms(made(heights, nll=nll, ece=ece, over=0.05), class_names=NAMES)
    assert (alarm.kind, alarm.round) == ("overconfident", 3)
    assert alarm.sentence == (
        "Over-confidence grows: from round 1 to round 3 the calibration error went from 2.0 % to 6.0 % and "
        "the negative log-likelihood from 0.400 to 0.500 nats; mean confidence is 93.0 %, accuracy "
        "88.0 %."
    )
    assert kinds(made(heights, nll=nll[::-1], ece=ece, over=0.05)) == []
    assert kinds(made(heights, nll=nll, ece=(0.02,) * 4, over=0.05)) == []
    assert kinds(made(heights, nll=nll, ece=ece, over=-0.05)) == []  # it doubts itself: another matter
    assert kinds(made(heights[:3], nll=nll[:3], ece=ece[:3], over=0.05)) == []


def test_a_run_from_before_measures_raises_none() -> None:
    old = [one.__class__(**vars(one) | {"confusion_C_C": None, "measures": {}}) for one in made((0.9, 0.5))]
    assert alarms(old, class_names=NAMES) == []


@pytest.mark.parametrize("seed", [0, 1])
def test_real_healthy_runs_raise_none(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = load_dataset("digits", seed=seed, home=tmp_path_factory.mktemp("home"))

    def run(strategy: str) -> list[Round]:
        learner = make_learner("logistic", classes=10, seed=seed)
        return list(simulate(data, learner, strategy, seed=seed, seed_labels=60, labels_per_round=40, rounds=3))

    margin, random = run("margin"), run("random")
    for end in range(1, 5):
        assert alarms(margin[:end], random[:end], class_names=NAMES) == []


def test_a_real_run_that_is_told_nonsense_raises_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = load_dataset("digits", seed=0, home=tmp_path_factory.mktemp("home"))
    # Asks only about what the model is surest of, and finds out nothing.
    rounds = {}
    for name, strategy in (("random", "random"), ("surest", lambda probs_N_C: probs_N_C.max(axis=1))):
        learner = make_learner("logistic", classes=10, seed=0)
        rounds[name] = list(simulate(data, learner, strategy, seed=0, seed_labels=60, labels_per_round=60, rounds=3))
    assert kinds(rounds["surest"], rounds["random"]) == ["losing", "unasked"]
