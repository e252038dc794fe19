"""What a session has worked out, kept by what was asked for, with a bound.

For work that draws its own progress: Streamlit's cache would draw it again at every later hit.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

Result = TypeVar("Result")


def known(name: str, asked: Hashable) -> Any:
    """What was worked out, or None."""
    return st.session_state.get(_key(name), {}).get(asked)


def kept(name: str, asked: Hashable, work: Callable[[], Result], *, most: int = 16) -> Result:
    """The result of some work, done only if it is not known yet; the oldest of more than `most` is forgotten.

    Args:
        name: of the kind of work.
        asked: what it depends on.
        work: does it; if it is interrupted nothing is kept.
        most: results kept.
    """
    store: dict[Hashable, Any] = st.session_state.setdefault(_key(name), {})
    if asked not in store:
        result = work()
        store[asked] = result
        while len(store) > most:
            del store[next(iter(store))]
    found: Result = store[asked]
    return found


def _key(name: str) -> str:
    return f"_kept_{name}"
