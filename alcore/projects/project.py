"""A person's own labelling project: one folder with its data, its answers and its models."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from alcore.datasets.dataset import DatasetError
from alcore.datasets.sources import Source, read_source
from alcore.datasets.tables.frame import TableOptions
from alcore.projects.answers import ItemState
from alcore.projects.items import Items
from alcore.projects.ledger import Ledger
from alcore.projects.model.features import FeatureChoice, Features, features_of, vocabulary_of
from alcore.projects.model.model_file import KeptModel, read_model, write_model
from alcore.projects.model.models import OWN, estimator_for, own_estimator, own_model
from alcore.projects.model.training import ModelRound, train_round
from alcore.projects.model.training_process import forget_failure
from alcore.projects.queue import Mix, Ranking, audit_interval, next_items, with_repeats
from alcore.projects.setup.making import make_project, with_roles
from alcore.projects.setup.names import FOLDER, checked_name, names_of
from alcore.projects.status import LOOK, Status, accuracy_of, audited_places, status_of, untouched_reserve
from alcore.projects.stopping import kappa
from alcore.projects.store import LEASE_SECONDS, Annotator, Handed, Operation, ProjectStore, Receipt
from alcore.storage.errors import StoreError

# Unlabelled items on which successive models are compared.
STOP_SET = 2000
# Labels between models that are compared: those of fewer would agree whatever they have learned.
COMPARED_EVERY = 10


class Project:
    """A labelling project: items, answers, models and an honest accuracy.

        project = Project.create(home, "sms", Path("messages.csv"), classes=("spam", "ham"), label="label")
        items = project.next(10)
        project.tell({items[0].item: "spam"})
        project.train()
        print(project.status().accuracy)

    Attributes:
        folder: with the source, the answers and the models.
        settings: as they were when the project was opened.
    """

    def __init__(self, folder: Path) -> None:
        """Open a project; see `create` and `open`."""
        self.folder = folder
        self._own: Any = None
        with ProjectStore(folder) as store:
            self.settings = store.settings()
            self.items = Items(*store.items())

    @property
    def ids(self) -> Sequence[str]:
        """The ids of all items, by place."""
        return self.items.ids

    @property
    def turns_N(self) -> NDArray[np.int64]:
        """Place of each item in the random permutation."""
        return self.items.turns_N

    @classmethod
    def create(
        cls,
        home: Path,
        name: str,
        file: Path | bytes,
        *,
        file_name: str | None = None,
        options: TableOptions | None = None,
        ids: str | None = None,
        label: str | None = None,
        features: FeatureChoice | None = None,
        classes: Sequence[str] = (),
        model: Any = "logistic",
        strategy: str = "margin",
        seed: int = 0,
    ) -> Self:
        """Make a project of a file or folder, which is copied into it.

        Args:
            home: the home folder.
            name: of letters, digits, - and _; the folder's name.
            file: path of a file or folder, or the bytes of an upload.
            file_name: its name; that of the path if not given.
            options: how a table or text is read.
            ids: the column of ids of a table; ids are made of the contents if not given.
            label: the column of labels that are there already.
            features: how items become numbers; by the kind of source if not given.
            classes: the classes; those of the labels that are there are added.
            model: a key of `MODELS`, or an estimator of your own: see `use`.
            strategy: a key of `STRATEGIES`.
            seed: of every random stream.

        Raises:
            ValueError: the name or a setting is not as above.
            StoreError: there is a project of this name.
            Ambiguous: the file leaves something open that no option says.
            DatasetError: the file cannot be read; nothing is left behind then.
        """
        if not isinstance(model, str):
            own_model(model)  # refused before anything is made
        folder, source = make_project(
            home,
            name,
            file,
            file_name=file_name,
            options=options,
            ids=ids,
            label=label,
            features=features,
            classes=classes,
            model=model if isinstance(model, str) else OWN,
            strategy=strategy,
            seed=seed,
        )
        made = cls(folder)
        made.__dict__["source"] = source
        if not isinstance(model, str):
            made.use(model)
        return made

    @classmethod
    def open(cls, home: Path, name: str) -> Self:
        """Open a project.

        Raises:
            StoreError: there is none of this name.
        """
        return cls(cls.folder_of(home, name))

    @staticmethod
    def folder_of(home: Path, name: str) -> Path:
        """The folder of a project.

        Raises:
            StoreError: there is none of this name.
        """
        folder = home / FOLDER / checked_name(name)
        if not folder.is_dir():
            known = ", ".join(names_of(home)) or "none yet"
            raise StoreError(f"There is no project {name!r}; there are: {known}.")
        return folder

    @cached_property
    def source(self) -> Source:
        """The items' contents, read anew.

        Raises:
            DatasetError: the file in the project's folder cannot be read any more.
        """
        options = TableOptions(**self.settings["options"])
        found = read_source(self.folder / "source" / self.settings["file"], self.settings["file"], options)
        source = with_roles(found, self.settings["ids"], self.settings["label"])
        if list(source.ids) != self.ids[: len(source)]:
            raise DatasetError(
                f"{self.settings['file']} in {self.folder} is not the file that the project was made with: put it back."
            )
        return source

    @property
    def choice(self) -> FeatureChoice:
        """How items become numbers."""
        given = dict(self.settings["features"])
        return FeatureChoice(
            **{name: tuple(map(tuple, value)) if name == "kinds" else value for name, value in given.items()}
            | {"columns": tuple(given["columns"])}
        )

    @cached_property
    def features(self) -> Features:
        """The features of all items, kept in the project's folder."""
        return features_of(self.source, self.choice, self.folder / "features")

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Column of each word and pair of words, of features `tfidf`."""
        return vocabulary_of(self.source, self.choice, self.folder / "features")

    @property
    def classes(self) -> list[str]:
        """The classes, in the order in which they are shown."""
        return list(self.settings["classes"])

    def change(self, **settings: Any) -> None:
        """Change settings, such as classes, model, strategy, target or mix."""
        with ProjectStore(self.folder) as store:
            store.change(**settings)
            self.settings = store.settings()

    def refreshed(self) -> Self:
        """The project with its settings as they are now; features stay loaded while they are chosen as before."""
        with ProjectStore(self.folder) as store:
            settings = store.settings()
        if settings["features"] != self.settings["features"]:
            self.__dict__.pop("features", None)
            self.__dict__.pop("vocabulary", None)
        self.settings = settings
        return self

    def ledger(self, before: Ledger | None = None) -> Ledger:
        """The log so far; an earlier one is brought up to date."""
        found = before or Ledger()
        with ProjectStore(self.folder) as store:
            found.extend(store.answers(after=found.last))
        return found

    def states(self) -> dict[str, ItemState]:
        """The state of every item that was answered."""
        return self.ledger().states

    # Queries and answers.

    def next(
        self, k: int, annotator: str = "", *, page: str = "python", seconds: float = LEASE_SECONDS
    ) -> list[Handed]:
        """The next items to label; those handed out elsewhere are left out.

        Among them are the annotator's own earlier items, as many as the mix's `repeat_share` says: their purpose is
        `repeat`, which is not to be shown to the annotator.

        Args:
            k: how many, 1 or more.
            annotator: who labels them.
            page: a name for the place where they are shown, such as a file.
            seconds: for which they are not handed out elsewhere.
        """
        if k < 1:
            raise ValueError(f"k must be 1 or more items, got {k}")
        model, mix = self.last_model(), self.mix()
        with ProjectStore(self.folder) as store:
            ledger = Ledger(store.answers())
            found = next_items(
                k,
                annotator,
                self.items,
                ledger.states,
                ranking=ranking_of(model),
                mix=mix,
                answered=ledger.answered,
                since_audit=ledger.since_audit,
                held=store.held(page),
            )
            mixed = with_repeats(found, ledger, annotator, mix.repeat_share, mix.seed)[:k]
            each = mix.annotators_per_item
            return store.hand_out(page, annotator, mixed, annotators_per_item=each, seconds=seconds)

    def tell(
        self, labels: Mapping[str, str], annotator: str = "", *, page: str = "python", client: str | None = None
    ) -> Receipt:
        """Store labels by item id; what cannot be accepted is named in the receipt.

        Args:
            labels: id -> class.
            annotator: who labelled.
            page: to which the items were handed out.
            client: a name under which the same labels may be given again without being stored twice.
        """
        name = client or f"python-{time.time_ns():x}"
        with ProjectStore(self.folder) as store:
            again = store.shown_again(annotator)
            operations = [
                Operation(name, number, item, "label", label, repeat=item in again)
                for number, (item, label) in enumerate(labels.items(), 1)
            ]
            return store.take(operations, Annotator(annotator, page, self.classes))

    def mix(self) -> Mix:
        """How the queue is mixed now: fewer audits once the interval is narrow."""
        mix = Mix(**self.settings["mix"])
        narrow = self.settings.get("half_width")
        if mix.audit_every and narrow is not None:
            return Mix(**{**asdict(mix), "audit_every": max(mix.audit_every, audit_interval(narrow))})
        return mix

    # Models.

    def use(self, estimator: Any) -> None:
        """Train an estimator of your own from the next round on.

        One of scikit-learn, nested or not, is kept with the project: the screen trains it too. Any other is trained by
        `train` of this object only; the screen shows what it said last.

        Args:
            estimator: not fitted; with `fit`, `predict_proba` and `get_params`, as scikit-learn's classifiers have.

        Raises:
            ValueError: it has no such methods.
        """
        self.change(model=OWN, own=own_model(estimator))
        self._own = estimator

    def estimator(self) -> Any:
        """The project's model, not fitted.

        Raises:
            ValueError: it is one that another Python process gave and that could not be kept, or it does not take the
                features.
            MissingExtraError: it is the CNN, and torch is not installed.
        """
        if self.settings["model"] != OWN:
            return estimator_for(self.settings["model"], self.features, self.settings["seed"])
        return own_estimator(self.settings["own"]) if self._own is None else clone(self._own)

    def train(self, ledger: Ledger | None = None) -> ModelRound:
        """Train a model on the labels so far and keep what it says; a second call without new labels trains again.

        Args:
            ledger: the log, if it was read already.
        """
        ledger = ledger or self.ledger()
        open_N = ~self.items.reserve_N
        for item, state in ledger.states.items():
            is_closed = state.label is not None or state.machine_label is not None or state.excluded or state.unsure
            if is_closed and (place := self.items.place_of.get(item)) is not None:
                open_N[place] = False
        before = read_model(self.folder)
        model = train_round(
            self.features,
            self.training_labels(ledger.states),
            self.classes,
            estimator=self.estimator(),
            strategy=self.settings["strategy"],
            open_places=np.flatnonzero(open_N),
            seed=self.settings["seed"],
            number=0 if before is None else before.model.number + 1,
        )
        self._keep(model, before, ledger)
        return model

    def training_labels(self, states: Mapping[str, ItemState]) -> dict[int, str]:
        """Place -> class of the items that train: people's labels without audits, in the order of their labels."""
        reserve_N, place_of = self.items.reserve_N, self.items.place_of
        return {
            place: state.label
            for item, state in states.items()
            if state.label is not None
            and (place := place_of.get(item)) is not None
            and not (reserve_N[place] and state.purpose == "audit")
        }

    def last_model(self) -> ModelRound | None:
        """What the last model says; None before the first."""
        kept = read_model(self.folder)
        return None if kept is None else kept.model

    def status(self) -> Status:
        """Counts, accuracy with an interval, and advice."""
        return status_of(
            self.items,
            self.states(),
            self.last_model(),
            kappas=self.settings.get("kappas", []),
            curve=[tuple(point) for point in self.settings.get("curve", [])],
            target=self.settings.get("target"),
        )

    def _keep(self, model: ModelRound, before: KeptModel | None, ledger: Ledger) -> None:
        """Write a model; with enough new labels it is compared with the last one that was compared."""
        changed: dict[str, Any] = {}
        stop_named, stop_labels = ((), 0) if before is None else (before.stop_named, before.stop_labels)
        if model.named_N and (not stop_named or model.labels >= stop_labels + COMPARED_EVERY):
            named = tuple(np.array(model.named_N)[self._stop_set()].tolist())
            if stop_named:
                changed["kappas"] = [*self.settings.get("kappas", []), kappa(stop_named, named)]
            stop_named, stop_labels = named, model.labels
        forget_failure(self.folder)
        write_model(self.folder, KeptModel(model, ledger.last, self.trained_as, stop_named, stop_labels))
        audits = audited_places(self.items, ledger.states)
        if len(audits) >= LOOK:
            accuracy, _ = accuracy_of(model, audits, untouched_reserve(self.items, ledger.states))
            if accuracy is not None:
                curve = self.settings.get("curve", [])
                point = [model.labels, accuracy.value, accuracy.low, accuracy.high]
                changed["curve"] = [*(one for one in curve if one[0] < model.labels), point]
                changed["half_width"] = (accuracy.high - accuracy.low) / 2
        if changed:
            self.change(**changed)

    @property
    def trained_as(self) -> str:
        """The settings that a model depends on; models of other settings are not this project's any more."""
        named = ("model", "strategy", "classes", "features", *(["own"] if self.settings["model"] == OWN else []))
        return json.dumps([self.settings[name] for name in named])

    def _stop_set(self) -> NDArray[np.int64]:
        """The fixed items on which successive models are compared: the first of the permutation."""
        return self.items.order_N[:STOP_SET]


def ranking_of(model: ModelRound | None) -> Ranking:
    """What the queue takes from a model."""
    if model is None:
        return Ranking()
    named_N = model.named_N
    suggestions = {place: named_N[place] for place in model.places.tolist()} if named_N else {}
    return Ranking(model.places.tolist(), model.held_back, suggestions, model.number)
