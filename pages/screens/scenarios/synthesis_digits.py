"""Digits synthesised by a network, beside their nearest real digits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

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
from pages.screens.scenarios.export import take_away
from pages.screens.scenarios.settings import SETTING_NAMES, DigitsSetup, ScenarioView, config_of
from pages.screens.scenarios.synthesis_plane import rows_of
from pages.shared.chart import show_chart
from pages.shared.progress import OnStep
from pages.shared.session_cache import cached
from pages.shared.viewport import is_narrow

# Starts of gradient ascent per digit; more do not improve the optimum, which nearly all reach.
STARTS = 4
# Small batches: with one or two steps per epoch, a network would learn little from so few labels.
TRAINING: dict[str, Any] = {"epochs": 30, "batch_size": 16, "device": "cpu", "carry_on": False}
BESIDE = ("least_confidence", "random")


@dataclass(frozen=True, eq=False)
class Digits:
    """Synthesised digits, and the learning curves with synthesised and with real digits."""

    data: Dataset
    told: Synthesis
    rows: list[dict[str, Any]]


def draw_synthesis_digits(setup: DigitsSetup, shown: ScenarioView) -> None:
    """Draw the synthesised digits and the learning curves."""
    found = cached("settings_digits", setup, lambda on_step: _made(setup, on_step), "Making up digits.")
    told, real = found.told, found.told.real
    verdict = describe_synthesis(told.labels_R, told.accuracy_R, real.distance_Q_J, real.agreement_Q, real.typical)
    verdict += " One network and one seed; no evidence yet, but look at what it asked."
    st.info(verdict, icon=":material/flag:")
    st.markdown(
        "**Could you say what these show?** The first picture of each is made up: pixels were changed until "
        "the network could not decide between the ten digits. Nobody drew it, so it has no right answer. The "
        "oracle here only guesses: it says what most of the five nearest real digits are, drawn beside it."
    )
    st.html(
        synthetic_gallery(
            _pictures(told.queries_Q_D),
            told.labels_Q,
            told.probs_Q_C,
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
        alt="Accuracy with made-up digits, with real ones that the network chose, and with random real ones.",
        file="settings",
        height=320 if is_narrow() else 360,
    )
    st.caption(
        "Lines: the same network from the same first labels, taught with as many real digits instead: those "
        "it is least sure of, and random ones. One seed decides nothing; try others."
    )
    take_away(
        frame,
        config_of(setup, shown),
        digits_code(setup, starts=STARTS, training=TRAINING),
        title=f"Digits, seed {setup.seed}",
        names=names,
        words=verdict,
    )


def _made(setup: DigitsSetup, on_step: OnStep) -> Digits:
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

    (told,) = synthesise(
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
    rows = rows_of(told, "synthesis")
    for half, strategy in zip((0.5, 0.75), BESIDE, strict=True):
        for one in simulate(
            data,
            learner(),
            strategy,
            seed=setup.seed,
            seed_labels=setup.seed_labels,
            labels_per_round=setup.labels_per_round,
            rounds=setup.rounds,
            seed_set="balanced",
        ):
            step(half + 0.25 * (one.round + 1) / (setup.rounds + 1))
            rows.append(
                {
                    "run": f"{strategy}-{setup.seed}",
                    "strategy": strategy,
                    "seed": setup.seed,
                    "round": one.round,
                    "labels": one.labels,
                    "accuracy": one.accuracy,
                    "train_loss": one.train_loss,
                    "seconds": sum(one.seconds.values()),
                }
            )
    return Digits(data, told, rows)


def _pictures(pixels_Q_D: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Pixels in [0, 1] as bytes, each repeated to 8 x 8."""
    return np.rint(255 * pixels_Q_D).astype(np.uint8).reshape(-1, 8, 8)
