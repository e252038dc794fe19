"""The three measured numbers of the home screen, each with the screen that shows its source."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from alcore.report.curves import curve_frame
from alcore.report.statistics.tournament import parse_results, summarise
from alcore.report.text.headlines import Headline, errors_headline, saving_headline, winners_headline
from alcore.runs.store.store import Store
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.mnist_lab.ready import ready_pair
from pages.screens.tournament.results import ready_record
from pages.shared.progress import OnStep
from pages.shared.session_cache import computed

_NAMES: Mapping[str, str] = {name: strategy.label for name, strategy in STRATEGIES.items()}


@dataclass(frozen=True)
class Measured:
    """A number, and where it comes from.

    Attributes:
        headline: the number and its meaning.
        path: file of the screen that shows its source.
        source: text of the link to it.
    """

    headline: Headline
    path: str
    source: str


@computed("Reading the results.", most=1)
def measured(_on_step: OnStep) -> list[Measured]:
    """All three, from the ready-made tournament and the shipped pair of runs."""
    summary = summarise(parse_results(ready_record()))
    pair = ready_pair()
    with Store(pair.home) as store:
        frame = curve_frame(store.curve([info.id for info in pair.infos]))
    lead = pair.infos[0].config.strategy
    return [
        Measured(saving_headline(summary, _NAMES), "pages/tournament.py", "Tournament"),
        Measured(winners_headline(summary), "pages/strategies.py", "Strategy atlas"),
        Measured(errors_headline(frame, lead, _NAMES), "pages/mnist.py", "MNIST lab"),
    ]


def draw_numbers() -> None:
    """The numbers under one another, each a link to its source."""
    for one in measured():
        with st.container(key=f"home_number_{one.path.rpartition('/')[2].removesuffix('.py')}", gap=None):
            st.page_link(one.path, label=f"**{one.headline.number}**", help=f"Source: {one.source}")
            st.caption(f"{one.headline.words} · {one.source}")
