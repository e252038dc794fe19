"""Query synthesis by a logistic regression in the plane."""

from typing import Any

import streamlit as st

from alcore.loops.races.grid import grid_over
from alcore.loops.synthesis.synthesis import Synthesis
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame
from alcore.report.interactive.settings_plane import plane_figure
from alcore.report.text.synthesis import describe_synthesis
from pages.screens.scenarios import cached
from pages.screens.scenarios.as_python import synthesis_code
from pages.screens.scenarios.comparison import CHART, query_words
from pages.screens.scenarios.controls import PAGE, SETTING_NAMES, ScenarioView, SynthesisSettings
from pages.shared import controls
from pages.shared.chart import show_chart
from pages.shared.curve_rows import curve_rows
from pages.shared.export_panel import config_of, export_buttons
from pages.shared.viewport import is_dark, is_narrow


def draw_synthesis_plane(setup: SynthesisSettings, shown: ScenarioView) -> None:
    """Draw the queries, the box and the learning curve of a seed."""
    result = cached.synthesised(setup, shown.seed)
    verdict = describe_synthesis(
        result.labels_R, result.accuracy_R, result.real.distance_Q_J, result.real.agreement_Q, result.real.typical
    )
    verdict += " One learner: Side by side compares it with the other settings."
    st.info(verdict, icon=":material/flag:")
    share = controls.slider(PAGE, "made", "Rounds shown", 0, 100, 100, format="%d %%", help="Share of all rounds.")
    done = setup.rounds * share // 100
    left, right = (st.container(), st.container()) if is_narrow() else st.columns([3, 2])
    with left:
        _plane(setup, shown, result, done)
    frame = curve_frame(rows_of(result))
    with right:
        show_chart(
            learning_curves(frame, names=SETTING_NAMES),
            key="settings_made_curve",
            alt="The learning curve of the learner that synthesises its queries.",
            file="settings",
            height=360,
        )
        st.markdown(
            "Gradient ascent leads from random points of the box to a point of maximal uncertainty, which is queried. "
            "All points of a straight boundary tie: whether the optimum lies near points of the pool or far from all "
            "of them is random. The oracle samples the label from the true distribution."
        )
    with st.container(horizontal=True):
        export_buttons(
            frame,
            config_of(setup, shown, screen=PAGE),
            synthesis_code(setup, shown),
            key=PAGE,
            title=f"{setup.scene.title}, seed {shown.seed}",
            names=SETTING_NAMES,
            words=verdict,
        )


def _plane(setup: SynthesisSettings, shown: ScenarioView, result: Synthesis, done: int) -> None:
    data = setup.scene.dataset(shown.seed)
    grid = grid_over(data)
    asked = done * setup.labels_per_round
    st.plotly_chart(
        plane_figure(
            grid.x,
            grid.y,
            cached.model_surface(result.models_R_K_P[done], grid),
            data.class_names,
            faint_N_2=data.x_pool,
            first_M_2=data.x_pool[result.first],
            first_y_M=data.y_pool[result.first],
            asked_Q_2=result.queries_Q_D[:asked],
            asked_y_Q=result.labels_Q[:asked],
            said_Q=[
                f"{words}<br>{100 * agree:.0f} % of the nearest real points are of that class"
                for words, agree in zip(
                    query_words(data.class_names, result.labels_Q), result.real.agreement_Q, strict=True
                )
            ],
            best_Y_X_C=setup.scene.posterior(grid),
            box=(result.low_D, result.high_D),
            dark=is_dark(),
            height=380 if is_narrow() else 500,
        ),
        key="settings_made_plane",
        theme=None,
        alt=f"{asked} synthesised points in the box, on the predicted classes of the model.",
        config=CHART,
    )
    st.caption("Small dots: the real points, which this learner does not use. Hollow: the seed set.")


def rows_of(result: Synthesis) -> list[dict[str, Any]]:
    """The learner's curve, for `curve_frame`."""
    return curve_rows("synthesis", result.seed, result.labels_R, result.accuracy_R, result.train_loss_R)
