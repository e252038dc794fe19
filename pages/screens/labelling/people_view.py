"""Annotators: their agreement, and whether to label a new item or one again."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from alcore.projects.agreement import agreement_of
from alcore.projects.bulk import apply
from alcore.projects.people.queries import Query, new_or_again, still_wanted
from alcore.projects.people.repeats import self_agreement
from alcore.projects.queue import DISTANCE
from alcore.report.phrases import plural
from pages.screens.labelling.answering import RENEWED_EVERY, draw_card, no_reason
from pages.screens.labelling.items_view import lines
from pages.screens.labelling.opened import Opened, opened
from pages.screens.labelling.shares import draw_share
from pages.screens.labelling.texts import PAGE
from pages.shared import controls
from pages.shared.chart import percent_bar
from pages.shared.errors import sentences
from pages.shared.markdown import plain
from pages.shared.session_cache import cached

_NOBODY = "(no name)"
_REPEATS = {0.0: "off", 0.05: "one in twenty", 0.1: "one in ten"}
# Items of the list, and how many of them are shown.
LISTED, SHOWN = 30, 8


def draw_people_view(home: Path, shown: Opened, annotator: str) -> None:
    """Draw how far people agree, what is to be labelled next or again, and items on which they differ."""
    project = shown.project
    mix = project.settings["mix"]
    each = st.number_input(
        "People who label each item",
        1,
        5,
        mix.get("annotators_per_item", 1),
        key=f"_label_each_{shown.name}",
        help="Each opens the screen with a name of their own: under Project, or as label_annotator in the address.",
    )
    if each != mix.get("annotators_per_item", 1):
        project.change(mix={**mix, "annotators_per_item": int(each)})
    _draw_repeats(shown)
    _draw_new_or_again(home, shown, annotator)
    found = agreement_of(project.states(), rng=np.random.default_rng(0))
    if not found.shared:
        st.info("Agreement is shown once two people have labelled the same items.")
        return
    value, low, high = found.alpha
    shared = plural(found.shared, "item")
    st.markdown(f"**Krippendorff's alpha {value:.2f}** (95 % interval {low:.2f} to {high:.2f}, {shared})")
    rows = [(one or _NOBODY, two or _NOBODY, count, f"{kappa:.2f}") for one, two, count, kappa in found.pairs]
    st.dataframe(pd.DataFrame(rows, columns=["first", "second", "items", "Cohen's kappa"]), hide_index=True)
    st.markdown(f"**{plural(len(found.disputed), 'item')} to adjudicate**")
    for item, labels in found.disputed[:10]:
        with st.container(border=True):
            st.markdown(plain(lines(shown)[project.items.place_of[item]][:300]))
            said = ", ".join(f"{name or _NOBODY}: {label}" for name, label in labels.items())
            st.caption(plain(said))
            with st.container(horizontal=True):
                for label in dict.fromkeys(labels.values()):
                    if st.button(plain(label), key=f"_label_judge_{item}_{label}"):
                        for name in labels:
                            apply(project, [item], "label", label, name)
                        st.rerun()


def _draw_repeats(shown: Opened) -> None:
    """The share of items that are shown again, and each person's agreement with the own labels."""
    share = draw_share(
        shown,
        "repeat_share",
        "Labels checked by showing the item again, unmarked",
        _REPEATS,
        f"After {DISTANCE} other labels or more. The second label changes nothing; it shows how far a person "
        "agrees with the own labels, which bounds what a model can reach.",
    )
    found = self_agreement(shown.project.ledger())
    if found:
        rows = [
            (one.annotator or _NOBODY, one.shown, one.same, f"{one.kappa:.2f} ({one.low:.2f} to {one.high:.2f})")
            for one in found
        ]
        columns = ["annotator", "shown again", "same label", "Cohen's kappa (95 % interval)"]
        st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True)
    elif share:
        st.caption("Agreement of a person with the own labels is shown once items were shown again.")


def _draw_new_or_again(home: Path, shown: Opened, annotator: str) -> None:
    """The list of ActiveLab; on a switch its items on the card, without what others said."""
    project, model = shown.project, None if shown.kept is None else shown.kept.model
    st.markdown("**Label a new item, or ask again?**")
    if model is None or model.probs_N_C is None:
        st.caption("Known once a model predicts: label items of two classes or more first.")
        return
    assert shown.kept is not None
    key = (str(project.folder), shown.kept.seen, project.trained_as, annotator)
    found: list[Query] = cached(
        "label_activelab",
        key,
        lambda on_step: new_or_again(project, project.ledger(), model, annotator, LISTED),
        "Training models without the labels that they judge.",
        most=2,
    )
    again = sum(bool(one.annotators) for one in found)
    who = f" for {plain(annotator)}" if annotator else ""
    st.caption(
        f"The {len(found)} least certain labels{who}, by ActiveLab: {len(found) - again} of new items, {again} of "
        "items that others have labelled.",
        help="Another opinion needs another person: open the screen under another name.",
    )
    left, right = st.columns([3, 4], gap="medium")
    with left:
        rows = [
            ("again" if one.annotators else "new", 100 * one.score, lines(shown)[project.items.place_of[one.item]])
            for one in found[:SHOWN]
        ]
        st.dataframe(
            pd.DataFrame(rows, columns=["label", "known", "item"]),
            hide_index=True,
            column_config={"known": percent_bar("certainty")},
        )
    with right:
        if controls.toggle(PAGE, "activelab", "Label this list here", False):
            _card(home, shown.name, annotator, found)


@st.fragment(run_every=RENEWED_EVERY)
def _card(home: Path, name: str, annotator: str, found: Sequence[Query]) -> None:
    """The list's items, one at a time, in a fragment: the list stays while it is labelled."""
    with sentences():
        shown = opened(home, name)
        only = partial(still_wanted, found, annotator)
        if not only(shown.project.states()):
            st.success("All of the list is answered.", icon=":material/check:")
        else:
            draw_card(replace(shown.labelling(), only=only, reason=no_reason), annotator, key="label_activelab_card")
