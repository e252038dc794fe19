"""A stream: the queries of each policy, and the model under drift."""

from dataclasses import replace

import numpy as np
import streamlit as st

from alcore.loops.races.grid import grid_over
from alcore.loops.stream.stream import StreamResult
from alcore.report.charts.curves import mean_curves
from alcore.report.charts.stream import stream_chart
from alcore.report.curves import curve_frame
from alcore.report.interactive.settings_plane import plane_figure
from alcore.report.phrases import format_labels
from alcore.report.text.streams import describe_policies, gain_table
from pages.screens.scenarios import cached
from pages.screens.scenarios.as_python import stream_code
from pages.screens.scenarios.cached import Streamed
from pages.screens.scenarios.comparison import CHART, said
from pages.screens.scenarios.export import take_away
from pages.screens.scenarios.settings import PAGE, POLICY_NAMES, ScenarioView, StreamSetup, config_of
from pages.shared import controls
from pages.shared.chart import show_chart
from pages.shared.viewport import is_dark, is_narrow

# Number of recent arrivals drawn in the plane and averaged by the prequential accuracy.
LATEST = 50


def draw_stream(setup: StreamSetup, policy: str, shown: ScenarioView) -> None:
    """Draw the stream, the plane at an arrival, and the comparison of all policies."""
    found = cached.streamed(setup, shown)
    verdict = describe_policies(found.comparison, found.spent, found.budget)
    st.info(verdict, icon=":material/flag:")
    told = found.shown[policy]
    arrivals = len(told.asked_T)
    when = controls.slider(
        PAGE, "when", "Look at the stream after", 1, 100, 100, format="%d %%", help="Of its arrivals."
    )
    now = max(1, arrivals * when // 100) - 1
    left, right = (st.container(), st.container()) if is_narrow() else st.columns([3, 2])
    with left:
        _along_time(told, found, policy, now)
    with right:
        _moment(setup, told, shown, now)
    take_away(
        curve_frame(rows_of(found, shown.seed)),
        config_of(setup, shown) | {"policy": policy},
        stream_code(setup, shown),
        title=f"{setup.sample.title()}, seed {shown.seed}; rounds count arrivals",
        names=POLICY_NAMES,
        x="round",
        words=verdict,
    )
    st.subheader("What every policy made of the same streams", anchor=False)
    comparison = found.comparison
    policies = mean_curves(comparison.labels_T, comparison.standings, seeds=len(comparison.seeds), x_title="Arrivals")
    show_chart(
        policies,
        key="settings_policies",
        alt="Mean accuracy of every policy while points arrive.",
        file="settings",
        height=360,
    )
    st.dataframe(gain_table(found.comparison, found.spent, found.budget), hide_index=True)
    st.caption(
        "Gains are over random skipping, in percentage points of accuracy on the test set as it is at that "
        "moment, mean over the stream; in brackets the 95 % interval."
    )


def _along_time(told: StreamResult, found: Streamed, policy: str, now: int) -> None:
    beside = ["random"] if policy != "random" else []
    chart = stream_chart(
        told.uncertainty_T,
        told.threshold_T,
        told.asked_T,
        told.earned_T,
        told.spent_T,
        {name: found.shown[name].prequential_T(LATEST) for name in [policy, *beside]},
        policy=policy,
        names=POLICY_NAMES,
        now=now,
        looked_Q=told.looked_Q,
        accuracy_Q=told.accuracy_Q,
    )
    show_chart(
        chart,
        key="settings_stream",
        alt=f"{len(told.asked_T)} arrivals, {told.spent_T[-1]} of them asked about, with the threshold, the "
        "labels spent and the accuracy along time.",
        file="settings",
        height=680,
    )
    st.caption(
        "No budget left: uncertain enough, but all that was earned is spent. Running accuracy: the share of "
        f"the latest {LATEST} arrivals whose label the model foretold. Test accuracy: on the test set as it "
        "is at that moment."
    )


def _moment(setup: StreamSetup, told: StreamResult, shown: ScenarioView, now: int) -> None:
    came, data = told.arrivals, cached.data_of(setup.sample, shown.seed)
    grid = grid_over(replace(data, x_pool=came.x_T_D, y_pool=came.y_T))
    asked = np.flatnonzero(told.asked_T[: now + 1])
    latest = np.arange(max(now + 1 - LATEST, 0), now + 1)
    room = setup.window or len(asked) + len(came.first)
    first = slice(max(len(came.first) - max(room - len(asked), 0), 0), None)
    held = asked[-room:]
    st.markdown(
        f"**After arrival {now + 1} of {len(told.asked_T)}**: {format_labels(told.spent_T[now])} spent of "
        f"{told.earned_T[now]} earned. This point was "
        f"**{'asked about' if told.asked_T[now] else 'skipped'}**: "
        f"uncertainty {told.uncertainty_T[now]:.2f}, threshold {told.threshold_T[now]:.2f}."
    )
    best = cached.best(setup.sample, grid, setup.drift().back(grid.points_P_2, float(came.times_T[now])))
    st.plotly_chart(
        plane_figure(
            grid.x,
            grid.y,
            cached.model_surface(told.model_after(now + 1), grid),
            data.class_names,
            faint_N_2=came.x_T_D[latest[~told.asked_T[latest]]],
            first_M_2=came.first_M_D[first],
            first_y_M=came.first_y_M[first],
            asked_Q_2=came.x_T_D[held],
            asked_y_Q=came.y_T[held],
            said_Q=[
                f"arrival {t + 1}: {words}"
                for t, words in zip(held, said(data.class_names, came.y_T[held]), strict=True)
            ],
            best_Y_X_C=best,
            ringed_2=came.x_T_D[now],
            dark=is_dark(),
            height=340,
        ),
        key="settings_moment",
        theme=None,
        alt=f"The model after arrival {now + 1}, the labels it learns from and the latest {LATEST} arrivals.",
        config=CHART,
    )
    st.caption(
        f"Small dots: the latest {LATEST} arrivals that were skipped. Symbols: the labels that the model "
        "learns from, hollow the first ones, where they were when they arrived. Tints: what it believes now."
    )


def rows_of(found: Streamed, seed: int) -> list[dict]:
    """The stream shown through every policy, for `curve_frame`: the last evaluation at each number of labels."""
    rows = []
    for name, told in found.shown.items():
        last = {int(labels): q for q, labels in enumerate(told.labels_Q)}
        rows += [
            {
                "run": f"{name}-{seed}",
                "strategy": name,
                "seed": seed,
                "round": int(told.looked_Q[q]),
                "labels": labels,
                "accuracy": float(told.accuracy_Q[q]),
                "train_loss": None,
                "seconds": 0.0,
            }
            for labels, q in last.items()
        ]
    return rows
