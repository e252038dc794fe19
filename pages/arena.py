"""Two learners race on two-dimensional data from the same first labels."""

from typing import Any

import streamlit as st

from alcore.datasets.planar import SHAPES, planar
from alcore.loops.race import grid_over, race
from alcore.report.curves import curve_frame
from alcore.report.figures import PreparedFigure
from alcore.report.figures_2d import arena_figure
from alcore.report.statistics import what_happened
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES
from pages.shared import controls
from pages.shared.errors import sentences
from pages.shared.export import export_panel
from pages.shared.frame import page
from pages.shared.viewport import is_dark, is_narrow

NAMES = {name: strategy.label for name, strategy in STRATEGIES.items()}
SHAPE_LABELS = {name: shape.title for name, shape in SHAPES.items()}

page(
    "arena",
    "Arena",
    "Two learners start from the same few labels; each may ask for the labels it wants. "
    "**Press ▶ and watch where each one asks; then change the seed: how often does asking beat random?**",
    ":material/swords:",
)


@st.cache_data(max_entries=64, show_spinner=False)
def run_race(
    shape: str,
    points: int,
    overlap: float,
    classes: int,
    strategies: tuple[str, ...],
    seed_labels: int,
    labels_per_round: int,
    rounds: int,
    seed: int,
    narrow: bool,
    dark: bool,
) -> tuple[list[dict], dict, int]:
    """The curve's rows, the figure and the number of rounds that the pool allowed."""
    data = planar(shape, points=points, overlap=overlap, classes=classes, rng=rng_for(seed, "data"))
    grid = grid_over(data)
    racers = race(
        data,
        strategies,
        seed=seed,
        seed_labels=seed_labels,
        labels_per_round=labels_per_round,
        rounds=rounds,
        grid=grid,
    )
    rows = [
        {
            "run": racer.strategy,
            "strategy": racer.strategy,
            "seed": seed,
            "round": one.round,
            "labels": one.labels,
            "accuracy": one.accuracy,
            "train_loss": one.train_loss,
            "seconds": sum(one.seconds.values()),
        }
        for racer in racers
        for one in racer.rounds
    ]
    figure = arena_figure(
        data.x_pool,
        data.y_pool,
        data.class_names,
        grid.x,
        grid.y,
        racers,
        names=NAMES,
        narrow=narrow,
        dark=dark,
    )
    return rows, figure.to_dict(), len(racers[0].rounds) - 1


with st.sidebar:
    left = controls.selectbox(
        "arena",
        "left",
        "Left learner asks by",
        list(STRATEGIES),
        "least_confidence",
        labels=NAMES.__getitem__,
    )
    st.caption(STRATEGIES[left].description)
    right = controls.selectbox(
        "arena", "right", "Right learner asks by", list(STRATEGIES), "random", labels=NAMES.__getitem__
    )
    st.caption(STRATEGIES[right].description)
    overlap = controls.slider(
        "arena", "overlap", "Overlap", 0.0, 1.0, 0.4, step=0.05, help="0: classes apart. 1: mostly noise."
    )
    seed_labels = controls.slider(
        "arena",
        "seeds",
        "Seed labels",
        2,
        40,
        4,
        help="Known before the race starts, the same for all racers.",
    )
    labels_per_round = controls.slider("arena", "batch", "Labels per round", 1, 20, 1)
    rounds = controls.slider("arena", "rounds", "Rounds", 1, 100, 30)
    points = controls.slider("arena", "points", "Points", 50, 1000, 400, step=10)
    shape = controls.selectbox(
        "arena", "data", "Data", list(SHAPES), "blobs", labels=SHAPE_LABELS.__getitem__
    )
    chosen_classes = controls.slider("arena", "classes", "Classes", 2, 5, 2, help="Blobs only.")
    seed = controls.slider(
        "arena",
        "seed",
        "Seed",
        0,
        999,
        0,
        help="Another seed is another sample, other first labels: another race.",
    )

classes = chosen_classes if shape == "blobs" else 2
# Random is always in the race; choosing one strategy twice is one racer.
strategies = tuple(dict.fromkeys([left, right, "random"]))
settings: dict[str, Any] = {
    "shape": shape,
    "points": points,
    "overlap": overlap,
    "classes": classes,
    "strategies": strategies,
    "seed_labels": seed_labels,
    "labels_per_round": labels_per_round,
    "rounds": rounds,
    "seed": seed,
}

with sentences():
    rows, figure, raced = run_race(**settings, narrow=is_narrow(), dark=is_dark())
    frame = curve_frame(rows)
    verdict = what_happened(frame, names=NAMES)
    st.info(verdict, icon=":material/flag:")
    if left == right:
        st.caption(f"Both learners were to ask by {NAMES[left].lower()}: that is one race, drawn once.")
    elif "random" not in (left, right):
        st.caption("Random choice runs beside them: whatever cannot beat it is not worth its trouble.")
    if shape != "blobs" and chosen_classes != 2:
        st.caption(f"{SHAPE_LABELS[shape]} have two classes; only blobs can have more.")
    if raced < rounds:
        st.caption(f"The pool ran out of points after {raced} rounds.")
    st.plotly_chart(
        PreparedFigure(figure),
        key="arena_figure",
        theme=None,
        alt=f"Decision surfaces and learning curves of {', '.join(NAMES[s] for s in strategies)}. {verdict}",
        config={"displaylogo": False, "toImageButtonOptions": {"format": "svg", "filename": "alcore-arena"}},
    )
    st.caption(
        "Small grey dots are the pool. A coloured marker is a labelled point; its number is its turn, "
        "without a number it was a first label; rings mark the newest. The deeper the colour, the surer the "
        "model. Accuracy is measured on 1,000 test points that no learner sees."
    )
    title = f"{SHAPE_LABELS[shape]}, overlap {overlap:g}, seed {seed}"
    export_panel(frame, [{"screen": "arena", **settings}], key="arena", title=title, names=NAMES)
    with st.expander("The curve as a table"):
        st.dataframe(frame.drop(columns=["run", "seconds"]), hide_index=True)
