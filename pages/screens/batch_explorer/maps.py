"""Maps drawn in the browser: a slider moves picks without a round trip to the server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
CSS = (_HERE / "batch.css").read_text(encoding="utf-8")
_MAP, _BESIDE = ((_HERE / name).read_text(encoding="utf-8") for name in ("map.js", "trade_off.js"))


def script(name: str) -> str:
    """The self-contained JavaScript module of a part, with its map."""
    beside = "" if name == "panels" else _BESIDE
    return _MAP + beside + (_HERE / f"{name}.js").read_text(encoding="utf-8")


_DIAL, _PANELS, _CHOOSER = (
    st.components.v2.component(f"alcore_batch_{name}", js=script(name), css=CSS)
    for name in ("dial", "panels", "chooser")
)


def dial(scene: dict[str, Any], on_alpha: Callable[[float], None]) -> None:
    """The slider from uncertainty to coverage; reports the weight of uncertainty on release."""
    key = "batch_dial"
    _DIAL(key=key, data=scene, on_alpha_change=lambda: on_alpha(float(st.session_state[key].alpha)))


def panels(scene: dict[str, Any]) -> None:
    """Several batches side by side."""
    _PANELS(key="batch_board", data=scene)


def chooser(scene: dict[str, Any], on_chosen: Callable[[list[int]], None]) -> None:
    """A map with selectable points; reports all selected points after each change."""
    key = "batch_chooser"
    _CHOOSER(key=key, data=scene, on_chosen_change=lambda: on_chosen([int(i) for i in st.session_state[key].chosen]))
