"""Query synthesis by a logistic regression in the plane."""

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.loops.races.grid import grid_over
from alcore.loops.replayed_settings import synthesis_run
from alcore.loops.synthesis.synthesis import Synthesis
from alcore.report.contours import tie_lines
from alcore.report.curves import curve_frame
from alcore.report.interactive.render import PreparedFigure
from alcore.report.interactive.scenarios import Curves, Panel, scenario_figure
from alcore.report.text.synthesis import describe_synthesis
from pages.screens.scenarios import cached
from pages.screens.scenarios.as_python import synthesis_code
from pages.screens.scenarios.controls import FILES, NAME, PAGE, SETTING_NAMES, ScenarioView, SynthesisSettings
from pages.screens.scenarios.figure import animation_of, draw_figure
from pages.shared.curve_rows import curve_rows
from pages.shared.export_panel import config_of, export_buttons
from pages.shared.toolbar import main_visual

_LEGEND = (
    "From random points of the dotted box, which the pool spans, gradient ascent climbs to a point of maximal "
    "uncertainty, which is queried; the line is the ascent of the next query, and under the map its uncertainty. All "
    "points of a straight boundary tie: how near the optimum lies to real points is random. The oracle samples the "
    "label from the true distribution. Small dots are the real points, which this learner does not use."
)


def draw_synthesis_plane(setup: SynthesisSettings, shown: ScenarioView, tools: DeltaGenerator) -> None:
    """Draw the ascents, the box and the learning curve of a seed."""
    with main_visual():
        picture = st.container()
    below = st.container()
    result = cached.synthesised(setup, shown.seed)
    draw = partial(_figure, setup, shown, result)
    real = result.real
    verdict = describe_synthesis(result.labels_R, result.accuracy_R, real.distance_Q_J, real.agreement_Q, real.typical)
    alt = f"{len(result.labels_Q)} synthesised points in the box, on the predicted classes of the model. {verdict}"
    with picture:
        draw_figure(draw, key="settings_synthesis", alt=alt, below=0)
    with below:
        st.caption(verdict)
    config = config_of(setup, shown, screen=NAME)
    points, labels = setup.scene.points, f"{setup.seed_labels} + {setup.labels} labels"
    title = f"{setup.scene.title}, {points} points, {labels}, seed {shown.seed}"
    with tools:
        export_buttons(
            curve_frame(rows_of(result)),
            config,
            synthesis_code(setup, shown),
            key=PAGE,
            screen=NAME,
            subject=FILES["synthesis"],
            title=title,
            names=SETTING_NAMES,
            words=verdict,
            animation=lambda: animation_of(draw, alt=alt, title=title, verdict=verdict, legend=_LEGEND, config=config),
        )
        with st.popover("What the marks mean", icon=":material/help:", help="What the marks mean"):
            st.markdown(_LEGEND)


def _figure(setup: SynthesisSettings, shown: ScenarioView, result: Synthesis, **how: Any) -> PreparedFigure:
    data = setup.scene.dataset(shown.seed)
    plane = grid_over(data)
    run = synthesis_run(data, result, starts=setup.starts, grid=plane)
    best = tie_lines(plane.x, plane.y, setup.scene.posterior(plane))
    panels = [Panel(run, "<b>Synthesis</b>: a point climbs to the boundary", data.x_pool, best)]
    queries = len(result.labels_Q)
    words = [f"{(result.round_Q < number).sum()} of {queries} labels" for number in range(setup.rounds + 1)]
    curves = Curves([run], SETTING_NAMES, words=words)
    return scenario_figure(panels, curves, data.class_names, plane.x, plane.y, **how)


def rows_of(result: Synthesis) -> list[dict[str, Any]]:
    """The learner's curve, for `curve_frame`."""
    return curve_rows("synthesis", result.seed, result.labels_R, result.accuracy_R, result.train_loss_R)
