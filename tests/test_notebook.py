"""How results show themselves: short lines, everything escaped, nothing printed."""

import logging
import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from alcore import ActiveLearner, compare
from alcore.notebook import WIDTH, as_html, as_text
from alcore.report.phrases import typed
from alcore.short import short

X, NUMBERS = make_blobs(60, centers=3, n_features=4, cluster_std=3.0, random_state=1)
WORDS = np.array(["<b>ape</b>", "bee & co", "cat"])[NUMBERS]


class Cells(HTMLParser):
    """The tags of a page, and the texts of its cells and paragraphs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """All that shows itself, with long settings and labels that look like markup."""
    long = make_pipeline(StandardScaler(), RandomForestClassifier(5, max_depth=3, min_samples_leaf=2, random_state=1))
    learner = ActiveLearner(long, X, strategy="qbc_vote_entropy", seed=123456, test=(X, WORDS))
    start = ActiveLearner(LogisticRegression(), X)
    start.ask(3)
    for _ in range(3):
        rows = learner.ask(12)
        learner.tell(rows, WORDS[rows])
    rows = learner.ask(12)
    untested = ActiveLearner(GaussianNB(), X)
    untested.tell([0, 1], ["a", "b"])
    race = compare(X, WORDS, learner=GaussianNB(), strategies=["margin", "badge"], seeds=5, rounds=2, progress=False)
    return {
        "learner": learner,
        "curve": learner.curve(),
        "batch": learner.batch,
        "race": race,
        "started": start,
        "seed set": start.batch,
        "no round": start.curve(),
        "no test": untested.curve(),
    }


NAMES = ["learner", "curve", "batch", "race", "started", "seed set", "no round", "no test"]


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_short_and_pages_are_plain_tags(name: str, shown: dict[str, Any]) -> None:
    text, page = repr(shown[name]), shown[name]._repr_html_()
    assert max(map(len, text.splitlines())) <= WIDTH < 100
    assert not re.search(r"\bnan\b|\binf\b|-0\b", text + page)
    cells = Cells(page)
    assert set(cells.tags) <= {"p", "table", "thead", "tbody", "tr", "th", "td"} and cells.tags[0] == "p"
    assert "class=" not in page and "style=" not in page
    # The first sentence is the same on both.
    first = cells.texts[0]
    assert " ".join(text.split()).startswith(" ".join(typed(first).split()))


def test_what_is_said(shown: dict[str, Any]) -> None:
    assert "36 of 60 points labelled" in repr(shown["learner"]) and "<b>ape</b>" in repr(shown["learner"])
    cells = Cells(shown["learner"]._repr_html_()).texts
    counts = dict(zip(cells[-6::2], map(int, cells[-5::2]), strict=True))
    values = shown["learner"].labels.values.tolist()
    assert counts == {label: values.count(label) for label in set(values)}
    assert "3 rounds" in repr(shown["curve"]) and "0 of 60" in repr(shown["started"])
    assert "diverse seed set" in repr(shown["started"]) and "score" not in repr(shown["seed set"])
    assert "no test set" in " ".join(repr(shown["no test"]).split())
    batch = shown["batch"]
    assert repr(batch).count("\n") == 12 and Cells(batch._repr_html_()).tags.count("tr") == 13
    race = repr(shown["race"])
    assert all(" ".join(typed(f"{claim}.").split()) in " ".join(race.split()) for claim in shown["race"].verdicts)
    assert str(shown["race"]) == race


def test_text_and_tables() -> None:
    table = {"name": ["a", "<long>"], "number": ["1", "20"]}
    assert as_text([], table, left=["name"]).splitlines() == ["name    number", "a            1", "<long>      20"]
    assert as_text(["word " * 40], {"name": []}).count("\n") == 2
    assert as_html(["a < b"], table) == (
        "<p>a &lt; b</p><table><thead><tr><th>name</th><th>number</th></tr></thead><tbody>"
        "<tr><td>a</td><td>1</td></tr><tr><td>&lt;long&gt;</td><td>20</td></tr></tbody></table>"
    )
    assert as_html(["a"], {"name": []}) == "<p>a</p>"
    assert short(list(range(99)), 20) == "[0, 1, 2, 3, 4, 5..." and len(short("x" * 99, 20)) == 20


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, tmp_path: Any) -> None:
    learner = ActiveLearner(GaussianNB(), X, strategy="badge", test=(X, WORDS))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            rows = learner.ask(5)
            learner.tell(rows, WORDS[rows])
        learner.curve().save(tmp_path / "curve.json")
        ActiveLearner.load(learner.save(tmp_path / "l"), X).ask(2)
        for estimator in ("logistic", GaussianNB()):
            compare(X, WORDS, learner=estimator, seeds=2, rounds=1, progress=False).save(tmp_path / "race.csv")
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_processes_change_no_number_of_a_pipeline_of_words() -> None:
    table = pd.DataFrame(X, columns=list("abcd"))
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight={"cat": 3.0, "bee & co": 1.0}))
    settings: dict[str, Any] = {"learner": model, "strategies": ["badge"], "seeds": 3, "rounds": 2, "progress": False}
    one, two = (compare(table, WORDS, n_jobs=jobs, **settings) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one.frame, two.frame, check_exact=True)
    assert one.verdicts == two.verdicts
