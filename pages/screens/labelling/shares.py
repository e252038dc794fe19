"""A share of the queue that is chosen on the screen, and kept with the project."""

from collections.abc import Mapping

import streamlit as st

from pages.screens.labelling.opened import Opened


def draw_share(shown: Opened, name: str, label: str, shares: Mapping[float, str], help: str) -> float:
    """Draw the choice, store a change, and return the share.

    Args:
        shown: the project.
        name: of a field of `Mix`.
        label: of the control.
        shares: share -> its name; the first is off.
        help: shown at the control.
    """
    project = shown.project
    mix = project.settings["mix"]
    now = mix.get(name, 0.0)
    share = st.segmented_control(
        label,
        list(shares),
        default=now if now in shares else 0.0,
        format_func=shares.__getitem__,
        key=f"_label_{name}_{shown.name}",
        required=True,
        help=help,
    )
    if share != now:
        project.change(mix={**mix, name: share})
    return share
