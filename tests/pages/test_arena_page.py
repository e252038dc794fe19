"""The arena without a browser."""

import runpy
from math import inf
from pathlib import Path

import numpy as np
import pytest

from alcore.datasets.planar.generate import planar
from alcore.loops.races.paired import paired_races
from alcore.report.bounded import bounded_interval
from alcore.report.intervals import Interval
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.arena import cached, verdict
from pages.screens.arena.export import paired_frame
from pages.screens.arena.starting_points import QUESTIONS, settings_of
from tests.support.screens import assert_fine, charts, move_every_control, races

PAGE = "pages/arena.py"
QUICK = {"arena_rounds": "5", "arena_points": "80", "arena_paired": "1"}


def rounds_of(at) -> int:
    return len(races(at)[0]["labels"]) - 1


def panels_of(at) -> list[str]:
    notes = [note["text"] for note in races(at)[0]["layout"]["annotations"]]
    return [note.removeprefix("<b>").split("</b>")[0] for note in notes if "ccuracy" not in note]


def captions(at) -> str:
    return "\n".join(caption.value for caption in at.caption)


def test_opens_with_uncertainty_against_random_over_paired_seeds(open_screen) -> None:
    at = open_screen(PAGE)
    assert_fine(at, "opening")
    assert [box.value for box in at.selectbox[:3]] == ["least_confidence", "random", "none"]
    assert rounds_of(at) == 30 and panels_of(at) == ["Least confidence", "Random"]
    assert "20 paired seeds" in at.info[0].value
    assert "the band is the 95 % interval of the mean of 20 paired races" in captions(at)


def test_the_numbers_say_what_labels_are_counted_to(open_screen) -> None:
    at = open_screen(PAGE, arena_target="accuracy", arena_height="0.9")
    told = "\n".join(text.value for text in at.markdown)
    assert "Labels are counted to **90 %**" in told and "area under the learning curve" in captions(at)
    without = open_screen(PAGE, arena_data="circles", arena_paired="1")
    assert [metric.value for metric in without.metric] == ["no target"] * 2
    assert "No target: not every racer's curve" in "\n".join(text.value for text in without.markdown)


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (Interval(1.78, 1.1, inf), "1.78 (1.10 or more)"),
        (Interval(1.24, 0.75, 2.35), "1.24 (0.75 to 2.35), not clear yet"),
        (Interval(0.6, 0.0, 0.9), "0.60 (up to 0.90)"),
        (Interval(1.0, 0.0, inf), "1.00 (any), not clear yet"),
    ],
)
def test_a_factor_is_written_with_its_open_ends(interval: Interval, words: str) -> None:
    assert verdict._factor(interval) == words


def test_a_difference_tells_on_which_side_of_none_its_ends_lie() -> None:
    assert verdict._difference(Interval(0.0083, -0.0003, 0.0168)) == "+0.83, -0.03 to +1.68"
    assert verdict._difference(Interval(0.012, -0.004, 0.03)) == "+1.2, -0.4 to +3.0"
    assert verdict._difference(Interval(0.0, 0.0, 0.0)) == "+0.0, +0.0 to +0.0"


def test_one_race_alone_is_no_evidence(open_screen) -> None:
    at = open_screen(PAGE, arena_paired="1")
    assert_fine(at, "opening")
    assert "one race, not yet evidence" in at.info[0].value and "band" not in captions(at)


def test_the_link_is_the_state(open_screen) -> None:
    at = open_screen(
        PAGE,
        arena_rounds="5",
        arena_overlap="0.8",
        arena_left="k_center",
        arena_right="margin",
        arena_third="badge",
    )
    assert_fine(at, "opening a link")
    # Random is always in the race.
    assert rounds_of(at) == 5 and panels_of(at) == ["k-center", "Margin", "BADGE", "Random"]


def test_one_strategy_on_both_sides_is_one_racer(open_screen) -> None:
    at = open_screen(PAGE, **QUICK, arena_left="random", arena_right="random")
    assert_fine(at, "opening")
    assert panels_of(at) == ["Random"]


def test_a_pool_that_runs_out_is_reported(open_screen) -> None:
    at = open_screen(PAGE, arena_points="50", arena_batch="20", arena_rounds="100", arena_paired="2")
    assert_fine(at, "opening")
    assert "ran out of points after 3 rounds" in captions(at)


