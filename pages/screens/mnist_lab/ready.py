"""The pair of finished runs that the lab opens on until the reader has runs of their own."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from alcore.runs.ready_runs import ReadyPool, unpack_runs
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store

FILE = Path(__file__).with_name("ready_runs.xz")


@dataclass(frozen=True, eq=False)
class ReadyPair:
    """The runs, in a home folder of their own.

    Attributes:
        folder: deleted with the process.
        infos: a strategy's run and that of random from the same start.
        pool: their images.
    """

    folder: TemporaryDirectory[str]
    infos: tuple[RunInfo, ...]
    pool: ReadyPool

    @property
    def home(self) -> Path:
        """Their home folder."""
        return Path(self.folder.name)


@st.cache_resource(show_spinner=False)
def ready_pair() -> ReadyPair:
    """Unpack the runs shipped with the program, once per process."""
    folder = TemporaryDirectory(prefix="alcore-ready-")
    pool = unpack_runs(FILE.read_bytes(), Path(folder.name))
    with Store(Path(folder.name)) as store:
        infos = sorted(store.runs(), key=lambda info: info.config == info.config.rival)
    return ReadyPair(folder, tuple(infos), pool)


def is_ready(home: Path) -> bool:
    """Whether a home folder is that of the shipped runs, which cannot be changed."""
    return home == ready_pair().home
