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
from pages.screens.scenarios.export import take_away
from pages.screens.scenarios.settings import POLICY_NAMES, SETTING_NAMES, ScenarioSettings, ScenarioView, config_of
from pages.screens.scenarios.starting_points import depends
from pages.shared.chart import show_chart
from pages.shared.viewport import is_dark, is_narrow

CHART = {"displaylogo": False, "toImageButtonOptions": {"format": "svg", "filename": "alcore-settings"}}
_SAYS = {
    "pool": "It looks at every point and takes the one it is least sure of.",
    "stream": "It sees each point once, in passing, and decides at once.",
    "synthesis": "It makes up a point, anywhere in the box, and asks what it is.",
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
        x_title="Label budget, first labels included",
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
        f"{band}All start from the same first labels and the same logistic regression, and are judged on the "
        f"same test set. The stream asks by {'' if setup.policy == 'random' else 'the '}"
        f"{POLICY_NAMES[setup.policy].lower()} and spent "
        f"{number(found.spent)} of {setup.labels} labels on average; what is left unspent leaves its model "
        "as it is. There is no drift here."
    )
    spent = dict.fromkeys(SETTING_NAMES, float(setup.labels)) | {"stream": found.spent}
    st.dataframe(gain_table(found.comparison, spent, setup.labels), hide_index=True)
    st.caption(
        "Mean accuracy over the whole budget, and the gain over random picks in percentage points; in "
        "brackets its 95 % interval over the paired seeds, wide enough for three comparisons."
    )
    take_away(
        curve_frame(found.rows),
        config_of(setup, shown),
        together_code(setup, shown),
        title=setup.sample.title(),
        names=SETTING_NAMES,
        words=verdict,
        chart=lambda: chart,
    )
    st.subheader(f"Where each of them asked, seed {shown.seed}", anchor=False)
    _planes(setup, shown, found)
    depends()


def _planes(setup: ScenarioSettings, shown: ScenarioView, found: Together) -> None:
    data = cached.data_of(setup.sample, shown.seed)
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
                    said_Q=said(data.class_names, labels),
                    best_Y_X_C=cached.best(setup.sample, grid, grid.points_P_2),
                    box=(synthesis.low_D, synthesis.high_D) if name == "synthesis" else None,
                    dark=is_dark(),
                    height=280 if is_narrow() else 240,
                    legend=False,
                ),
                key=f"settings_plane_{name}",
                theme=None,
                alt=f"{SETTING_NAMES[name]}: {len(points)} questions on the classes of the last model.",
                config=CHART,
            )
    st.caption(
        "Filled: asked, with the answer. Hollow: the first labels. Tints: what the last model believes. "
        "Dashed: the best possible boundary. Dotted: the box that made-up points stay in."
    )


def said(class_names: tuple[str, ...], labels_Q: NDArray[np.int64]) -> list[str]:
    """Hover text of each query."""
    return [f"question {q + 1}: answered {class_names[int(label)]}" for q, label in enumerate(labels_Q)]
