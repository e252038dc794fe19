"""The three settings side by side, in step under one budget."""

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.loops.races.grid import Grid, grid_over
from alcore.loops.replayed_settings import SettingRun, curve_of
from alcore.loops.settings_comparison import SETTINGS
from alcore.report.charts.curves import mean_curves
from alcore.report.contours import tie_lines
from alcore.report.curves import curve_frame
from alcore.report.interactive.render import PreparedFigure
from alcore.report.interactive.scenarios import Curves, Panel, scenario_figure
from alcore.report.phrases import lowercase_first, number, percent
from alcore.report.text.streams import gain_table
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.scenarios import cached, grid
from pages.screens.scenarios.as_python import together_code
from pages.screens.scenarios.cached import Together
from pages.screens.scenarios.controls import (
    FILES,
    NAME,
    PAGE,
    POLICY_NAMES,
    SETTING_NAMES,
    ScenarioSettings,
    ScenarioView,
)
from pages.screens.scenarios.evidence import brief_of, show_evidence, words_of
from pages.screens.scenarios.figure import animation_of, bands_of, draw_figure
from pages.shared.export_panel import config_of, export_buttons
from pages.shared.toolbar import main_visual
from pages.shared.viewport import is_narrow

# Pixels of the grid under the figure.
_GRID = 172
_TITLES = {
    "pool": ("Pool", "pick the most uncertain"),
    "stream": ("Stream", "a gate for arrivals"),
    "synthesis": ("Synthesis", "climb to the boundary"),
}


def draw_comparison(setup: ScenarioSettings, shown: ScenarioView, tools: DeltaGenerator) -> None:
    """Draw the maps in step, the grid of data sets, the verdict, and the numbers behind it."""
    with main_visual():
        picture = st.container()
    with st.container(key="settings_below"):
        left, right = (st.container(), st.container()) if is_narrow() else st.columns([5, 6], gap="medium")
    with left:
        grid.draw_grid(setup)
    found = cached.together(setup, shown)
    runs = cached.runs(setup, shown, found)
    data = setup.scene.dataset(shown.seed)
    draw = partial(_figure, setup, shown, found, runs, grid_over(data))
    verdict = words_of(found.comparison)
    ends = ", ".join(f"{SETTING_NAMES[run.strategy]} {percent(run.rounds[-1].accuracy)}" for run in runs)
    alt = f"Queried points of the three settings with {setup.labels} labels, and their accuracy: {ends}. {verdict}"
    with picture:
        draw_figure(draw, key="settings_figure", alt=alt, below=_GRID)
    with right:
        show_evidence(found.comparison, shown.paired, shown.seed)
        policy = POLICY_NAMES[setup.policy].lower()
        st.caption(f"The stream's policy, {policy}, spent {number(found.spent)} of {setup.labels} labels on average.")
    config = config_of(setup, shown, screen=NAME)
    title = title_of(setup)
    with tools:
        export_buttons(
            curve_frame(found.rows),
            config,
            together_code(setup, shown),
            key=PAGE,
            screen=NAME,
            subject=FILES["together"],
            seeds=len(shown.seeds),
            title=title,
            names=SETTING_NAMES,
            words=verdict,
            brief=brief_of(found.comparison),
            chart=lambda: mean_curves(
                found.comparison.labels_T,
                found.comparison.standings,
                seeds=len(shown.seeds),
                x_title="Label budget, seed set included",
            ),
            animation=lambda: animation_of(
                draw,
                alt=alt,
                title=f"{title}, seed {shown.seed}",
                verdict=verdict,
                legend=_legend(shown),
                config=config,
            ),
        )
        with st.popover("What the marks mean", icon=":material/help:", help="What the marks mean"):
            st.markdown(_legend(shown))
    with st.expander("The numbers", icon=":material/table_chart:"):
        spent = dict.fromkeys(SETTING_NAMES, float(setup.labels)) | {"stream": found.spent}
        st.dataframe(gain_table(found.comparison, spent, setup.labels), hide_index=True)


def title_of(setup: ScenarioSettings) -> str:
    """A figure's title: everything that its races depend on, except the seeds."""
    return (
        f"{setup.scene.title}, {setup.scene.points} points, {setup.seed_labels} + {setup.labels} labels, pool by "
        f"{lowercase_first(STRATEGIES[setup.strategy].label)}, stream by {lowercase_first(POLICY_NAMES[setup.policy])}"
    )


def _legend(shown: ScenarioView) -> str:
    several = len(shown.seeds) > 1
    band = f" The band is the 95 % interval of the mean of {len(shown.seeds)} paired seeds." if several else ""
    return (
        "All settings start from the same seed set (without numbers) and the same logistic regression, and are tested "
        "on the same points. Numbers are queries in their order. Small rings on the stream's map: arrivals that the "
        "gate lets pass. Line on the map of synthesis: the ascent of the next query within the dotted box. Under each "
        f"map: the uncertainties that decide.{band} In the grid, a cell has the colours of the settings with the "
        "largest gain over random; of several, their intervals overlap it."
    )


def _figure(
    setup: ScenarioSettings,
    shown: ScenarioView,
    found: Together,
    runs: list[SettingRun],
    plane: Grid,
    **how: Any,
) -> PreparedFigure:
    data = setup.scene.dataset(shown.seed)
    best = tie_lines(plane.x, plane.y, setup.scene.posterior(plane))
    panels = [Panel(run, _title(run.strategy), data.x_pool, best) for run in runs]
    curves = Curves(
        [*runs, curve_of(found.rows, "random", shown.seed)],
        SETTING_NAMES,
        bands_of(found.comparison, SETTINGS),
        words=_budget(setup, runs[1]),
    )
    return scenario_figure(panels, curves, data.class_names, plane.x, plane.y, **how)


def _title(key: str) -> str:
    name, words = _TITLES[key]
    return f"<b>{name}</b>" if is_narrow() else f"<b>{name}</b>: {words}"


def _budget(setup: ScenarioSettings, stream: SettingRun) -> list[str]:
    """The budget spent in each round."""
    said = []
    for spent, one in enumerate(stream.rounds):
        own = one.labels - setup.seed_labels
        said.append(f"{spent} of {setup.labels} labels" + (f" (stream {own})" if own < spent else ""))
    return said
