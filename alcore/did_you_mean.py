"""Suggestions for mistyped names."""

import difflib
from collections.abc import Iterable

from alcore.short import first_of

# Largest number of names listed; no catalogue is larger.
_MOST = 60


def one_of(what: str, given: str, known: Iterable[str]) -> str:
    """The error message for a name that is not there: all names, and the nearest.

    Args:
        what: what is named.
        given: the name as it was given.
        known: the names that exist, at least one.
    """
    hint = did_you_mean(given, known)
    choose = f"unknown {what} {given!r}: choose one of {', '.join(known)}"
    return f"{choose}. {hint}" if hint.startswith("Did") else choose


def no_such(what: str, given: str, known: Iterable[str]) -> str:
    """The sentence about a name that does not exist, with suggestions; arguments as of `one_of`."""
    return f"There is no {what} {given!r}. {did_you_mean(given, known)}"


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """The end of an error message about an unknown name: suggestions, or the known names.

    Args:
        given: the unknown name.
        known: existing names.

    Returns:
        "Did you mean a or b?" if names resemble the given name, otherwise "Known: a, b, c." in the order of `known`;
        "There are none." if `known` is empty.
    """
    names = list(known)
    if not names:
        return "There are none."
    lowered = {name.lower(): name for name in names}
    near = difflib.get_close_matches(given.lower(), lowered, n=3, cutoff=0.6)
    near += [name for name in lowered if given and name.startswith(given.lower()) and name not in near][:3]
    if near:
        return f"Did you mean {' or '.join(lowered[name] for name in near[:3])}?"
    return f"Known: {first_of(names, _MOST)}."
