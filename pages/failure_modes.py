"""Four ways active learning fails: the same races without and with a remedy."""

from dataclasses import asdict
from functools import partial

import streamlit as st

from alcore.loops.failure_modes.cases import FAILURE_MODES
from alcore.report.phrases import lowercase_first
from alcore.report.text.failure_modes import brief_effects, describe_effects, effect_claims
from pages.screens.failure_clinic import cached, charts, players
from pages.screens.failure_clinic.as_python import as_python
from pages.screens.failure_clinic.controls import PAGE, choose_failure_mode, failure_mode_controls, main_controls
from pages.screens.failure_clinic.texts import WORDS, drawn_as, title_of
from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.export_panel import config_of, export_buttons
from pages.shared.frame import page
from pages.shared.toolbar import main_visual, picture_head
from pages.shared.verdict import show_verdict

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
    others, shown = failure_mode_controls(mode)
    words = WORDS[mode]
    picture = main_visual()
    setting = FAILURE_MODES[mode](**others, **main_controls(mode))
    verdict = st.container()
    trial = cached.trial(setting, shown.paired)
    found = cached.effects_of(trial)
    phrases = {"reference": words.reference, "remedy": words.recovery, "absence": words.absence}
    with picture:
        players.draw_players(mode, trial, shown)
    with verdict:
        show_verdict(effect_claims(found, **phrases, drawn=cached.effects_in(trial, players.shown_seed(trial, shown))))
        st.caption(players.legend(mode, trial, shown))
    with tools:
        export_buttons(
            cached.frame_of(setting, shown.paired, trial),
            config_of(setting, screen=PAGE, failure_mode=mode, seeds=shown.paired, effects=asdict(found)),
            as_python(setting, shown.paired),
            key=PAGE,
            title=title_of(mode, setting, shown.paired),
            subject=words.title.lower().replace(" ", "-"),
            names={
                drawn_as(arm): name
                for arm, name in cached.exported(trial, lowercase_first(words.reference_name)).items()
            },
            chart=partial(charts.curves_of, mode, trial),
            words=describe_effects(found, **phrases),
            brief=brief_effects(found),
        )
        with st.popover("What fails, and why", icon=":material/help:", help="What fails, and why the remedy helps"):
            st.markdown(f"{words.effect}\n\n{words.remedy}")
    charts.draw_evidence(mode, setting, trial, shown)
address.close_page()
