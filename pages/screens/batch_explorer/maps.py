"""Maps drawn in the browser: a slider moves picks without a round trip to the server."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from alcore.report.svg.paths import Spec
from pages.shared.in_browser import sent

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
_POSITIONS = st.components.v2.component(
    "alcore_batch_positions", js=(_HERE / "positions.js").read_text(encoding="utf-8"), isolate_styles=False
)


def dial(scene: Spec, on_alpha: Callable[[float], None], *, token: str) -> None:
    """The slider from uncertainty to coverage; reports the weight of uncertainty on release.

    Args:
        scene: at least the position at which the slider stands; `positions` may add the others.
        on_alpha: called with the weight.
        token: the same for the same pool and batches.
    """
    key = "batch_dial"
    content = scene | {"token": token}

    def moved() -> None:
        if (alpha := sent(key, "alpha")) is not None:
            on_alpha(float(alpha))

    _DIAL(key=key, data=content, on_alpha_change=moved)


def positions(scene: Spec, *, token: str) -> None:
    """Add every position of its scene to a slider that is already drawn, which has the same token."""
    content = {name: scene[name] for name in ("stops", "points", "trade")} | {"token": token}
    _POSITIONS(key="batch_positions", data=content, height="content")


def panels(scene: Spec) -> None:
    """Several batches side by side."""
    _PANELS(key="batch_board", data=scene)


def chooser(scene: Spec, on_chosen: Callable[[list[int]], None]) -> None:
    """A map with selectable points; reports all selected points after each change."""
    key = "batch_chooser"

    def chose() -> None:
        if (chosen := sent(key, "chosen")) is not None:
            on_chosen([int(i) for i in chosen])

    _CHOOSER(key=key, data=scene, on_chosen_change=chose)
