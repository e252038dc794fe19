"""Digits synthesised by a network, beside their nearest real digits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from alcore.datasets.dataset import Dataset
from alcore.loops.pool.simulate import simulate
from alcore.loops.steps import part
from alcore.loops.synthesis.oracles import nearest_neighbour_vote
from alcore.loops.synthesis.synthesis import Synthesis, among, synthesise
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame
from alcore.report.html.synthetic_gallery import synthetic_gallery
from alcore.report.text.synthesis import describe_synthesis, times_as_far
from pages.screens.scenarios.as_python import digits_code
from pages.screens.scenarios.controls import PAGE, SETTING_NAMES, DigitsSettings, ScenarioView
from pages.screens.scenarios.synthesis_plane import rows_of
from pages.shared.chart import show_chart
from pages.shared.curve_rows import round_rows
from pages.shared.export_panel import config_of, export_buttons
from pages.shared.progress import OnStep
from pages.shared.session_cache import cached
from pages.shared.viewport import is_narrow

# Starts of gradient ascent per digit; more do not improve the optimum, which nearly all reach.
STARTS = 4
# Small batches: with one or two steps per epoch, the training loss would hardly fall on so few labels.
TRAINING: dict[str, Any] = {"epochs": 30, "batch_size": 16, "device": "cpu", "carry_on": False}
BESIDE = ("least_confidence", "random")


@dataclass(frozen=True, eq=False)
class Digits:
    """Synthesised digits, and the learning curves with synthesised and with real digits."""

    data: Dataset
    result: Synthesis
    rows: list[dict[str, Any]]


def draw_synthesis_digits(setup: DigitsSettings, shown: ScenarioView) -> None:
    """Draw the synthesised digits and the learning curves."""
    found = cached("settings_digits", setup, lambda on_step: _made(setup, on_step), "Synthesising digits.")
    result, real = found.result, found.result.real
    verdict = describe_synthesis(result.labels_R, result.accuracy_R, real.distance_Q_J, real.agreement_Q, real.typical)
    verdict += " One network and one seed are no evidence yet; the queries are below."
    st.info(verdict, icon=":material/flag:")
    st.markdown(
        "**Could you label these?** The first picture of each row is synthesised: its pixels were changed until the "
        "network's predicted probabilities of the ten digits were nearly equal. It is no real digit, so it has no true "
        "label. The oracle here gives the majority label of the five nearest real digits, drawn beside it."
    )
    st.html(
        synthetic_gallery(
            np.rint(255 * result.queries_Q_D).astype(np.uint8).reshape(-1, 8, 8),
            result.labels_Q,
            result.probs_Q_C,
            found.data.x_pool[real.index_Q_J][:, :, 0],
            found.data.y_pool[real.index_Q_J],
            times_as_far(real.distance_Q_J, real.typical),
            found.data.class_names,
        )
    )
    frame = curve_frame(found.rows)
    names = SETTING_NAMES | {"least_confidence": "Pool-based, real digits", "random": "Random real digits"}
    show_chart(
        learning_curves(frame, names=names),
        key="settings_digits_curve",
        alt="Accuracy with synthesised digits, real digits queried by least confidence, and random real ones.",
        file="settings",
        height=320 if is_narrow() else 360,
    )
    st.caption(
        "Lines: the same network from the same seed set, trained on as many real digits instead, queried by least "
        "confidence and at random. One seed is no evidence; try others."
    )
    with st.container(horizontal=True):
        export_buttons(
            frame,
            config_of(setup, shown, screen=PAGE),
            digits_code(setup, starts=STARTS, training=TRAINING, beside=BESIDE),
            key=PAGE,
            title=f"Digits, seed {setup.seed}",
            names=names,
            words=verdict,
        )


def _made(setup: DigitsSettings, on_step: OnStep) -> Digits:
    from alcore.datasets.bundled import digits
    from alcore.learners.registry import make_learner  # loads torch with the first learner
    from alcore.loops.synthesis.models import Network

    data = digits()
    share = 0.0

    # Called once per minibatch by the learners, and once per round.
    def step(now: float | None = None) -> None:
        nonlocal share
        share = share if now is None else now
        on_step(share)

    def learner() -> Any:
        return make_learner("mlp", classes=data.classes, seed=setup.seed, tick=step, **TRAINING)

    (result,) = synthesise(
        [data],
        nearest_neighbour_vote(data.x_pool, data.y_pool),
        seeds=[setup.seed],
        seed_labels=setup.seed_labels,
        labels_per_round=setup.labels_per_round,
        rounds=setup.rounds,
        starts=STARTS,
        start=among(data) if setup.from_real else None,
        maker=Network(learner(), data, seed=setup.seed),
        on_step=part(step, 0, 0.5),
    )
    rows = rows_of(result)
    for half, strategy in zip((0.5, 0.75), BESIDE, strict=True):
        rounds = simulate(
            data,
            learner(),
            strategy,
            seed=setup.seed,
            seed_labels=setup.seed_labels,
            labels_per_round=setup.labels_per_round,
            rounds=setup.rounds,
            seed_set="balanced",
        )
        for one in rounds:
            step(half + 0.25 * (one.round + 1) / (setup.rounds + 1))
            rows += round_rows(strategy, setup.seed, [one])
    return Digits(data, result, rows)
