"""The project on the screen: opened once for all sessions, its last model, and what the card is given of it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from alcore.datasets.images import ImageSource
from alcore.projects.answers import ItemState
from alcore.projects.classes import Classes
from alcore.projects.contents import content_of, picture, short_of
from alcore.projects.highlights import highlights
from alcore.projects.model.explanation import Explanations
from alcore.projects.model.model_file import FILE as MODEL_FILE
from alcore.projects.model.model_file import KeptModel, read_model
from alcore.projects.project import Project, ranking_of
from alcore.projects.store import FILE, Handed
from alcore.report.style import class_style
from pages.screens.labelling.answering import Labelling
from pages.screens.labelling.card.card import KEYS, ClassButton
from pages.shared.session_cache import Stamp, stamp_of

# Images up to this many pixels wide are enlarged without smoothing.
_PIXELATED = 64
_THUMBNAIL = 96
NAMES = {
    "audit": "audit: drawn at random, the model's guess is hidden",
    "calibration": "calibration: drawn at random, the machine's answer is hidden",
    "control": "random control",
    # An audit of the person: told apart from one of the model, it would not be blind.
    "repeat": "audit: drawn at random, the model's guess is hidden",
}


@dataclass(frozen=True, eq=False)
class Opened:
    """A project and its last model.

    Attributes:
        name: of the project.
        project: opened, with the settings as they are now.
        kept: the last model; None before the first.
    """

    name: str
    project: Project
    kept: KeptModel | None

    @property
    def buttons(self) -> list[ClassButton]:
        """The classes with keys and colours."""
        settings = self.project.settings
        return class_buttons(Classes.of(self.project.classes, settings), settings.get("keys", {}))

    def labelling(self) -> Labelling:
        """What the card is given."""
        project, model = self.project, None if self.kept is None else self.kept.model
        explanations = None if model is None else Explanations(model, project.items)
        return Labelling(
            self.name,
            project.folder,
            self.buttons,
            project.items,
            partial(shown, project),
            ranking_of(model),
            project.mix(),
            partial(_reason, project, explanations),
        )


def opened(home: Path, name: str) -> Opened:
    """Open a project.

    Raises:
        StoreError: it cannot be read, or there is none.
    """
    folder = Project.folder_of(home, name)
    project = _project(str(folder), _inode(folder / FILE)).refreshed()
    return Opened(name, project, last_model(folder))


def last_model(folder: Path) -> KeptModel | None:
    """The last model of a project; read again only when it was replaced."""
    return _model(str(folder), stamp_of([folder / MODEL_FILE]))


def class_buttons(classes: Classes, keys: Mapping[str, str]) -> list[ClassButton]:
    """Classes with the keys that were chosen; a class of one digit has that digit, others the next free key.

    Free keys and colours go by place: a class keeps them while others are merged, deleted or brought back.
    """
    own = {name: keys[name] for name in classes.places if keys.get(name, "") in KEYS and name in keys}
    own |= {name: name for name in classes.places if name not in own and name in KEYS[:10] and len(name) == 1}
    free = iter([key for key in KEYS if key not in own.values()])
    buttons = {
        name: ClassButton(name, own.get(name) or next(free, ""), class_style(number).color)
        for number, name in enumerate(classes.places)
    }
    return [buttons[name] for name in classes.names]


def shown(project: Project, place: int, *, side: int | None = None) -> dict[str, Any]:
    """What the card shows of an item: `text`, `fields`, or `image` as a data URL."""
    source = project.source
    if not isinstance(source, ImageSource):
        return content_of(source, place, project.settings["features"]["columns"])
    url, longest = _picture(source.digest, place, side, source)
    return {"image": url, "pixelated": longest <= _PIXELATED, "alt": source.ids[place]}


def picture_url(source: ImageSource, place: int, side: int) -> str:
    """An image as a data URL, its longest side at most so many pixels."""
    return _picture(source.digest, place, side, source)[0]


def _reason(
    project: Project, explanations: Explanations | None, handed: Handed, states: Mapping[str, ItemState]
) -> dict[str, Any]:
    """Why an item is shown; of audits nothing that could sway the answer."""
    if handed.purpose in ("audit", "calibration", "repeat") or explanations is None:
        return {"why": NAMES.get(handed.purpose, "")}
    items = project.items
    place = items.place_of[handed.item]
    why = explanations.why(place, states)
    found: dict[str, Any] = {"likeliest": why.likeliest, "why": NAMES.get(handed.purpose, "")}
    if handed.purpose == "train" and why.rank is not None:
        found["why"] = f"rank {why.rank:,} of {why.ranked:,} by {explanations.model.strategy}, the most useful first"
    found |= highlights(project, explanations.model, place)
    found["alike"] = [{"id": items.ids[other], "base": 0} for other in why.alike]
    if why.nearest is not None and (state := states.get(items.ids[why.nearest])) and state.label:
        near: dict[str, Any] = {"label": state.label}
        if isinstance(project.source, ImageSource):
            near |= shown(project, why.nearest, side=_THUMBNAIL)
        else:
            near["text"] = short_of(project.source, why.nearest, 60, project.settings["features"]["columns"])
        found["near"] = near
    return found


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


@st.cache_resource(max_entries=8, show_spinner=False)
def _project(folder: str, inode: int) -> Project:
    return Project(Path(folder))


@st.cache_resource(max_entries=8, show_spinner=False)
def _model(folder: str, stamp: Stamp) -> KeptModel | None:
    return read_model(Path(folder)) if stamp else None


@st.cache_data(max_entries=2000, show_spinner=False)
def _picture(digest: str, place: int, side: int | None, _source: ImageSource) -> tuple[str, int]:
    content, kind, longest = picture(_source, place) if side is None else picture(_source, place, side)
    return f"data:{kind};base64,{base64.b64encode(content).decode()}", longest
