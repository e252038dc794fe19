"""The queried images of a round, with their labels and the model's predictions before the query."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.loops.pool.simulate import Round
from alcore.report.html.image_gallery import gallery, small_multiples
from alcore.report.phrases import percent, plural
from alcore.runs.config import RunConfig
from alcore.runs.presets import preset_of
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round import cached
from pages.screens.mnist_lab.round.image_inspector import closeup, look_at_point
from pages.shared import controls
from pages.shared.in_browser import sent
from pages.shared.markdown import plain

PAGE_SIZE = 40
# Small multiples beside those of the rival.
SMALL_ROWS, SMALL_COLUMNS = 3, 16
# A run of no more labels in all shows every one of them.
FEW_LABELS = 40
_CSS = """
.lab-gallery li[role="button"] { cursor: pointer; }
.lab-gallery li[role="button"]:hover { background: color-mix(in srgb, currentColor 6%, transparent); }
.lab-gallery li:is(:focus-visible, .chosen) {
  outline: 3px solid var(--st-primary-color); outline-offset: 1px; }
"""
_TILES = st.components.v2.component(
    "alcore_tiles",
    js=(Path(__file__).parents[1] / "gallery.js").read_text(encoding="utf-8"),
    css=_CSS,
    isolate_styles=False,
)


def show_queries(info: RunInfo, home: Path, number: int, lassoed: Collection[int] | None = None) -> None:
    """The images of query `number`, from 1, optionally only some classes, only errors, or only the lassoed images.

    Raises:
        DatasetError: if the images are missing or damaged.
        StoreError: if the store cannot be read.
    """
    one = cached.slim_round(info, home, number - 1)
    assert one.batch is not None  # only the last round has none
    pictures = cached.pictures(info.config, home)
    if pictures is None:
        st.caption("The points of this run are no images, so there is no gallery of its queries.")
        return
    wrong = one.batch_probs_K_C.argmax(axis=1) != one.batch_labels
    asked = len(one.batch_labels)
    st.caption(
        f"The model of {plural(one.labels, 'label')} queried "
        f"{plural(asked, 'label')}{', in this order' if asked > 1 else ''}, and predicted {wrong.sum():,} wrong "
        f"({percent(wrong.sum() / max(1, asked), 0)}; ✗). **Choose a digit to see it large.**",
        help="Bars: the predicted probabilities before the query, the label in bold. A digit that is chosen is shown "
        "with its nearest labelled neighbours and its score under every strategy.",
    )
    rows = _filter(one, pictures.class_names, wrong, lassoed)
    chosen = closeup(info, home, number, pictures)
    if not len(rows):
        st.info("No queried image of this round matches the filters.", icon=":material/filter_alt_off:")
        return
    if len(rows) < asked:
        st.caption(f"{len(rows):,} of {asked:,} are shown.")
    pages = -(-len(rows) // PAGE_SIZE)
    page = controls.leaf("mnist", "page", "Page of the gallery", pages)
    part = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    html = _html(info.config, cached.key_of(info, home), number, part.tolist(), one)
    tiles(html, f"Queried images of round {number}", chosen, key="mnist_tiles")


def beside_random(info: RunInfo, rival: RunInfo | None, home: Path, number: int) -> None:
    """The first images of query `number`, from 1, over those that the rival queried in the same round.

    In a run of few labels in all, every image that has one by then, and what was used besides these labels.

    Raises: as `show_queries`.
    """
    pictures = cached.pictures(info.config, home)
    if pictures is None:
        return
    for one in (info, rival):
        name = texts.strategy(one.config.strategy) if one is not None else "Random"
        if one is None or one.rounds_done < number:
            yet = " yet" if one is not None and one.state in (*texts.ACTIVE, "paused") else ""
            st.caption(f"**{name}** has no round {number} from the same start{yet}.")
            continue
        round_ = cached.slim_round(one, home, number - 1)
        if round_.batch is None:
            continue
        key = f"mnist_small_{one is info}"
        if one.config.label_range[1] <= FEW_LABELS:
            so_far = np.concatenate([round_.labeled, round_.batch.indices]).tolist()
            st.markdown(f"**{name}**: all {len(so_far)} labels so far, in the order of its queries, the seed set first")
            tiles(_asked(one.config, cached.key_of(one, home), so_far), f"All labels of {name}", None, key=key)
            continue
        wrong = round_.batch_probs_K_C.argmax(axis=1) != round_.batch_labels
        start = "" if one is info else ", from the same start,"
        guessed = f"{texts.share(wrong)} of them predicted wrong"
        if len(wrong) == 1:
            guessed = f"predicted {'wrong' if wrong[0] else 'correctly'}"
        st.markdown(f"**{name}**{start} queried {plural(len(wrong), 'digit')}, {guessed}")
        strip = slice(0, SMALL_ROWS * SMALL_COLUMNS)
        html = _small(cached.key_of(one, home), number, one.config, round_, strip.stop)
        tiles(html, f"Images queried by {name} in round {number}", None, key=key)
    preset = preset_of(info.config)
    if preset is not None and preset.besides:
        st.info(f"**Used besides labels:** {plain(preset.besides)}", icon=":material/balance:")


def tiles(html: str, says: str, chosen: int | None, *, key: str) -> None:
    """A gallery whose images are inspected by a click, Enter or the space bar."""

    def picked() -> None:
        index = sent(key, "picked")
        if isinstance(index, int | float):
            look_at_point(int(index))

    _TILES(key=key, data={"html": html, "says": says, "chosen": chosen}, on_picked_change=picked, height="content")


@st.cache_data(max_entries=64, show_spinner=False)
def _small(key: cached.Key, number: int, config: RunConfig, _one: Round, most: int) -> str:
    pictures = cached.pictures(config, Path(key[0]))
    assert _one.batch is not None and pictures is not None  # see beside_random
    indices = _one.batch.indices[:most]
    return small_multiples(
        pictures.images_N_H_W[indices],
        _one.batch_labels[:most],
        _one.batch_probs_K_C[:most],
        pictures.class_names,
        indices_K=indices,
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _asked(config: RunConfig, key: cached.Key, indices: list[int]) -> str:
    pictures = cached.pictures(config, Path(key[0]))
    assert pictures is not None  # see show_queries
    labels = pictures.answers_N[indices]
    return small_multiples(
        pictures.images_N_H_W[indices], labels, None, pictures.class_names, indices_K=np.asarray(indices)
    )


def _filter(
    one: Round, names: tuple[str, ...], wrong: NDArray[np.bool_], lassoed: Collection[int] | None
) -> NDArray[np.int64]:
    """Rows of the batch that match the filters, in order."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        classes = controls.several("mnist", "classes", "Labels shown", {name: name for name in names}, [])
        mistakes = controls.toggle("mnist", "mistakes", "Only mistakes", False)
    assert one.batch is not None  # see show_queries
    wanted = np.isin(one.batch_labels, [names.index(name) for name in classes]) if classes else True
    inside = np.isin(one.batch.indices, list(lassoed)) if lassoed is not None else True
    return np.flatnonzero(np.full(len(wrong), True) & wanted & inside & (wrong | (not mistakes)))


@st.cache_data(max_entries=64, show_spinner=False)
def _html(config: RunConfig, key: cached.Key, number: int, rows: list[int], _one: Round) -> str:
    pictures = cached.pictures(config, Path(key[0]))
    assert _one.batch is not None and pictures is not None  # see show_queries
    return gallery(
        pictures.images_N_H_W[_one.batch.indices[rows]],
        _one.batch_labels[rows],
        _one.batch_probs_K_C[rows],
        pictures.class_names,
        indices_K=_one.batch.indices[rows],
        scores_K=_one.batch.scores[rows],
    )
