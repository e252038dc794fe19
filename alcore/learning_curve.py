"""A learning curve as a table that can be shown, measured and saved."""

from collections.abc import Iterable, Mapping
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd

from alcore.notebook import as_html, as_text
from alcore.report.curves import area_under, curve_frame
from alcore.report.export.curves import export, file_format, to_csv, write_file
from alcore.report.phrases import format_labels, percent

NO_TEST = "There is no test set, so no accuracy: give test=(X_test, y_test) for one a round."
NO_ROUND = "There is no round yet: give the learner labels by tell."


class LearningCurve:
    """Accuracy on a test set against the number of labels, one row a round.

    Attributes:
        frame: a pandas DataFrame with the columns run, strategy, seed, round (from 0), labels, accuracy (a share
            in [0, 1]; NaN where no test set was given), train_loss (nats) and seconds (of the fit).
        config: the settings behind the curve, as JSON can hold them.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]], config: Mapping[str, Any], *, label: str = "") -> None:
        """Make a curve of its rounds.

        Args:
            rows: one mapping a round with the keys round, labels, accuracy, train_loss and seconds; the last
                three may be NaN.
            config: settings with the keys strategy and seed.
            label: the strategy's name for people.

        Raises:
            ValueError: as `curve_frame`.
        """
        self.config = dict(config)
        self._names = {str(config["strategy"]): label or str(config["strategy"])}
        common = {"run": "active learner", "strategy": config["strategy"], "seed": config["seed"]}
        found = [{**common, **row} for row in rows]
        # The check of a curve refuses a missing accuracy; it passes any share, which is taken out again.
        unknown = [row["accuracy"] != row["accuracy"] for row in found]
        filled = [
            {**row, "accuracy": 0.0 if none else row["accuracy"]} for row, none in zip(found, unknown, strict=True)
        ]
        frame = curve_frame(filled)
        frame.loc[unknown, "accuracy"] = nan
        self.frame = frame

    @property
    def area(self) -> float:
        """Area under the curve divided by its range of labels, a mean accuracy; see `report.curves.area_under`.

        Raises:
            ValueError: if there is no accuracy.
        """
        return area_under(self._measured())

    def save(self, path: str | Path) -> Path:
        """Write the curve to a file; its ending decides the format.

        Args:
            path: ends in .csv, .json, .html, .svg, .pdf or .png.

        Returns:
            the path.

        Raises:
            ValueError: for another ending, or where there is no accuracy to draw.
            FileNotFoundError: the path's folder is not there.
            MissingExtraError: html, svg, pdf and png need packages of the extra `paper`.
        """
        fmt = file_format(path)
        if fmt == "csv":
            content = to_csv(self.frame)
        else:
            title = f"{next(iter(self._names.values()))}, seed {self.config['seed']}"
            words = self._words()
            content = export(self._measured(), [self.config], fmt, title=title, names=self._names, words=words)
        return write_file(path, content)

    def __len__(self) -> int:
        """The number of rounds."""
        return len(self.frame)

    def __repr__(self) -> str:
        return as_text([self._words()], self._table())

    def _repr_html_(self) -> str:
        return as_html([self._words()], self._table())

    def _table(self) -> dict[str, list[str]]:
        rounds, labels, accuracies = (self.frame[name].tolist() for name in ("round", "labels", "accuracy"))
        shown = {"round": [str(one) for one in rounds], "labels": [f"{one:,}" for one in labels]}
        if self.frame["accuracy"].isna().all():
            return shown
        return {**shown, "accuracy": ["" if one != one else f"{one:.3f}" for one in accuracies]}

    def _measured(self) -> pd.DataFrame:
        measured = self.frame[self.frame["accuracy"].notna()].reset_index(drop=True)
        if measured.empty:
            raise ValueError(NO_TEST if len(self) else NO_ROUND)
        return measured

    def _words(self) -> str:
        name = next(iter(self._names.values()))
        measured = self.frame[self.frame["accuracy"].notna()]
        rounds = f"{len(self)} {'round' if len(self) == 1 else 'rounds'}"
        if measured.empty:
            return f"Learning curve of {name}, {rounds}. {NO_TEST if len(self) else NO_ROUND}"
        last = measured.iloc[-1]
        return (
            f"Learning curve of {name}, {rounds}: accuracy {percent(last['accuracy'])} with "
            f"{format_labels(last['labels'])}."
        )
