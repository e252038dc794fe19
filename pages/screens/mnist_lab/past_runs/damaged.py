"""Runs with damaged rows in the store: shown with the reason, and deletable."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from alcore.runs.errors import UnknownRunError
from alcore.runs.store.run_info import DamagedRun
from alcore.runs.store.store import Store
from pages.screens.mnist_lab import texts
from pages.shared.errors import sentences
from pages.shared.markdown import plain

_MOST_LISTED = 20


def damaged_runs(damaged: Sequence[DamagedRun], home: Path) -> None:
    """List damaged runs, each with a button that deletes it; empty if there are none."""
    if not damaged:
        return
    st.warning(
        f"{texts.plural(len(damaged), 'run')} in the store cannot be read: what is stored is not what was "
        "written. The other runs are not touched by it. Put back a copy of the store, or delete what is "
        "damaged.",
        icon=":material/broken_image:",
    )
    for one in damaged[:_MOST_LISTED]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge("Damaged", icon=":material/broken_image:", color="red")
            st.markdown(plain(f"{one.name}: {one.reason}"), width="stretch")
            st.button(
                "Delete",
                icon=":material/delete:",
                key=f"mnist_damaged_{one.name}",
                on_click=_delete,
                args=(one.name, home),
            )
    if len(damaged) > _MOST_LISTED:
        st.caption(f"And {texts.plural(len(damaged) - _MOST_LISTED, 'run')} more.")


def _delete(name: str, home: Path) -> None:
    with sentences(), Store(home) as store:
        try:
            store.delete(name)
        except UnknownRunError:
            # Deleted in another tab meanwhile.
            return
