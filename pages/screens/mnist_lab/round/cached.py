"""Cached rounds and images of stored runs, shared by all sessions."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.datasets.catalogue import image_datasets
from alcore.loops.pool.simulate import Round
from alcore.loops.steps import counted
from alcore.runs.config import HARDENING, RunConfig
from alcore.runs.config_data import load_data
from alcore.runs.errors import UnknownRunError
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store
from pages.screens.mnist_lab.ready import is_ready, ready_pair
from pages.shared.progress import working

# A stored run as a key of caches: home folder, id, and time of creation, since a deleted run may be run again.
Key = tuple[str, str, float]


@dataclass(frozen=True, eq=False)
class Pictures:
    """The images of a run's pool.

    Attributes:
        images_N_H_W: brightness of the strokes; indices are those of the run's pool.
        answers_N: the oracle's labels.
        class_names: one per class.
    """

    images_N_H_W: NDArray[np.uint8]
    answers_N: NDArray[np.int64]
    class_names: tuple[str, ...]


def key_of(info: RunInfo, home: Path) -> Key:
    """The key of a run."""
    return str(home), info.id, info.created


def pictures(config: RunConfig, home: Path) -> Pictures | None:
    """The images of a run's pool; None if its points are not images.

    Raises:
        DatasetError: if the data set is missing or damaged.
    """
    if config.dataset not in image_datasets():
        return None
    if is_ready(home):
        return _ready_pictures()
    # The cache key holds only the settings that affect the pool, so that runs share an entry.
    hard = any(getattr(config, name) != RunConfig.model_fields[name].default for name in HARDENING)
    kept = ("dataset", *HARDENING, "seed", "pool_size") if hard else ("dataset",)
    asked = RunConfig(**{name: getattr(config, name) for name in kept})
    return working("Reading the images.", lambda on_step: _pictures(asked, str(home)))


def slim_rounds(info: RunInfo, home: Path, most: int | None = None) -> list[Round]:
    """The stored rounds without their maps, which are large; at most the first `most`.

    Raises:
        UnknownRunError: if the run was deleted.
        StoreError: if the store cannot be read.
    """
    count = info.rounds_done if most is None else min(info.rounds_done, most)
    return working(
        "Reading the rounds.",
        lambda on_step: [slim_round(info, home, number) for number in counted(range(count), on_step)],
    )


def slim_round(info: RunInfo, home: Path, number: int) -> Round:
    """A stored round without its map; raises as `slim_rounds` does."""
    return _slim(key_of(info, home), number)


def whole_round(info: RunInfo, home: Path, number: int) -> Round:
    """A stored round with its map; raises as `slim_rounds` does."""
    return _whole(key_of(info, home), number)


@st.cache_resource(max_entries=4096, show_spinner=False)
def _slim(key: Key, number: int) -> Round:
    return replace(_read(key, number), map=None, predicted_S=None)


@st.cache_resource(max_entries=16, show_spinner=False)
def _whole(key: Key, number: int) -> Round:
    return _read(key, number)


def _read(key: Key, number: int) -> Round:
    home, run_id, _ = key
    with Store(Path(home)) as store:
        found = store.round(run_id, number)
    if found is None:
        raise UnknownRunError(f"Round {number} of run {run_id} does not exist any more.")
    return found


@st.cache_resource(show_spinner=False)
def _ready_pictures() -> Pictures:
    """Of the shipped runs; images that they do not show are blank."""
    pool = ready_pair().pool
    images_N_H_W = np.zeros((len(pool.answers_N), *pool.images_M_H_W.shape[1:]), np.uint8)
    images_N_H_W[pool.indices_M] = pool.images_M_H_W
    return Pictures(images_N_H_W, pool.answers_N, pool.class_names)


@st.cache_resource(max_entries=2, show_spinner=False)
def _pictures(config: RunConfig, home: str) -> Pictures:
    data = load_data(config, Path(home))
    return Pictures(data.x_pool[:, 0], data.y_pool, data.class_names)
