"""How uncertain and how diverse a batch of every strategy is; the strategy atlas shows it as a map."""

import json
from pathlib import Path

import numpy as np

from alcore.loops.batch_explorer import run_batch_experiment, select_batch
from alcore.report.statistics.strategy_places import percentile_of, spacing_of
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.strategy_atlas.pool import LABELLED, PICKS, SCENE
from tests.benchmarks.measure import Result

SEEDS = range(40)
# The screen reads a copy of its own, so that it does not depend on the tests.
SHIPPED = Path(__file__).parents[2] / "pages/screens/strategy_atlas/places.json"


def run() -> list[Result]:
    """Means over paired pools like the one on the strategies' cards, with the standard error of each."""
    found = [run_batch_experiment(SCENE.dataset(seed), seed=seed, labeled=LABELLED) for seed in SEEDS]
    # One number for all pools: chance in a single pool does not divide.
    random = [select_batch(one, STRATEGIES["random"], PICKS).indices for one in found]
    base = np.mean([spacing_of(one.dataset.x_pool[own]) for one, own in zip(found, random, strict=True)])
    results = []
    for name in STRATEGIES:
        picks = [select_batch(one, STRATEGIES[name], PICKS).indices for one in found]
        unsure = [percentile_of(one.scores_N, one.rows(own)) for one, own in zip(found, picks, strict=True)]
        apart = [spacing_of(one.dataset.x_pool[own]) / base for one, own in zip(found, picks, strict=True)]
        results.append(
            {
                "work": f"a batch of {PICKS} by {name} from {SCENE.title}, {len(SEEDS)} pools",
                "strategy": name,
                **{
                    key: round(float(value), 4)
                    for key, values in (("uncertainty", unsure), ("diversity", apart))
                    for key, value in (
                        (key, np.mean(values)),
                        (f"{key}_standard_error", np.std(values, ddof=1) / len(values) ** 0.5),
                    )
                },
            }
        )
        print(name, results[-1]["uncertainty"], results[-1]["diversity"], flush=True)
    SHIPPED.write_text(json.dumps(results, indent=2) + "\n")
    return results
