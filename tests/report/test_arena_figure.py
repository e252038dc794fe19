"""The arena's animation: what each frame holds, against the race it was made of."""

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from alcore.report.html.player.assets import page_styles, player_script, player_styles
from alcore.report.html.player.page import player_page
from alcore.report.interactive.animation_payload import LOOKS, animation_payload, figure_payload, page_payload
from alcore.report.interactive.arena import hover
from alcore.report.interactive.arena.figure import Drawing, arena_figure
from alcore.report.interactive.arena.surfaces import SURFACES
from alcore.report.interactive.arena.traces import POOL, CurveBand
from alcore.report.interactive.render import PreparedFigure
from alcore.report.style import luminance
from tests.support.made_race import (
    BATCH,
    POINTS,
    ROUNDS,
    SEED_LABELS,
    Made,
    X,
    Y,
    drawn,
    made,
    numbers,
    on_panel,
    places,
    shown,
    softmax,
    targets,
)

ROOT = Path(__file__).resolve().parents[2]


def test_no_tint_covers_the_pool() -> None:
    data = drawn(2)["data"]
    dots = [n for n, trace in enumerate(data) if trace.get("fillcolor") == POOL]
    tints = [n for n, trace in enumerate(data) if trace.get("fill") == "toself" and n not in dots]
    marks = [n for n, trace in enumerate(data) if trace.get("mode") == "markers+text"]
    for dot, panel in zip(dots, ("x", "x2"), strict=True):
        assert max(n for n in tints if data[n]["xaxis"] == panel) < dot
        assert dot < min(n for n in marks if data[n]["xaxis"] == panel)


@pytest.mark.parametrize("classes", [2, 3])
def test_every_frame_holds_the_labels_of_its_round(classes: int) -> None:
    points, labels, racers = made(classes)
    figure = drawn(classes)
    assert [frame["name"] for frame in figure["frames"]] == [str(n) for n in range(ROUNDS + 1)]
    for number in range(ROUNDS + 1):
        traces = shown(figure, number)
        for panel, racer in enumerate(racers):
            count = racer.rounds[number].labels
            own = on_panel(traces, panel)
            marks = [trace for trace in own if trace.get("mode") == "markers+text"]
            for label, trace in enumerate(marks):
                rows = [row for row in racer.order[:count] if labels[row] == label]
                np.testing.assert_allclose(places(trace), points[rows].reshape(-1, 2), rtol=1e-6)
                turns = [int(np.flatnonzero(racer.order == row)[0]) - SEED_LABELS + 1 for row in rows]
                assert trace["text"][: len(rows)] == [str(t) if t > 0 else "" for t in turns]
            (ring,) = [t for t in own if t.get("mode") == "markers" and t["marker"]["color"] == "rgba(0,0,0,0)"]
            newest = racer.order[count - BATCH : count] if number else []
            np.testing.assert_allclose(places(ring), points[newest].reshape(-1, 2), rtol=1e-6)
        markers = [trace for trace in on_panel(traces, len(racers)) if trace["mode"] == "markers"]
        assert [(trace["x"], trace["y"]) for trace in markers] == [
            ([racer.rounds[number].labels], [racer.rounds[number].accuracy]) for racer in racers
        ]
    assert figure["data"] == shown(figure, ROUNDS)  # it opens on the last
    assert not any("zorder" in trace for trace in figure["data"])


def test_points_tell_their_probabilities_score_rank_and_distance() -> None:
    points, labels, racers = made(3)
    figure = drawn(3)
    for number in range(ROUNDS + 1):
        for panel, racer in enumerate(racers):
            pool, known, asked = targets(on_panel(shown(figure, number), panel))
            count = racer.rounds[number].labels
            rows, next_rows = racer.order[:count], racer.order[count : count + BATCH]
            told = numbers(pool["customdata"])
            np.testing.assert_array_equal(told[:, :3], racer.probs_R_N_C[number])
            np.testing.assert_allclose(told[:, 3], cdist(points, points[rows]).min(axis=1), rtol=1e-5)
            free = np.setdiff1d(np.arange(POINTS), rows)
            if number < ROUNDS:
                score = racer.scores_R_N[number]
                np.testing.assert_array_equal(told[free, 4], score[free])
                for row in free:
                    assert told[row, 5] == 1 + np.sum(score[free] > score[row])
                assert f"of {POINTS - count}" in pool["hovertemplate"]
            else:
                assert "score" not in pool["hovertemplate"] and "nothing is queried" in pool["hovertemplate"]
            np.testing.assert_allclose(places(pool), points, rtol=1e-6)
            np.testing.assert_allclose(places(known), points[rows], rtol=1e-6)
            np.testing.assert_array_equal(numbers(known["customdata"])[:, :3], told[rows, :3])
            np.testing.assert_allclose(places(asked), points[next_rows].reshape(-1, 2), rtol=1e-6)
            np.testing.assert_array_equal(numbers(asked["customdata"]), told[next_rows])
            for turn, row in enumerate(rows):
                words = known["text"][turn]
                assert ["class A&lt;1&gt;", "class B", "class C"][labels[row]] in words
                when = (turn - SEED_LABELS) // BATCH + 1
                assert (f"in round {when}" in words) if turn >= SEED_LABELS else ("a first label" in words)
                if turn >= SEED_LABELS:
                    assert words.endswith(f"its score then {racer.scores_R_N[when - 1, row]:.3g}")


