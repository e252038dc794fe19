"""The three settings of active learning: pool, stream and membership query synthesis."""

import streamlit as st

from pages.screens.scenarios import starting_points
from pages.screens.scenarios.controls import (
    SECTIONS,
    DigitsSettings,
    ScenarioSettings,
    StreamSettings,
    SynthesisSettings,
    choose_section,
    scenario_controls,
)
from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.frame import page
from pages.shared.toolbar import picture_head

page(
    "settings",
    "Pool, stream, synthesis",
    "Pick from a pool, decide as points arrive, or synthesise them: **which is most accurate, and when?**",
    ":material/stream:",
)
left, tools = picture_head()
with left:
    section = choose_section()
# A place for each section: those of the others are emptied, so that nothing of the last one is left under the section
# shown while it is computed.
with st.container(gap=None):
    places = {name: st.container() if name == section else st.empty() for name in SECTIONS}

with sentences():
    chosen = scenario_controls(section)
    settings, shown = chosen.settings, chosen.shown
    # Only the section shown is imported and computed: the digits need a network.
    catch_up = None
    with places[section]:
        if isinstance(settings, ScenarioSettings):
            from pages.screens.scenarios import comparison

            comparison.draw_comparison(settings, shown, tools)
        elif isinstance(settings, StreamSettings):
            from pages.screens.scenarios import stream

            stream.draw_stream(settings, chosen.policy, shown, tools)
        elif isinstance(settings, SynthesisSettings):
            from pages.screens.scenarios import synthesis_plane

            synthesis_plane.draw_synthesis_plane(settings, shown, tools)
        elif isinstance(settings, DigitsSettings):
            from pages.screens.scenarios import synthesis_digits

            catch_up = synthesis_digits.draw_synthesis_digits(settings, shown, tools)
        starting_points.draw_scenario_starting_points()
    address.close_page()
    # Last, because it takes longest: everything else is on the screen by now.
    if catch_up is not None:
        catch_up()
