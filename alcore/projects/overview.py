"""All items at a glance: a table to filter, and the sample that a map shows."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcore.datasets.sources import Source
from alcore.datasets.tables.frame import TableSource
from alcore.datasets.texts import TextSource
from alcore.projects.answers import ItemState
from alcore.projects.items import Items
from alcore.projects.model.training import ModelRound

LONGEST = 300
# Filters of the table -> their names.
FILTERS = {
    "all": "All items",
    "labelled": "Labelled",
    "open": "Not labelled",
    "contradicts": "Label differs from the prediction",
    "flagged": "Flagged",
    "unsure": "Cannot tell",
    "skipped": "Skipped",
    "excluded": "Excluded",
    "audit": "Audit labels",
    "machine": "Labelled by a machine",
    "noted": "With a note",
}


def lines_of(source: Source, first: tuple[str, ...] = ()) -> list[str]:
    """Every item in a line: its text, the cells of its row, or the name of its image."""
    if isinstance(source, TextSource):
        return [text[:LONGEST] for text in source.texts]
    if not isinstance(source, TableSource):
        return list(source.ids)
    named = first or tuple(n for n in source.columns if n not in (source.id_column, source.label_column))[:20]
    return [" · ".join(filter(None, cells))[:LONGEST] for cells in zip(*map(source.texts, named), strict=True)]


def overview_frame(
    items: Items, lines: list[str], states: Mapping[str, ItemState], model: ModelRound | None
) -> pd.DataFrame:
    """One row an item.

    Returns:
        columns id, item, label, machine, predicted, probability, purpose, by, flagged, skipped, unsure, excluded,
        notes; empty text or NaN where there is nothing.
    """
    answered = {items.place_of[item]: state for item, state in states.items() if item in items.place_of}
    of = [answered.get(place) for place in range(len(items))]
    named, sure_N = (model.named_N, model.confidence_N) if model is not None else ([], None)
    return pd.DataFrame(
        {
            "id": list(items.ids),
            "item": lines,
            "label": ["" if one is None else one.label or "" for one in of],
            "machine": ["" if one is None else one.machine_label or "" for one in of],
            "predicted": named or [""] * len(items),
            "probability": np.full(len(items), np.nan, np.float32) if sure_N is None else sure_N,
            "purpose": ["" if one is None else one.purpose or "" for one in of],
            "by": ["" if one is None else ", ".join(one.labels) for one in of],
            "flagged": [one is not None and one.flagged for one in of],
            "skipped": [0 if one is None else one.skipped for one in of],
            "unsure": [one is not None and bool(one.unsure) for one in of],
            "excluded": [one is not None and one.excluded for one in of],
            "notes": ["" if one is None else " / ".join(one.notes) for one in of],
        }
    )


def filtered(frame: pd.DataFrame, which: str, classes: tuple[str, ...] = (), words: str = "") -> pd.DataFrame:
    """The rows of a filter.

    Args:
        frame: from `overview_frame`.
        which: a key of `FILTERS`.
        classes: labels or predictions to keep; none: all.
        words: text that the item, its id or its notes hold, in any case of letters.

    Raises:
        KeyError: there is no such filter.
    """
    rules = {
        "all": frame["id"].notna(),
        "labelled": frame["label"] != "",
        "open": frame["label"] == "",
        "contradicts": (frame["label"] != "") & (frame["predicted"] != "") & (frame["label"] != frame["predicted"]),
        "flagged": frame["flagged"],
        "unsure": frame["unsure"],
        "skipped": frame["skipped"] > 0,
        "excluded": frame["excluded"],
        "audit": (frame["purpose"] == "audit") & (frame["label"] != ""),
        "machine": frame["machine"] != "",
        "noted": frame["notes"] != "",
    }
    kept = rules[which]
    if classes:
        kept = kept & (frame["label"].isin(classes) | ((frame["label"] == "") & frame["predicted"].isin(classes)))
    if words:
        whole = frame["item"] + "\n" + frame["id"] + "\n" + frame["notes"]
        kept = kept & whole.str.contains(words, case=False, regex=False)
    return frame[kept]


def unlabelled_sample(items: Items, states: Mapping[str, ItemState], most: int) -> NDArray[np.int64]:
    """Places of items without a label: the first of the project's random order, `most` at most."""
    free = [place for place in items.order_N.tolist() if (one := states.get(items.ids[place])) is None or not one.label]
    return np.array(free[:most], dtype=np.int64)


def on_map(items: Items, states: Mapping[str, ItemState], most: int) -> NDArray[np.int64]:
    """Places that a map shows: all answered ones, and a random sample of the others, `most` in all at least."""
    answered = np.array([items.place_of[one] for one in states if one in items.place_of], dtype=np.int64)
    return np.union1d(answered, items.order_N[:most])
