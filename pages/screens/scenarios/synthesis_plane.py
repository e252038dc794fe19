"""Query synthesis by a logistic regression in the plane."""

import streamlit as st

from alcore.loops.races.grid import grid_over
from alcore.loops.synthesis.synthesis import Synthesis
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame
from alcore.report.interactive.settings_plane import plane_figure
from alcore.report.text.synthesis import describe_synthesis
from pages.screens.scenarios import cached
from pages.screens.scenarios.as_python import synthesis_code
from pages.screens.scenarios.comparison import CHART, said
from pages.screens.scenarios.export import take_away
from pages.screens.scenarios.settings import PAGE, SETTING_NAMES, ScenarioView, SynthesisSetup, config_of
from pages.shared import controls
from pages.shared.chart import show_chart
from pages.shared.viewport import is_dark, is_narrow


def draw_synthesis_plane(setup: SynthesisSetup, shown: ScenarioView) -> None:
    """Draw the queries, the box and the learning curve of a seed."""
    told = cached.made_up(setup, shown.seed)
    verdict = describe_synthesis(
        told.labels_R, told.accuracy_R, told.real.distance_Q_J, told.real.agreement_Q, told.real.typical
    )
    verdict += " One learner: whether it pays stands under Side by side."
    st.info(verdict, icon=":material/flag:")
    made = controls.slider(
        PAGE, "made", "Look at the questions after", 0, 100, 100, format="%d %%", help="Of its rounds."
    )
    done = setup.rounds * made // 100
    left, right = (st.container(), st.container()) if is_narrow() else st.columns([3, 2])
    with left:
        _plane(setup, shown, told, done)
    frame = curve_frame(rows_of(told, "synthesis"))
    with right:
        show_chart(
            learning_curves(frame, names=SETTING_NAMES),
            key="settings_made_curve",
            alt="The learning curve of the learner that makes up its questions.",
            file="settings",
            height=360,
        )
        st.markdown(
            "Gradient ascent climbs from random points of the box to where the model is least sure, and asks "
            "there. With a straight boundary all of it ties, and where the climb ends up on it, near points "
            "or far from all of them, is chance. The oracle knows the distribution and draws the answer."
        )
    take_away(
        frame,
        config_of(setup, shown),
        synthesis_code(setup, shown),
        title=f"{setup.sample.title()}, seed {shown.seed}",
        names=SETTING_NAMES,
        words=verdict,
    )


def _plane(setup: SynthesisSetup, shown: ScenarioView, told: Synthesis, done: int) -> None:
    data = cached.data_of(setup.sample, shown.seed)
    grid = grid_over(data)
    asked = done * setup.labels_per_round
    st.plotly_chart(
        plane_figure(
            grid.x,
            grid.y,
            cached.model_surface(told.models_R_K_P[done], grid),
            data.class_names,
            faint_N_2=data.x_pool,
            first_M_2=data.x_pool[told.first],
            first_y_M=data.y_pool[told.first],
            asked_Q_2=told.queries_Q_D[:asked],
            asked_y_Q=told.labels_Q[:asked],
            said_Q=[
                f"{words}<br>{100 * agree:.0f} % of the nearest real points are of that class"
                for words, agree in zip(said(data.class_names, told.labels_Q), told.real.agreement_Q, strict=True)
            ],
            best_Y_X_C=cached.best(setup.sample, grid, grid.points_P_2),
            box=(told.low_D, told.high_D),
            dark=is_dark(),
            height=380 if is_narrow() else 500,
        ),
        key="settings_made_plane",
        theme=None,
        alt=f"{asked} made-up points in the box, on what the model then believes.",
        config=CHART,
    )
    st.caption("Small dots: the real points, which this learner never sees. Hollow: the first labels.")


def rows_of(told: Synthesis, strategy: str) -> list[dict]:
    """A learner's curve, for `curve_frame`."""
    return [
        {
            "run": f"{strategy}-{told.seed}",
            "strategy": strategy,
            "seed": told.seed,
            "round": number,
            "labels": int(labels),
            "accuracy": float(accuracy),
            "train_loss": float(loss),
            "seconds": 0.0,
        }
        for number, (labels, accuracy, loss) in enumerate(
            zip(told.labels_R, told.accuracy_R, told.train_loss_R, strict=True)
        )
    ]