def test_a_strategy_without_scores_for_all_points_tells_no_rank() -> None:
    _, _, racers = made()
    only_picks = np.full_like(racers[0].scores_R_N, np.nan)
    for number, one in enumerate(racers[0].rounds[:-1]):
        only_picks[number, racers[0].order[one.labels : one.labels + BATCH]] = 0.25
    batched = replace(racers[0], scores_R_N=only_picks)
    unknown = replace(racers[1], probs_R_N_C=None, scores_R_N=None)
    pool, _, asked = targets(on_panel(shown(drawn(racers=[batched]), 2), 0))
    assert "score" not in pool["hovertemplate"] and "rank" not in asked["hovertemplate"]
    assert "score" in asked["hovertemplate"]
    assert set(numbers(asked["customdata"])[:, 3]) == {0.25}
    for trace in targets(on_panel(shown(drawn(racers=[unknown]), 2), 0)):
        assert "customdata" not in trace


def test_long_races_tell_the_numbers_of_some_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = drawn()
    size = len(json.dumps([targets(shown(everything, n)) for n in range(ROUNDS + 1)]))
    monkeypatch.setattr(hover, "MAX_BYTES", 6_000)
    figure = drawn()
    told = [n for n in range(ROUNDS + 1) if "%{customdata" in targets(shown(figure, n))[0]["hovertemplate"]]
    assert told == [0, 3, 5]
    assert "the nearest is 3" in targets(shown(figure, 2))[0]["hovertemplate"]
    assert len(json.dumps([targets(shown(figure, n)) for n in told])) < 0.6 * size


def test_a_player_gets_the_same_figure_first_without_and_then_with_its_frames() -> None:
    figure = drawn()
    said = {"alt": "A race", "filename": "race"}
    first = json.loads(figure_payload(PreparedFigure(drawn(still=True)), **said))
    sent = animation_payload(PreparedFigure(figure), **said)
    told = json.loads(sent)
    assert sent.startswith(b'{"stamp":"')  # the player looks no further to know what it has
    assert first["token"] == told["token"] and first["stamp"] != told["stamp"]
    assert told["alt"] == "A race" and told["filename"] == "race"
    assert first["data"] == told["data"] == figure["data"]
    assert first["layout"] == told["layout"] == figure["layout"]
    assert first["labels"] == told["labels"] == [3, 5, 7, 9, 11, 13]
    assert set(told) - set(first) == {"traces", "frames"}
    assert told["frames"] == [frame["data"] for frame in figure["frames"]]
    assert told["traces"] == figure["frames"][0]["traces"]
    assert {"circle", "square", "x"} <= set(told["symbols"])
    # Neither light nor what lies behind the curves makes another race of it; another race does.
    band = CurveBand(np.arange(3, 14, 2), np.full(6, 0.2), np.full(6, 0.95), knee=7)
    for same in (drawn(dark=True), drawn(curve_bands=[band, band])):
        again = json.loads(figure_payload(PreparedFigure(same), **said))
        assert again["token"] == told["token"] and again["stamp"] != first["stamp"]
    assert again["race"] == told["race"]
    for other in (drawn(3), drawn(surface="uncertainty"), drawn(racers=made()[2][:1])):
        assert json.loads(figure_payload(PreparedFigure(other), **said))["token"] != told["token"]
    # Another surface needs other frames, but is the same race: the player keeps its round.
    races = [
        json.loads(figure_payload(PreparedFigure(other), **said))["race"]
        for other in (drawn(surface="uncertainty"), drawn(racers=made()[2][:1]), drawn(3))
    ]
    assert [race == told["race"] for race in races] == [True, False, False]


