"""What a session has worked out, kept by what was asked for, with a bound; its progress is on screen."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

from pages.shared.progress import OnStep, working

Result = TypeVar("Result")


def cached(name: str, asked: Hashable, work: Callable[[OnStep], Result], words: str, *, most: int = 16) -> Result:
    """The result of some work, done only if it is not known yet; the oldest of more than `most` is forgotten.

    Args:
        name: of the kind of work.
        asked: what it depends on.
        work: does it, see `progress.working`; if it is interrupted nothing is kept.
        words: a sentence of what is done.
        most: results kept.
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
