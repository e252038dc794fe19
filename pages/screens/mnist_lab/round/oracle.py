"""The reader as the oracle: ten queried images, the reader's labels, and their error rate."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from alcore.report.html.image_gallery import data_uri
from alcore.report.text.oracle import oracle_words
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab.round import cached
from pages.shared.markdown import plain

ASKED = 10
_STATE = "_lab_oracle"
_IMAGE = '<img src="{}" alt="The image to label" style="image-rendering: pixelated; width: 224px">'


def label_yourself(info: RunInfo, home: Path, number: int) -> None:
    """Ask for the labels of the first images of query `number`, from 1, and compare them with those of the data set.

    Raises:
        DatasetError: if the images are missing or damaged.
        StoreError: if the store cannot be read.
    """
    one = cached.slim_round(info, home, number - 1)
    pictures = cached.pictures(info.config, home)
    if one.batch is None or pictures is None:
        st.caption("The points of this run are no images, so there is nothing to label by eye.")
        return
    indices = one.batch.indices[:ASKED].tolist()
    given = _answers(info, number)
    names = pictures.class_names
    if len(given) < len(indices):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(_IMAGE.format(data_uri(255 - pictures.images_N_H_W[indices[len(given)]])), width="content")
            st.markdown(f"**Image {len(given) + 1} of {len(indices)}**: which class is it?", width="content")
        _buttons(names, info, number)
        st.caption(
            "Click a class or press its key. These images were queried in this round. You are the oracle: a label "
            "cannot be taken back."
        )
        return
    truth = [names[int(label)] for label in one.batch_labels[:ASKED]]
    guesses = [names[int(guess)] for guess in one.batch_probs_K_C[:ASKED].argmax(axis=1)]
    st.markdown(f"**{plain(oracle_words(given, truth, guesses))}**")
    st.dataframe(
        [
            {
                "Image": data_uri(255 - pictures.images_N_H_W[index]),
                "You": yours,
                "Data set": label,
                "Model": guess,
                "": "" if yours == label else "✗",
            }
            for index, yours, label, guess in zip(indices, given, truth, guesses, strict=True)
        ],
        hide_index=True,
        height=330,
        row_height=40,
        column_config={"Image": st.column_config.ImageColumn(width="small")},
        alt="Your label, that of the data set, and the model's prediction, image by image.",
    )
    st.button("Label them again", icon=":material/replay:", key="mnist_oracle_again", on_click=given.clear)


def _buttons(names: Sequence[str], info: RunInfo, number: int) -> None:
    """A button for each class; its number is its key on the keyboard, written beside a name that is no number."""
    numbers = list(names) == [str(label) for label in range(len(names))]
    with st.container(horizontal=True, gap="xsmall", key="mnist_oracle_numbers" if numbers else "mnist_oracle_names"):
        for label, name in enumerate(names):
            key = str(label) if label < 10 else None
            say = _answers(info, number).append
            st.button(name, key=f"mnist_oracle_{label}", on_click=say, args=(name,), shortcut=key)


def _answers(info: RunInfo, number: int) -> list[str]:
    """The reader's labels so far of this round's images."""
    kept: dict[tuple[str, int], list[str]] = st.session_state.setdefault(_STATE, {})
    return kept.setdefault((info.id, number), [])
