"""The three scenarios side by side, at equal budgets."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.loops.races.grid import grid_over
from alcore.report.charts.curves import mean_curves
from alcore.report.curves import curve_frame
from alcore.report.interactive.settings_plane import plane_figure
from alcore.report.phrases import number
from alcore.report.text.comparison import describe_comparison
from alcore.report.text.streams import gain_table
from pages.screens.scenarios import cached
from pages.screens.scenarios.as_python import together_code
from pages.screens.scenarios.cached import Together
from pages.screens.scenarios.controls import PAGE, POLICY_NAMES, SETTING_NAMES, ScenarioSettings, ScenarioView
from pages.screens.scenarios.starting_points import depends
from pages.shared.chart import show_chart, toolbar
from pages.shared.export_panel import config_of, export_buttons
from pages.shared.viewport import is_dark, is_narrow

CHART = toolbar("settings")
_SAYS = {
    "pool": "Queries the point of the whole pool with the highest acquisition score.",
    "stream": "Decides about each point once, when it arrives.",
    "synthesis": "Synthesises a point, anywhere in the box, and queries its label.",
}


def draw_comparison(setup: ScenarioSettings, shown: ScenarioView) -> None:
    """Draw the curves, the verdict, and each scenario's queries."""
    found = cached.together(setup, shown)
    verdict = describe_comparison(found.comparison)
    st.info(verdict, icon=":material/flag:")
    chart = mean_curves(
        found.comparison.labels_T,
        found.comparison.standings,
        seeds=len(shown.seeds),
        x_title="Label budget, seed set included",
    )
    show_chart(
        chart,
        key="settings_together_curves",
        alt=f"Mean accuracy of the three settings and of random picks. {verdict}",
        file="settings",
        height=340 if is_narrow() else 400,
    )
    several = len(shown.seeds) > 1
    band = f"The band is the 95 % interval of the mean of {len(shown.seeds)} paired races. " if several else ""
    st.caption(
        f"{band}All have the same seed set, the same first logistic regression and the same test set. The stream's "
        f"policy is {'' if setup.policy == 'random' else 'the '}{POLICY_NAMES[setup.policy].lower()}, which spent "
        f"{number(found.spent)} of {setup.labels} labels on average; unspent labels leave its model unchanged. There "
        "is no drift here."
    )
    spent = dict.fromkeys(SETTING_NAMES, float(setup.labels)) | {"stream": found.spent}
    st.dataframe(gain_table(found.comparison, spent, setup.labels), hide_index=True)
    st.caption(
        "Mean accuracy over the whole budget, and the gain over random picks in percentage points; in "
        "brackets its 95 % interval over the paired seeds, corrected for three comparisons."
    )
    with st.container(horizontal=True):
        export_buttons(
            curve_frame(found.rows),
            config_of(setup, shown, screen=PAGE),
            together_code(setup, shown),
            key=PAGE,
            title=setup.scene.title,
            names=SETTING_NAMES,
            words=verdict,
            chart=lambda: chart,
        )
    st.subheader(f"Queried points of each setting, seed {shown.seed}", anchor=False)
    _planes(setup, shown, found)
    depends()


def _planes(setup: ScenarioSettings, shown: ScenarioView, found: Together) -> None:
    data = setup.scene.dataset(shown.seed)
    grid = grid_over(data)
    pool, stream, synthesis = found.shown.pool_S_M[0], found.shown.streams_S[0], found.shown.syntheses_S[0]
    came = stream.arrivals
    asked: Mapping[str, tuple[NDArray, NDArray, NDArray]] = {
        "pool": (
            data.x_pool[pool[setup.seed_labels :]],
            data.y_pool[pool[setup.seed_labels :]],
            cached.fitted(data, pool),
        ),
        "stream": (came.x_T_D[stream.asked_T], came.y_T[stream.asked_T], stream.models_L_K_P[-1]),
        "synthesis": (synthesis.queries_Q_D, synthesis.labels_Q, synthesis.models_R_K_P[-1]),
    }
    places = [st.container() for _ in asked] if is_narrow() else st.columns(len(asked))
    for place, (name, (points, labels, model)) in zip(places, asked.items(), strict=True):
        with place:
            st.markdown(f"**{SETTING_NAMES[name]}.** {_SAYS[name]}")
            st.plotly_chart(
                plane_figure(
                    grid.x,
                    grid.y,
                    cached.model_surface(model, grid),
                    data.class_names,
                    faint_N_2=data.x_pool,
                    first_M_2=data.x_pool[came.first],
                    first_y_M=data.y_pool[came.first],
                    asked_Q_2=points,
                    asked_y_Q=labels,
                    said_Q=query_words(data.class_names, labels),
                    best_Y_X_C=setup.scene.posterior(grid),
                    box=(synthesis.low_D, synthesis.high_D) if name == "synthesis" else None,
                    dark=is_dark(),
                    height=280 if is_narrow() else 240,
                    legend=False,
                ),
                key=f"settings_plane_{name}",
                theme=None,
                alt=f"{SETTING_NAMES[name]}: {len(points)} queried points on the classes of the last model.",
                config=CHART,
            )
    st.caption(
        "Filled: queried points, with their labels. Hollow: the seed set. Tints: predicted classes of the last model. "
        "Dashed: the best possible boundary. Dotted: the box of synthesised points."
    )


def query_words(class_names: tuple[str, ...], labels_Q: NDArray[np.int64]) -> list[str]:
    """Hover text of each query."""
    return [f"query {q + 1}: label {class_names[int(label)]}" for q, label in enumerate(labels_Q)]
