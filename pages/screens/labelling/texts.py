"""Names of the parts of the screen, and the way from one project to another."""

import streamlit as st

PAGE = "label"
VIEWS = {
    "label": "Label",
    "items": "Items",
    "map": "Map",
    "again": "Look again",
    "evidence": "How good?",
    "routing": "Who answers?",
    "classes": "Classes",
    "own": "Bring your own",
}
_NEXT = "_label_open"


def open_next(name: str, view: str = "label") -> None:
    """Show another project at the next run."""
    st.session_state[_NEXT] = (name, view)


def take_next() -> None:
    """Set the controls as `open_next` said; called before they are drawn."""
    if (wanted := st.session_state.pop(_NEXT, None)) is not None:
        st.session_state["label_project"], st.session_state["label_view"] = wanted
