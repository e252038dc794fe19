"""A tournament's cells of logistic regression in lockstep against one cell at a time through `simulate`."""

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.dataset import Dataset
from alcore.loops.pool.simulate import simulate
from alcore.runs.config import RunConfig
from alcore.runs.config_data import learner_of, start_options, strategy_of
from alcore.runs.tournament.groups import grouped, run_group
from alcore.runs.tournament.plan import plan_of
from tests.benchmarks.measure import Result, compare

PLAN = plan_of(("margin", "entropy", "badge"), ("iris", "blobs", "moons"), seeds=5, rounds=15)


def run() -> list[Result]:
    """60 cells; both ways on the same data, loaded before, with the same seed sets and rounds."""
    configs = list(PLAN.cells().values())
    datasets = {(one.dataset, one.seed): load_dataset(one.dataset, seed=one.seed, download=False) for one in configs}
    curves: dict[str, tuple[int, ...]] = {}
    found: dict[str, tuple[int, ...]] = {}

    def published() -> None:
        for config in configs:
            curves[config.run_id] = one_cell(config, datasets[config.dataset, config.seed])

    def ours() -> None:
        for group in grouped(configs):
            found.update((one.cell, one.hits) for one in run_group(group))

    ours()
    work = (
        f"tournament of {len(configs)} cells: {len(PLAN.strategies)} strategies x {len(PLAN.datasets)} tables x 5 seeds"
    )
    result = compare(work, published, ours)
    same = sum(found[cell] == curve for cell, curve in curves.items())
    return [result | {"cells_with_the_same_curve": f"{same} of {len(curves)}"}]


def one_cell(config: RunConfig, data: Dataset) -> tuple[int, ...]:
    """The correct predictions of every round, by the loop that serves every learner."""
    learner = learner_of(config.model_copy(update={"device": "cpu"}), data)
    rounds = simulate(
        data,
        learner,
        strategy_of(config),
        labels_per_round=config.labels_per_round,
        rounds=config.rounds,
        **start_options(config),
    )
    return tuple(round(one.accuracy * len(data.y_test)) for one in rounds)
