"""A strategy's card: its first picks, formula and symbols, when to use it and when not, and its measured gain."""

import streamlit as st

from alcore.loops.batch_explorer import uncertainty_and_distance_surfaces
from alcore.loops.races.grid import grid_over
from alcore.report.charts.costs import costs_chart
from alcore.report.statistics.strategy_costs import cost_words, standing_words
from alcore.report.svg.batch_thumbnail import batch_thumbnail
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.strategy_atlas import cached, pool
from pages.screens.strategy_atlas.controls import NAMES, NEEDS
from pages.screens.strategy_atlas.symbols import explained
from pages.screens.tournament.controls import data_names
from pages.shared import copy_buttons, viewport
from pages.shared.chart import show_chart

_PICTURE = 260  # pixels
# Two cards side by side are narrow: smaller formulas, and no gaps between the parts.
_STYLE = """<style>
[class*="st-key-strategies_card"] { font-size: 0.9rem; line-height: 1.45; }
[class*="st-key-strategies_card"] [data-testid="stMarkdownContainer"] > p { font-size: 0.9rem; }
[class*="st-key-strategies_card"] .katex-display { margin: 0.2rem 0; }
[class*="st-key-strategies_card"] .katex-display > .katex { font-size: 1em; white-space: normal; }
</style>"""


def draw_card(name: str, *, key: str) -> None:
    """Draw the card.

    Args:
        name: of the strategy.
        key: distinguishes the cards of the screen.
    """
    strategy = STRATEGIES[name]
    standings, tasks = cached.standings()
    with st.container(border=True, gap="small", key=f"strategies_card_{key}"):
        st.html(_STYLE)
        alt = f"The first {pool.PICKS} picks of {strategy.label}, numbered, on a pool shaded by uncertainty"
        st.image(_thumbnail(name, viewport.is_dark()), width=_PICTURE, alt=alt)
        st.markdown(f"**{strategy.label}.** {strategy.description}")
        st.latex(_broken(strategy.formula))
        st.caption("; ".join(f"${symbol}$ {words}" for symbol, words in explained(strategy.formula).items()) + ".")
        st.markdown(f":material/thumb_up: **When.** {strategy.strengths}")
        st.markdown(f":material/thumb_down: **When not.** {strategy.failures}")
        st.markdown(f":material/trophy: **Measured gain.** {standing_words(standings.get(name), tasks, data_names())}")
        needs = "; ".join(NEEDS.get(need, need) for need in strategy.needs) or "nothing but the points"
        st.caption(f"Source: {strategy.source}. Family: {strategy.family.lower()}. Needs {needs}.")
        with st.container(horizontal=True):
            copy_buttons.preset(
                "pages/arena.py",
                "**Race it in the arena**",
                ":material/swords:",
                {"arena_left": NAMES[name]} if name != "random" else {},
            )
            copy_buttons.preset(
                "pages/batch_explorer.py",
                "**See its batches**",
                ":material/scatter_plot:",
                {"batch_panels": _panels(name)},
            )


def costs_legend(name: str) -> str:
    """What the chart of the costs shows, for a figure."""
    return f"{_measured(name).partition('. From ')[0].removesuffix('.')}. Grey: all other strategies."


def _measured(name: str) -> str:
    cost = cached.costs().get(name)
    return cost_words(cost) if cost else "Not measured yet."


def draw_costs(name: str) -> None:
    """The measured time of a strategy among all others."""
    strategy, measured = STRATEGIES[name], _measured(name)
    show_chart(
        costs_chart(times(), name, names=NAMES),
        key="strategies_cost_chart",
        alt=f"Measured seconds a batch against the size of the pool: {measured}",
        file="costs",
        height=250,
    )
    st.markdown(f"**{strategy.label} costs** `{strategy.cost}` a batch. {measured}")
    st.caption(
        "n points in the pool, k picks, C classes, K models, d features, m tries, M labelled points, "
        "T targets. Grey: all other strategies."
    )


def times() -> dict[str, tuple[tuple[int, ...], tuple[float, ...]]]:
    """Pool sizes and measured seconds of every strategy."""
    return {one: (cost.pool_sizes, cost.seconds) for one, cost in cached.costs().items()}


def _thumbnail(name: str, dark: bool) -> str:
    found, picks = pool.fixed_pool(), pool.first_picks(name)
    x, y = found.dataset.x_pool, found.dataset.y_pool
    return batch_thumbnail(x, y, found.labeled, picks, _uncertainty(), strategy=name, dark=dark)


@st.cache_resource(show_spinner=False)
def _uncertainty() -> tuple:
    found = pool.fixed_pool()
    grid = grid_over(found.dataset)
    return grid.x, grid.y, uncertainty_and_distance_surfaces(found, grid)[0]


def _broken(formula: str) -> str:
    """A formula of two parts on two lines, slightly smaller."""
    lines = formula.replace(r", \quad ", r",\\ ")
    return rf"\small\begin{{gathered}}{lines}\end{{gathered}}"


def _panels(name: str) -> list[str]:
    """Top-k, which selects by least confidence, and this strategy beside it."""
    from pages.screens.batch_explorer.controls import NAMES as SELECTORS

    beside = ("k_center",) if name == "least_confidence" else (name,)
    return [SELECTORS[one] for one in ("top_k", *beside)]
