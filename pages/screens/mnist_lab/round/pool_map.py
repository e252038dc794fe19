"""The map of the pool, linked with the gallery: the gallery shows the lassoed images."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.loops.pool.map_layout import layout_name, map_layouts
from alcore.loops.pool.pool_map import PoolMap
from alcore.loops.pool.simulate import Round
from alcore.report.charts.chart import Chart
from alcore.report.charts.pool_map import map_chart
from alcore.report.export.runs import rows_to_csv, rows_to_json
from alcore.report.html.image_gallery import data_uri
from alcore.report.phrases import plural
from alcore.report.statistics.map_frames import frame_rounds, map_frame, sample_of, sheet, within
from alcore.report.style import class_style
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round import cached
from pages.screens.mnist_lab.round.export import ChartExport, take
from pages.screens.mnist_lab.round.image_inspector import look_at_point, point
from pages.screens.mnist_lab.round.queried_images import show_queries
from pages.shared.export_panel import download
from pages.shared.in_browser import sent
from pages.shared.progress import OnStep
from pages.shared.session_cache import computed

_LASSO = "_lab_lasso"
_COLUMNS = 64
_HERE = Path(__file__).parent
_MAP = st.components.v2.component(
    "alcore_lab_map",
    html='<div class="lab-map"><canvas role="application" tabindex="0"></canvas><div class="lab-map-tip" hidden>'
    '<canvas width="84" height="84"></canvas><span></span></div>'
    '<div class="lab-map-bar"><button type="button">▶ Play over the rounds</button>'
    '<span class="lab-map-where" aria-live="polite"></span>'
    '<span class="lab-map-spoken" aria-live="polite"></span></div></div>',
    css=(_HERE / "map.css").read_text(encoding="utf-8"),
    js=(_HERE / "map.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def show_map(info: RunInfo, home: Path, number: int, names: Sequence[str], below: DeltaGenerator) -> None:
    """The pool under the model before query `number`, from 1, with the selected queried images below.

    Raises:
        DatasetError: if the images are missing or damaged.
        StoreError: if the store cannot be read.
    """
    one = cached.whole_round(info, home, number - 1)
    pictures = cached.pictures(info.config, home)
    if one.map is None or one.batch is None or pictures is None:
        if one.map is None:
            st.caption("This run was made by an earlier version, which kept no map.")
        with below:
            show_queries(info, home, number)
        return
    rounds = frame_rounds(info.rounds_done - (info.rounds_done > info.config.rounds), number)
    key = (*cached.key_of(info, home), tuple(rounds))
    picked = st.session_state.setdefault(_LASSO, {})
    lassoed = within(picked.get((info.id, number), ()), one.map)
    scene = _scene(key, info, home) | {
        "shown": number,
        "lassoed": lassoed,
        "alt": f"Map of the pool before query {number}. The gallery below holds the queried images.",
    }
    _MAP(
        key="mnist_map",
        data=scene,
        on_picked_change=_inspect,
        on_lassoed_change=partial(_lasso, info.id, number),
        height="content",
    )
    st.caption(
        f"{layout_name()} of the model's features. Colour: predicted class; size: uncertainty; outlined: queried.",
        help="Hover over a point for its image, click it to inspect it, draw around points to select them. On the "
        "keyboard arrow keys move a ring, Enter inspects the image in its middle, the space bar selects those in it.",
    )
    drawn = partial(_chart, one, number, names, point())
    with st.container(horizontal=True, vertical_alignment="center"):
        take(_export(info, one, number, names, drawn))
        _take_points(info, one, number, names, lassoed)
    if lassoed:
        asked = np.isin(one.batch.indices, lassoed).sum()
        st.caption(
            f"Selected: {plural(len(lassoed), 'image')}, {asked:,} of them queried in this round. A double "
            "click on the map clears the selection, as does Escape."
        )
    with below:
        show_queries(info, home, number, lassoed or None)


def _inspect() -> None:
    index = sent("mnist_map", "picked")
    if isinstance(index, int | float):
        look_at_point(int(index))


def _lasso(run_id: str, number: int) -> None:
    chosen = sent("mnist_map", "lassoed")
    if isinstance(chosen, list):
        st.session_state[_LASSO] = {(run_id, number): [int(index) for index in chosen]}


@computed("Laying out the maps.", most=8)
def _scene(_on_step: OnStep, key: tuple[Any, ...], _info: RunInfo, _home: Path) -> dict[str, Any]:
    """The frames of a run, and the images of their points, for the browser."""
    *_, rounds = key
    found = [cached.whole_round(_info, _home, number - 1) for number in rounds]
    maps, batches = [], []
    for one in found:
        assert one.map is not None and one.batch is not None  # see show_map
        rows = one.map.rows(sample_of(one.map, one.batch.indices))
        maps.append(PoolMap(one.map.indices_P[rows], one.map.features_P_D[rows], one.map.log_probs_P_C[rows]))
        batches.append(one.batch.indices)
    frames = [
        map_frame(drawn, places, number, asked, one.labeled)
        for drawn, places, number, asked, one in zip(
            maps, map_layouts(maps, _on_step), rounds, batches, found, strict=True
        )
    ]
    pictures = cached.pictures(_info.config, _home)
    assert pictures is not None  # see show_map
    shown = np.unique(np.concatenate([frame.indices_F for frame in frames]))
    images = pictures.images_N_H_W[shown]
    return {
        "frames": [
            {
                "round": frame.round,
                "indices": frame.indices_F.tolist(),
                "x": frame.places_F_2[:, 0].tolist(),
                "y": frame.places_F_2[:, 1].tolist(),
                "unsure": frame.unsure_F.tolist(),
                "guess": frame.guesses_F.tolist(),
                "state": frame.states_F.tolist(),
            }
            for frame in frames
        ],
        "sprite": data_uri(255 - sheet(images, _COLUMNS)),
        "images": shown.tolist(),
        "columns": _COLUMNS,
        "cell": [images.shape[2], images.shape[1]],
        "classes": list(pictures.class_names),
        "colors": [class_style(label).color for label in range(len(pictures.class_names))],
    }


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
    assert one.map is not None  # see show_map
    # Without a selection, which needs a pointer, all of them.
    points = list(lassoed) or one.map.indices_P.tolist()
    label = "Export the selected images" if lassoed else "Export the images"
    with st.popover(label, icon=":material/gesture_select:", key="mnist_lasso_files"):
        st.markdown("Their indices in the pool, positions, predicted classes, and states.")
        settings = texts.exported(info, round=number)

        def to_csv() -> bytes:
            return rows_to_csv(point_rows(one, points, names))

        def to_json() -> bytes:
            return rows_to_json(point_rows(one, points, names), settings, title="Images of the map")

        for fmt, make in (("csv", to_csv), ("json", to_json)):
            sentence = f"**{fmt.upper()}**: {plural(len(points), 'image')}"
            download(sentence, make, f"alcore-mnist-lasso-round{number}.{fmt}", key=f"mnist_lasso_{fmt}")


def _export(info: RunInfo, one: Round, number: int, names: Sequence[str], chart: Callable[[], Chart]) -> ChartExport:
    assert one.map is not None  # see show_map
    indices = one.map.indices_P
    return ChartExport(
        f"map-round{number}",
        f"The pool in round {number}",
        f"{plural(len(indices), 'image')} of the pool by the features of the model of {plural(one.labels, 'label')}.",
        texts.exported(info, look_at_round=number),
        lambda: point_rows(one, indices.tolist(), names),
        chart,
        texts.title(info.config),
    )


def _chart(one: Round, number: int, names: Sequence[str], chosen: int | None) -> Chart:
    drawn = one.map
    assert drawn is not None and one.batch is not None  # see show_map
    return map_chart(
        drawn.places_P_2,
        drawn.indices_P,
        drawn.probs_P_C.argmax(axis=1),
        names,
        labeled=one.labeled,
        asked=one.batch.indices,
        round_=number,
        chosen=chosen,
    )
