"""A stream under drift, played arrival by arrival: the policy's queries beside random ones."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.loops.races.grid import grid_over
from alcore.loops.replayed_settings import SettingRun, along_arrivals, stream_by_arrival
from alcore.loops.stream.policies import POLICIES
from alcore.report.charts.curves import mean_curves
from alcore.report.charts.stream import stream_chart
from alcore.report.contours import tie_lines
from alcore.report.curves import curve_frame
from alcore.report.interactive.render import PreparedFigure
from alcore.report.interactive.scenarios import Curves, Panel, scenario_figure
from alcore.report.phrases import percent
from alcore.report.text.streams import gain_table
from pages.screens.scenarios import cached
from pages.screens.scenarios.as_python import stream_code
from pages.screens.scenarios.cached import Streamed
from pages.screens.scenarios.controls import FILES, NAME, PAGE, POLICY_NAMES, ScenarioView, StreamSettings
from pages.screens.scenarios.evidence import brief_of, show_evidence, words_of
from pages.screens.scenarios.figure import animation_of, bands_of, draw_figure
from pages.shared.chart import show_chart
from pages.shared.curve_rows import curve_rows
from pages.shared.export_panel import config_of, export_buttons
from pages.shared.toolbar import main_visual

# Recent arrivals drawn as dots.
LATEST = 50


def draw_stream(setup: StreamSettings, policy: str, shown: ScenarioView, tools: DeltaGenerator) -> None:
    """Draw the player, the verdict, and the comparison of all policies."""
    with main_visual():
        picture = st.container()
    below = st.container()
    found = cached.streamed(setup, shown)
    compared = list(dict.fromkeys([policy, "random"]))
    draw = partial(_figure, setup, shown, found, compared)
    result = found.shown[policy]
    verdict = words_of(found.comparison)
    alt = (
        f"{len(result.asked_T)} arrivals, {result.spent_T[-1]} of them queried; test accuracy at the end "
        f"{percent(result.accuracy_Q[-1])}. {verdict}"
    )
    with picture:
        draw_figure(draw, key="settings_stream", alt=alt, below=0)
    with below:
        show_evidence(found.comparison, shown.paired, shown.seed)
    config = config_of(setup, shown, policy=policy, screen=NAME)
    title = title_of(setup)
    mean = mean_curves(
        found.comparison.labels_T, found.comparison.standings, seeds=len(found.comparison.seeds), x_title="Arrivals"
    )
    with tools:
        export_buttons(
            frame_of(found, shown.seed),
            config,
            stream_code(setup, shown),
            key=PAGE,
            screen=NAME,
            subject=FILES["stream"],
            seeds=len(found.comparison.seeds),
            title=title,
            names=POLICY_NAMES,
            words=verdict,
            brief=brief_of(found.comparison),
            chart=lambda: mean,
            animation=lambda: animation_of(
                draw, alt=alt, title=f"{title}, seed {shown.seed}", verdict=verdict, legend=_LEGEND, config=config
            ),
        )
        with st.popover("What the marks mean", icon=":material/help:", help="What the marks mean"):
            st.markdown(f"{_LEGEND} {POLICIES[policy]().label}: {POLICIES[policy]().description}")
    with below:
        st.markdown("**All policies on the same streams**")
        alt = "Mean accuracy of every policy while points arrive."
        show_chart(mean, key="settings_policies", alt=alt, file=f"{NAME}-stream-policies", height=320)
        with st.expander("The numbers", icon=":material/table_chart:"):
            st.dataframe(gain_table(found.comparison, found.spent, found.budget), hide_index=True)
        with st.expander("Threshold, budget and prequential accuracy", icon=":material/timeline:"):
            _along_time(found, compared)


def title_of(setup: StreamSettings) -> str:
    """A figure's title: everything that its streams depend on, except the seeds and the policies' thresholds."""
    window = "all labels" if setup.window is None else f"the latest {setup.window} labels"
    return (
        f"{setup.scene.title}, {setup.scene.points} points, {setup.seed_labels} initial labels, turn of {setup.turn} "
        f"degrees, {100 * setup.share:g} % queried, trained on {window}"
    )


_LEGEND = (
    f"Grey dots: the latest {LATEST} arrivals. Rings: those of this step that were skipped. Numbers: the labels that "
    "the model is trained on, where they arrived; those without are the seed set. Dashed: the best possible boundary, "
    "which drifts. Under each map the latest arrivals pass the gate: those above the threshold are queried while the "
    "budget lasts."
)


def _along_time(found: Streamed, compared: list[str]) -> None:
    result = found.shown[compared[0]]
    show_chart(
        stream_chart(
            result.uncertainty_T,
            result.threshold_T,
            result.asked_T,
            result.earned_T,
            result.spent_T,
            {name: found.shown[name].prequential_T(LATEST) for name in compared},
            policy=compared[0],
            names=POLICY_NAMES,
            now=len(result.asked_T) - 1,
            looked_Q=result.looked_Q,
            accuracy_Q=result.accuracy_Q,
        ),
        key="settings_along_time",
        alt=f"{len(result.asked_T)} arrivals, {result.spent_T[-1]} of them queried, with the threshold, the labels "
        "spent and the accuracy along time.",
        file=f"{NAME}-stream-threshold",
        height=560,
    )
    st.caption(f"Prequential accuracy: the share of the latest {LATEST} arrivals with a correct prediction.")


def _figure(
    setup: StreamSettings, shown: ScenarioView, found: Streamed, compared: list[str], **how: Any
) -> PreparedFigure:
    came = found.shown[compared[0]].arrivals
    data = setup.scene.dataset(shown.seed)
    plane = grid_over(data, over=came.x_T_D)
    runs = [stream_by_arrival(found.shown[name], grid=plane) for name in compared]
    ends = found.shown[compared[0]].looked_Q
    drift = setup.drift()
    times = [float(came.times_T[max(int(end) - 1, 0)]) for end in ends]
    best = [
        tie_lines(plane.x, plane.y, setup.scene.posterior(plane, drift.back(plane.points_P_2, time))) for time in times
    ]
    dots = [came.x_T_D[max(int(end) - LATEST, 0) : max(int(end), 1)] for end in ends]
    panels = [Panel(run, f"<b>{POLICY_NAMES[run.strategy]}</b>", dots, best, setup.window) for run in runs]
    curves = Curves(
        [along_arrivals(found.shown[name]) for name in compared],
        POLICY_NAMES,
        bands_of(found.comparison, compared),
        x_title="Arrivals",
        words=_words(runs[0], ends),
    )
    return scenario_figure(panels, curves, data.class_names, plane.x, plane.y, **how)


def _words(run: SettingRun, ends: np.ndarray) -> list[str]:
    first = run.rounds[0].labels
    return [
        f"arrival {end:,} of {ends[-1]:,}, {one.labels - first} queried"
        for end, one in zip(ends, run.rounds, strict=True)
    ]


def frame_of(found: Streamed, seed: int) -> pd.DataFrame:
    """The stream shown through every policy; beside each evaluation the mean of all seeds and its 95 % interval."""
    frame = curve_frame(rows_of(found, seed))
    comparison = found.comparison
    if len(comparison.seeds) < 2:
        return frame
    means = {
        (one.strategy, int(arrivals)): edges
        for one in comparison.standings
        for arrivals, *edges in zip(comparison.labels_T, one.mean_T, one.low_T, one.high_T, strict=True)
    }
    nothing = [float("nan")] * 3
    edges = [means.get(key, nothing) for key in zip(frame["strategy"], frame["round"], strict=True)]
    return frame.assign(**dict(zip(("mean", "low", "high"), zip(*edges, strict=True), strict=True)))


def rows_of(found: Streamed, seed: int) -> list[dict[str, Any]]:
    """The stream shown through every policy, for `curve_frame`: the last evaluation at each number of labels."""
    rows = []
    for name, result in found.shown.items():
        last = {int(labels): q for q, labels in enumerate(result.labels_Q)}
        at = list(last.values())
        rows += curve_rows(name, seed, list(last), result.accuracy_Q[at], rounds=result.looked_Q[at])
    return rows
