"""Ten rounds of every strategy on real MNIST: a pool of 10,000, the preset `mlp-1d-mnist`, one seed."""

import tempfile
from pathlib import Path

from alcore.datasets.catalogue import problem
from alcore.home import alcore_home
from alcore.runs.presets import PRESETS
from alcore.runs.store.store import Store
from alcore.runs.worker.execute import execute
from alcore.strategies.catalogue import STRATEGIES
from tests.benchmarks.measure import Result, hardware


def run() -> list[Result]:
    """Stored like any run, in a home of its own; one seed says that it works, not which is best."""
    if reason := problem("mnist", alcore_home()):
        print(f"The catalogue is left out: {reason}")
        return []
    preset = PRESETS["mlp-1d-mnist"].config
    results = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "MNIST").symlink_to(alcore_home() / "MNIST")
        for name in STRATEGIES:
            values = preset.model_dump() | {"strategy": name, "rounds": 10, "pool_size": 10_000}
            config = type(preset).model_validate(values)
            with Store(home) as store:
                store.claim(config)
                info = execute(store, config.run_id)
                curve = store.curve([config.run_id])
            if info.state != "done":
                raise AssertionError(f"{name} ended {info.state}: {info.error}")
            results.append(
                {
                    "work": f"{config.title}, pool of 10,000",
                    "strategy": name,
                    "rounds": info.rounds_done - 1,
                    "labels": info.labels,
                    "accuracy_at_100": curve[0]["accuracy"],
                    "accuracy_at_200": info.accuracy,
                    "seconds": round(sum(float(row["seconds"]) for row in curve), 2),
                    "hardware": hardware(),
                }
            )
            print(f"{name}: {info.accuracy:.4f} at {info.labels} labels", flush=True)
    return results
