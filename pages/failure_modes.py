"""Four ways active learning fails: the same races without and with a remedy."""

from dataclasses import asdict

import streamlit as st

from alcore.report.phrases import lowercase_first
from alcore.report.text.failure_modes import describe_effects
from pages.screens.failure_clinic import cached, charts, maps
from pages.screens.failure_clinic.as_python import as_python
from pages.screens.failure_clinic.controls import PAGE, choose_failure_mode, failure_mode_controls
from pages.screens.failure_clinic.texts import WORDS, drawn_as
from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.export_panel import config_of, export_buttons
from pages.shared.frame import page
from pages.shared.toolbar import main_visual, picture_head

page(
    PAGE,
    "Failure clinic",
    "A query strategy can be worse than random. **Increase the severity, then find the strength of the remedy.**",
    ":material/healing:",
)

with sentences():
    left, tools = picture_head()
    with left:
        mode = choose_failure_mode()
    setting, shown = failure_mode_controls(mode)
    words = WORDS[mode]
    left, right = st.columns(2)
    left.markdown(words.effect)
    right.markdown(words.remedy)
    trial = cached.trial(setting, shown.paired)
    found = cached.effects_of(trial)
    verdict = describe_effects(found, reference=words.reference, remedy=words.recovery, healthy=words.healthy)
    st.info(verdict, icon=":material/stethoscope:")
    with tools:
        export_buttons(
            cached.frame_of(setting, shown.paired, trial),
            config_of(setting, screen=PAGE, ward=mode, seeds=shown.paired, effects=asdict(found)),
            as_python(setting, shown.paired),
            key=PAGE,
            title=f"{words.title}, {shown.paired} paired seeds",
            names={
                drawn_as(arm): name
                for arm, name in cached.exported(trial, lowercase_first(words.reference_name)).items()
            },
            bands=True,
            words=verdict.replace("**", ""),
        )
    with main_visual():
        maps.draw_maps(mode, trial, shown)
    charts.draw_evidence(mode, setting, trial, shown)
address.close_page()
