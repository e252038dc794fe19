"""Availability of the images, their download, and messages about failures."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from alcore.datasets.catalogue import DATASETS, problem
from alcore.report.phrases import percent
from alcore.runs.worker import launcher
from pages.screens.mnist_lab import texts
from pages.shared.errors import sentences
from pages.shared.markdown import plain
from pages.shared.progress import OnStep
from pages.shared.session_cache import Stamp, computed, stamp_of

_TRIED = "_lab_fetches"
_IMPATIENT = "_lab_impatient"


@dataclass(frozen=True)
class Supply:
    """Availability of a data set.

    Attributes:
        name: its key.
        problem: why it cannot be loaded, a sentence; None if it can.
        fetching: whether it is downloading.
        failure: why the last download failed, a sentence.
    """

    name: str
    problem: str | None = None
    fetching: bool = False
    failure: str | None = None

    @property
    def falls_back(self) -> bool:
        """Whether the lab uses its fallback instead of this data set."""
        if self.by_hand or self.problem is None:
            return False
        return not self.fetching or bool(st.session_state.get(_IMPATIENT))

    @property
    def by_hand(self) -> bool:
        """Whether the user must provide it, since it is not downloaded."""
        return DATASETS[self.name].by_hand

    @property
    def missing(self) -> str | None:
        """Why no run can use it, now or later."""
        return self.problem if self.by_hand else None


def supply(name: str, home: Path) -> Supply:
    """Check a data set; a missing one is downloaded once, in the background.

    Raises:
        StoreError: if the download process cannot be started.
    """
    reason = problem_of(name, home)
    if reason is None or DATASETS[name].by_hand:
        return Supply(name, reason)
    fetching, failure = launcher.fetch_state(name, home)
    tried = st.session_state.setdefault(_TRIED, set())
    if not fetching and failure is None:
        if name in tried:
            failure = "The download ended without a message; perhaps its process was killed."
        else:
            tried.add(name)
            launcher.launch_fetch(name, home)
            fetching = True
    return Supply(name, reason, fetching, failure)


def problem_of(name: str, home: Path) -> str | None:
    """`alcore.datasets.catalogue.problem`, cached until a file changes."""
    if DATASETS[name].bundled:
        return None
    return _problem(name, str(home), stamp_of(DATASETS[name].files(home)))


def notice(stock: Supply, home: Path) -> None:
    """Show the status of a missing data set."""
    if stock.problem is None:
        return
    if stock.by_hand:
        st.warning(plain(stock.problem), icon=":material/folder_off:")
        return
    if stock.fetching:
        st.fragment(_downloading, run_every=1.0)(stock, home, stock.falls_back)
        return
    name = texts.dataset(stock.name)
    # The failure may repeat the problem word for word.
    reasons = dict.fromkeys(filter(None, (stock.problem, stock.failure)))
    st.warning(
        f"{plain(' '.join(reasons))} **The lab uses the bundled digits until {name} is available.**",
        icon=":material/cloud_off:",
    )
    st.button(
        f"Try to download {name} again",
        icon=":material/refresh:",
        key="mnist_retry",
        on_click=_retry,
        args=(stock.name, home),
    )


def _downloading(stock: Supply, home: Path, fell_back: bool) -> None:
    if not launcher.fetch_state(stock.name, home)[0]:
        st.rerun()
    name, download = texts.dataset(stock.name), DATASETS[stock.name].download
    assert download is not None  # it is downloading
    size, share = download.megabytes, download.share(home)
    st.progress(share, f"{plain(stock.problem or '')} Downloading {name} ({size} MB): {percent(share, 0)}")
    st.toggle("Do not wait: use the bundled digits meanwhile", key=_IMPATIENT)
    if stock.falls_back != fell_back:
        st.rerun()


def _retry(name: str, home: Path) -> None:
    # A late click on an outdated page, which does not show a download already started, starts none.
    st.session_state[_IMPATIENT] = False
    st.session_state.setdefault(_TRIED, set()).add(name)
    with sentences():
        launcher.launch_fetch(name, home)


@computed("Checking the files.", most=16)
def _problem(_on_step: OnStep, name: str, home: str, stamp: Stamp) -> str | None:
    return problem(name, Path(home))
