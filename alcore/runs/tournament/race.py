"""A cell of a tournament: a race of a strategy on a data set, a pure function of its config."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from threadpoolctl import threadpool_limits

from alcore.datasets.catalogue import Dataset, load_dataset
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import simulate
from alcore.runs.config import RunConfig
from alcore.runs.config_data import harden, pool_size_of, stop_rules_of
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.wrappers import with_density, with_random_picks


@dataclass(frozen=True)
class CellResult:
    """A learning curve. Results are equal if all their numbers except times are, bit by bit.

    Attributes:
        cell: id of the cell's config.
        test_points: size of the test set.
        labels: labels held after each round.
        hits: correctly predicted test points of each round's model.
        train_loss: of each round's model, in nats.
        seconds: time of selection, all rounds together.
    """

    cell: str
    test_points: int
    labels: tuple[int, ...]
    hits: tuple[int, ...]
    train_loss: tuple[float, ...]
    seconds: float = field(compare=False)


@dataclass(frozen=True)
class CellFailure:
    """A cell that failed.

    Attributes:
        cell: id of the cell's config.
        error: the reason, in a sentence.
    """

    cell: str
    error: str


def run_cell(config: RunConfig, home: str = "") -> CellResult:
    """Carry out a cell: the result does not depend on the process or on other load.

    Args:
        config: the cell's config. The seed alone sets split and start: cells that differ only in strategy are paired.
        home: folder of downloaded data sets; bundled data sets need none.

    Raises:
        Exception: any exception of the strategy, the learner or the data set.
    """
    # Sums in several threads are added in a different order, with different last digits.
    with threadpool_limits(1):
        data = harden(_dataset(config.dataset, config.seed, home), config)
        learner = make_learner(
            config.learner,
            classes=data.classes,
            seed=config.seed,
            device="cpu",
            **config.training,
        )
        rounds = list(
            simulate(
                data,
                learner,
                with_random_picks(with_density(STRATEGIES[config.strategy], config.density), config.epsilon),
                seed=config.seed,
                seed_set=config.seed_set,
                seed_labels=config.seed_labels,
                labels_per_round=config.labels_per_round,
                rounds=config.rounds,
                pool_size=pool_size_of(config),
                samples=config.samples,
                candidates=config.candidates,
                calibration=config.calibration,
                stop=stop_rules_of(config),
            )
        )
    return CellResult(
        config.run_id,
        len(data.y_test),
        tuple(round_.labels for round_ in rounds),
        tuple(round(round_.accuracy * len(data.y_test)) for round_ in rounds),
        tuple(float(round_.train_loss) for round_ in rounds),
        sum(round_.seconds["score"] + round_.seconds["select"] for round_ in rounds),
    )


def try_cell(config: RunConfig, home: str = "") -> CellResult | CellFailure:
    """`run_cell` with errors as results: an error must not stop the other cells."""
    try:
        return run_cell(config, home)
    except Exception as error:
        return CellFailure(config.run_id, f"{type(error).__name__}: {error}")


@lru_cache(maxsize=16)
def _dataset(name: str, seed: int, home: str) -> Dataset:
    return load_dataset(name, seed=seed, home=Path(home), download=False)
