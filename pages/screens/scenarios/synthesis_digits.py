"""Digits synthesised by a network, beside their nearest real digits."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.datasets.bundled import digits
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame
from alcore.report.html.synthetic_gallery import synthetic_gallery
from alcore.report.text.synthesis import describe_digits, times_as_far
from pages.screens.scenarios.as_python import digits_code
from pages.screens.scenarios.controls import FILES, NAME, PAGE, SETTING_NAMES, DigitsSettings, ScenarioView
from pages.screens.scenarios.digits_run import BESIDE, STARTS, TRAINING, Digits, make_digits, ready
from pages.shared.chart import show_chart
from pages.shared.export_panel import config_of, export_buttons
from pages.shared.session_cache import cached, kept, results
from pages.shared.toolbar import main_visual
from pages.shared.viewport import is_narrow

_NAMES = SETTING_NAMES | {"least_confidence": "Pool, real digits", "random": "Random real digits"}
_KEPT = "settings_digits"
_LEGEND = (
    "The large picture of each tile is synthesised: its pixels were changed until the network's probabilities of the "
    "ten digits were nearly equal. It is no real digit, so it has no true label. The oracle gives the majority label "
    "of the five nearest real digits, drawn beside it. The curves: the same network from the same seed set, trained on "
    "as many real digits instead. One network and one seed are no evidence yet."
)


def draw_synthesis_digits(
    setup: DigitsSettings, shown: ScenarioView, tools: DeltaGenerator
) -> Callable[[], None] | None:
    """Draw the synthesised digits and the learning curves, or offer to compute them.

    Returns:
        a function that computes them and then reruns the page, once everything else is drawn; None if it is not wanted.
    """
    found = _known(setup)
    wanted = None
    with main_visual():
        if found is None:
            st.markdown("**The digits of these settings have not been synthesised yet.**")
            wanted = _offer(setup, "Synthesise them")
        else:
            _draw(found)
    if found is None:
        return wanted
    wanted = _offer(setup, "Synthesise them anew")
    frame = curve_frame(found.rows)
    with tools:
        export_buttons(
            frame,
            config_of(setup, shown, screen=NAME),
            digits_code(setup, starts=STARTS, training=TRAINING, beside=BESIDE),
            key=PAGE,
            screen=NAME,
            subject=FILES["digits"],
            title=f"Digits, seed {setup.seed}",
            names=_NAMES,
            words=_verdict(found),
        )
        with st.popover("What is shown", icon=":material/help:", help="What is shown"):
            st.markdown(_LEGEND)
    return wanted


def _draw(found: Digits) -> None:
    data = digits()
    if is_narrow():
        # The digits fill several screens of a phone: what they show is said above them.
        words, left, right = st.container(), st.container(), st.container()
    else:
        left, right = st.columns([7, 3], gap="medium")
        words = right
    with words:
        st.markdown(f"**Could you label these?** {_verdict(found)}")
    with left:
        st.html(
            synthetic_gallery(
                found.pictures_Q_H_W,
                found.labels_Q,
                found.probs_Q_C,
                data.x_pool[found.nearest_Q_J][:, :, 0],
                data.y_pool[found.nearest_Q_J],
                times_as_far(found.distance_Q_J, found.typical),
                data.class_names,
            )
        )
    with right:
        show_chart(
            learning_curves(curve_frame(found.rows), names=_NAMES),
            key="settings_digits_curve",
            alt="Accuracy with synthesised digits, real digits queried by least confidence, and random real ones.",
            file=f"{NAME}-{FILES['digits']}",
            height=300,
        )


def _verdict(found: Digits) -> str:
    data = digits()
    agree_Q_J = data.y_pool[found.nearest_Q_J] == found.labels_Q[:, None]
    return describe_digits(times_as_far(found.distance_Q_J, found.typical), agree_Q_J)


def _known(setup: DigitsSettings) -> Digits | None:
    """Digits computed in this session, or those that come along."""
    if (found := kept(_KEPT, setup)) is not None:
        return found
    settings, found = ready()
    return found if settings == setup else None


def _offer(setup: DigitsSettings, words: str) -> Callable[[], None] | None:
    pressed = st.button(
        words, icon=":material/edit_note:", key="settings_digits_make", help="Trains three networks, some seconds each."
    )
    return (lambda: _make(setup)) if pressed else None


def _make(setup: DigitsSettings) -> None:
    results(_KEPT).pop(setup, None)
    cached(_KEPT, setup, lambda on_step: make_digits(setup, on_step), "Synthesising digits.")
    st.rerun()
