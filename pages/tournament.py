"""Many strategies compared over many data sets and paired seeds."""

from functools import partial

import streamlit as st

from alcore.runs.tournament.record import narrowed, record
from pages.screens.tournament import controls, progress, results
from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.frame import home, page
from pages.shared.progress import working

page(
    controls.PAGE,
    "Tournament",
    "Strategies race on many data sets and seeds. **See which beat random, leave out data sets, or run your own.**",
    ":material/trophy:",
)
folder = home()

with sentences(stop=True), st.container(border=True):
    plan = controls.tournament_controls()
    if plan is not None:
        measured = partial(record, plan, folder)
        own = working("Reading the results.", lambda on_step: measured())
        ready = narrowed(results.ready_record(), plan)
        progress.run_panel(plan, ready is not None, folder)

if plan is not None:
    st.subheader("Results", anchor=False)
    with sentences():
        # Once complete, the results of this machine replace the ready-made ones.
        whole = len(own["seeds"]) == plan.seeds
        shown = own if whole or ready is None else ready
        if not shown["tasks"]:
            st.caption(
                "Nothing has been run with these settings yet. Results appear here once all strategies have "
                "finished the first seed."
            )
        else:
            if shown is ready:
                st.caption(
                    "From the ready-made tournament, which comes with the program: only the statistics are computed "
                    "here."
                )
            elif not whole:
                st.caption(f"So far: the {len(own['seeds'])} of {plan.seeds} seeds that all strategies finished.")
            results.draw_results(shown)
        results.show_failures(own)
address.close_page()
