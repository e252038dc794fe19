"""What the tests of the MNIST lab share: runs that are done in a moment, and a world without processes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alcore.loops.pool.simulate import Round
from alcore.runs.config import RunConfig
from alcore.runs.feasibility import on_digits
from alcore.runs.presets import PRESETS
from alcore.runs.store.store import Store
from alcore.runs.worker import launcher
from alcore.runs.worker.execute import execute

# Opens the lab at an address: `lab(mnist_run=...)`.
Lab = Callable[..., AppTest]
# Without torch.
QUICK = RunConfig(
    dataset="digits", learner="logistic", strategy="margin", seed_labels=60, labels_per_round=50, rounds=3
)
# What the lab offers first where MNIST cannot be had.
FALLBACK = on_digits(PRESETS["cnn-mnist"].config)
NO_NETWORK = "MNIST could not be downloaded (tried example.org: no network)."


def without_processes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Downloads fail at once, and what is queued stays queued; returns the list of downloads tried."""
    tried: list[str] = []

    def fail(name: str, home: Path) -> None:
        tried.append(name)
        path = launcher.fetch_error_path(name, home)
        path.parent.mkdir(exist_ok=True)
        path.write_text(NO_NETWORK)

    monkeypatch.setattr(launcher, "launch_fetch", fail)
    monkeypatch.setattr(launcher, "ensure_worker", lambda home: False)
    return tried


def finished(home: Path, config: RunConfig = QUICK, **changes: object) -> RunConfig:
    """A run carried out and stored."""
    config = config.model_copy(update=changes)
    with Store(home) as store:
        store.claim(config)
        info = execute(store, config.run_id)
    assert info.state == "done", info.error
    return config


def said(at: AppTest) -> str:
    """Every text on the screen."""
    kinds = (at.markdown, at.caption, at.info, at.warning, at.error, at.subheader, at.code)
    return "\n".join(str(one.value) for kind in kinds for one in kind)


def rounds_of(home: Path, config: RunConfig) -> list[Round]:
    """The stored rounds of a run."""
    with Store(home) as store:
        return store.rounds(config.run_id)
