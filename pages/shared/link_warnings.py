"""What the page says about a link it could not follow to the letter.

A note outlives the reruns in which the address is corrected, and goes once its control moves.
"""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_STATE = "_link_notes"


@dataclass
class _Notes:
    page: str
    place: DeltaGenerator
    kept: dict[str, tuple[str, Any]]  # control -> (sentence, the value the control then stood at)
    shown: list[str] = field(default_factory=list)


def open_place(page: str, *, anew: bool = False) -> None:
    """Reserve the place for notes at the head of a page; notes of another page are forgotten.

    Args:
        page: whose notes they are.
        anew: forget those of this page as well.
    """
    before = _state()
    kept = before.kept if before is not None and before.page == page and not anew else {}
    st.session_state[_STATE] = _Notes(page, st.empty(), kept)


def keep(key: str, sentence: str, value: Any) -> None:
    """Remember what to say about a control for as long as it stands at `value`."""
    state = _state()
    if state is not None:
        state.kept[key] = (sentence, value)


def settle(key: str, value: Any) -> None:
    """Show what there is to say about a control, now that its value is known."""
    state = _state()
    if state is None or key not in state.kept:
        return
    sentence, stood_at = state.kept[key]
    if stood_at != value:
        del state.kept[key]
    else:
        warn(sentence)


def warn(sentence: str) -> None:
    """Show a sentence among the notes, in this run of the page."""
    state = _state()
    if state is not None and sentence not in state.shown:
        state.shown.append(sentence)
        state.place.warning("  \n".join(state.shown), icon=":material/link_off:")


def _state() -> _Notes | None:
    return st.session_state.get(_STATE)
