"""Which strategy is worth its trouble: many strategies over many data sets and paired seeds."""

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from alcore.runs.tournament.plan import TournamentPlan
from alcore.runs.tournament.record import narrowed, record
from pages.screens.tournament import controls, progress, results
from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.frame import home, page
from pages.shared.progress import OnStep, working


def _own(plan: TournamentPlan, folder: Path, on_step: OnStep) -> dict[str, Any]:
    """What was measured here."""
    return record(plan, folder)


page(
    controls.PAGE,
    "Tournament",
    "One race proves little: here strategies meet on many data sets and many paired starts. "
    "**Look at who beats random for certain, leave out data sets until the order turns, or run your own.**",
    ":material/trophy:",
)
folder = home()

with sentences(stop=True), st.container(border=True):
    plan = controls.tournament_controls()
    if plan is not None:
        own = working("Reading the results.", partial(_own, plan, folder))
        ready = narrowed(results.ready_record(), plan)
        progress.run_panel(plan, ready is not None, folder)

if plan is not None:
    st.subheader("What came of it", anchor=False)
    with sentences():
        # What was measured here counts more than what came along, once there is as much of it.
        whole = len(own["seeds"]) == plan.seeds
        shown = own if whole or ready is None else ready
        if not shown["tasks"]:
            st.caption(
                "Nothing has been run with these settings yet. Once it runs, this is where the strategies "
                "stand, as of each seed that all of them finished."
            )
        else:
            if shown is ready:
                st.caption(
                    "From the ready-made tournament, which was run once and comes with the program: nothing "
                    "but the statistics is computed."
                )
            elif not whole:
                st.caption(f"So far: the {len(own['seeds'])} of {plan.seeds} seeds that all strategies finished.")
            results.draw_results(shown)
        results.show_failures(own)
address.close_page()
