"""Exports of a section: its curves, link, and program."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.screens.scenarios.settings import PAGE
from pages.shared.copy_buttons import copy_link, copy_python
from pages.shared.export_panel import export_panel


def take_away(
    frame: pd.DataFrame,
    config: Mapping[str, Any],
    code: str,
    *,
    title: str,
    names: Mapping[str, str],
    **drawn: Any,
) -> None:
    """Draw the exports of a section in a row.

    Args:
        frame: its curves.
        config: all settings.
        code: program that prints the same curves.
        title: of the drawn formats.
        names: display names by strategy key.
        drawn: see `export_panel`.
    """
    with st.container(horizontal=True):
        export_panel(frame, [config], key=PAGE, title=title, names=names, **drawn)
        copy_link()
        copy_python(code)
