"""Many races in lockstep: S seeds x R strategies on logistic regression, all fits of a round solved at once."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from alcore.datasets.dataset import Dataset
from alcore.logistic.batched import solve_design
from alcore.logistic.design import SeparatePoints
from alcore.loops.ask import tie_order
from alcore.loops.get_strategy import AnyStrategy, get_strategy
from alcore.loops.races.features import mapped
from alcore.loops.races.models import DatasetStack, FittedModels, Floats, Ints, accuracies, losses, stacked_logits
from alcore.loops.races.queries import Queries, queries
from alcore.loops.ready import ready
from alcore.loops.seed_set import SeedSet, seed_set_of
from alcore.loops.steps import OnStep, ignored, part
from alcore.strategies.strategy import Strategy
from alcore.streams import streams

# (coefs_S_R_K_P, held_S_H) -> confidence_S_R: factors of the logits, found on points that are not trained on.
Confidence = Callable[[Floats, Ints], Floats]


@dataclass(frozen=True)
class StrategySchedule:
    """The strategy of one race: one from the start, and from some round on another, which is a fork.

    Attributes:
        strategy: a key of the catalogue, a strategy, or a function `score(probs_N_C) -> scores_N`.
        then: the strategy from round `at` on.
        at: the first round of `then`; the query of round 0 follows the first labels.
    """

    strategy: AnyStrategy
    then: AnyStrategy | None = None
    at: int | None = None

    def __post_init__(self) -> None:
        """Raises ValueError if only half of a fork is given, or its round is no whole number."""
        if self.at is not None and (isinstance(self.at, bool) or self.at != int(self.at)):
            raise ValueError(f"the round of a fork must be a whole number, got {self.at!r}")
        if (self.then is None) != (self.at is None) or (self.at is not None and self.at < 0):
            raise ValueError(
                f"a fork needs a strategy `then` and a round `at`, 0 or more; got {self.then!r} at {self.at}"
            )


@dataclass(frozen=True, eq=False)
class RoundOfRaces:
    """One round of all races.

    Attributes:
        number: the round.
        order_S_R_M: the labelled points of each race in the order of labelling.
        coefs_S_R_K_P: the models trained on them, see `solve`.
        accuracy_S_R: shares of the test sets they get right.
        train_loss_S_R: means over the labelled points in nats.
        confidence_S_R: factors of the models' logits before strategies read them.
        queries_R: what each queries next; empty in the last round.
        query_seconds_R: spent on each of them, probabilities included.
        seconds: spent in train, evaluate, score and select, by all together.
    """

    number: int
    order_S_R_M: Ints
    coefs_S_R_K_P: Floats
    accuracy_S_R: Floats
    train_loss_S_R: Floats
    confidence_S_R: Floats
    queries_R: list[Queries]
    query_seconds_R: list[float]
    seconds: dict[str, float]


def names_of(strategies: Sequence[AnyStrategy | StrategySchedule]) -> tuple[str, ...]:
    """The names of races: their strategy, of a fork such as `margin>random@12`."""
    names = []
    for strategy in strategies:
        plan = _plan(strategy)
        fork = "" if plan.then is None else f">{get_strategy(plan.then).name}@{plan.at}"
        names.append(get_strategy(plan.strategy).name + fork)
    return tuple(names)


def lockstep(
    datasets: Sequence[Dataset],
    strategies: Sequence[AnyStrategy | StrategySchedule],
    *,
    seeds: Sequence[int],
    seed_labels: int,
    labels_per_round: int,
    rounds: int,
    seed_set: SeedSet,
    learner: str = "logistic",
    C: float = 1.0,
    held_out: int = 0,
    confidence: Confidence | None = None,
    on_step: OnStep = ignored,
) -> Iterator[RoundOfRaces]:
    """Run all races, one round of all of them at a time.

    Every race is that of its seed alone: other races change no number of it.

    Args:
        datasets: one a seed; pools, test sets and classes of one size.
        strategies: R of them.
        seeds: of every random stream of a race.
        seed_labels: labels before the first query.
        labels_per_round: labels of a query, fewer in the last if the pool runs out.
        rounds: queries; one round more is yielded, the models on all labels.
        seed_set: see `seed_indices`.
        learner: a key of `LOCKSTEP`: what the models are linear in.
        C: inverse strength of the models' penalty, see `solve`.
        held_out: of the first labels, the last so many are neither trained on nor queried.
        confidence: gives the factors of the logits before strategies read them; None for ones.
        on_step: called with the share of all rounds completed, after each batch chosen.

    Raises:
        ValueError: as `simulate`; if data sets differ in size, or are not one a seed.
    """
    if labels_per_round < 1 or rounds < 0:
        raise ValueError(f"labels_per_round must be 1 or more and rounds 0 or more, got {labels_per_round}, {rounds}")
    if len(datasets) != len(seeds):
        raise ValueError(f"races need one data set a seed, got {len(datasets)} for {len(seeds)} seeds")
    if not strategies:
        raise ValueError("a race needs a strategy, got none")
    datasets = [ready(data, numbers=True) for data in datasets]
    stack = DatasetStack.of([mapped(data, learner, seed) for data, seed in zip(datasets, seeds, strict=True)])
    asking = [strategies_by_round(plan, rounds) for plan in strategies]
    # Of the points themselves: the seed set depends on no learner.
    firsts_S_M = np.stack(
        [
            seed_set_of(data, seed_labels, seed=seed, seed_set=seed_set)
            for data, seed in zip(datasets, seeds, strict=True)
        ]
    )
    trained_S_M, held_S_H = np.split(firsts_S_M, [seed_labels - held_out], axis=1)
    streams_of = streams(seeds, "acquisition", rounds)
    ties_S_N = np.stack([tie_order(seed, stack.y_S_N.shape[1]) for seed in seeds])
    s_S_1_1 = np.arange(len(seeds))[:, None, None]
    r_1_R_1 = np.arange(len(asking))[None, :, None]
    order_S_R_M = np.repeat(trained_S_M[:, None], len(asking), axis=1)
    open_S_R_N = np.ones((len(seeds), len(asking), stack.y_S_N.shape[1]), dtype=bool)
    open_S_R_N[s_S_1_1, r_1_R_1, firsts_S_M[:, None]] = False
    x_S_N_P = np.concatenate([stack.x_S_N_D, np.ones((*stack.y_S_N.shape, 1))], axis=2)
    coefs = None
    confidence_S_R: Floats = np.ones((len(seeds), len(asking)))
    for number in range(rounds + 1):
        started = time.perf_counter()
        m = order_S_R_M.shape[2]
        design = SeparatePoints(x_S_N_P[s_S_1_1, order_S_R_M].reshape(len(seeds) * len(asking), m, -1))
        y_B_M = stack.y_S_N[s_S_1_1, order_S_R_M].reshape(-1, m)
        coefs = solve_design(design, y_B_M, None, classes=stack.classes, C=C, start=coefs)
        coefs_S_R_K_P = coefs.reshape(len(seeds), len(asking), *coefs.shape[1:])
        trained = time.perf_counter()
        z_S_RK_T = stacked_logits(coefs.reshape(len(seeds), -1, coefs.shape[2]), stack.test_S_P_T)
        z_S_R_K_T = z_S_RK_T.reshape(*coefs_S_R_K_P.shape[:3], -1)
        accuracy_S_R = accuracies(z_S_R_K_T, stack.y_test_S_T[:, None])
        losses_B_M = losses(stacked_logits(coefs, design.x_B_P_M), y_B_M)
        loss_S_R = losses_B_M.sum(axis=1).reshape(len(seeds), -1) / m
        evaluated = time.perf_counter()
        read_S_R_K_P = coefs_S_R_K_P
        if confidence is not None:
            confidence_S_R = confidence(coefs_S_R_K_P, held_S_H)
            read_S_R_K_P = coefs_S_R_K_P * confidence_S_R[..., None, None]
        models = FittedModels(stack, read_S_R_K_P, order_S_R_M, seeds, number)
        last = number == rounds or m + held_out == stack.y_S_N.shape[1]
        of_round = part(on_step, number / (rounds + 1), (number + 1) / (rounds + 1))
        k = min(labels_per_round, stack.y_S_N.shape[1] - m - held_out)
        of_number = partial(streams_of, number)
        queries_R: list[Queries] = []
        query_seconds_R: list[float] = []
        # One strategy after the other, so that what it reads stays in the cache.
        for r, strategies_T in enumerate(asking if not last else []):
            begun = time.perf_counter()
            steps = part(of_round, r / len(asking), (r + 1) / len(asking))
            found = queries(strategies_T[number], models, r, open_S_R_N[:, r], ties_S_N, k, of_number, steps)
            queries_R.append(found)
            query_seconds_R.append(time.perf_counter() - begun)
        seconds = {
            "train": trained - started,
            "evaluate": evaluated - trained,
            "score": models.seconds,
            "select": time.perf_counter() - evaluated - models.seconds,
        }
        yield RoundOfRaces(
            number,
            order_S_R_M,
            coefs_S_R_K_P,
            accuracy_S_R,
            loss_S_R,
            confidence_S_R,
            queries_R,
            query_seconds_R,
            seconds,
        )
        if last:
            return
        new_S_R_K = np.stack([one.indices_S_K for one in queries_R], axis=1)
        open_S_R_N[s_S_1_1, r_1_R_1, new_S_R_K] = False
        order_S_R_M = np.concatenate([order_S_R_M, new_S_R_K], axis=2)
        if np.count_nonzero(open_S_R_N) != open_S_R_N.size - order_S_R_M.size - held_S_H.size * len(asking):
            raise ValueError("a strategy queried a point twice")


def _plan(strategy: AnyStrategy | StrategySchedule) -> StrategySchedule:
    return strategy if isinstance(strategy, StrategySchedule) else StrategySchedule(strategy)


def strategies_by_round(plan: AnyStrategy | StrategySchedule, rounds: int) -> list[Strategy]:
    """The strategy of each round."""
    plan = _plan(plan)
    first = get_strategy(plan.strategy)
    if plan.then is None or plan.at is None:
        return [first] * rounds
    return [first] * min(plan.at, rounds) + [get_strategy(plan.then)] * max(rounds - plan.at, 0)
