"""A stream: the queries of each policy, and the model under drift."""

from dataclasses import replace
from typing import Any

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
from pages.screens.scenarios.comparison import CHART, query_words
from pages.screens.scenarios.controls import PAGE, POLICY_NAMES, ScenarioView, StreamSettings
from pages.shared import controls
from pages.shared.chart import show_chart
from pages.shared.curve_rows import curve_rows
from pages.shared.export_panel import config_of, export_buttons
from pages.shared.viewport import is_dark, is_narrow

# Number of recent arrivals drawn in the plane and averaged by the prequential accuracy.
LATEST = 50


def draw_stream(setup: StreamSettings, policy: str, shown: ScenarioView) -> None:
    """Draw the stream, the plane at an arrival, and the comparison of all policies."""
    found = cached.streamed(setup, shown)
    verdict = describe_policies(found.comparison, found.spent, found.budget)
    st.info(verdict, icon=":material/flag:")
    result = found.shown[policy]
    arrivals = len(result.asked_T)
    when = controls.slider(
        PAGE, "when", "Arrivals of the stream shown", 1, 100, 100, format="%d %%", help="Share of all arrivals."
    )
    now = max(1, arrivals * when // 100) - 1
    left, right = (st.container(), st.container()) if is_narrow() else st.columns([3, 2])
    with left:
        _along_time(result, found, policy, now)
    with right:
        _moment(setup, result, shown, now)
    with st.container(horizontal=True):
        export_buttons(
            curve_frame(rows_of(found, shown.seed)),
            config_of(setup, shown, policy=policy, screen=PAGE),
            stream_code(setup, shown),
            key=PAGE,
            title=f"{setup.scene.title}, seed {shown.seed}; rounds count arrivals",
            names=POLICY_NAMES,
            x="round",
            words=verdict,
        )
    st.subheader("All policies on the same streams", anchor=False)
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
        "Gains are over random sampling of the stream, in percentage points of accuracy on the test set of that "
        "moment, mean over the stream; in brackets the 95 % interval."
    )


def _along_time(result: StreamResult, found: Streamed, policy: str, now: int) -> None:
    beside = ["random"] if policy != "random" else []
    chart = stream_chart(
        result.uncertainty_T,
        result.threshold_T,
        result.asked_T,
        result.earned_T,
        result.spent_T,
        {name: found.shown[name].prequential_T(LATEST) for name in [policy, *beside]},
        policy=policy,
        names=POLICY_NAMES,
        now=now,
        looked_Q=result.looked_Q,
        accuracy_Q=result.accuracy_Q,
    )
    show_chart(
        chart,
        key="settings_stream",
        alt=f"{len(result.asked_T)} arrivals, {result.spent_T[-1]} of them queried, with the threshold, the "
        "labels spent and the accuracy along time.",
        file="settings",
        height=680,
    )
    st.caption(
        "No budget left: uncertain enough, but all that was earned is spent. Running (prequential) accuracy: the share "
        f"of the latest {LATEST} arrivals with a correct prediction. Test accuracy: on the test set of that moment."
    )


def _moment(setup: StreamSettings, result: StreamResult, shown: ScenarioView, now: int) -> None:
    came, data = result.arrivals, setup.scene.dataset(shown.seed)
    grid = grid_over(replace(data, x_pool=came.x_T_D, y_pool=came.y_T))
    asked = np.flatnonzero(result.asked_T[: now + 1])
    latest = np.arange(max(now + 1 - LATEST, 0), now + 1)
    room = setup.window or len(asked) + len(came.first)
    first = slice(max(len(came.first) - max(room - len(asked), 0), 0), None)
    held = asked[-room:]
    st.markdown(
        f"**After arrival {now + 1} of {len(result.asked_T)}**: {format_labels(result.spent_T[now])} spent of "
        f"{result.earned_T[now]} earned. This point was "
        f"**{'queried' if result.asked_T[now] else 'skipped'}**: "
        f"uncertainty {result.uncertainty_T[now]:.2f}, threshold {result.threshold_T[now]:.2f}."
    )
    best = setup.scene.posterior(grid, setup.drift().back(grid.points_P_2, float(came.times_T[now])))
    st.plotly_chart(
        plane_figure(
            grid.x,
            grid.y,
            cached.model_surface(result.model_after(now + 1), grid),
            data.class_names,
            faint_N_2=came.x_T_D[latest[~result.asked_T[latest]]],
            first_M_2=came.first_M_D[first],
            first_y_M=came.first_y_M[first],
            asked_Q_2=came.x_T_D[held],
            asked_y_Q=came.y_T[held],
            said_Q=[
                f"arrival {t + 1}: {words}"
                for t, words in zip(held, query_words(data.class_names, came.y_T[held]), strict=True)
            ],
            best_Y_X_C=best,
            ringed_2=came.x_T_D[now],
            dark=is_dark(),
            height=340,
        ),
        key="settings_moment",
        theme=None,
        alt=f"The model after arrival {now + 1}, the labels it is trained on and the latest {LATEST} arrivals.",
        config=CHART,
    )
    st.caption(
        f"Small dots: the latest {LATEST} arrivals that were skipped. Symbols: the labels that the model is trained "
        "on, hollow those of the seed set, at their positions on arrival. Tints: its predicted classes."
    )


def rows_of(found: Streamed, seed: int) -> list[dict[str, Any]]:
    """The stream shown through every policy, for `curve_frame`: the last evaluation at each number of labels."""
    rows = []
    for name, result in found.shown.items():
        last = {int(labels): q for q, labels in enumerate(result.labels_Q)}
        at = list(last.values())
        rows += curve_rows(name, seed, list(last), result.accuracy_Q[at], rounds=result.looked_Q[at])
    return rows
