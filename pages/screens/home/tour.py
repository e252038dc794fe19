"""The guided path: five screens in five minutes, with a mark on those visited."""

from dataclasses import dataclass

import streamlit as st

from pages.shared import visits


@dataclass(frozen=True)
class Step:
    """A step of the path: key and file of a screen, and what to do there."""

    page: str
    path: str
    words: str


STEPS = (
    Step("arena", "pages/arena.py", "Watch a race"),
    Step("clinic", "pages/failure_modes.py", "See it fail"),
    Step("batch", "pages/batch_explorer.py", "Choose a batch"),
    Step("mnist", "pages/mnist.py", "Look at digits"),
    Step("tournament", "pages/tournament.py", "Judge the evidence"),
)


def draw_tour() -> None:
    """The steps in a row; a visited one has a tick."""
    seen = visits.visited()
    done = sum(step.page in seen for step in STEPS)
    with st.container(key="home_tour", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Five-minute tour** ({done} of {len(STEPS)} visited)", width="content")
        for number, step in enumerate(STEPS, 1):
            icon = ":material/check_circle:" if step.page in seen else f":material/counter_{number}:"
            said = "visited" if step.page in seen else f"step {number}"
            st.page_link(step.path, label=step.words, icon=icon, help=said, width="content")
