"""Image inspector: a large image, its nearest labelled images, and each strategy's score."""

from pathlib import Path

import pandas as pd
import streamlit as st

from alcore.loops.pool.point_scores import Scored, nearest_labeled, point_scores
from alcore.loops.pool.simulate import Round
from alcore.report.html.image_card import closeup_html
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round import cached
from pages.shared import address, link_warnings
from pages.shared.markdown import quoted
from pages.shared.progress import OnStep
from pages.shared.session_cache import computed

POINT = "mnist_point"
_NAME = "Inspected image"
NEIGHBOURS = 6


def look_at_point(index: int | None) -> None:
    """Set the inspected image, or none."""
    address.write(POINT, None if index is None else str(index))


def point() -> int | None:
    """The image that the address names."""
    return address.whole(address.text(POINT, _NAME))


def closeup(info: RunInfo, home: Path, number: int, pictures: cached.Pictures) -> int | None:
    """Draw the image in the address, if any, under the model before query `number`, from 1; returns its index."""
    given, index = address.text(POINT, _NAME), point()
    if given and (index is None or index >= len(pictures.answers_N)):
        sentence = f"**{_NAME}:** the link asked for image {quoted(given)}, which is not in the pool."
        link_warnings.keep(POINT, sentence, None)
        look_at_point(None)
        index = None
    link_warnings.settle(POINT, index)
    if index is None:
        return None
    with st.container(border=True, key="mnist_closeup"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**Image {index} of the pool**", width="content")
            st.button(
                "Close",
                icon=":material/close:",
                key="mnist_closeup_close",
                on_click=look_at_point,
                args=(None,),
            )
        _draw(info, home, cached.whole_round(info, home, number - 1), index, pictures)
    return index


def _draw(info: RunInfo, home: Path, one: Round, index: int, pictures: cached.Pictures) -> None:
    drawn = one.map
    if drawn is None or not len(drawn.rows([index])):
        st.caption(
            "The map of this round does not hold this image, so its neighbours and scores are not known. Runs of an "
            "earlier version have no maps."
        )
        return
    near, far = nearest_labeled(drawn, index, one.labeled, NEIGHBOURS)
    labeled = index in one.labeled
    queried = one.batch is not None and index in one.batch.indices
    st.html(
        closeup_html(
            pictures.images_N_H_W[index],
            int(pictures.answers_N[index]) if labeled or queried else None,
            drawn.probs_P_C[drawn.rows([index])[0]],
            pictures.class_names,
            neighbours_M_H_W=pictures.images_N_H_W[near],
            labels_M=pictures.answers_N[near],
            distances_M=far,
        )
    )
    if labeled:
        st.caption("It was labelled before this round, so no strategy scores it.")
        return
    scored = _scores(cached.key_of(info, home), one.round, index, info.config.seed, one, pictures)
    st.markdown("**Its score under every strategy in this round**")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Strategy": texts.strategy(row.strategy),
                    "Rank": row.rank,
                    "Score": row.score,
                    "Remarks": row.note,
                }
                for row in scored
            ]
        ),
        hide_index=True,
        height=320,
        column_config={
            # Narrow, so that remarks are not cut off.
            "Strategy": st.column_config.TextColumn(width=180),
            "Rank": st.column_config.NumberColumn(format="localized", width=60, help="1 is queried first."),
            "Score": st.column_config.NumberColumn(format="%.4g", width=90),
            "Remarks": st.column_config.TextColumn(width=600),
        },
        placeholder="–",
        alt="Rank and score of this image under every strategy.",
    )
    st.caption(
        f"Ranks are among {scored[0].among:,} unlabelled images of this round's map; 1 is queried first.",
        help="Strategies that select a whole batch give ranks to the ten images of a batch only. Scores of different "
        "strategies are not comparable.",
    )


@computed("Scoring this image by every strategy.", most=64)
def _scores(
    _on_step: OnStep,
    key: cached.Key,
    number: int,
    index: int,
    seed: int,
    _one: Round,
    _pictures: cached.Pictures,
) -> list[Scored]:
    assert _one.map is not None  # see _draw
    answers_M = _pictures.answers_N[_one.labeled]
    return point_scores(_one.map, index, _one.labeled, answers_M, seed=seed, on_step=_on_step)
