"""Messages about links that could only be followed in part.

A message survives the reruns in which the address is corrected, and disappears once its control moves.
"""

from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

Value = TypeVar("Value")

_STATE = "_link_notes"


@dataclass
class _Notes:
    page: str
    place: DeltaGenerator
    kept: dict[str, tuple[str, Any]]  # control -> (sentence, value of the control at that time)
    shown: list[str] = field(default_factory=list)


def open_place(page: str, *, anew: bool = False) -> None:
    """Reserve the place of messages at the top of a page; messages of other pages are deleted.

    Args:
        page: the current page.
        anew: also delete the messages of this page.
    """
    before = _state()
    kept = before.kept if before is not None and before.page == page and not anew else {}
    st.session_state[_STATE] = _Notes(page, st.empty(), kept)


def keep(key: str, sentence: str, value: Any) -> None:
    """Keep a message about a control while its value is `value`."""
    state = _state()
    if state is not None:
        state.kept[key] = (sentence, value)


def settle(key: str, value: Value) -> Value:
    """Show the message about a control, if its value is unchanged; returns the value."""
    state = _state()
    if state is not None and key in state.kept:
        sentence, stood_at = state.kept[key]
        if stood_at == value:
            warn(sentence)
        else:
            del state.kept[key]
    return value


def warn(sentence: str) -> None:
    """Show a message once, in this run of the page."""
    state = _state()
    if state is not None and sentence not in state.shown:
        state.shown.append(sentence)
        state.place.warning("  \n".join(state.shown), icon=":material/link_off:")


def _state() -> _Notes | None:
    return st.session_state.get(_STATE)
