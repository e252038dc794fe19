"""The pair of runs that the MNIST lab opens on, made anew: real MNIST must lie in `ALCORE_HOME`."""

import tempfile
from pathlib import Path

from alcore.home import alcore_home
from alcore.runs.config_data import load_data
from alcore.runs.presets import PRESETS
from alcore.runs.ready_runs import pack_runs
from alcore.runs.store.store import Store
from alcore.runs.worker.execute import execute
from tests.benchmarks.measure import Result

SHIPPED = Path(__file__).parents[2] / "pages/screens/mnist_lab/ready_runs.xz"

# Nothing is timed.
ANY_LOAD = True


def run() -> list[Result]:
    """Run `cnn-mnist` on the CPU by least confidence and by random, and write the file that is shipped."""
    config = PRESETS["cnn-mnist"].config.model_copy(update={"device": "cpu"})
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "MNIST").symlink_to(alcore_home() / "MNIST")
        with Store(home) as store:
            infos = []
            for one in (config, config.rival):
                store.claim(one)
                infos.append(execute(store, one.run_id))
                print(f"{one.strategy}: accuracy {infos[-1].accuracy}", flush=True)
            SHIPPED.write_bytes(pack_runs(store, infos, load_data(config, home)))
    return []
