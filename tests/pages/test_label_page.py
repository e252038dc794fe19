"""The labelling screen without a browser: what it opens on, files that are read and files that are not."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.naive_bayes import GaussianNB
from streamlit.testing.v1 import AppTest

from alcore.projects import delegation, planes
from alcore.projects.archive import delete
from alcore.projects.examples import DIGITS, digit_images, digits_project
from alcore.projects.export.returned import Taken
from alcore.projects.guarantees import recall
from alcore.projects.model import training_process
from alcore.projects.project import Project
from alcore.projects.setup.names import names_of
from alcore.projects.store import ProjectStore
from alcore.storage.errors import StoreError
from pages.screens.labelling import map_view, take_home
from pages.screens.labelling.answering import RENEWED_EVERY, Session
from pages.screens.labelling.evidence_view import SECTIONS
from pages.screens.labelling.own_data import _EXAMPLES
from pages.screens.labelling.texts import VIEWS
from pages.shared.markdown import plain
from tests.support.charts import numbers
from tests.support.screens import assert_fine, charts

PAGE = "pages/label.py"
MESSAGES = (
    b"id,message,kind\n1,win cash <b>now</b> friend,spam\n2,lunch at home later today,\n3,free prize call now please,\n"
)


@pytest.fixture(autouse=True)
def no_trainer(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_process, "spawn", lambda words, log: None)


def card(at: AppTest) -> dict[str, Any]:
    sent = [one.proto for one in at.get("bidi_component")]
    found: dict[str, Any] = json.loads(next(one.json for one in sent if one.component_name.endswith("labelling_card")))
    return found


def uploaded(at: AppTest, name: str, content: bytes) -> AppTest:
    next(one for one in at.file_uploader if one.key == "_label_file").set_value([(name, content, "")])
    return at.run()


def started(at: AppTest) -> AppTest:
    next(one for one in at.button if one.label == "Start labelling").click()
    return at.run()


def test_what_came_back_is_counted_in_words() -> None:
    assert take_home.taken_words(Taken(1, ())) == "1 label taken."
    assert take_home.taken_words(Taken(1200, ("one",))) == "1,199 labels taken, 1 not."


def test_it_opens_on_digits_that_can_be_labelled_at_once(home: Path, open_screen: Callable[..., AppTest]) -> None:
    at = open_screen(PAGE)
    assert_fine(at, "opening")
    data = card(at)
    assert [(one["name"], one["key"]) for one in data["classes"]] == [(str(n), str(n)) for n in range(10)]
    assert len(data["queue"]) == 30
    assert all(one["image"].startswith("data:image/png;base64,") and one["pixelated"] for one in data["queue"])
    assert "0 of 1,797 labelled" in data["count"]
    # By the model's ranking, with an audit at every fifth place, of which nothing is told.
    model = digits_project(home).last_model()
    assert model is not None
    ids = digits_project(home).ids
    asked = [one["id"] for number, one in enumerate(data["queue"], 1) if number % 5]
    assert asked == [ids[place] for place in model.places[: len(asked)]]
    assert all("likeliest" not in one and one["suggestion"] is None for one in data["queue"][4::5])


@pytest.mark.parametrize(("narrow", "examples"), [(False, 4), (True, 1)])
def test_what_a_file_may_look_like_is_shown_on_a_phone_as_well(
    home: Path, open_screen: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, narrow: bool, examples: int
) -> None:
    monkeypatch.setattr("pages.screens.labelling.own_data.is_narrow", lambda: narrow)
    at = open_screen(PAGE, label_view="own")
    assert_fine(at, "no file yet")
    shown = [one.value for one in at.code if one.value in _EXAMPLES.values()]
    assert len(shown) == examples and shown[0].startswith("id,text,label")


def test_a_table_becomes_a_project(home: Path, open_screen: Callable[..., AppTest]) -> None:
    at = uploaded(open_screen(PAGE, label_view="own"), "my messages.csv", MESSAGES)
    assert_fine(at, "uploading")
    assert "Read as CSV" in at.success[0].value
    assert at.text_input("_label_name").value == "my-messages"
    assert at.selectbox("_label_ids").value == "id"
    at.selectbox("_label_labels").set_value("kind").run()
    field = next(one for one in at.text_input if one.label.startswith("Classes"))
    assert field.value == "spam"
    assert next(one for one in at.button if one.label == "Start labelling").disabled
    assert "Name two classes or more to start." in [one.value for one in at.caption]
    field.set_value("spam, ham").run()
    assert not any("to start." in one.value for one in at.caption)
    started(at)
    assert_fine(at, "starting")
    project = Project.open(home, "my-messages")
    assert project.classes == ["spam", "ham"]
    assert {item: state.label for item, state in project.states().items()} == {"1": "spam"}
    assert at.selectbox("label_project").value == "my-messages"
    assert project.choice.method == "tfidf"
    assert {one["text"] for one in card(at)["queue"]} <= {"lunch at home later today", "free prize call now please"}


def test_a_zip_of_images_becomes_a_project(home: Path, open_screen: Callable[..., AppTest]) -> None:
    at = uploaded(open_screen(PAGE, label_view="own"), "numbers.zip", digit_images())
    assert_fine(at, "uploading")
    assert "1,797 images" in at.success[0].value
    next(one for one in at.text_input if one.label.startswith("Classes")).set_value("even, odd").run()
    started(at)
    assert_fine(at, "starting")
    assert Project.open(home, "numbers").settings["model"] == "kernel"
    assert len(card(at)["queue"]) == 30


TAGGED = b"id,message,tags\n1,late and dear,late; price\n2,late again,late\n3,fine,\n4,dear,price\n"


def test_items_of_several_classes_become_a_project_each(home: Path, open_screen: Callable[..., AppTest]) -> None:
    at = uploaded(open_screen(PAGE, label_view="own"), "tickets.csv", TAGGED)
    at.selectbox("_label_labels").set_value("tags").run()
    next(one for one in at.toggle if one.label == "Items may have several classes").set_value(True).run()
    assert_fine(at, "several classes")
    assert any(one.value == "2 yes-or-no projects: late, price." for one in at.caption)
    started(at)
    assert_fine(at, "starting")
    assert names_of(home) == ["digits", "tickets-late", "tickets-price"]
    assert [one["name"] for one in card(at)["classes"]] == ["late", "not late"]
    assert len(Project.open(home, "tickets-price").states()) == 3
    assert any(one.proto.label == "All classes, one table" for one in at.get("download_button"))


def test_an_estimator_from_python_goes_on_or_says_why_not(home: Path, open_screen: Callable[..., AppTest]) -> None:
    digits_project(home).use(GaussianNB())
    at = open_screen(PAGE)
    assert_fine(at, "own estimator")
    assert at.selectbox("_label_model_digits").value == "own" and len(card(at)["queue"]) == 30
    at.selectbox("_label_model_digits").set_value("forest").run()
    assert_fine(at, "another model")
    assert Project.open(home, "digits").settings["model"] == "forest"
    sentence = "This project's model is a Mine that Python gave"
    training_process.note_failure(Project.folder_of(home, "digits"), 0, sentence)
    at = open_screen(PAGE)
    assert any(sentence in one.value for one in at.warning) and len(card(at)["queue"]) == 30


def test_a_page_that_ended_gives_its_items_back(home: Path, open_screen: Callable[..., AppTest]) -> None:
    """A card holds its items for as long as it looks at the queue every so often, and two looks longer."""
    card(open_screen(PAGE))
    now = time.time()
    with ProjectStore(Project.folder_of(home, "digits")) as store:
        soon, later = len(store.held("", now=lambda: now + 25)), len(store.held("", now=lambda: now + 46))
    assert RENEWED_EVERY < 25 and (soon, later) == (30, 0)


def _archive(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_file_that_cannot_be_read_is_a_sentence_and_nothing_is_made(
    home: Path, open_screen: Callable[..., AppTest]
) -> None:
    at = open_screen(PAGE, label_view="own")
    for name, content in (
        ("empty.csv", b""),
        ("names.csv", b"id,message\n"),
        ("zeros.csv", b"\x00" * 500),
        ("cut.zip", digit_images()[:5000]),
        ("none.zip", _archive({"a.txt": b"x"})),
        ("away.zip", _archive({"../../a.png": b"\x89PNG\r\n\x1a\n"})),
        ("fake.zip", _archive({"a.png": b"GIF89a" + b"\x00" * 100})),
        ("words.npy", b"no array at all"),
        ("bomb.npy", b"\x93NUMPY\x01\x00\x46\x00{'descr': '|O', 'fortran_order': False, 'shape': (3,), }          \n"),
        ("book.xlsx", b"PK\x03\x04 no workbook"),
        ("cut.parquet", b"PAR1 and nothing"),
        ("lines.jsonl", b'{"a": 1\n[[[\n'),
        ("blank.txt", b"\n\n  \n"),
        ("wide.csv", b",".join(b"c%d" % n for n in range(6000)) + b"\n" + b"1," * 5999 + b"1\n"),
    ):
        uploaded(at, name, content)
        assert not at.exception, (name, at.exception[0].message)
        assert len(at.error) == 1 and at.error[0].value.rstrip().endswith((".", "`", ")")), name
        assert names_of(home) == ["digits"]


def test_what_a_file_leaves_open_is_asked(home: Path, open_screen: Callable[..., AppTest]) -> None:
    content = "id;word\n1;Größe und Weite\n2;Nähe und Ferne\n3;später\n".encode("cp1252")
    at = uploaded(open_screen(PAGE, label_view="own"), "german.csv", content)
    assert not at.exception and at.info
    next(one for one in at.button if "Western European, Windows" in one.label).click().run()
    assert_fine(at, "answering")
    assert "Größe" in " ".join(map(str, at.dataframe[0].value.iloc[:, 1]))


def test_an_own_project_can_be_renamed_and_deleted(home: Path, open_screen: Callable[..., AppTest]) -> None:
    (home / "t.txt").write_text("one text\nanother text\nthird text\n", encoding="utf-8")
    Project.create(home, "texts", home / "t.txt", classes=("a", "b"))
    at = open_screen(PAGE, label_project="texts")
    at.text_input("_label_rename_texts").set_value("letters").run()
    next(one for one in at.button if one.label == "Rename").click().run()
    assert_fine(at, "renaming")
    assert names_of(home) == ["digits", "letters"] and at.selectbox("label_project").value == "letters"
    at.checkbox("_label_sure_letters").check().run()
    next(one for one in at.button if one.label == "Delete").click().run()
    assert_fine(at, "deleting")
    assert names_of(home) == ["digits"] and at.selectbox("label_project").value == "digits"


def test_a_link_to_a_project_that_is_gone_opens_the_digits(open_screen: Callable[..., AppTest]) -> None:
    at = open_screen(PAGE, label_project="gone")
    assert not at.exception
    assert at.selectbox("label_project").value == "digits" and at.warning


def labelled(home: Path) -> Project:
    """The digits with 60 labels, two of them wrong, and a model."""
    project = digits_project(home)
    truth = load_digits().target
    while len(project.states()) < 60:
        handed = project.next(20)
        project.tell({one.item: str(truth[project.items.place_of[one.item]]) for one in handed})
        project.train()
    return project


def test_the_table_the_map_and_the_list_show_the_labels(home: Path, open_screen: Callable[..., AppTest]) -> None:
    project = labelled(home)
    at = open_screen(PAGE, label_view="items")
    assert_fine(at, "items")
    assert len(at.dataframe[0].value) == 1797
    at.selectbox("label_filter").set_value("labelled").run()
    assert_fine(at, "filtering")
    frame = at.dataframe[0].value
    assert dict(zip(frame["id"], frame["label"], strict=True)) == {
        item: state.label for item, state in project.states().items()
    }
    at = open_screen(PAGE, label_view="map", label_colour="prediction")
    assert_fine(at, "map")
    (chart,) = charts(at)
    assert sum(len(numbers(one["x"])) for one in chart["data"]) == 1797
    at = open_screen(PAGE, label_view="map", label_plane="lda")
    assert_fine(at, "map of discriminants")
    assert any("1,797 items, first two linear discriminants of the labels" in one.value for one in at.caption)
    at = open_screen(PAGE, label_view="again")
    assert_fine(at, "look again")
    keep = next(one for one in at.button if one.label.startswith("Keep"))
    keep.click().run()
    assert_fine(at, "keeping a label")
    assert len(project.refreshed().settings["confirmed"]) == 1


def test_a_plane_that_fails_is_tried_again_when_asked(
    home: Path, open_screen: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def killed(project: Project, on_step: Any) -> None:
        tries.append(1)
        raise StoreError("UMAP could not place the items (its process was killed).")

    monkeypatch.setattr(planes, "find_spec", lambda name: object())
    monkeypatch.setattr(map_view, "umap_apart", killed)
    at = open_screen(PAGE, label_view="map", label_plane="umap")
    at.run()
    assert [one.value for one in at.error] == [plain("UMAP could not place the items (its process was killed).")]
    assert len(tries) == 1  # not at every rerun
    next(one for one in at.button if one.label == "Try again").click().run()
    assert len(tries) == 2 and len(at.error) == 1


def test_classes_are_changed_with_what_follows(home: Path, open_screen: Callable[..., AppTest]) -> None:
    project = labelled(home)
    count = sum(state.label == "0" for state in project.states().values())
    at = open_screen(PAGE, label_view="classes")
    assert_fine(at, "classes")
    merge = next(one for one in at.button if one.label.startswith("Merge"))
    assert merge.label == f"Merge: {count} labels 0 count as 1"
    ones = sum(state.label == "1" for state in project.states().values())
    merge.click().run()
    assert_fine(at, "merging")
    project.refreshed()
    assert project.classes == [str(n) for n in range(1, 10)]
    assert sum(state.label == "1" for state in project.states().values()) == count + ones
    at.text_input("_label_new_class").set_value("0").run()
    next(one for one in at.button if one.label == "Add").click().run()
    assert "there was a class" in at.error[0].value
    next(one for one in at.button if one.label.startswith("Bring back 0")).click().run()
    assert_fine(at, "bringing back")
    assert project.refreshed().classes == [str(n) for n in range(10)]


def test_scripts_in_names_and_texts_are_text(home: Path, open_screen: Callable[..., AppTest]) -> None:
    evil = "<img src=x onerror=alert(1)> [a](javascript:b) **c**"
    (home / "t.txt").write_text("\n".join(f"{evil} number {n}" for n in range(9)), encoding="utf-8")
    project = Project.create(home, "texts", home / "t.txt", classes=(evil, "b"))
    project.tell({item: evil for item in project.ids[:4]})
    for view in VIEWS:
        at = open_screen(PAGE, label_project="texts", label_view=view)
        assert_fine(at, view)
        for one in [*at.markdown, *at.caption, *at.success]:
            assert "<img" not in one.value.replace("\\<", ""), view
        for element in at.get("html"):
            assert "<img" not in element.proto.body, view


def test_a_machine_answers_what_it_may(home: Path, open_screen: Callable[..., AppTest]) -> None:
    project = labelled(home)
    truth = load_digits().target
    at = open_screen(PAGE, label_view="routing")
    assert_fine(at, "opening")
    next(one for one in at.button if one.label.startswith("Freeze")).click().run()
    assert_fine(at, "freezing")
    asked = card(at)["queue"]
    assert asked and all("calibration" in one["why"] and one["suggestion"] is None for one in asked)
    found = delegation.current(project)
    assert found is not None
    left = [one.item for one in delegation.waiting(project, found, project.states())]
    project.tell({item: str(truth[project.items.place_of[item]]) for item in left})
    at = open_screen(PAGE, label_view="routing", label_epsilon="20")
    assert_fine(at, "looking")
    assert any("The machine can do" in one.value for one in at.markdown)
    next(one for one in at.button if one.label.startswith("Commit")).click().run()
    assert_fine(at, "committing")
    assert "Committed at epsilon 20 %" in at.success[0].value
    machine = [state for state in project.states().values() if state.machine_label is not None]
    assert len(machine) > 200
    next(one for one in at.button if "by a machine" in one.label).click().run()
    assert_fine(at, "taking back")
    assert not [state for state in project.states().values() if state.machine_label is not None]


@pytest.mark.parametrize(("view", "pictures"), [("again", 90), ("evidence", 90), ("routing", 90)])
def test_a_view_without_labels_has_a_sample_of_the_items(
    home: Path, open_screen: Callable[..., AppTest], view: str, pictures: int
) -> None:
    at = open_screen(PAGE, label_view=view)
    assert_fine(at, view)
    shown = next(one.proto.body for one in at.get("html") if "alcore-sample" in one.proto.body)
    assert shown.count("<img") == pictures
    if view != "routing":
        next(one for one in at.button if one.label == "Label items").click().run()
        assert at.session_state["label_view"] == "label"


def test_too_few_items_for_an_audit_are_named_in_both_views(home: Path, open_screen: Callable[..., AppTest]) -> None:
    (home / "t.txt").write_text("\n".join(f"text number {n}" for n in range(40)), encoding="utf-8")
    Project.create(home, "few", home / "t.txt", classes=("a", "b"))
    at = open_screen(PAGE, label_project="few")
    assert any("Too few items for an audit" in one.value for one in at.caption)
    at = open_screen(PAGE, label_project="few", label_view="evidence")
    assert_fine(at, "few items")
    assert at.info[0].value.startswith("Too few items for an audit: 20 audits are needed")


def test_the_evidence_is_shown_section_by_section(home: Path, open_screen: Callable[..., AppTest]) -> None:
    at = open_screen(PAGE, label_view="evidence")
    assert_fine(at, "without audits")
    assert "20 audit labels and a model are needed" in at.info[0].value
    assert at.get("progress")[0].proto.text == "0 of 20 audit labels"
    project, truth = digits_project(home), load_digits().target
    while len(project.states()) < 110:
        handed = project.next(55)
        project.tell({one.item: str(truth[project.items.place_of[one.item]]) for one in handed}, "anna")
        project.train()
    project.tell(dict.fromkeys(list(project.states())[:4], "3"), "ben")
    at = open_screen(PAGE, label_view="evidence", label_always="true")
    assert_fine(at, "by class")
    said = " ".join(one.value for one in at.markdown)
    assert "Accuracy on unseen items" in said and "Confidence sequence" in said
    assert at.dataframe[0].value["labels"].sum() == 20 and len(charts(at)) == 2
    for section in SECTIONS:
        at = open_screen(PAGE, label_view="evidence", label_evidence=section)
        assert_fine(at, section)
    assert any("Krippendorff" in one.value for one in at.markdown)
    judged = next(one for one in at.button if one.label == "3")
    judged.click().run()
    assert_fine(at, "judging")
    assert any(set(state.labels.values()) == {"3"} and len(state.labels) == 2 for state in project.states().values())


def test_a_file_with_labels_is_simulated_before_anything_is_labelled(
    home: Path, open_screen: Callable[..., AppTest]
) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(240, 3)) + np.repeat([[0, 0, 0], [1.5, 1.5, 0]], 120, axis=0)
    rows = "".join(f"{a:.3f},{b:.3f},{c:.3f},{'low' if n < 120 else 'high'}\n" for n, (a, b, c) in enumerate(x))
    at = uploaded(open_screen(PAGE, label_view="own"), "labelled.csv", f"a,b,c,label\n{rows}".encode())
    assert_fine(at, "uploading")
    next(one for one in at.button if one.label.startswith("Race margin against random")).click().run()
    assert_fine(at, "racing")
    assert any("random" in one.value and "10 paired seeds" in one.value for one in at.markdown)
    assert len(charts(at)) == 1
    assert names_of(home) == ["digits"]


def test_a_new_item_or_one_again(home: Path, open_screen: Callable[..., AppTest]) -> None:
    digits_project(home).tell({item: "1" for item in digits_project(home).ids[:12]}, "ann")
    digits_project(home).tell({item: "2" for item in digits_project(home).ids[12:30]}, "ann")
    digits_project(home).train()
    at = open_screen(PAGE, label_view="evidence", label_evidence="people", label_activelab="true")
    assert_fine(at, "the list")
    shown = at.dataframe[0].value
    assert set(shown["label"]) <= {"new", "again"} and shown["known"].is_monotonic_increasing
    data = card(at)
    assert data["queue"] and all(one["suggestion"] is None and "likeliest" not in one for one in data["queue"])


def test_the_promise_on_the_machines_own_labels_is_named_apart(home: Path, open_screen: Callable[..., AppTest]) -> None:
    project = labelled(home)
    truth = load_digits().target
    delegation.start(project, "model", draws=100)
    project.tell({one.item: str(truth[project.items.place_of[one.item]]) for one in delegation.hand_out(project, 60.0)})
    at = open_screen(PAGE, label_view="routing", label_promise="machine", label_rate="20")
    assert_fine(at, "looking")
    assert any("of the labels that it keeps at most 20 % are wrong, on average" in one.value for one in at.markdown)
    assert any("Conformal labels" in one.proto.help for one in at.caption)
    next(one for one in at.button if one.label.startswith("Commit")).click().run()
    assert_fine(at, "committing")
    assert "20 % wrong of the machine's labels on average" in at.success[0].value


def test_a_rare_class_is_checked_by_a_draw(home: Path, open_screen: Callable[..., AppTest]) -> None:
    project, truth = digits_project(home), load_digits().target
    training = [item for item, is_reserve in zip(project.ids, project.items.reserve_N, strict=True) if not is_reserve]
    project.tell({item: str(truth[project.items.place_of[item]]) for item in training})
    options = {"label_view": "evidence", "label_evidence": "recall", "label_positive": "3", "label_recall": "60"}
    at = open_screen(PAGE, **options)
    assert_fine(at, "opening")
    next(one for one in at.number_input if one.label == "Items to draw").set_value(60).run()
    next(one for one in at.button if one.label.startswith("Draw")).click().run()
    assert_fine(at, "drawing")
    queue = card(at)["queue"]
    assert queue and all(one["suggestion"] is None and "likeliest" not in one for one in queue)
    check = recall.current_check(project.refreshed())
    assert check is not None and len(check.drawn) == 60
    project.tell({item: str(truth[project.items.place_of[item]]) for item in check.drawn})
    at = open_screen(PAGE, **options)
    assert_fine(at, "the verdict")
    verdict = recall.verdict_of(project, check, project.states())
    assert verdict is not None
    said = " ".join(one.value for one in (at.success if verdict.holds else at.warning))
    assert plain(recall.words_of(check, verdict)) in said


def test_items_are_shown_again_unmarked(home: Path, open_screen: Callable[..., AppTest]) -> None:
    project = labelled(home)
    project.change(mix={**project.settings["mix"], "repeat_share": 0.1})
    at = open_screen(PAGE, label_annotator="anna")
    assert_fine(at, "the queue")
    names = [name for state in project.states().values() for name in state.labels]
    at = open_screen(PAGE, label_annotator=max(set(names), key=names.count))
    again = [one for one in card(at)["queue"] if one["repeat"]]
    audits = [one for one in card(at)["queue"] if one["audit"]]
    assert again and all(one["id"] in project.states() for one in again)
    assert {one["why"] for one in again} == {one["why"] for one in audits}
    assert all(one["suggestion"] is None and "likeliest" not in one for one in again)


def test_the_model_can_be_taken_home(home: Path, open_screen: Callable[..., AppTest]) -> None:
    labelled(home)
    at = open_screen(PAGE)
    assert_fine(at, "take home")
    assert {"Model", "Python"} <= {one.proto.label for one in at.get("download_button")}


def test_a_model_that_is_slow_to_fit_is_fitted_on_a_button(
    home: Path, open_screen: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_home, "LONG", 0.0)
    labelled(home)
    at = open_screen(PAGE)
    assert "Model" not in {one.proto.label for one in at.get("download_button")}
    next(one for one in at.button if one.label == "Fit the model").click().run()
    assert_fine(at, "fitting")
    assert "Model" in {one.proto.label for one in at.get("download_button")}


def test_a_tab_reads_a_project_anew_that_another_tab_has_replaced(home: Path) -> None:
    project, session = digits_project(home), Session("tab")
    project.tell(dict.fromkeys(project.ids[:3], "1"))
    with ProjectStore(project.folder) as store:
        assert len(session.read(store).states) == 3
    delete(home, DIGITS)
    again = digits_project(home)
    again.tell(dict.fromkeys(again.ids[10:15], "2"))
    with ProjectStore(again.folder) as store:
        assert set(session.read(store).states) == set(again.ids[10:15])