def test_the_axes_of_a_game_hold_all_that_is_to_come() -> None:
    """A game shows no more of a race than has been played; its axes are those of the end."""
    layout = drawn(until=30, accuracies=[0.05, 0.99])["layout"]
    (low, high), (first, last) = layout["yaxis3"]["range"], layout["xaxis3"]["range"]
    assert low <= 0.05 and high >= 0.99 and first <= SEED_LABELS and last >= 30
    assert drawn(until=30)["layout"]["yaxis3"]["range"] == drawn()["layout"]["yaxis3"]["range"]
    assert drawn(pick="random")["layout"]["meta"]["pick"] == "x2" and "pick" not in drawn()["layout"]["meta"]


def test_crosses_mark_what_each_model_misclassifies() -> None:
    points, labels, racers = made()
    rng = np.random.default_rng(1)
    test = rng.normal(size=(40, 2))
    wrong = [rng.random((ROUNDS + 1, 40)) < share for share in (0.2, 0.5)]
    told = [replace(racer, wrong_R_T=one) for racer, one in zip(racers, wrong, strict=True)]
    figure = drawn(racers=told, test_T_2=test)
    for number in range(ROUNDS + 1):
        for panel, wrong_R_T in enumerate(wrong):
            own = on_panel(shown(figure, number), panel)
            (crosses,) = [trace for trace in own if trace.get("name") == "Test errors"]
            arms_K_4_2 = places(crosses).reshape(-1, 4, 2)
            np.testing.assert_allclose(arms_K_4_2.mean(axis=1), test[wrong_R_T[number]], atol=1e-6)
    assert not any(trace.get("name") == "Test errors" for trace in drawn(racers=told)["data"])


def test_numbers_can_be_read_on_every_class() -> None:
    for trace in shown(drawn(4), ROUNDS):
        if trace.get("mode") == "markers+text":
            ground, ink = (luminance(trace[key]["color"]) for key in ("marker", "textfont"))
            assert (max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) >= 4.5


@pytest.mark.parametrize("surface", SURFACES)
def test_a_still_is_the_last_round_of_every_surface(surface: Any) -> None:
    figure, still = drawn(3, surface=surface), drawn(3, surface=surface, still=True)
    assert still["data"] == figure["data"] and still["layout"] == figure["layout"]
    assert still["frames"] == []


def test_the_usual_race_is_small_enough_to_be_live() -> None:
    rng = np.random.default_rng(0)
    held = np.arange(4, 35)
    racers = [
        Made(
            name,
            [SimpleNamespace(labels=int(count), accuracy=0.8) for count in held],
            rng.permutation(400)[:34],
            softmax(np.stack(np.meshgrid(X, Y), axis=-1), weights := rng.normal(size=(31, 3, 2))),
            softmax(points := rng.normal(size=(400, 2)), weights),
            rng.random((31, 400)),
            None,
        )
        for name in ("margin", "entropy", "random")
    ]
    figure = arena_figure(points, rng.integers(0, 2, 400), "AB", X, Y, racers, Drawing())
    assert len(figure_payload(figure, alt="", filename="")) < 150_000
    assert len(animation_payload(figure, alt="", filename="")) < 1_500_000


def looks_of(**options: Any) -> dict[str, PreparedFigure]:
    return {name: PreparedFigure(drawn(still=True, dark=dark, **options)) for name, dark in LOOKS.items()}


def test_a_page_holds_every_look_and_the_frames_once() -> None:
    said = {"alt": "A race", "filename": "race"}
    sent = page_payload(PreparedFigure(drawn()), looks_of(), **said)
    told = json.loads(sent)
    assert set(told["looks"]) == {"light", "dark"}
    stamps = set()
    for name, dark in LOOKS.items():
        figure, look = drawn(dark=dark), told["looks"][name]
        assert told["frames"] == [frame["data"] for frame in figure["frames"]]
        assert told["traces"] == figure["frames"][0]["traces"]
        screen = json.loads(animation_payload(PreparedFigure(figure), **said))
        for number in range(ROUNDS + 1):
            page = dict(enumerate(look["data"]))
            for trace, change in zip(told["traces"], told["frames"][number], strict=True):
                page[trace] = page[trace] | change
            assert [page[i] for i in sorted(page)] == shown(figure, number)
        for key in ("race", "alt", "filename", "labels", "symbols", "layout"):
            assert look[key] == screen[key]
        stamps.add(look["stamp"])
        assert look["token"] == told["looks"]["light"]["token"]  # the player keeps the frames
    assert len(stamps) == len(LOOKS)
    assert len(sent) < 2 * len(animation_payload(PreparedFigure(drawn()), **said))


