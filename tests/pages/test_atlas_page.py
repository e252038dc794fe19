"""The strategy atlas without a browser."""

import json
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from alcore.loops.batch_explorer import run_batch_experiment, select_batch
from alcore.recommend import recommend
from alcore.recommend.text import headline, risk
from alcore.report.phrases import format_signed
from alcore.report.statistics.tournament import parse_results, summarise
from alcore.strategies.catalogue import STRATEGIES, Strategy
from pages.screens.strategy_atlas import cached, pool
from pages.screens.strategy_atlas.controls import GIVES, SECTIONS
from pages.screens.strategy_atlas.controls import PAGE as PREFIX
from pages.screens.strategy_atlas.simplex import _moved
from pages.screens.strategy_atlas.symbols import explained, unexplained
from pages.screens.tournament.results import ready_record
from pages.shared.frame import PAGES
from pages.shared.markdown import plain
from tests.support.screens import ENDS, NONSENSE, assert_fine, charts, move_every_control

PAGE = "pages/strategies.py"


NONE = Strategy.strengths


def said(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.info, *at.caption])


def table(at: AppTest) -> list[str]:
    return list(at.dataframe[0].value["Strategy"])


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_opens_and_each_control_goes_to_its_ends(open_screen, section: str, ends: str) -> None:
    at = open_screen(PAGE, strategies_section=section)
    assert_fine(at, "opening")
    assert move_every_control(at, ends) >= {"entries": 2, "which": 6, "simplex": 2, "doubt": 10}[section]


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_link_opens_any_entry_in_full_and_it_leads_on(open_screen, name: str) -> None:
    at = open_screen(PAGE, strategies_entry=name)
    assert_fine(at, name)
    strategy, text = STRATEGIES[name], said(at)
    assert strategy.formula.split(r", \quad ")[0] in at.latex[0].value
    for part in (
        f"**{strategy.label}.** {strategy.description}",
        strategy.source,
        f"`{strategy.cost}`",
        f"**When.** {strategy.strengths}",
        f"**When not.** {strategy.failures}",
    ):
        assert part in text
    assert ("A batch of 10 from" if name in cached.costs() else "Not measured yet.") in text
    assert "**Measured gain.**" in text
    # Two cards, each with its picture.
    assert [image.proto.imgs[0].alt.startswith("The first 10 picks of") for image in at.image] == [True, True]
    arena, batch, *_ = at.main.get("page_link")[len(PAGES) :]
    assert (arena.proto.page, batch.proto.page) == ("arena", "batch_explorer")
    label = strategy.label.replace(" ", "+").replace(",", "%2C")
    assert name == "random" or label in arena.proto.query_string
    assert "batch_panels=Top-k" in batch.proto.query_string
    assert name == "least_confidence" or label in batch.proto.query_string


def test_the_map_has_every_strategy_with_its_gain(open_screen) -> None:
    at = open_screen(PAGE, strategies_entry="margin", strategies_beside="epig")
    drawn = charts(at)[0]
    named = {one["text"] for one in drawn["layout"]["annotations"]}
    assert {STRATEGIES[name].label for name in cached.places()} <= named
    hovers = {text for trace in drawn["data"] for text in trace.get("text", [])}
    margin = next(
        standing for standing in summarise(parse_results(ready_record())).standings if standing.strategy == "margin"
    )
    assert margin.gain is not None
    assert any(
        text.startswith(f"<b>Margin</b><br>{format_signed(100 * margin.gain.estimate, 1)} points") for text in hovers
    )
    assert any(text.startswith("<b>EPIG</b><br>not measured yet") for text in hovers)
    assert "Not measured yet" in said(at), "the card of EPIG says so too"


def test_places_on_the_map_are_of_strategies_and_relative_to_random() -> None:
    places = cached.places()
    assert set(places) <= set(STRATEGIES) and len(places) >= 24
    assert places["random"].diversity == pytest.approx(1.0) and places["random"].uncertainty == pytest.approx(
        0.5, abs=0.05
    )


def test_the_places_are_those_of_pools_like_the_one_on_the_cards() -> None:
    """A few pools measured afresh, in other ways: within the error of so few."""
    few = [run_batch_experiment(pool.SCENE.dataset(seed), seed=seed, labeled=pool.LABELLED) for seed in range(5)]
    unsure, apart = {}, {}
    for name in ("least_confidence", "k_center", "hybrid"):
        picks = [select_batch(one, STRATEGIES[name], pool.PICKS).indices for one in few]
        below = [
            np.mean([(one.scores_N < score).mean() for score in one.scores_N[one.rows(own)]])
            for one, own in zip(few, picks, strict=True)
        ]
        gaps = [
            np.mean([min(np.hypot(*(a - b)) for b in points if b is not a) for a in points])
            for points in (list(one.dataset.x_pool[own]) for one, own in zip(few, picks, strict=True))
        ]
        unsure[name], apart[name] = np.mean(below), np.mean(gaps)
    places = cached.places()
    for name in unsure:
        assert unsure[name] == pytest.approx(places[name].uncertainty, abs=0.1)
        ratio = places[name].diversity / places["k_center"].diversity
        assert apart[name] / apart["k_center"] == pytest.approx(ratio, abs=0.12)


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_symbol_of_a_formula_is_explained(name: str) -> None:
    formula = STRATEGIES[name].formula
    assert explained(formula)
    assert unexplained(formula) == "", formula


