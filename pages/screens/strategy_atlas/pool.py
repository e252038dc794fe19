"""The pool on the strategies' cards, and the batch that each strategy picks from it."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.loops.batch_explorer import BatchExperiment, run_batch_experiment, select_batch
from alcore.strategies.catalogue import STRATEGIES
from pages.shared.planar_scene import PlanarScene
from pages.shared.progress import OnStep
from pages.shared.session_cache import computed

SCENE = PlanarScene("blobs", 300, 0.5, 3)
SEED, LABELLED, PICKS = 0, 12, 10


@st.cache_resource(show_spinner=False)
def fixed_pool() -> BatchExperiment:
    """The pool with the model of its first labels."""
    return run_batch_experiment(SCENE.dataset(SEED), seed=SEED, labeled=LABELLED)


@computed("Selecting a batch.", most=64)
def first_picks(_on_step: OnStep, name: str) -> NDArray[np.int64]:
    """The first picks of a strategy, in order, as indices of the pool."""
    return select_batch(fixed_pool(), STRATEGIES[name], PICKS).indices
