"""The map of the pool, linked with the gallery: the gallery shows the lassoed images."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from alcore.loops.pool.simulate import Round
from alcore.report.export.runs import rows_to_csv, rows_to_json
from alcore.report.interactive.curves import PreparedFigure
from alcore.report.interactive.pool_map import map_figure
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round import cached
from pages.screens.mnist_lab.round.export import Chart, take
from pages.screens.mnist_lab.round.image_inspector import point
from pages.screens.mnist_lab.round.queried_images import show_queries
from pages.shared import viewport
from pages.shared.export_panel import download, toolbar


def show_map(info: RunInfo, home: Path, number: int, names: Sequence[str]) -> None:
    """The pool under the model before query `number`, from 1, with the lassoed queried images below.

    Raises:
        DatasetError: if the images are missing or damaged.
        StoreError: if the store cannot be read.
    """
    one = cached.whole_round(info, home, number - 1)
    if one.map is None:
        st.caption("This run was made by an earlier version, which kept no map.")
        show_queries(info, home, number)
        return
    st.markdown(
        f"{len(one.map.indices_P):,} images of the pool by the two leading principal components of the features of the "
        f"model of {one.labels:,} labels: similar images lie close together. **Draw a lasso around some of them**, or "
        "choose the box in the chart's toolbar: the gallery below then shows the queried images inside, and the images "
        "inside can be exported."
    )
    dark, height = viewport.is_dark(), 460 if viewport.is_narrow() else 600
    key = cached.key_of(info, home)

    def figure() -> PreparedFigure:
        return PreparedFigure(_spec(key, number, info.config.strategy, point(), tuple(names), dark, height, one))

    event = st.plotly_chart(
        figure(),
        theme=None,
        # A new map is a new control: a lasso selection belongs to a single map.
        key=f"mnist_map_{info.id}_{number}",
        on_select="rerun",
        selection_mode=("lasso", "box", "points"),
        alt=f"Map of {len(one.map.indices_P):,} images, with the {len(one.batch_labels):,} queried in round {number} "
        f"and {len(one.labeled):,} labelled before. The gallery below holds the same queried images.",
        config=toolbar("alcore-mnist-map"),
    )
    lassoed = lassoed_indices(event.get("selection", {}).get("points", []))
    with st.container(horizontal=True, vertical_alignment="center"):
        take(_chart(info, one, number, names, figure))
        _take_points(info, one, number, names, lassoed)
    if lassoed:
        asked = np.isin(one.batch.indices, lassoed).sum() if one.batch is not None else 0
        st.caption(
            f"Selected: {texts.plural(len(lassoed), 'image')}, {asked:,} of them queried in this round. A double "
            "click on the map clears the selection."
        )
    show_queries(info, home, number, lassoed or None)


def lassoed_indices(points: Sequence[Mapping[str, Any]]) -> list[int]:
    """The distinct images of a selection, ascending."""
    found = set()
    for one in points:
        data = one.get("customdata")
        data = data[0] if isinstance(data, list) and data else data
        if isinstance(data, int | float):
            found.add(int(data))
    return sorted(found)


def point_rows(one: Round, indices: Sequence[int], names: Sequence[str]) -> list[dict[str, Any]]:
    """Position, predicted class and label of images on a round's map, by their ascending indices in the pool."""
    assert one.map is not None  # see show_map
    rows_K = one.map.rows(indices)
    places, probs = one.map.places_P_2[rows_K], one.map.probs_P_C[rows_K]
    labels = {} if one.batch is None else dict(zip(one.batch.indices.tolist(), one.batch_labels, strict=True))
    states = dict.fromkeys(one.labeled.tolist(), "labelled before") | dict.fromkeys(labels, "queried")
    return [
        {
            "index": int(index),
            "x": float(place[0]),
            "y": float(place[1]),
            "predicted": names[int(p.argmax())],
            "probability": float(p.max()),
            "state": states.get(index, "unlabelled"),
            "label": names[int(labels[index])] if index in labels else None,
        }
        for index, place, p in zip(one.map.indices_P[rows_K].tolist(), places, probs, strict=True)
    ]


def _take_points(info: RunInfo, one: Round, number: int, names: Sequence[str], lassoed: Sequence[int]) -> None:
    with st.popover("Export the selected images", icon=":material/gesture_select:", disabled=not lassoed):
        st.markdown("Their indices in the pool, positions, predicted classes, and states.")
        settings = texts.exported(info, round=number)

        def to_csv() -> bytes:
            return rows_to_csv(point_rows(one, lassoed, names))

        def to_json() -> bytes:
            return rows_to_json(point_rows(one, lassoed, names), settings, title="Lassoed images")

        for fmt, make in (("csv", to_csv), ("json", to_json)):
            sentence = f"**{fmt.upper()}**: {texts.plural(len(lassoed), 'image')}"
            download(sentence, make, f"alcore-mnist-lasso-round{number}.{fmt}", key=f"mnist_lasso_{fmt}")


def _chart(info: RunInfo, one: Round, number: int, names: Sequence[str], figure: Any) -> Chart:
    drawn, batch = one.map, one.batch
    assert drawn is not None and batch is not None  # see show_map

    def paper(**settings: Any) -> Any:
        from alcore.report.paper.run_quality import print_map

        return print_map(
            drawn.places_P_2,
            drawn.probs_P_C.argmax(axis=1),
            names,
            asked_P=np.isin(drawn.indices_P, batch.indices),
            labeled_P=np.isin(drawn.indices_P, one.labeled),
            strategy=info.config.strategy,
            **settings,
        )

    sentence = f"{len(drawn.indices_P):,} images of the pool by the features of the model of {one.labels:,} labels."
    return Chart(
        f"map-round{number}",
        f"The pool in round {number}",
        sentence,
        texts.exported(info, look_at_round=number),
        lambda: point_rows(one, drawn.indices_P.tolist(), names),
        figure,
        paper,
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _spec(
    key: cached.Key,
    number: int,
    strategy: str,
    chosen: int | None,
    names: tuple[str, ...],
    dark: bool,
    height: int,
    _one: Round,
) -> dict[str, Any]:
    drawn = _one.map
    assert drawn is not None and _one.batch is not None  # see show_map
    return map_figure(
        drawn.places_P_2,
        drawn.indices_P,
        drawn.probs_P_C.argmax(axis=1),
        names,
        labeled=_one.labeled,
        asked=_one.batch.indices,
        strategy=strategy,
        round_=number,
        chosen=chosen,
        dark=dark,
        height=height,
    ).to_dict()
