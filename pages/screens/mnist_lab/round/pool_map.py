"""The map of the pool, linked with the gallery: the gallery shows the lassoed images."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from alcore.loops.pool.simulate import Round
from alcore.report.charts.chart import Chart
from alcore.report.charts.pool_map import map_chart
from alcore.report.export.runs import rows_to_csv, rows_to_json
from alcore.report.interactive.render import PreparedFigure, to_plotly
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round import cached
from pages.screens.mnist_lab.round.export import ChartExport, take
from pages.screens.mnist_lab.round.image_inspector import point
from pages.screens.mnist_lab.round.queried_images import show_queries
from pages.shared import viewport
from pages.shared.chart import toolbar
from pages.shared.export_panel import download


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
    drawn = partial(_map, one, number, info.config.strategy, names, point())
    key = (cached.key_of(info, home), number, point(), tuple(names), dark, height)
    event = st.plotly_chart(
        PreparedFigure(_spec(key, drawn)),
        theme=None,
        # A new map is a new control: a lasso selection belongs to a single map.
        key=f"mnist_map_{info.id}_{number}",
        on_select="rerun",
        selection_mode=("lasso", "box", "points"),
        alt=f"Map of {len(one.map.indices_P):,} images, with the {len(one.batch_labels):,} queried in round {number} "
        f"and {len(one.labeled):,} labelled before. The gallery below holds the same queried images.",
        config=toolbar("mnist-map"),
    )
    lassoed = lassoed_indices(event.get("selection", {}).get("points", []))
    with st.container(horizontal=True, vertical_alignment="center"):
        take(_export(info, one, number, names, drawn))
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


def _export(info: RunInfo, one: Round, number: int, names: Sequence[str], chart: Callable[[], Chart]) -> ChartExport:
    assert one.map is not None  # see show_map
    indices = one.map.indices_P
    return ChartExport(
        f"map-round{number}",
        f"The pool in round {number}",
        f"{len(indices):,} images of the pool by the features of the model of {one.labels:,} labels.",
        texts.exported(info, look_at_round=number),
        lambda: point_rows(one, indices.tolist(), names),
        chart,
    )


def _map(one: Round, number: int, strategy: str, names: Sequence[str], chosen: int | None) -> Chart:
    drawn = one.map
    assert drawn is not None and one.batch is not None  # see show_map
    return map_chart(
        drawn.places_P_2,
        drawn.indices_P,
        drawn.probs_P_C.argmax(axis=1),
        names,
        labeled=one.labeled,
        asked=one.batch.indices,
        strategy=strategy,
        round_=number,
        chosen=chosen,
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _spec(key: tuple[Any, ...], _chart: Callable[[], Chart]) -> dict[str, Any]:
    *_, dark, height = key
    return to_plotly(_chart(), dark=dark, height=height).to_dict()
