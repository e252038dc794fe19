"""What the sentences say: every case in words, and never more than the numbers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alcore.report.curves import curve_frame
from alcore.report.intervals import Interval
from alcore.report.text.comparison import describe_comparison
from alcore.report.text.race import compare, compare_races, describe_frame, share_of_all
from tests.support.races import LABELS, made_up_races

NAMES = {"random": "Random", "least_confidence": "Least confidence", "margin": "Margin", "bald": "BALD"}


def race(*, seeds: Sequence[int] = (0,), **accuracy: Sequence[float]) -> pd.DataFrame:
    """Strategies with the same curve for each seed, ten labels a round."""
    return curve_frame(
        {
            "run": f"{strategy}-{seed}",
            "strategy": strategy,
            "seed": seed,
            "round": i,
            "labels": 10 * (i + 1),
            "accuracy": height,
            "train_loss": None,
            "seconds": 0,
        }
        for strategy, heights in accuracy.items()
        for seed in seeds
        for i, height in enumerate(heights)
    )


ONE = "; one race, not yet evidence."


@pytest.mark.parametrize(
    ("accuracy", "target", "sentence"),
    [
        (
            {"random": [0.5, 0.6, 0.7, 0.9], "least_confidence": [0.5, 0.9, 0.9, 0.9]},
            0.9,
            "Least confidence first reached 90 % with 20 labels, random with 40",
        ),
        (
            {"random": [0.5, 0.87, 0.9], "bald": [0.5, 0.7, 0.88]},
            None,
            "Random first reached 84.2 % with 20 labels, BALD with 30",
        ),
        (
            {"random": [0.5, 0.9], "margin": [0.6, 0.8996]},
            0.9,
            "Random first reached 90 % with 20 labels, margin never did, with 89.96 % at best",
        ),
        (
            {"random": [0.5, 0.9], "margin": [0.6, 0.9]},
            0.9,
            "Margin first reached 90 % with 20 labels, random with 20",
        ),
        (
            {"random": [0.9, 0.85], "margin": [0.9, 0.7]},
            None,
            "Not every strategy ended above the start: random 90.0 % to 85.0 %, margin 90.0 % to 70.0 %",
        ),
        (
            {"random": [0.5, 0.7], "margin": [0.6, 0.8]},
            0.9,
            "Neither reached 90 %: margin had 80.0 % at best, random had 70.0 % at best",
        ),
        (
            {"random": [0.5, 0.6, 0.9], "margin": [0.5, 0.9, 0.9], "bald": [0.5, 0.6, 0.7]},
            0.9,
            "Margin first reached 90 % with 20 labels, random with 30, BALD never did, with 70.0 % at best",
        ),
        (
            {"random": [0.5, 0.6], "margin": [0.5, 0.6], "bald": [0.5, 0.7]},
            0.9,
            "None reached 90 %: BALD had 70.0 % at best, margin had 60.0 % at best, random had 60.0 % at best",
        ),
    ],
)
def test_one_race_is_reported_and_not_judged(
    accuracy: dict[str, list[float]], target: float | None, sentence: str
) -> None:
    assert describe_frame(race(seeds=(0,), **accuracy), target, NAMES) == sentence + ONE


def test_one_race_puts_nobody_first_within_the_luck_of_the_test_set() -> None:
    """At 76 % on 1,000 points an accuracy has a standard error of 1.35 points: 1.96 sqrt(2) of it is 3.7."""
    frame = race(random=[0.75, 0.75], margin=[0.75, 0.80])
    said = describe_frame(frame, names=NAMES, test_points=1000)
    assert said == (
        "Margin ran too close to random to tell apart: 2.5 percentage points of accuracy on average, and "
        "with 1,000 test points chance alone can make 3.7 percentage points" + ONE
    )
    assert "first reached" in describe_frame(frame, 0.8, names=NAMES, test_points=10_000)


def test_one_race_tells_the_close_and_the_others_apart() -> None:
    frame = race(random=[0.7, 0.75], margin=[0.7, 0.76], bald=[0.7, 0.9])
    said = describe_frame(frame, 0.75, NAMES, test_points=1000)
    assert said.startswith("BALD first reached 75 % with 20 labels, random with 20; margin ran too close to random")


def test_luck_is_what_simulation_says() -> None:
    """Two equally good models with independent errors: the luck that is named is exceeded once in twenty."""
    rng = np.random.default_rng(0)
    pairs = rng.binomial(1000, 0.85, (2000, 2)) / 1000
    close = [
        "too close"
        in describe_comparison(
            compare_races([1, 2], [[[a, a], [b, b]]], ("random", "bald"), seeds=[0], test_points=1000)
        )
        for a, b in pairs
    ]
    assert 0.935 <= np.mean(close) <= 0.965


def test_nothing_to_compare_is_said() -> None:
    alone = describe_frame(race(least_confidence=[0.5, 0.9]), names=NAMES)
    assert alone == (
        "Least confidence went from 50.0 % with 10 labels to 90.0 % with 20 labels; no other strategy ran beside it."
    )
    several = describe_comparison(compare_races([10, 20], [[[0.5, 0.8]], [[0.7, 0.9]]], ("random",), seeds=[0, 1]))
    assert several == (
        "Random went from 60.0 % with 10 labels to 85.0 % with 20 labels, the mean of 2 seeds; "
        "no other strategy ran beside it."
    )
    assert describe_frame(curve_frame([])) == "No round has finished yet."
    assert describe_frame(race(random=[0.5], margin=[0.5])).startswith("Only the first labels")
    apart = pd.concat([race(random=[0.5, 0.6]), race(margin=[0.5, 0.6], seeds=[1])])
    assert describe_frame(apart) == "The seeds differ, so this is no paired race and not yet evidence."
    mixed = pd.concat([race(random=[0.5, 0.6]), race(random=[0.5, 0.7])])
    assert describe_frame(mixed).startswith("These runs differ in more than strategy and seed")
    others = race(margin=[0.5, 0.6])
    others["labels"] += 5
    assert describe_frame(pd.concat([race(random=[0.5, 0.6]), others])).startswith("These runs have no number")


def test_what_has_no_partner_is_left_out_and_said_to_be() -> None:
    frame = pd.concat([race(random=[0.5, 0.9]), race(margin=[0.5, 0.8], seeds=[0, 1])])
    said = describe_frame(frame, 0.8)
    assert said.endswith("one race, not yet evidence. Where the seeds differ, runs are left out.")


def test_a_few_races_are_not_judged() -> None:
    frame = race(random=[0.5, 0.6, 0.9], margin=[0.5, 0.9, 0.95], seeds=range(4))
    assert describe_frame(frame, 0.9, NAMES) == (
        "Margin typically reached 90 % with 20 labels, random with 30; 4 paired races are not yet "
        "evidence, 5 are the fewest for a verdict."
    )


def judged(gain: float, *, seeds: int = 20, target: float | None = 0.85, rng: int = 0, swap: bool = False) -> str:
    races = made_up_races(np.random.default_rng(rng), seeds=seeds, gain=gain)[0]
    return describe_comparison(
        compare_races(
            LABELS,
            races[:, ::-1] if swap else races,
            ("random", "least_confidence"),
            seeds=range(seeds),
            target=target,
            names=NAMES,
        )
    )


def test_a_clear_gain_is_told_in_labels() -> None:
    assert judged(2.0, target=0.84) == (
        "Least confidence typically reached 84 % with 8.5 labels, random with 16: race by race "
        "1.9 times fewer (95 % interval 1.5 to 2.3, 20 paired seeds)."
    )


def test_a_loss_is_told_as_plainly() -> None:
    assert judged(2.0, target=0.84, swap=True) == (
        "Least confidence lost: random typically reached 84 % with 8.5 labels, least confidence with 16: "
        "race by race 1.9 times more (95 % interval 1.5 to 2.3, 20 paired seeds)."
    )


def test_chance_is_called_not_distinguishable() -> None:
    assert judged(0.0, rng=1) == (
        "Least confidence and random are not distinguishable yet: averaged over the race, accuracy with "
        "least confidence was 0.2 percentage points higher (95 % interval 0.3 lower to 0.6 higher, 20 paired "
        "seeds)."
    )


def test_an_end_next_to_none_tells_on_which_side_it_lies() -> None:
    accuracy_S_R_T = np.tile([[[0.5, 0.7], [0.5, 0.7]]], (6, 1, 1))
    accuracy_S_R_T[:, 0, 1] += 0.0224 + 0.02 * np.array([1, -1, 1, -1, 1, -1])
    told = describe_comparison(compare_races([4, 5], accuracy_S_R_T, ["least_confidence", "random"], seeds=range(6)))
    # Student's interval of half those differences: 0.0112 and 2.571 x 0.01 x sqrt(6 / 5 / 6) on either side.
    assert "was 1.12 percentage points higher (95 % interval 0.03 lower to 2.27 higher" in told


def test_a_gain_whose_labels_are_unclear_says_both() -> None:
    assert judged(2.0, seeds=5, target=0.84) == (
        "Least confidence beat random: 2.2 percentage points more accuracy, averaged over the race (95 % "
        "interval 0.9 to 3.6, 5 paired seeds). How many labels that saves cannot be told yet: least "
        "confidence typically reached 84 % with 7 labels, random with 20."
    )
    assert judged(2.0, target=0.999).endswith("20 paired seeds). No race reached 99.9 %.")


def test_equal_races_are_called_equal() -> None:
    same = race(random=[0.5, 0.8], margin=[0.5, 0.8], seeds=range(20))
    assert describe_frame(same, names=NAMES) == "Margin and random did not differ in any of 20 paired races."


def test_several_rivals_share_the_evidence() -> None:
    rng = np.random.default_rng(1)
    pair = made_up_races(rng, seeds=20, gain=3.0)[0]
    races = np.concatenate([pair, pair[:, :1] + rng.normal(0, 0.001, (20, 2, 1))], axis=1)
    comparison = compare_races(
        LABELS, np.clip(races, 0, 1), ("random", "bald", "margin", "entropy"), seeds=range(20), names=NAMES
    )
    said = describe_comparison(comparison)
    assert said.startswith("BALD typically reached")
    assert said.endswith(
        "Margin and entropy are not distinguishable from random yet. Judged on 20 paired seeds; the "
        "intervals allow for 3 comparisons."
    )


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (Interval(1.9, 1.4, 3.04), ": race by race 1.9 times fewer (95 % interval 1.4 to 3.0, 20 paired seeds)."),
        (
            Interval(1.1, 1.02, 1.21),
            ": race by race 1.10 times fewer (95 % interval 1.02 to 1.21, 20 paired seeds).",
        ),
        (Interval(1.9, 1.4, float("inf")), "1.9 times fewer (95 % interval 1.4 or more, 20 paired seeds)."),
        (
            Interval(1.9, 0.9, 3.0),
            "cannot be told yet: least confidence typically reached 84 % with 8.5 labels",
        ),
        (
            Interval(1.9, 1.0, 3.0),
            "cannot be told yet: least confidence typically reached 84 % with 8.5 labels",
        ),
        (
            None,
            "cannot be told yet: least confidence typically reached 84 % with 8.5 labels, random with 16",
        ),
        (Interval(0.5, 0.4, 0.8), "Yet random typically reached 84 % with 16 labels, least confidence"),
        (Interval(0.5, 0.0, 0.8), "race by race 2.0 times more (95 % interval 1.2 or more)."),
    ],
)
def test_a_factor_is_given_only_where_its_interval_bears_it(factor: Interval | None, words: str) -> None:
    races = made_up_races(np.random.default_rng(0), seeds=20, gain=2.0)[0]
    comparison = compare_races(LABELS, races, ("random", "least_confidence"), seeds=range(20), target=0.84, names=NAMES)
    changed = replace(comparison, rivals=(replace(comparison.rivals[0], factor=factor),))
    said = describe_comparison(changed)
    assert words in said
    assert (" times fewer" in said) == (factor is not None and factor.low > 1)


def test_no_sentence_contradicts_its_numbers() -> None:
    """Over many races, made-up targets and both sides: a factor is named only on the verdict's side."""
    rng = np.random.default_rng(9)
    for races in made_up_races(rng, seeds=12, gain=0.4, repeats=300):
        comparison = compare_races(
            LABELS,
            races[:, :: rng.choice([-1, 1])],
            ("random", "bald"),
            seeds=range(12),
            target=rng.uniform(0.7, 0.9),
        )
        rival, said = comparison.rivals[0], describe_comparison(comparison)
        if rival.verdict == "undecided":
            assert "not distinguishable" in said and " x " not in said
        elif " x " in said:
            assert rival.factor is not None and rival.factor.excludes(1)
            assert (" times fewer" in said) == (rival.factor.low > 1)
            assert (("fewer" in said) == (rival.verdict == "better")) or "on the whole" in said
        assert ("lost" in said) == (rival.verdict == "worse")


def test_the_share_of_all_labels_is_named() -> None:
    said = describe_frame(race(random=[0.5, 0.9], margin=[0.5, 0.9]), share_of_all(0.9, 0.95), NAMES)
    assert "first reached 90 % of the accuracy with all labels (85.5 %) with 20 labels" in said


def test_compare_says_why_it_cannot() -> None:
    with pytest.raises(ValueError, match="No round"):
        compare(curve_frame([]))
