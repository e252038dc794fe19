"""What the presets really give, each with random beside it, over paired seeds."""

import statistics
from typing import Any

from alcore.datasets.catalogue import load_dataset, problem
from alcore.home import alcore_home
from alcore.learners.learner import make_learner
from alcore.loops.pool import simulate
from alcore.runs.config import RunConfig
from alcore.runs.presets import PRESETS
from tests.benchmarks.measure import Result, hardware

# preset -> (seeds, labels to report at, what was published or measured before).
EXPERIMENTS: dict[str, tuple[int, tuple[int, ...], str]] = {
    "logistic-classification": (1, (90, 110), ".88 at 90, .91 at 110"),
    "cnn-mnist": (3, (1000, 1500, 2000, 2500, 3000), "seed 0: .779 .830 .917 .946 .963"),
    "mlp-1d-mnist": (5, (100, 250, 600), "under .40, near .80, about .88 (random: .373 .822 .879)"),
}


def run() -> list[Result]:
    """Every preset with its own strategy and with random; medians over seeds, all values kept."""
    home = alcore_home()
    results = []
    for name, (seeds, at, published) in EXPERIMENTS.items():
        config = PRESETS[name].config
        if problem(config.dataset, home):
            print(f"{name} is left out: {problem(config.dataset, home)}")
            continue
        for strategy in (config.strategy, "random"):
            curves = [accuracies(config, strategy, seed) for seed in range(seeds)]
            values = {str(labels): [round(curve[labels], 4) for curve in curves] for labels in at}
            medians = {labels: statistics.median(found) for labels, found in values.items()}
            print(f"{name}, {strategy}: {medians} (published: {published})", flush=True)
            results.append(
                {
                    "preset": name,
                    "strategy": strategy,
                    "published": published,
                    "median_accuracy_at_labels": medians,
                    "accuracy_of_seeds_at_labels": values,
                    "hardware": hardware(),
                }
            )
    return results


def accuracies(config: RunConfig, strategy: str, seed: int) -> dict[int, float]:
    """Labels -> test accuracy of one run."""
    dataset = load_dataset(config.dataset, seed=seed, home=alcore_home(), download=False)
    learner = make_learner(
        config.learner,
        classes=dataset.classes,
        seed=seed,
        device=config.device,
        **config.training,
    )
    settings: dict[str, Any] = config.model_dump(
        include={"seed_labels", "labels_per_round", "rounds", "seed_set", "pool_size"}
    )
    rounds = simulate(dataset, learner, strategy, seed=seed, **settings)
    return {one.labels: one.accuracy for one in rounds}
