"""A bounded cache of results per session, with a progress bar during computation."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

from pages.shared.progress import OnStep, working

Result = TypeVar("Result")


def cached(name: str, asked: Hashable, work: Callable[[OnStep], Result], words: str, *, most: int = 16) -> Result:
    """A cached result, computed if it is missing; beyond `most` entries the oldest is dropped.

    Args:
        name: kind of result.
        asked: its arguments, the key.
        work: computes it, see `progress.working`; an interrupted result is not stored.
        words: a sentence that describes the work.
        most: largest number of results.
    """
    store: dict[Hashable, Any] = st.session_state.setdefault(_key(name), {})
    if asked not in store:
        result = working(words, work)
        store[asked] = result
        while len(store) > most:
            del store[next(iter(store))]
    found: Result = store[asked]
    return found


def _key(name: str) -> str:
    return f"_kept_{name}"
