"""Every paired seed as a dot at its gain over random; the one that is chosen is the race to watch."""

from pathlib import Path

import streamlit as st

from alcore.report.statistics.comparison import Comparison
from alcore.report.style import strategy_style
from pages.screens.arena import figure

_HERE = Path(__file__).parent
_KEY = "arena_seed_strip"
_STRIP = st.components.v2.component(
    "alcore_seed_strip",
    html='<div class="seed-strip" role="radiogroup" aria-label="Paired seeds by their gain"></div>',
    css=(_HERE / "seed_strip.css").read_text(encoding="utf-8"),
    js=(_HERE / "seed_strip.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def draw_seed_strip(comparison: Comparison, seed: int) -> None:
    """Draw the strip, a row per strategy against the baseline; nothing for a single seed.

    Args:
        comparison: of the paired races.
        seed: the race that is drawn.
    """
    if len(comparison.seeds) < 2 or not comparison.rivals:
        return
    base = comparison.standing(comparison.baseline).name.lower()
    rows = [
        {
            "name": f"{comparison.standing(rival.strategy).name} against {base}",
            "color": strategy_style(rival.strategy).color,
            "gains": [100 * float(gain) for gain in rival.gains_S],
        }
        for rival in comparison.rivals
    ]
    data = {"rows": rows, "seeds": list(comparison.seeds), "seed": seed}
    _STRIP(key=_KEY, data=data, height="content", on_seed_change=_watch)


def _watch() -> None:
    chosen = getattr(st.session_state.get(_KEY), "seed", None)
    if isinstance(chosen, int):
        st.session_state["arena_seed"] = chosen
        figure.play_again()
