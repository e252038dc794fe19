"""Many strategies compared over many data sets and paired seeds."""

from functools import partial

import streamlit as st

from alcore.report.phrases import join_names
from alcore.runs.tournament.plan import TournamentPlan
from alcore.runs.tournament.record import narrowed, record
from pages.screens.tournament import controls, progress, results
from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.frame import home, page
from pages.shared.progress import working
from pages.shared.toolbar import picture_head

page(
    controls.PAGE,
    "Tournament",
    "Which strategies beat random over many data sets? **Leave out data sets at the side, or run your own.**",
    ":material/trophy:",
)
folder = home()

with sentences(stop=True), st.sidebar:
    plan = controls.tournament_controls()
    if isinstance(plan, TournamentPlan):
        measured = partial(record, plan, folder)
        own = working("Reading the results.", lambda on_step: measured())
        whole_ready = results.ready_record()
        ready = narrowed(whole_ready, plan)
        progress.run_panel(plan, whole_ready, folder)

with sentences():
    left, tools = picture_head()
    with left:
        chart = controls.chosen_chart()
    if not isinstance(plan, TournamentPlan):
        words = join_names([f"no {word}" for word in plan]).removeprefix("no ")
        st.info(f"No {words} is chosen. Choose at least one at the side.", icon=":material/info:")
    else:
        # Once complete, the results of this machine replace the ready-made ones.
        whole = len(own["seeds"]) == plan.seeds
        shown = own if whole or ready is None else ready
        if not shown["tasks"]:
            st.info(
                "Nothing has been run with these settings yet. Results appear here once all strategies have "
                "finished the first seed.",
                icon=":material/hourglass_empty:",
            )
        else:
            note = ""
            if shown is ready:
                note = "Ready-made results."
            elif not whole:
                note = f"So far: the {len(own['seeds'])} of {plan.seeds} seeds that all strategies finished."
            results.draw_results(shown, chart, tools, note)
        results.show_failures(own)
address.close_page()
