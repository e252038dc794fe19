"""Two maps side by side: the same race without and with the remedy."""

import numpy as np
import streamlit as st

from alcore.loops.failure_modes.cases import Trial
from alcore.loops.failure_modes.curves import PairedCurves
from alcore.loops.races.grid import grid_over
from alcore.report.interactive.arena.single_round import state_figure
from alcore.report.text.failure_modes import median_seed, signed
from pages.screens.failure_clinic.controls import ClinicView
from pages.screens.failure_clinic.texts import ARMS
from pages.shared.viewport import is_dark, is_narrow


def draw_maps(mode: str, trial: Trial, shown: ClinicView) -> None:
    """Draw both maps after the given number of queries."""
    gain_S = (trial.treated.accuracy_S_T - trial.without.accuracy_S_T).mean(axis=1)
    median = median_seed(gain_S)
    seed = median if shown.seed is None else shown.seed
    planted = trial.data[seed]
    for column, (arm, title) in zip(st.columns(2), ARMS.items(), strict=True):
        course: PairedCurves = getattr(trial, arm)
        order = course.order_S_M[seed]
        first = len(order) - len(course.labels_T) + 1
        labeled = order[: first + shown.asked]
        data = planted.dataset
        grid = grid_over(data)
        probs_P_C = course.at(seed).probs(shown.asked, grid.points_P_2[None])[0]
        pool = np.setdiff1d(np.arange(len(data.y_pool)), labeled)
        accuracy = course.accuracy_S_T[seed, shown.asked]
        with column:
            st.markdown(f"**{title}**: accuracy {100 * accuracy:.1f} %")
            st.plotly_chart(
                state_figure(
                    data.x_pool,
                    data.y_pool,
                    data.class_names,
                    grid.x,
                    grid.y,
                    probs_P_C.reshape(len(grid.y), len(grid.x), -1),
                    labeled=labeled,
                    pool=pool,
                    hover=["not labelled"] * len(pool),
                    marks={"you": planted.outliers} if len(planted.outliers) else None,
                    names={"you": "Outliers"},
                    height=300 if is_narrow() else 380,
                    dark=is_dark(),
                ),
                key=f"clinic_map_{arm}",
                theme=None,
                alt=f"{title}: predicted classes after {shown.asked} queries of seed {seed}, and the {len(labeled)} "
                f"labelled points; test accuracy {100 * accuracy:.1f} %.",
                config={"displaylogo": False},
            )
    which = "the median seed" if seed == median else f"not the median seed, which is {median}"
    held = " Labels kept for the temperature are not drawn." if mode == "calibration" else ""
    st.caption(
        f"After {shown.asked} {'query' if shown.asked == 1 else 'queries'} of seed {seed}, one of {len(trial.data)} "
        f"races and, by the remedy's effect, {which}. Colour: the predicted class, the deeper the more probable. Grey: "
        f"not labelled.{held} Here the remedy changes the mean accuracy by {signed(gain_S[seed])} points, over all "
        f"races by {signed(gain_S.mean())} on average."
    )