@pytest.mark.parametrize("value", ["banana", "-5", "1e9", "nan", "<script>", ""])
@pytest.mark.parametrize("control", ["arena_points", "arena_left", "arena_data", "arena_overlap"])
def test_nonsense_in_the_address_is_a_sentence_at_most(open_screen, control: str, value: str) -> None:
    at = open_screen(PAGE, **({"arena_rounds": "3", "arena_paired": "1"} | {control: value}))
    assert_fine(at, f"{control}={value}")
    assert value in ("",) or at.warning
    assert races(at)


def test_every_control_at_both_ends(open_screen) -> None:
    at = open_screen(PAGE, **QUICK)
    options = at.selectbox(key="arena_data").options
    at.selectbox(key="arena_data").select(options[0]).run()
    assert move_every_control(at, leave=("arena_data", "arena_paired")) == 21


def test_everything_at_its_most(open_screen) -> None:
    at = open_screen(
        PAGE,
        arena_points="1000",
        arena_overlap="1.0",
        arena_classes="5",
        arena_seeds="40",
        arena_batch="9",
        arena_rounds="100",
        arena_left="hybrid",
        arena_right="k_center",
        arena_paired="1",
    )
    assert_fine(at, "the largest race")
    assert rounds_of(at) == 100


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_every_strategy_races_and_says_what_it_does(open_screen, name: str) -> None:
    at = open_screen(PAGE, arena_left=name, arena_rounds="3", arena_points="60", arena_paired="1")
    assert_fine(at, name)
    assert at.selectbox[0].value == name
    assert STRATEGIES[name].description in [caption.value for caption in at.caption]


@pytest.mark.parametrize("surface", ["uncertainty", "score", "disagreement"])
def test_every_surface_is_described_in_words(open_screen, surface: str) -> None:
    plain = captions(open_screen(PAGE, **QUICK))
    at = open_screen(PAGE, **QUICK, arena_surface=surface, arena_best="true")
    assert_fine(at, surface)
    assert captions(at) != plain
    assert "Best possible boundary" in str(races(at)[0]["data"])


def test_a_fork_is_one_more_racer(open_screen) -> None:
    at = open_screen(PAGE, **QUICK, arena_fork="least_confidence", arena_at="2", arena_then="random")
    assert_fine(at, "forking")
    assert panels_of(at) == ["Least confidence", "Random", "Least confidence, then Random"]
    for change, said in (
        ({"arena_at": "5"}, "change before its last"),
        ({"arena_fork": "margin"}, "does not race"),
        ({"arena_then": "least_confidence"}, "goes on as before"),
    ):
        link = {"arena_fork": "least_confidence", "arena_at": "2", "arena_then": "random"} | change
        assert said in captions(open_screen(PAGE, **QUICK, **link))


def test_why_this_point_tells_every_score_and_rank(open_screen) -> None:
    at = open_screen(PAGE, **QUICK, arena_show="why", arena_others="true", arena_when="2")
    assert_fine(at, "looking closer")
    table = at.dataframe[0].value
    assert len(table) == len(STRATEGIES)
    point = int(at.selectbox(key="_arena_point").value)
    # The racer's own choice is looked at first: nothing ranks above it.
    own = table.set_index("Strategy").loc["Least confidence"]
    assert own["Rank"] == 1 and own["Queried next"] == "yes"
    (state,) = charts(at)
    marked = [trace for trace in state["data"] if trace.get("name") == "Least confidence"]
    assert len(marked) == 1 and f"**Point {point}**" in "\n".join(text.value for text in at.markdown)
    other = next(index for index in at.selectbox(key="_arena_point").options if f"point {point}:" not in index)
    # Hovering tells the racers' own scores and ranks as well, and all who would ask.
    (pool,) = [trace for trace in state["data"] if trace.get("name") == "Unlabelled"]
    said = next(words for words in pool["text"] if words.startswith(f"point {point}<br>"))
    assert f"Least confidence: score {own['Score']:.3g}, rank 1<br>" in said and "Random: score" in said
    asking = said.replace("<br>", " ").split("queried next by ")[1].split(", ")
    assert asking == list(table.loc[table["Queried next"] == "yes", "Strategy"])
    assert "BALD: score" not in said
    at.selectbox(key="_arena_point").select(other).run()
    assert_fine(at, "another point")
    chosen = at.selectbox(key="_arena_point").value
    link = {"arena_show": "why", "arena_when": "2", "arena_point": str(chosen)}
    assert open_screen(PAGE, **QUICK, **link).selectbox(key="_arena_point").value == chosen
    assert at.dataframe[0].value.set_index("Strategy").loc["Least confidence"]["Rank"] > 1


