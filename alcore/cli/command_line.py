"""Presets on the command line: their list, and the command that reproduces a config from the nearest one."""

import argparse
import shlex

from alcore.runs.config import RunConfig
from alcore.runs.presets import PRESETS

# Settings with an option of their own; all others use --set.
OPTIONS = ("strategy", "seed", "device", "rounds")


def presets(_: argparse.Namespace) -> int:
    """Print a table of the presets, then what each is and what to expect."""
    rows = [("preset", "data", "learner", "strategy", "labels")]
    for preset in PRESETS.values():
        config = preset.config
        labels = f"{config.seed_labels} + {config.rounds} x {config.labels_per_round}"
        rows.append((preset.name, config.dataset, config.learner, config.strategy, labels))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for preset in PRESETS.values():
        print(f"\n{preset.name}\n  {preset.description}\n  {preset.expectation}")
        if preset.besides:
            print(f"  Used besides labels: {preset.besides}")
    return 0


def command_line(config: RunConfig) -> str:
    """The shell command of this run: the nearest preset, and the differing settings."""
    wanted = config.model_dump(mode="json")
    differences = {
        name: {key: value for key, value in wanted.items() if value != preset.config.model_dump(mode="json")[key]}
        for name, preset in PRESETS.items()
    }
    nearest = min(differences, key=lambda name: len(differences[name]))
    changed = differences[nearest]
    words = ["python", "-m", "alcore", "run", nearest]
    for key in OPTIONS:
        if key in changed:
            words += [f"--{key}", str(changed[key])]
    rest = [f"{key}={_text(value)}" for key, value in changed.items() if key not in OPTIONS]
    return shlex.join([*words, *(["--set", *rest] if rest else [])])


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)
