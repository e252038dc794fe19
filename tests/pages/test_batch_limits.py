"""The batch explorer where there is little to choose from, little to disagree on, and little to show."""

from dataclasses import replace

from pages.screens.batch_explorer.export import _side_by_side
from tests.pages.test_batch_page import OWN, PAGE, SMALL, number, panels, scene
from tests.report.test_scene import PLANE, panel


def test_batches_that_hold_the_whole_pool_differ_in_nothing(open_screen) -> None:
    at = open_screen(PAGE, batch_points="100", batch_duplicates="0", batch_labelled="50", batch_size="60")
    assert any("Only 50 points have no label yet" in one.value for one in at.caption)
    shown = panels(at).values()
    assert {number(panel, "Joint information") for panel in shown} == {number(panels(at)["top_k"], "Joint information")}
    assert not any(one["best"] for panel in shown for one in panel["numbers"])
    assert not any("Only" in one.value for one in open_screen(PAGE, **SMALL).caption)


def test_a_committee_of_one_label_a_class_has_nothing_to_disagree_on(open_screen) -> None:
    at = open_screen(PAGE, batch_labelled="3", **SMALL)
    assert all("committee agree" in panel["told"]["says"] for panel in panels(at).values())
    assert all("committee agree" in stop["headline"]["rest"] for stop in scene(at, "positions")["stops"])


def test_what_lies_behind_the_picks_is_said_where_it_is_not_what_chose_them(open_screen) -> None:
    at = open_screen(PAGE, batch_panels=["Random", "Margin"], **SMALL)
    shown = panels(at)
    assert shown["random"]["about"].endswith("Shaded: where the model is uncertain.")
    assert "Shaded" not in shown["margin"]["about"]
    assert shown["random"]["surfaces"][0]["paths"] == scene(at, "dial")["surfaces"][0]["paths"]


def test_one_point_has_no_distances_in_the_table_either(open_screen) -> None:
    free = scene(open_screen(PAGE, **OWN), "chooser")["points"][0][0]
    at = open_screen(PAGE, batch_own=str(free), batch_size="1", **OWN)
    assert "Your label is worth" in at.info[0].value
    assert at.dataframe[0].value["Mean distance"].tolist() == ["none"] * 5


def test_a_batch_of_ones_own_does_not_compete_in_a_file() -> None:
    you = replace(panel("k_center", 1), selector="you", label="You")
    shown = _side_by_side(PLANE, [panel("top_k"), panel("hybrid"), you])["panels"]
    assert [one["key"] for one in shown] == ["top_k", "hybrid", "you"]
    assert any(one["best"] for one in shown[0]["numbers"])
    assert not any(one["best"] for one in shown[2]["numbers"])
    (alone,) = _side_by_side(PLANE, [you])["panels"]
    assert alone["key"] == "you" and not any(one["best"] for one in alone["numbers"])
