"""The home screen: purpose of the program, and which screen to open first."""

import streamlit as st

from pages.shared import address, frame, home_drawings

# File, title, icon, drawing, activity, finding, text of the link.
CARDS = (
    (
        "pages/arena.py",
        "Arena",
        ":material/swords:",
        home_drawings.ARENA,
        "Learners start from the same few labels and race: one asks about the points it is least sure of, "
        "another picks at random.",
        "why asking pays near a boundary, and on which data it does not.",
        "Start a race",
    ),
    (
        "pages/batch_explorer.py",
        "Batch explorer",
        ":material/scatter_plot:",
        home_drawings.BATCH,
        "One pool, one model, and one slider from the most uncertain points to the best coverage: watch "
        "the picks move.",
        "why the most uncertain points are often the same question asked many times.",
        "Explore batches",
    ),
    (
        "pages/mnist.py",
        "MNIST lab",
        ":material/edit_note:",
        home_drawings.MNIST,
        "A real network on handwritten digits: train, score the pool, ask for labels, repeat. It runs in "
        "the background while you watch.",
        "what a label is worth at full size, and how much two runs differ.",
        "Train on digits",
    ),
)

# Secondary screens.
FURTHER = (
    (
        "pages/failure_modes.py",
        "Failure clinic",
        ":material/healing:",
        "Four ways it fails, each with its cure.",
    ),
    (
        "pages/strategies.py",
        "Strategy atlas",
        ":material/map:",
        "Every way to ask: formula, price, weak spot.",
    ),
    ("pages/scenarios.py", "Three settings", ":material/stream:", "A pool, a stream, and made-up questions."),
    ("pages/tournament.py", "Tournament", ":material/trophy:", "Which strategy wins on many data sets?"),
)

# Page links inside text are styled as buttons, since they are the entrances.
DOORS = """
.st-key-doors [data-testid="stPageLink-NavLink"] {
  background: color-mix(in srgb, #2A8FCC 16%, transparent);
  justify-content: center;
  padding: 0.5rem;
}
.st-key-doors [data-testid="stPageLink-NavLink"]:hover {
  background: color-mix(in srgb, #2A8FCC 28%, transparent);
}
.st-key-further [data-testid="stPageLink-NavLink"] {
  padding-left: 0;
}
"""


def draw_home() -> None:
    """Draw the screen."""
    frame.page(
        "home",
        frame.NAME,
        "Choose which points are worth a label, watch a model learn from them, and find out whether your "
        "choice beats picking at random.",
        icon=":material/science:",
    )

    st.html(f"<style>{DOORS}</style>")

    for column, (path, title, icon, drawing, act, insight, words) in zip(
        st.container(key="doors").columns(len(CARDS), gap="medium"), CARDS, strict=True
    ):
        with column, st.container(border=True, height="stretch"):
            st.image(drawing.svg, alt=drawing.alt)
            st.subheader(title, anchor=False)
            st.markdown(act)
            st.markdown(f"**You learn** {insight}")
            st.space("stretch")
            st.page_link(path, label=f"**{words}**", icon=icon, width="stretch")

    for column, (path, title, icon, words) in zip(
        st.container(key="further").columns(len(FURTHER), gap="medium"), FURTHER, strict=True
    ):
        with column:
            st.page_link(path, label=f"**{title}**", icon=icon)
            st.caption(words)

    honest, first = st.columns(2, gap="large")
    with honest:
        st.subheader("Does active learning pay?", anchor=False)
        st.markdown(
            "Labels cost money. A good strategy reaches the same accuracy with fewer of them; a poor one "
            "does worse than random, and you find out after you have paid. So **random is in every race "
            "here**, from the same first labels, and each race ends with one sentence of who won and by how "
            "much. One race proves little: what is said rests on many, paired by their start. In the "
            "tournament that came along, on 9 small data sets 11 of 17 strategies beat random on average "
            "and 2 lost to it."
        )
    with first:
        st.subheader("Where to begin", anchor=False)
        st.markdown(
            "1. Open the **arena** as it is and press play: the questions gather at the boundary.\n"
            "2. Ask it when uncertainty **loses** to random, then try to beat it yourself.\n"
            "3. Drag the slider of the **batch explorer** and watch how much of a batch is told twice.\n"
            "4. Run `cnn-mnist` in the **MNIST lab**, once with least confidence and once with random, and "
            "lay the two curves over one another."
        )
    st.caption("The address of every screen holds its settings: copy it to come back to them or to share them.")
    address.close_page()