def test_a_page_refuses_looks_that_are_missing_or_of_another_race() -> None:
    said = {"alt": "A race", "filename": "race"}
    animation, looks = PreparedFigure(drawn()), looks_of()
    with pytest.raises(ValueError, match="has the looks light, dark, got light; draw"):
        page_payload(animation, {"light": looks["light"]}, **said)
    other = looks | {"dark": looks_of(surface="uncertainty")["dark"]}
    with pytest.raises(ValueError, match='"dark" shows another race'):
        page_payload(animation, other, **said)


def test_a_page_of_its_own_says_what_it_shows_and_needs_no_network() -> None:
    payload = page_payload(PreparedFigure(drawn()), looks_of(), alt="</script><b>", filename="race")
    page = player_page(
        payload,
        title="A <b> race",
        alt="Two <curves>",
        verdict="Margin & random",
        legend="Dots < rings",
        rounds=[["Round", "Labels", "<Margin>"], ["0", "3", "50.0%"]],
        config={"name": "<x>", "seed": 0},
    ).decode()
    for words in ("A &lt;b&gt; race", "Two &lt;curves&gt;", "Margin &amp; random", "Dots &lt; rings", "&lt;x&gt;"):
        assert words in page
    assert '<th scope="col">&lt;Margin&gt;</th>' in page and "<td>50.0%</td>" in page
    start = page.index('id="alcore-animation">') + len('id="alcore-animation">')
    content = page[start : page.index("</script>", start)]
    assert json.loads(content) == json.loads(payload)  # whatever its words
    assert page.count("</script>") == page.count("<script") == 2
    assert "plotly.js" not in page.lower() and "Plotly." not in page
    assert not [word for word in ("<link", " src=", "@import", "fetch(", "import(") if word in page]
    assert set(re.findall(r"url\(.", page)) == {"url(#"}  # only of its own parts
    assert set(re.findall(r"https?://[^\"\s]*", page)) == {"http://www.w3.org/2000/svg"}  # a name, no address
    assert len(page) - len(content) < 64_000  # the player without a library of charts


@pytest.mark.parametrize("last", ["alcore/report/html/player/page.js", "pages/shared/player/component.js"])
def test_scripts_that_share_a_scope_declare_each_name_once(last: str) -> None:
    script = player_script() + (ROOT / last).read_text(encoding="utf-8")
    names = re.findall(r"^(?:const|let|function|class) (\w+)", script, re.MULTILINE)
    assert {"makePlayer", "makeChart", "sayInstead", "root" if "page.js" in last else "players"} <= set(names)
    assert len(names) == len(set(names))


def test_a_page_of_its_own_has_the_dashboards_colours() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    light, dark = re.findall(r":root \{(.*?)\}", page_styles(), re.DOTALL)
    for block, colours in ((light, theme["light"]), (dark, theme["dark"])):
        found = dict(re.findall(r"--st-([a-z-]+-color): (#[0-9A-F]{6});", block))
        assert found == {
            name: colours[re.sub(r"-([a-z])", lambda letter: letter[1].upper(), name)]
            for name in ("background-color", "secondary-background-color", "text-color", "primary-color")
            + ("border-color", "link-color")
        }
    used = set(re.findall(r"var\((--st-[a-z-]+)\)", player_styles() + page_styles()))
    assert used and used <= set(re.findall(r"(--st-[a-z-]+):", light))


def test_a_long_name_of_a_fork_takes_two_lines_of_its_title() -> None:
    racers = [replace(racer, strategy=key) for racer, key in zip(made()[2], ("fork", "random"), strict=True)]
    points, labels, _ = made()
    words = {"fork": "Expected error reduction, then Expected gradient length", "random": "Random"}
    layout = arena_figure(points, labels, "AB", X, Y, racers, Drawing(names=words)).to_dict()["layout"]
    assert layout["meta"]["titles"][0]["text"] == ("<b>Expected error reduction,<br>then Expected gradient length</b>")
