"""Paired trials run in step are those run one by one."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alcore.datasets.bundled import digits
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import simulate
from alcore.loops.trials import paired_trials, trial_turns

DATA = digits()
SMALL = replace(
    DATA,
    x_pool=DATA.x_pool[:300],
    y_pool=DATA.y_pool[:300],
    x_test=DATA.x_test[:150],
    y_test=DATA.y_test[:150],
)
SETTINGS: dict[str, Any] = {"seed_labels": 40, "labels_per_round": 15, "rounds": 3}
RACERS = ("margin", "random")
SEEDS = (0, 5)


def maker(name: str, **options: Any) -> Any:
    return lambda seed: make_learner(name, classes=10, seed=seed, device="cpu", **options)


def one_by_one(make: Any, **settings: Any) -> list[list[Any]]:
    return [[list(simulate(SMALL, make(seed), racer, seed=seed, **settings)) for racer in RACERS] for seed in SEEDS]


@pytest.mark.parametrize(
    ("name", "options", "more"),
    [
        ("mlp", {"epochs": 8}, {}),
        (
            "mlp",
            {"epochs": 3, "carry_on": False},
            {"pool_size": 80, "seed_set": "balanced", "calibration": 20},
        ),
        ("mlp", {"epochs": 100, "converge": True}, {"candidates": 60}),
        ("cnn", {"steps": 4}, {}),
        ("logistic", {}, {"seed_set": "diverse"}),
        ("graph", {}, {}),
    ],
)
def test_trials_are_those_of_simulate(name, options, more, monkeypatch) -> None:
    # A difference of the last digits may ask another question: keep to the arithmetic that has most of them.
    monkeypatch.setattr("alcore.learners.torch.training.has_fast_bfloat16", lambda: False)
    make, settings = maker(name, **options), SETTINGS | more
    expected = one_by_one(make, **settings)
    found = paired_trials(SMALL, make, RACERS, seeds=SEEDS, **settings)
    assert found.names == RACERS and found.seeds == SEEDS
    np.testing.assert_array_equal(found.labels_T, [one.labels for one in expected[0][0]])
    for s, r in np.ndindex(len(SEEDS), len(RACERS)):
        rounds = expected[s][r]
        # Within a batch, points whose scores differ in the last digit may change places.
        batches = np.split(np.arange(len(rounds[-1].labeled)), [len(one.labeled) for one in rounds[:-1]])
        for batch in batches:
            assert set(found.order_S_R_M[s, r][batch]) == set(rounds[-1].labeled[batch])
        np.testing.assert_allclose(found.accuracy_S_R_T[s, r], [one.accuracy for one in rounds], atol=0.014)
        np.testing.assert_allclose(
            found.train_loss_S_R_T[s, r], [one.train_loss for one in rounds], rtol=2e-3, atol=1e-5
        )


def test_the_data_set_lies_there_once_and_turns_tell_what_they_cost() -> None:
    turns = list(trial_turns(SMALL, maker("mlp"), RACERS, seeds=SEEDS, **SETTINGS))
    assert [turn.number for turn in turns] == [0, 1, 2, 3]
    assert [turn.labels for turn in turns] == [40, 55, 70, 85]
    assert all(set(turn.seconds) == {"train", "evaluate", "ask"} for turn in turns)
    # Racers of a seed begin as one.
    np.testing.assert_array_equal(turns[0].accuracy_S_R[:, 0], turns[0].accuracy_S_R[:, 1])
    assert not np.array_equal(turns[-1].order_S_R_M[:, 0], turns[-1].order_S_R_M[:, 1])


@pytest.mark.parametrize("wrong", [{"seeds": ()}, {"strategies": ()}, {"labels_per_round": 0}, {"rounds": -1}])
def test_what_cannot_be_run_is_a_sentence(wrong) -> None:
    settings = {"strategies": RACERS, "seeds": SEEDS} | SETTINGS | wrong
    with pytest.raises(ValueError, match="at least one seed|labels_per_round must be"):
        next(trial_turns(SMALL, maker("mlp"), **settings))
