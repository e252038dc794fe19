"""Classes: add, rename, merge, delete, with what follows from it; and their keys."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import streamlit as st

from alcore.projects.classes import Classes
from pages.screens.labelling.card.card import KEYS
from pages.screens.labelling.opened import Opened
from pages.screens.labelling.panel import keep_training, status_now
from pages.shared.errors import sentences
from pages.shared.markdown import plain


def draw_classes_view(shown: Opened) -> None:
    """Draw the classes with their counts, and what can be changed."""
    project = shown.project
    now = Classes.of(project.classes, project.settings)
    counts = Counter(state.label for state in project.states().values() if state.label)
    left, right = st.columns([1, 1], gap="large")
    with left:
        _keys(shown, counts)
    with right:
        _change(shown, now, counts)
    status_now(shown)
    keep_training(shown)


def _keys(shown: Opened, counts: Counter[str]) -> None:
    """A row a class: name, labels, key."""
    st.subheader("Classes and keys", anchor=False)
    buttons = shown.buttons
    rows = [{"class": one.name, "labels": counts[one.name], "key": one.key} for one in buttons]
    edited = st.data_editor(
        rows,
        hide_index=True,
        disabled=["class", "labels"],
        column_config={"key": st.column_config.SelectboxColumn(options=list(KEYS), required=True)},
        key=f"_label_keys_{shown.name}_{len(buttons)}",
    )
    keys = {row["class"]: row["key"] for row in edited}
    if len(set(keys.values())) < len(keys):
        st.warning("Two classes have one key: choose another for one of them.")
    elif keys != {one.name: one.key for one in buttons}:
        shown.project.change(keys=keys)
        st.rerun()


def _change(shown: Opened, now: Classes, counts: Counter[str]) -> None:
    st.subheader("Change", anchor=False)
    new = st.text_input("A new class", key="_label_new_class", max_chars=100)
    if st.button("Add", disabled=not new.strip()):
        _store(shown, lambda: now.added(new))
    if not now.names:
        return
    old = st.selectbox("A class", now.names, key="_label_old_class")
    count = counts[old]
    one_label = count == 1
    labels = f"{count:,} label{'' if one_label else 's'}"
    name = st.text_input("Its new name", old, key=f"_label_class_name_{old}", max_chars=100)
    if st.button(f"Rename: {labels} {'is' if one_label else 'are'} then called so", disabled=name.strip() == old):
        _store(shown, lambda: now.renamed(old, name))
    others = [one for one in now.names if one != old]
    if others:
        into = st.selectbox("Or merge it into", others, key="_label_into_class")
        if st.button(f"Merge: {labels} {plain(old)} {'counts' if one_label else 'count'} as {plain(into)}"):
            _store(shown, lambda: now.merged(old, into))
        if st.button(f"Delete: the items of {labels} are queried again", icon=":material/delete:"):
            _store(shown, lambda: now.deleted(old))
    for former, successor in now.aliases.items():
        what = "deleted" if successor is None else f"now {successor}"
        if st.button(f"Bring back {plain(former)} ({plain(what)})", key=f"_label_back_{former}", type="tertiary"):
            _store(shown, partial(now.brought_back, former))


def _store(shown: Opened, change: Callable[[], Classes]) -> None:
    """Store changed classes; a name that cannot be is a sentence beside the others."""
    with sentences():
        changed = change()
        shown.project.change(**changed.settings())
        st.rerun()
