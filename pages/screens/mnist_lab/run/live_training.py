"""The training in progress: its stage, its loss so far, and the batch that was selected last."""

import time
from pathlib import Path

import streamlit as st

from alcore.datasets.catalogue import DatasetError
from alcore.report.html.image_gallery import image_strip
from alcore.report.svg.sparkline import sparkline
from alcore.runs.live import read_live
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round import cached
from pages.shared.markdown import plain

EVERY = 1.0  # seconds
SHOWN = 24
_STAGES = {
    "train": "training",
    "evaluate": "testing on the test set",
    "select": "scoring the pool and selecting the batch",
    "map": "drawing the map of the pool",
}


def follow_training(info: RunInfo, home: Path) -> None:
    """Show a running run from second to second."""
    st.fragment(_draw, run_every=EVERY)(info, home)


def _draw(info: RunInfo, home: Path) -> None:
    state = read_live(home, info.id)
    if state is None:
        st.caption(f"{plain(texts.strategy(info.config.strategy))}: loading the network library and the data.")
        return
    words, loss, batch = st.columns([3, 3, 7], vertical_alignment="center")
    with words:
        stage = _STAGES.get(state.stage, state.stage)
        step = f", step {state.steps[-1]:,}, loss {state.losses[-1]:.3f}" if state.steps else ""
        st.markdown(f"**Round {state.round}: {plain(stage)}**")
        st.caption(f"{max(0.0, time.time() - state.since):.0f} s{step}")
    with loss:
        if len(state.losses) > 1:
            st.image(sparkline(state.losses), width="stretch", alt=f"Training loss, now {state.losses[-1]:.3f} nats")
    with batch:
        if state.batch and (strip := _strip(info, home, state.batch)):
            st.html(strip)
            st.caption(f"The batch selected last: the first {min(SHOWN, len(state.batch))} of {len(state.batch):,}.")


def _strip(info: RunInfo, home: Path, batch: list[int]) -> str:
    try:
        pictures = cached.pictures(info.config, home)
    except DatasetError:
        return ""
    return "" if pictures is None else image_strip(pictures.images_N_H_W[batch[:SHOWN]])
