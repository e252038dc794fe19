"""Bounded caches of results, with a progress bar during computation."""

from collections.abc import Callable, Hashable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from pages.shared.progress import OnStep, working

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
# Name, size and time of change of files: a key of results that are read from them.
Stamp = tuple[tuple[str, int, int], ...]


def computed(
    words: str, *, most: int
) -> Callable[[Callable[Concatenate[OnStep, Arguments], Result]], Callable[Arguments, Result]]:
    """A decorator that caches results over all sessions by `st.cache_data`, which copies them.

    The function's first parameter, `_on_step`, is called with the share completed (see `progress.working`); callers
    leave it out. It is no part of the key, nor is any other parameter whose name begins with an underscore.

    Args:
        words: a sentence that describes the work.
        most: largest number of results.
    """

    def decorate(work: Callable[Concatenate[OnStep, Arguments], Result]) -> Callable[Arguments, Result]:
        kept = st.cache_data(max_entries=most, show_spinner=False)(work)

        @wraps(work)
        def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            return working(words, lambda on_step: kept(on_step, *args, **kwargs))

        return call

    return decorate


def cached(name: str, key: Hashable, work: Callable[[OnStep], Result], words: str, *, most: int = 16) -> Result:
    """A result cached in this session, not copied; computed if it is missing. Beyond `most` the oldest is dropped.

    Args:
        name: kind of result.
        key: its arguments.
        work: computes it, see `progress.working`; an interrupted result is not stored.
        words: a sentence that describes the work.
        most: largest number of results.
    """
    store = results(name)
    if key not in store:
        result = working(words, work)
        store[key] = result
        while len(store) > most:
            del store[next(iter(store))]
    found: Result = store[key]
    return found


def kept(name: str, key: Hashable) -> Any:
    """A result that `cached` has computed in this session; None if it has not."""
    return results(name).get(key)


def results(name: str) -> dict[Hashable, Any]:
    """What `cached` has computed of a kind in this session, by key."""
    found: dict[Hashable, Any] = st.session_state.setdefault(f"_kept_{name}", {})
    return found


def stamp_of(paths: Iterable[Path]) -> Stamp:
    """The stamp of the files that exist; another one after every change of one of them."""
    found = []
    for path in paths:
        try:
            facts = path.stat()
        except OSError:
            continue
        found.append((path.name, facts.st_size, facts.st_mtime_ns))
    return tuple(found)