def test_you_play_by_the_list_with_undo(open_screen) -> None:
    at = open_screen(PAGE, **QUICK, arena_show="you")
    assert_fine(at, "opening the game")
    told = "\n".join(text.value for text in at.markdown)
    assert "You start with the same 4 labels" in told and "your budget is 5 labels" in told
    for asked in range(5):
        at.button(key="arena_you_label").click().run()
        assert_fine(at, f"answer {asked}")
    told = "\n".join(text.value for text in at.markdown)
    # The list begins with the most uncertain point, so this is what the first racer did.
    assert "With 9 labels you have" in told
    assert any(words in told for words in ("You won", "A draw", "The machine won"))
    assert at.button(key="arena_you_label").disabled
    at.button(key="arena_you_undo").click().run()
    assert "With 8 labels you have" in "\n".join(text.value for text in at.markdown)
    at.button(key="arena_you_again").click().run()
    assert "You start with the same 4 labels" in "\n".join(text.value for text in at.markdown)


def test_long_races_are_offered_and_run_when_asked_for(open_screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "LIVE_SECONDS", 0.0)
    monkeypatch.setattr(verdict, "PATIENCE_SECONDS", 0.0)
    at = open_screen(PAGE, **QUICK | {"arena_paired": "6", "arena_points": "70"})
    assert_fine(at, "one race")
    assert "one race, not yet evidence" in at.info[0].value
    at.button(key="arena_race_all").click().run()
    assert_fine(at, "all races")
    assert "6 paired seeds" in at.info[0].value
    assert not [button for button in at.button if button.key == "arena_race_all"]


@pytest.mark.parametrize("key", list(QUESTIONS))
def test_every_question_opens_with_a_hint(open_screen, key: str) -> None:
    at = open_screen(PAGE, **(settings_of(key) | {"arena_paired": "2"}))
    assert_fine(at, key)
    assert QUESTIONS[key].hint in "\n".join(text.value for text in at.markdown)
    assert not at.warning  # every setting of the link exists and is in range


def test_the_program_prints_the_curves_that_are_drawn(open_screen, tmp_path: Path, capsys) -> None:
    at = open_screen(
        PAGE,
        **(QUICK | {"arena_paired": "3", "arena_seed": "1", "arena_outliers": "7", "arena_epsilon": "0.3"}),
        arena_fork="least_confidence",
        arena_at="2",
        arena_then="random",
    )
    assert_fine(at, "opening")
    code = next(block.value for block in at.code if "paired_races" in block.value)
    path = tmp_path / "race.py"
    path.write_text(code)
    runpy.run_path(str(path))
    printed = [line.rsplit(" ", 3) for line in capsys.readouterr().out.splitlines()]
    assert len(printed) == 3 * 3 * 6
    table = (
        open_screen(
            PAGE,
            **(QUICK | {"arena_paired": "3", "arena_seed": "1", "arena_outliers": "7", "arena_epsilon": "0.3"}),
            arena_fork="least_confidence",
            arena_at="2",
            arena_then="random",
            arena_show="table",
        )
        .dataframe[0]
        .value
    )
    drawn = {(row.strategy, row.labels): row.accuracy for row in table.itertuples()}
    own = {(name, int(labels)): float(acc) for name, seed, labels, acc in printed if seed == "1"}
    assert own == pytest.approx(drawn)


def test_a_share_of_all_labels_is_measured_on_the_same_pools(open_screen) -> None:
    at = open_screen(PAGE, **(QUICK | {"arena_paired": "5"}), arena_target="share", arena_share="0.9")
    assert_fine(at, "a share")
    datasets = [planar("blobs", points=80, rng=rng_for(seed, "data")) for seed in range(5)]
    found = paired_races(datasets, ["least_confidence"], seeds=range(5), seed_labels=4, labels_per_round=1, rounds=5)
    assert np.all(found.accuracy_S_R_T > 0.5)
    assert len(at.metric) == 2


def test_the_exported_curves_have_the_mean_and_its_interval_beside_them() -> None:
    datasets = [planar("blobs", points=60, rng=rng_for(seed, "data")) for seed in range(6)]
    races = paired_races(datasets, ["margin", "random"], seeds=range(6), seed_labels=4, labels_per_round=2, rounds=3)
    frame = paired_frame(races)
    assert len(frame) == 6 * 2 * 4
    for (_, labels), rows in frame.groupby(["strategy", "labels"]):
        expected = bounded_interval(rows["accuracy"])
        assert rows["mean"].unique() == pytest.approx(expected.estimate), labels
        assert rows["low"].unique() == pytest.approx(expected.low)
        assert rows["high"].unique() == pytest.approx(expected.high)
