"""Keywords of texts, against the model's own score, and as positions that a browser counts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from alcore.projects.highlights import highlights
from alcore.projects.model.features import FeatureChoice
from alcore.projects.model.keywords import as_utf16, keywords, of_parts, word_weights
from alcore.projects.project import Project

TEXTS = [
    "Win a CASH prize now, win big!",
    "lunch at home later; see you at home",
    "Free prize: call now <b>free</b>",
    "thanks, see you on the train",
    "call home now now now",
    "no words in common",
]


@pytest.mark.parametrize("classes", [2, 3])
def test_the_shares_of_the_words_add_up_to_the_models_score(classes: int) -> None:
    vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
    x = vectorizer.fit_transform(TEXTS)
    model = LogisticRegression().fit(x, np.arange(len(TEXTS)) % classes)
    weights = model.coef_[-1]
    scores = model.decision_function(x).reshape(len(TEXTS), -1)[:, -1] - model.intercept_[-1]
    for number, text in enumerate(TEXTS):
        found = word_weights(text, vectorizer.vocabulary_, x[[number]], weights)
        assert sum(share for _, _, share in found) == pytest.approx(scores[number], abs=1e-12)
        assert [text[start:end].lower() for start, end, _ in found] == vectorizer.build_tokenizer()(text.lower())


def test_the_words_that_speak_for_a_class_are_marked() -> None:
    assert keywords([(0, 3, 0.5), (4, 5, -2.0), (6, 9, 0.01), (10, 12, 1.0)]) == [(0, 3, 0.5), (10, 12, 1.0)]
    assert keywords([(0, 3, -0.5)]) == keywords([]) == []
    assert len(keywords([(3 * n, 3 * n + 2, 1.0) for n in range(40)])) == 12


def test_positions_are_as_a_browser_counts_them() -> None:
    text = "😀 naïve 🎉🎉 word"
    start = text.index("word")
    [(first, last, _)] = as_utf16(text, [(start, start + 4, 1.0)])
    assert text.encode("utf-16-le")[2 * first : 2 * last].decode("utf-16-le") == "word"


def test_positions_in_joined_columns_are_those_of_each_column() -> None:
    parts = ["one two", "", "three"]
    joined = " ".join(filter(None, parts))
    spans = [(joined.index(word), joined.index(word) + len(word), 1.0) for word in ("two", "three")]
    assert of_parts(parts, spans) == [[(4, 7, 1.0)], [], [(0, 5, 1.0)]]


@pytest.fixture
def mail(home: Path) -> Path:
    path = home / "mail.csv"
    texts = [TEXTS[n % 4] + f" word{n}" for n in range(60)]
    pd.DataFrame({"message": texts, "subject": ["prize" if n % 2 else "meeting" for n in range(60)]}).to_csv(path)
    return path


def test_a_project_marks_its_models_words(home: Path, mail: Path) -> None:
    made = Project.create(home, "mail", mail, classes=("spam", "ham"), features=FeatureChoice("tfidf", ("message",)))
    made.tell({item: "spam" if place % 4 in (0, 2) else "ham" for place, item in enumerate(made.ids[:40])})
    model = made.train()
    for place, words in ((0, {"win", "prize", "cash", "now"}), (1, {"home", "lunch", "see", "later"})):
        text = TEXTS[place] + f" word{place}"
        marked = {text[start:end].lower() for start, end, _ in highlights(made, model, place)["marks"]}
        assert len(marked & words) >= 2 and "no" not in marked
    again = Project.open(home, "mail")
    kept = again.last_model()
    assert kept is not None and highlights(again, kept, 0) == highlights(made, model, 0)
    for path in (made.folder / "features").glob("*.words.json"):
        path.unlink()
    assert highlights(Project.open(home, "mail"), kept, 0) == highlights(made, model, 0)


def test_columns_are_marked_each(home: Path, mail: Path) -> None:
    choice = FeatureChoice("tfidf", ("subject", "message"))
    made = Project.create(home, "mail", mail, classes=("a", "b"), features=choice)
    made.tell({item: "ab"[place % 2] for place, item in enumerate(made.ids[:40])})
    found = highlights(made, made.train(), 1)["field_marks"]
    assert list(found) == ["subject", "message"] and [one[:2] for one in found["subject"]] == [(0, 5)]


def test_other_models_mark_nothing(home: Path, mail: Path) -> None:
    choice = FeatureChoice("tfidf", ("message",))
    made = Project.create(home, "mail", mail, classes=("a", "b"), features=choice, model="forest")
    made.tell({item: "ab"[place % 2] for place, item in enumerate(made.ids[:40])})
    assert highlights(made, made.train(), 1) == {}
