"""The model that is taken home: its file, and the lines that fit it again, against the project's own."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from skops.io import get_untrusted_types, loads

from alcore.projects.examples import digit_images
from alcore.projects.export import exported, exported_model, whole_frame
from alcore.projects.model.features import FeatureChoice, prepared
from alcore.projects.model.network import ImageNetwork
from alcore.projects.project import Project

ROOT = Path(__file__).resolve().parents[3]


def words_project(home: Path, **settings: object) -> Project:
    rng = np.random.default_rng(0)
    words = {
        "spam": ["win", "cash", "prize", "now", "call", "free"],
        "ham": ["lunch", "home", "later", "thanks", "train", "see"],
    }
    truth = rng.choice(["spam", "ham"], size=90)
    texts = [" ".join(rng.choice(words[label], 4)) + f" word{n % 7}" for n, label in enumerate(truth)]
    subjects = [f"=about {n % 3}" for n in range(90)]
    path = home / "mail.csv"
    pd.DataFrame({"id": [f"m{n}" for n in range(90)], "message": texts, "subject": subjects}).to_csv(path, index=False)
    given = {"features": FeatureChoice("tfidf", ("message", "subject"))} | settings
    made = Project.create(home, "mail", path, ids="id", classes=("spam", "ham"), **given)  # type: ignore[arg-type]
    made.tell(dict(zip(made.ids[:60], truth.tolist(), strict=False)))
    return made


def table_project(home: Path) -> Project:
    rng = np.random.default_rng(1)
    size = rng.normal(size=120)
    frame = pd.DataFrame(
        {
            "key": [f"k{n}" for n in range(120)],
            "size": [f"{one:.3f}".replace(".", ",") for one in 10 * size],
            "colour": rng.choice(["red", "blue", "green"], size=120),
            "day": pd.date_range("2024-01-01", periods=120).strftime("%Y-%m-%d"),
        }
    )
    path = home / "things.csv"
    frame.to_csv(path, index=False, sep=";")
    made = Project.create(home, "things", path, ids="key", classes=("big", "small"))
    made.tell({f"k{n}": "big" if size[n] > 0 else "small" for n in range(80)})
    return made


def vectors_project(home: Path) -> Project:
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.normal(centre, 1.0, (50, 4)) for centre in (0, 2)]).astype(np.float32)
    np.save(home / "points.npy", x)
    made = Project.create(home, "points", home / "points.npy", classes=("low", "high"), model="boosting")
    made.tell({item: "low" if place < 50 else "high" for place, item in enumerate(made.ids) if place % 2})
    return made


def images_project(home: Path) -> Project:
    from sklearn.datasets import load_digits

    made = Project.create(
        home, "digits", digit_images(), file_name="digits.zip", classes=tuple("0123456789"), model="kernel"
    )
    made.tell({item: str(digit) for item, digit in list(zip(made.ids, load_digits().target, strict=True))[:200]})
    return made


MAKERS = [words_project, table_project, vectors_project, images_project]


@pytest.mark.parametrize("make", MAKERS)
def test_the_file_predicts_as_the_project_does(make: object, home: Path) -> None:
    project: Project = make(home)  # type: ignore[operator]
    kept = project.train()
    content = exported_model(project, "skops")
    # What skops does not know to be harmless, a reader of the file names: nothing of this project's own.
    trusted = get_untrusted_types(data=content)
    assert set(trusted) <= {"numpy.dtype", "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"}
    model = loads(content, trusted=trusted)
    assert kept.probs_N_C is not None
    probs = model.predict_proba(prepared(project.source, project.choice).inputs)
    assert list(model.classes_) == sorted(kept.classes)
    order = [list(model.classes_).index(name) for name in kept.classes]
    np.testing.assert_allclose(probs[:, order], kept.probs_N_C, atol=2e-3)
    assert np.mean(model.classes_[probs.argmax(axis=1)] == np.array(kept.named_N)) > 0.995


@pytest.mark.parametrize(
    "make", [make if make is not images_project else pytest.param(make, marks=pytest.mark.long) for make in MAKERS]
)
def test_the_lines_fit_it_again_from_the_export(make: object, home: Path, tmp_path: Path) -> None:
    project: Project = make(home)  # type: ignore[operator]
    # Labels of audits, which must not train.
    audits = [one.item for one in project.next(20) if one.purpose == "audit"]
    project.tell(dict.fromkeys(audits, project.classes[0]))
    kept = project.train()
    frame = whole_frame(project)
    assert (frame["purpose"] == "audit").any()
    (tmp_path / "labels.jsonl").write_bytes(exported(frame, "jsonl"))
    lines = exported_model(project, "python").decode()
    ending = "\nimport sys\nsys.stdout.reconfigure(encoding='utf-8')\nprint(*predicted, sep='\\n')\n"
    (tmp_path / "refit.py").write_text(lines + ending, encoding="utf-8")
    source = project.folder / "source" / project.settings["file"]
    (tmp_path / project.settings["file"]).write_bytes(source.read_bytes())
    done = subprocess.run(
        [sys.executable, "refit.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert np.mean(np.array(done.stdout.split("\n")[:-1]) == np.array(kept.named_N)) > 0.995


def test_lines_for_texts_need_scikit_learn_alone(home: Path) -> None:
    assert "alcore" not in exported_model(words_project(home), "python").decode()


def test_without_labels_of_two_classes_there_is_a_sentence(home: Path) -> None:
    np.save(home / "p.npy", np.eye(6, dtype=np.float32))
    made = Project.create(home, "p", home / "p.npy", classes=("a", "b"))
    made.tell({made.ids[0]: "a"})
    with pytest.raises(ValueError, match="two classes"):
        exported_model(made, "skops")


def test_lines_of_a_network_make_it_by_its_parameters(home: Path) -> None:
    made = Project.create(
        home, "digits", digit_images(), file_name="digits.zip", classes=tuple("0123456789"), model="cnn", seed=3
    )
    lines = exported_model(made, "python").decode()
    assert "from alcore.projects.model.network import ImageNetwork" in lines
    assert "model = ImageNetwork(random_state=3)" in lines and "FeatureChoice(method='images', side=28)" in lines
    compile(lines, "refit.py", "exec")


def test_a_network_reports_the_share_of_its_steps() -> None:
    shares: list[float] = []
    x = np.random.default_rng(0).random((12, 28 * 28), dtype=np.float32)
    ImageNetwork(steps=4).fit(x, np.arange(12) % 2, shares.append)
    assert shares == [0.0, 0.25, 0.5, 0.75]
