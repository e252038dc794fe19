"""The strategy atlas without a browser."""

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from alcore.strategies.catalogue import STRATEGIES, Strategy
from pages.screens.strategy_atlas.controls import PAGE as PREFIX
from pages.screens.strategy_atlas.controls import SECTIONS
from pages.screens.strategy_atlas.simplex import _moved
from pages.shared.frame import PAGES
from tests.support.screens import assert_fine, charts, move_every_control

PAGE = "pages/strategies.py"


NONE = Strategy.strengths


def said(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.info, *at.caption])


def table(at: AppTest) -> list[str]:
    return list(at.dataframe[0].value["Strategy"])


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_opens_and_each_control_goes_to_its_ends(open_screen, section: str) -> None:
    at = open_screen(PAGE, strategies_section=section)
    assert_fine(at, "opening")
    assert move_every_control(at) >= {"entries": 2, "simplex": 2, "doubt": 10}[section]


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_link_opens_any_entry_in_full_and_it_leads_on(open_screen, name: str) -> None:
    at = open_screen(PAGE, strategies_entry=name)
    assert_fine(at, name)
    strategy, text = STRATEGIES[name], said(at)
    assert strategy.label in [one.value for one in at.subheader]
    assert strategy.formula in at.latex[0].value
    for part in (
        strategy.description,
        strategy.source,
        f"`{strategy.cost}`",
        "**Strengths.**",
        "**Failures.**",
    ):
        assert part in text
    assert "A batch of 10 from" in text and "**Needs**" in text and "**In the tournament.**" in text
    assert len(charts(at)) == 1
    arena, batch = at.main.get("page_link")[len(PAGES) :]
    assert (arena.proto.page, batch.proto.page) == ("arena", "batch_explorer")
    label = strategy.label.replace(" ", "+").replace(",", "%2C")
    assert name == "random" or label in arena.proto.query_string
    assert "batch_panels=Top-k" in batch.proto.query_string
    assert name == "least_confidence" or label in batch.proto.query_string


def test_the_table_is_narrowed_and_sorted(open_screen) -> None:
    at = open_screen(PAGE)
    assert len(table(at)) == len(STRATEGIES)
    at = open_screen(PAGE, strategies_families="Coverage")
    assert table(at) == ["k-center", "TypiClust", "ProbCover"]
    at = open_screen(PAGE, strategies_gives="Class probabilities", strategies_sort="gain")
    assert table(at) == ["Margin", "Least confidence", "Entropy", "Power entropy", "Random"]
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
    assert "Least confidence and entropy ask about **A first**; margin cannot tell" in at.info[0].value
    at.text_input(key="strategies_first").set_value("90 5 5").run()
    assert_fine(at, "typing")
    assert "ask about **B first**" in at.info[0].value
    again = open_screen(PAGE, strategies_section="simplex", strategies_first="90 5 5")
    assert again.info[0].value == at.info[0].value


def test_the_doubt_of_the_default_pool_is_split(open_screen) -> None:
    at = open_screen(PAGE, strategies_section="doubt")
    assert "With 24 labels" in at.info[0].value
    text = said(at)
    assert "**A**: " in text and "**B**: " in text and "nats of doubt" in text
    assert "(epistemic)" in text and "(aleatoric)" in text and "1.10 nats" in text
    more = open_screen(PAGE, strategies_section="doubt", strategies_labelled="150")
    assert "With 150 labels" in more.info[0].value


@pytest.mark.parametrize("value", ["banana", "-5", "1e9", "nan", "<script>", ""])
@pytest.mark.parametrize(
    ("section", "control"),
    [
        ("entries", "section"),
        ("entries", "entry"),
        ("entries", "families"),
        ("entries", "gives"),
        ("entries", "sort"),
        ("simplex", "first"),
        ("simplex", "reference"),
        ("doubt", "labelled"),
        ("doubt", "a_x"),
        ("doubt", "freedom"),
    ],
)
def test_nonsense_in_the_address_is_a_sentence(open_screen, section: str, control: str, value: str) -> None:
    at = open_screen(PAGE, **({"strategies_section": section} | {f"{PREFIX}_{control}": value}))
    assert_fine(at, f"{control}={value}")
    assert at.warning or value == ""
    assert at.info or charts(at)


def test_a_dragged_mark_is_written_into_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, str] = {}
    monkeypatch.setattr("streamlit.session_state", state)
    _moved("A", 0.5, 10.0)
    assert state == {"strategies_first": "1.00 0.00 0.00"}


def test_every_download_is_offered(open_screen) -> None:
    for section, stems in (
        ("entries", {"strategies.csv", "strategies.json", "strategies-margin-cost.pdf"}),
        ("simplex", {"simplex.csv", "simplex.json", "simplex.svg"}),
        ("doubt", {"doubt.csv", "doubt.json", "doubt.png"}),
    ):
        at = open_screen(PAGE, strategies_section=section)
        keys = {button.key.removeprefix(f"{PREFIX}_export_{section}_") for button in at.download_button}
        assert stems <= keys, json.dumps(sorted(keys))


def test_a_strategy_without_texts_has_an_entry(open_screen, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = {name: replace(one, family="Other", strengths=NONE, failures=NONE) for name, one in STRATEGIES.items()}
    monkeypatch.setattr("pages.screens.strategy_atlas.entries.STRATEGIES", bare)
    monkeypatch.setattr("pages.screens.strategy_atlas.cached.costs", dict)
    for order in ("family", "name", "time", "gain"):
        at = open_screen(PAGE, strategies_entry="margin", strategies_sort=order)
        assert_fine(at, order)
        assert len(table(at)) == len(STRATEGIES)
    assert NONE in said(at) and "Not measured yet" in said(at)
