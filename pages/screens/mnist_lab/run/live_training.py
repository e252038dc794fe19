"""The training in progress: its stage, its loss so far, and the batch that was selected last."""

import time
from pathlib import Path

import streamlit as st

from alcore.datasets.catalogue import DatasetError
from alcore.learners.registry import is_network
from alcore.report.html.image_gallery import image_strip
from alcore.report.svg.sparkline import sparkline
from alcore.runs.live import read_live
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round import cached
from pages.shared.markdown import plain

EVERY = 1.0  # seconds
SHOWN = 20
# Pixels: height of the panel, and width of the curve.
HIGH, SPARK = 96, 220
_STAGES = {
    "prepare": "preparing the pool",
    "train": "training",
    "evaluate": "testing on the test set",
    "select": "scoring the pool and selecting the batch",
    "map": "drawing the map of the pool",
}


def follow_training(info: RunInfo, home: Path) -> None:
    """Show a running run from second to second, at a fixed height: nothing below it moves."""
    # Read here: a fragment cannot show the progress of reading.
    try:
        pictures = cached.pictures(info.config, home)
    except DatasetError:
        pictures = None
    with st.container(height=HIGH, border=False, key=f"mnist_training_{info.id}"):
        st.fragment(_draw, run_every=EVERY)(info, home, pictures)


def _draw(info: RunInfo, home: Path, pictures: cached.Pictures | None) -> None:
    state = read_live(home, info.id)
    name = plain(texts.strategy(info.config.strategy))
    if state is None:
        library = "the network library and " if is_network(info.config.learner) else ""
        st.caption(f"{name}: loading {library}the data.")
        return
    words, loss, batch = st.columns([3, 3, 7], vertical_alignment="center")
    with words:
        stage = _STAGES.get(state.stage, state.stage)
        if state.stage == "prepare" and info.config.learner == "graph":
            stage = "finding the neighbours of every image"
        step = f", step {state.steps[-1]:,}, loss {state.losses[-1]:.3f}" if state.steps else ""
        seconds = f"{max(0.0, time.time() - state.since):.0f} s"
        st.markdown(f"**{name}, round {state.round}:** {plain(stage)}  \n{seconds}{step}")
    with loss:
        if len(state.losses) > 1:
            st.image(sparkline(state.losses), width=SPARK, alt=f"Training loss, now {state.losses[-1]:.3f} nats")
    with batch:
        if state.batch and pictures is not None:
            st.html(
                image_strip(pictures.images_N_H_W[state.batch[:SHOWN]])
                + f"<small>The batch selected last, {min(SHOWN, len(state.batch))} of {len(state.batch):,}</small>"
            )
