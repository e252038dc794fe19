"""The command that reproduces a config without the dashboard."""

import shlex

from alcore.runs.config import RunConfig
from alcore.runs.presets import PRESETS

# Settings with an option of their own; all others use --set.
_OPTIONS = ("strategy", "seed", "device", "rounds")


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
    for key in _OPTIONS:
        if key in changed:
            words += [f"--{key}", str(changed[key])]
    rest = [f"{key}={_text(value)}" for key, value in changed.items() if key not in _OPTIONS]
    return shlex.join([*words, *(["--set", *rest] if rest else [])])


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)
