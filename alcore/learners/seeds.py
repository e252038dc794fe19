"""The random states of an estimator and of all its parts."""

from typing import Any

import numpy as np

RANDOM_STATE = "random_state"


def fixed_seeds(estimator: Any) -> tuple[str, ...]:
    """Names of the parameters, nested ones included, that hold a random state which the user has set."""
    return tuple(name for name, value in _states(estimator) if value is not None)


def seed_nested(estimator: Any, rng: np.random.Generator) -> None:
    """Set every random state that is None, of an estimator and of its parts, from a stream.

    Splitters of cross-validation that shuffle have one too, though they have no parameters to be set by name.

    Args:
        estimator: a clone of the caller's own; it is changed.
        rng: draws one number for each, the outermost first.
    """
    for name, value in _states(estimator):
        if value is None:
            holder, _, last = name.rpartition("__")
            part = estimator.get_params(deep=True)[holder] if holder else estimator
            seed = int(rng.integers(2**31))
            if hasattr(part, "set_params"):
                part.set_params(**{last: seed})
            else:
                setattr(part, last, seed)


def _shuffles(part: Any) -> bool:
    """Whether this is a splitter of cross-validation that draws."""
    splitter = hasattr(part, RANDOM_STATE) and not hasattr(part, "get_params")
    return splitter and getattr(part, "shuffle", True) is True


def _states(estimator: Any) -> list[tuple[str, Any]]:
    """(name, value) of all random states, the outermost first, then by name."""
    if not hasattr(estimator, "get_params"):
        return []
    found = []
    for name, value in estimator.get_params(deep=True).items():
        if name.rpartition("__")[2] == RANDOM_STATE:
            found.append((name, value))
        elif _shuffles(value):
            found.append((f"{name}__{RANDOM_STATE}", value.random_state))
    return sorted(found, key=lambda state: (state[0].count("__"), state[0]))
