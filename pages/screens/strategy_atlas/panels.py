"""Pictures side by side with draggable marks, drawn in the browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from pages.shared.in_browser import sent

_HERE = Path(__file__).parent
_PANES = st.components.v2.component(
    "alcore_atlas_panes",
    js=(_HERE / "panels.js").read_text(encoding="utf-8"),
    css=(_HERE / "panels.css").read_text(encoding="utf-8"),
)


def panes(scene: dict[str, Any], on_moved: Callable[[str, float, float], None], *, key: str) -> None:
    """Draw a scene of `alcore.report.svg.panels.scene`; reports the letter and position of a moved mark."""

    def moved() -> None:
        if told := sent(key, "moved"):
            on_moved(str(told["letter"]), float(told["x"]), float(told["y"]))

    _PANES(key=key, data=scene, on_moved_change=moved)
