"""Uncertainty decomposition: epistemic (the members of a committee disagree) and aleatoric (they agree on noise)."""

from functools import partial
from html import escape
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.report.paper.maps import print_panels
from alcore.report.statistics.strategy_costs import table_csv, table_json
from alcore.report.style import strategy_style
from alcore.report.svg.panels import Mark, Panel, scene
from alcore.report.svg.simplex_panels import SQUARE, doubt_pane, pool_words, split_words
from pages.screens.strategy_atlas import cached
from pages.screens.strategy_atlas.controls import PAGE, UncertaintySettings, choose_uncertainty
from pages.screens.strategy_atlas.export import take_away
from pages.screens.strategy_atlas.panels import panes
from pages.shared.toolbar import main_visual

_STEP = 0.02
# Component -> its title, the strategy of the same colour, and its definition.
_PARTS = {
    "total_N": ("Predictive entropy", "entropy", "Entropy of the committee's mean: the sum of the other two."),
    "mutual_N": (
        "Epistemic: disagreement",
        "bald",
        "Mutual information of label and model (BALD): labels can reduce it.",
    ),
    "expected_N": (
        "Aleatoric: noise",
        "hybrid",
        "Expected entropy of one member: labels cannot reduce it.",
    ),
}
_BARS = """
<style>
.splits { display: grid; gap: 0.5rem; margin: 0.2rem 0 0.4rem; }
.splits > div { align-items: center; display: grid; gap: 0.7rem; grid-template-columns: 1.2rem 1fr; }
.splits b { font-size: 1rem; }
.splits .bar { background: color-mix(in srgb, currentColor 10%, transparent); border-radius: 4px;
  display: flex; height: 1.5rem; overflow: hidden; }
.splits .buy { background: BUY; }
.splits .noise { background: repeating-linear-gradient(135deg, NOISE 0 5px, transparent 5px 9px);
  box-shadow: inset 0 0 0 1.5px NOISE; }
</style>
"""


def draw_uncertainty_kinds(tools: DeltaGenerator) -> None:
    """Three maps, the decomposition at two positions, and its meaning."""
    maps = main_visual()
    doubt = choose_uncertainty()
    found = cached.uncertainty_map(doubt)
    mean = cached.mean_of(doubt)
    values = {letter: {part: float(getattr(found.at, part)[i]) for part in _PARTS} for i, letter in enumerate("AB")}
    top = cached.ceiling(doubt)
    drawn = [
        doubt_pane(
            title,
            about,
            strategy_style(strategy).color,
            found.grid.x,
            found.grid.y,
            getattr(found.over, part),
            top,
            found.labeled_M_2,
            {letter: value[part] for letter, value in values.items()},
            mean[part.removesuffix("_N")],
        )
        for part, (title, strategy, about) in _PARTS.items()
    ]
    marks = tuple(
        Mark(letter, place, f"{value['total_N']:.3f} nats, {value['mutual_N']:.3f} of them disagreement")
        for (letter, value), place in zip(values.items(), doubt.places, strict=True)
    )
    with maps:
        panes(scene(drawn, marks, SQUARE, _STEP), _moved, key="strategies_doubt")
    st.info(pool_words(**mean, labels=doubt.labelled), icon=":material/call_split:")
    st.caption(
        "One scale on all three maps: the first is the sum of the other two. Dots: labels. **Drag A or B.**",
        help="A committee of 20 logistic regressions, each trained on a bootstrap sample of the same labels. With the "
        "keyboard: focus A or B and use the arrow keys.",
    )
    _bars(values, top)
    for letter, value in values.items():
        st.markdown(split_words(letter, value["total_N"], value["expected_N"], value["mutual_N"]))
    _take_away(tools, doubt, values, mean, drawn, marks)


def _bars(values: dict[str, dict[str, float]], top: float) -> None:
    """The decomposition at each position as a bar; the text below repeats it."""
    buy, noise = (strategy_style(_PARTS[part][1]).color for part in ("mutual_N", "expected_N"))
    rows = "".join(
        f'<div><b>{escape(letter)}</b><div class="bar" aria-hidden="true">'
        f'<div class="buy" style="width: {value["mutual_N"] / top:.2%}"></div>'
        f'<div class="noise" style="width: {value["expected_N"] / top:.2%}"></div></div></div>'
        for letter, value in values.items()
    )
    style = _BARS.replace("BUY", buy).replace("NOISE", noise)
    st.html(f'{style}<div class="splits">{rows}</div>')
    st.caption(
        "Plain: disagreement (epistemic). Hatched: noise (aleatoric). The whole bar: the maximum, with all classes "
        f"equally probable, {top:.2f} nats."
    )


def _moved(letter: str, x: float, y: float) -> None:
    """Write the position of a dragged mark into its sliders."""
    for axis, share in (("x", x), ("y", y)):
        st.session_state[f"{PAGE}_{letter.lower()}_{axis}"] = round(100 * share)


def _take_away(
    tools: DeltaGenerator,
    doubt: UncertaintySettings,
    values: dict[str, dict[str, float]],
    mean: dict[str, float],
    drawn: list[Panel],
    marks: tuple[Mark, ...],
) -> None:
    rows: list[dict[str, Any]] = [
        {"place": letter, "across": across, "up": up}
        | {part.removesuffix("_N"): nats for part, nats in values[letter].items()}
        for letter, (across, up) in zip(values, doubt.places, strict=True)
    ]
    rows.append({"place": "pool", "across": None, "up": None} | mean)
    title = f"{doubt.scene.title}, {doubt.labelled} labels, C = {doubt.freedom:g}, seed {doubt.seed}"
    told = pool_words(**mean, labels=doubt.labelled).replace("**", "")
    setting = doubt.scene.config() | {"seed": doubt.seed, "labelled": doubt.labelled, "C": doubt.freedom}
    take_away(
        tools,
        {
            "uncertainty.csv": ("**The split** at A, B and over the pool, in nats (CSV)", partial(table_csv, rows)),
            "uncertainty.json": (
                "**The split** with every setting (JSON)",
                partial(table_json, [row | setting for row in rows]),
            ),
        },
        key="doubt",
        figures={"uncertainty": ("The maps", partial(print_panels, drawn, marks, title=title, words=told))},
    )