def test_the_table_is_narrowed_and_sorted(open_screen) -> None:
    at = open_screen(PAGE)
    assert len(table(at)) == len(STRATEGIES)
    at = open_screen(PAGE, strategies_families="Coverage")
    assert table(at) == [one.label for one in STRATEGIES.values() if one.family == "Coverage"]
    at = open_screen(PAGE, strategies_gives="Class probabilities", strategies_sort="gain")
    assert set(table(at)) == {one.label for one in STRATEGIES.values() if set(one.needs) & set(GIVES) <= {"probs_N_C"}}
    measured = ["Margin", "Least confidence", "Entropy", "Power entropy", "Random"]
    assert [label for label in table(at) if label in measured] == measured
    at.multiselect(key="strategies_families").set_value([]).run()
    assert_fine(at, "without a family")
    assert any("No strategy is left" in one.value for one in at.info)


def ticked(at: AppTest) -> list[int]:
    return at.session_state["strategies_table"]["selection"]["rows"]


def test_the_entry_that_is_shown_is_ticked_in_the_table(open_screen) -> None:
    at = open_screen(PAGE, strategies_entry="BADGE")
    assert ticked(at) == [table(at).index("BADGE")]
    at.selectbox(key="strategies_entry").set_value("epig").run()
    assert ticked(at) == [table(at).index("EPIG")]
    at.multiselect(key="strategies_families").set_value(["Coverage"]).run()
    assert ticked(at) == []


def test_typed_examples_are_ordered_and_linked(open_screen) -> None:
    at = open_screen(PAGE, strategies_section="simplex")
    assert "Least confidence and entropy query **A first**; margin scores both alike" in at.info[0].value
    at.text_input(key="strategies_first").set_value("90 5 5").run()
    assert_fine(at, "typing")
    assert "query **B first**" in at.info[0].value
    again = open_screen(PAGE, strategies_section="simplex", strategies_first="90 5 5")
    assert again.info[0].value == at.info[0].value


def test_the_doubt_of_the_default_pool_is_split(open_screen) -> None:
    at = open_screen(PAGE, strategies_section="doubt")
    assert "With 24 labels" in at.info[0].value
    text = said(at)
    assert "**A**: " in text and "**B**: " in text and "epistemic (" in text
    assert "(epistemic)" in text and "(aleatoric)" in text and "1.10 nats" in text
    more = open_screen(PAGE, strategies_section="doubt", strategies_labelled="150")
    assert "With 150 labels" in more.info[0].value


@pytest.mark.parametrize("value", [*NONSENSE, ""])
@pytest.mark.parametrize(
    ("section", "controls"),
    [
        ("entries", ("section", "entry", "beside", "families", "gives", "sort")),
        ("simplex", ("first",)),
        ("simplex", ("reference",)),
        ("doubt", ("labelled", "a_x", "freedom")),
    ],
)
def test_nonsense_in_the_address_is_a_sentence(
    open_screen, section: str, controls: tuple[str, ...], value: str
) -> None:
    nonsense = {f"{PREFIX}_{control}": value for control in controls}
    at = open_screen(PAGE, **({"strategies_section": section} | nonsense))
    assert_fine(at, f"{controls}={value}")
    assert value == "" or len(at.warning[0].value.splitlines()) == len(controls)
    assert at.info or charts(at)


def test_a_dragged_mark_is_written_into_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, str] = {}
    monkeypatch.setattr("streamlit.session_state", state)
    _moved("A", 0.5, 10.0)
    assert state == {"strategies_first": "1.00 0.00 0.00"}


def test_every_download_is_offered(open_screen) -> None:
    for section, stems in (
        ("entries", {"strategies.csv", "strategies.json", "strategies-map.svg", "strategies-margin-cost.pdf"}),
        ("simplex", {"simplex.csv", "simplex.json", "simplex.svg"}),
        ("doubt", {"uncertainty.csv", "uncertainty.json", "uncertainty.png"}),
    ):
        at = open_screen(PAGE, strategies_section=section)
        keys = {button.key.removeprefix(f"{PREFIX}_export_{section}_") for button in at.download_button}
        assert stems <= keys, json.dumps(sorted(keys))


def test_a_strategy_without_texts_has_an_entry(open_screen, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = {name: replace(one, family="Other", strengths=NONE, failures=NONE) for name, one in STRATEGIES.items()}
    for module in ("entries", "card", "cached"):
        monkeypatch.setattr(f"pages.screens.strategy_atlas.{module}.STRATEGIES", bare)
    monkeypatch.setattr("pages.screens.strategy_atlas.cached.costs", dict)
    for order in ("family", "name", "time", "gain"):
        at = open_screen(PAGE, strategies_entry="margin", strategies_sort=order)
        assert_fine(at, order)
        assert len(table(at)) == len(STRATEGIES)
    assert NONE in said(at) and "Not measured yet" in said(at)


def test_the_recommendation_is_that_of_the_command(open_screen) -> None:
    at = open_screen(PAGE, strategies_section="which", strategies_budget="200", strategies_batch="20")
    assert_fine(at, "which")
    found = recommend(classes=2, budget=200, batch=20)
    assert at.subheader[0].value == plain(headline(found))
    assert risk(found.first, len(found.cells)) in said(at).replace("\\", "")
    assert any(one.value.startswith("python -m alcore tournament --strategies random") for one in at.code)
    assert len(charts(at)) == 2


def test_the_recommendation_for_another_model_is_that_of_the_command(open_screen) -> None:
    at = open_screen(PAGE, strategies_section="which", strategies_budget="200", strategies_model="Random forest")
    assert_fine(at, "which, for a forest")
    found = recommend(classes=2, budget=200, batch=5, learner="random_forest")
    assert at.subheader[0].value == plain(headline(found))
    shown = said(at).replace("\\", "")
    assert all(note in shown or note in [one.value.replace("\\", "") for one in at.warning] for note in found.notes)
