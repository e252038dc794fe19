"""Whether the images are here, fetching them, and what to say where they cannot be had."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from alcore.datasets.catalogue import DATASETS, problem
from alcore.runs.worker import launcher
from pages.screens.mnist_lab import texts
from pages.shared.errors import sentences
from pages.shared.markdown import plain
from pages.shared.progress import working

_TRIED = "_lab_fetches"
_IMPATIENT = "_lab_impatient"
_Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Supply:
    """Where a data set stands.

    Attributes:
        name: its key.
        problem: why it cannot be loaded, a sentence; None where it can.
        fetching: it is being downloaded.
        failure: why the last download failed, a sentence.
    """

    name: str
    problem: str | None = None
    fetching: bool = False
    failure: str | None = None

    @property
    def falls_back(self) -> bool:
        """Whether the lab does without it."""
        if self.by_hand or self.problem is None:
            return False
        return not self.fetching or bool(st.session_state.get(_IMPATIENT))

    @property
    def by_hand(self) -> bool:
        """Whether it is the user who has to put it in its place: it is not downloaded."""
        return DATASETS[self.name].by_hand

    @property
    def missing(self) -> str | None:
        """Why no run can have it, now or later."""
        return self.problem if self.by_hand else None


def supply(name: str, home: Path) -> Supply:
    """Look for a data set; what is missing is fetched, once, in the background.

    Raises:
        StoreError: the process that downloads cannot be started.
    """
    reason = problem_of(name, home)
    if reason is None or DATASETS[name].by_hand:
        return Supply(name, reason)
    fetching, failure = launcher.fetch_state(name, home)
    tried = st.session_state.setdefault(_TRIED, set())
    if not fetching and failure is None:
        if name in tried:
            failure = "The download ended without a word (it was killed, perhaps)."
        else:
            tried.add(name)
            launcher.launch_fetch(name, home)
            fetching = True
    return Supply(name, reason, fetching, failure)


def problem_of(name: str, home: Path) -> str | None:
    """`alcore.datasets.catalogue.problem`, asked again only when a file has changed."""
    if DATASETS[name].bundled:
        return None
    stamp = _stamp(name, home)
    return working("Checking the files.", lambda on_step: _problem(name, str(home), stamp))


def notice(stock: Supply, home: Path) -> None:
    """Say what is going on with a data set that is not here."""
    if stock.problem is None:
        return
    if stock.by_hand:
        st.warning(plain(stock.problem), icon=":material/folder_off:")
        return
    if stock.fetching:
        st.fragment(_downloading, run_every=1.0)(stock, home, stock.falls_back)
        return
    name = texts.dataset(stock.name)
    # The failure may repeat the problem, word by word.
    reasons = dict.fromkeys(filter(None, (stock.problem, stock.failure)))
    st.warning(
        f"{plain(' '.join(reasons))} **The lab works on the bundled digits until {name} is here.**",
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
    assert download is not None  # it is being fetched
    size, share = download.megabytes, download.share(home)
    st.progress(share, f"{plain(stock.problem or '')} Downloading {name} ({size} MB): {100 * share:.0f} %")
    st.toggle("Do not wait: work on the bundled digits meanwhile", key=_IMPATIENT)
    if stock.falls_back != fell_back:
        st.rerun()


def _retry(name: str, home: Path) -> None:
    # A click that comes late, from a page that has not seen the download of another, starts none.
    st.session_state[_IMPATIENT] = False
    st.session_state.setdefault(_TRIED, set()).add(name)
    with sentences():
        launcher.launch_fetch(name, home)


def _stamp(name: str, home: Path) -> _Stamp:
    found = []
    for path in DATASETS[name].files(home):
        try:
            facts = path.stat()
        except OSError:
            continue
        found.append((path.name, facts.st_size, facts.st_mtime_ns))
    return tuple(found)


@st.cache_data(max_entries=16, show_spinner=False)
def _problem(name: str, home: str, stamp: _Stamp) -> str | None:
    return problem(name, Path(home))
