"""The home screen: purpose of the program, and which screen to open first."""

import streamlit as st

from pages.shared import address, frame, home_drawings

# Of the first screens of the navigation: drawing, activity, finding, text of the link.
CARDS = (
    (
        home_drawings.ARENA,
        "Learners start from the same few labels and race: one queries the points of highest uncertainty, another "
        "random points.",
        "why queries near the boundary pay, and on which data they do not.",
        "Start a race",
    ),
    (
        home_drawings.BATCH,
        "One pool, one model, and one slider from the most uncertain points to the best coverage: watch "
        "the picks move.",
        "why the labels of the most uncertain points are often redundant.",
        "Explore batches",
    ),
    (
        home_drawings.MNIST,
        "A network on handwritten digits: train, score the pool, query labels, repeat. It runs in the background "
        "while you watch.",
        "how much each label is worth on real images, and how much two runs differ.",
        "Train on digits",
    ),
)
# Of the further screens.
FURTHER = (
    "Four failure modes, each with its remedy.",
    "Every query strategy: formula, cost, failures.",
    "Pool, stream and query synthesis.",
    "Which strategy wins on many data sets?",
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

    doors, further = frame.PAGES[1 : 1 + len(CARDS)], frame.PAGES[1 + len(CARDS) :]
    columns = st.container(key="doors").columns(len(CARDS), gap="medium")
    for column, (path, title, icon), (drawing, act, insight, words) in zip(columns, doors, CARDS, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.image(drawing.svg, alt=drawing.alt)
            st.subheader(title, anchor=False)
            st.markdown(act)
            st.markdown(f"**You learn** {insight}")
            st.space("stretch")
            st.page_link(path, label=f"**{words}**", icon=icon, width="stretch")

    columns = st.container(key="further").columns(len(FURTHER), gap="medium")
    for column, (path, title, icon), words in zip(columns, further, FURTHER, strict=True):
        with column:
            st.page_link(path, label=f"**{title}**", icon=icon)
            st.caption(words)

    honest, first = st.columns(2, gap="large")
    with honest:
        st.subheader("Does active learning pay?", anchor=False)
        st.markdown(
            "Labels cost money. A good strategy reaches the same accuracy with fewer of them; a poor one is worse "
            "than random, and you find out after you have paid. So **random is in every race here**, from the same "
            "seed set, and each race ends with a verdict. One race is weak evidence: verdicts rest on many races, "
            "paired by their seeds. In the ready-made tournament, on 9 small data sets 11 of 17 strategies beat "
            "random on average and 2 lost to it."
        )
    with first:
        st.subheader("Where to begin", anchor=False)
        st.markdown(
            "1. Open the **arena** as it is and press play: the queries gather at the boundary.\n"
            "2. See when uncertainty **loses** to random, then try to beat it yourself.\n"
            "3. Drag the slider of the **batch explorer** and watch the redundancy of a batch.\n"
            "4. Run `cnn-mnist` in the **MNIST lab**, once with least confidence and once with random, and "
            "compare the two curves."
        )
    st.caption("The address of every screen holds its settings: copy it to come back to them or to share them.")
    address.close_page()
