"""Before labelling: what a strategy would have saved on labels that are there already."""

from typing import Any

import numpy as np
import streamlit as st

from alcore.compare import RaceComparison, compare
from alcore.datasets.sources import Source
from alcore.datasets.tables.frame import TableSource
from alcore.projects.model.features import FeatureChoice, features_of
from alcore.projects.model.models import estimator_for
from alcore.report.charts.curves import learning_curves
from pages.shared.chart import show_chart
from pages.shared.markdown import plain
from pages.shared.session_cache import cached

# Labels from which a race says something, and those it is held on at the most.
FEWEST, MOST = 100, 3000
SEEDS, ROUNDS = 10, 12
_KEPT = "_label_simulated"


def draw_simulation(source: Source, choice: FeatureChoice, settings: dict[str, Any]) -> None:
    """Offer a race of the strategy against random on the labels of the file, and show what came of it."""
    if not isinstance(source, TableSource) or settings.get("label") is None:
        return
    labels = source.with_roles(label=settings["label"]).labels
    rows = [place for place, label in enumerate(labels) if label is not None]
    if len(rows) < FEWEST:
        return
    with st.expander(f"Simulate first: is asking worth it on the {len(rows):,} labels that are there?"):
        key = (source.name, settings["label"], repr(choice), settings["model"], settings["strategy"], len(rows))
        if st.button(f"Race {settings['strategy']} against random, {SEEDS} paired seeds", icon=":material/flag:"):
            st.session_state[_KEPT] = key
        if st.session_state.get(_KEPT) != key:
            st.caption("Each seed splits the labelled rows into a pool and a test set of 30 %.")
            return

        def race(on_step: Any) -> RaceComparison:
            chosen = np.sort(np.random.default_rng(0).permutation(rows)[:MOST])
            x = features_of(source.with_roles(label=settings["label"]), choice)
            return compare(
                x[chosen],
                [labels[place] for place in chosen],
                learner=estimator_for(settings["model"], x, 0),
                strategies=[settings["strategy"]],
                seeds=SEEDS,
                rounds=ROUNDS,
                on_step=on_step,
            )

        found = cached("label_simulation", key, race, "Racing on the labels that are there.", most=4)
        for verdict in found.verdicts:
            st.markdown(f"**{plain(verdict)}**")
        frame = found.frame.assign(run=found.frame["strategy"] + found.frame["seed"].astype(str))
        chart = learning_curves(frame, names=found.names, bands=True)
        show_chart(chart, key="label_simulated", alt="Learning curves of the simulation", file="simulation", height=340)
