"""The simplex: all probabilities of three classes, and each measure's scores over it."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.report.paper.maps import print_panels
from alcore.report.statistics.simplex import CORNERS_3_2, Triple, from_plane, prefers, rounded, spelled
from alcore.report.statistics.strategy_costs import table_csv, table_json
from alcore.report.style import strategy_style
from alcore.report.svg.panels import Mark, Panel, scene
from alcore.report.svg.simplex_panels import apart_pane, apart_words, measure_pane, order_words, triple_marks
from pages.screens.strategy_atlas import cached
from pages.screens.strategy_atlas.controls import (
    EXAMPLES,
    LETTERS,
    MEASURES,
    NAMES,
    PAGE,
    ComparedMeasures,
    choose_compared,
    choose_triple,
)
from pages.screens.strategy_atlas.export import take_away
from pages.screens.strategy_atlas.panels import panes
from pages.shared.toolbar import main_visual

_STEP = 0.0125
_LEGEND = "The stronger the colour, the higher the acquisition score; on the dotted line it is that of B."


def draw_simplex(tools: DeltaGenerator) -> None:
    """The surfaces with the examples, dragged or typed, and the regions of disagreement."""
    maps, order = main_visual(), st.container()
    triples: dict[str, Triple] = {}
    *typed, one, other, reference = st.columns([4, 4, 3, 3, 3])
    for column, which in zip(typed, EXAMPLES, strict=True):
        with column:
            triples[LETTERS[which]] = choose_triple(which)
    compared = choose_compared([one, other, reference])
    first, second = triples.values()
    drawn, marks = _drawn(triples, compared), triple_marks(triples)
    with maps:
        panes(scene(drawn[:-1], marks, CORNERS_3_2, _STEP), _moved, key="strategies_simplex")
    order.info(
        order_words({NAMES[name]: prefers(score, first, second) for name, score in MEASURES.items()}),
        icon=":material/change_history:",
    )
    letter = LETTERS[compared.reference]
    picture, words = st.columns([3, 4], gap="medium")
    with picture:
        panes(scene(drawn[-1:], marks, CORNERS_3_2, _STEP), _moved, key="strategies_apart")
    with words:
        st.markdown(
            apart_words(
                NAMES[compared.one],
                NAMES[compared.other],
                letter,
                cached.shares(compared, triples[letter]),
                cached.discord(compared.one, compared.other),
            )
        )
        st.caption(
            f"{_LEGEND} **Drag A or B.**",
            help="At a corner one class is certain, in the middle all are equally probable, on an edge one class has "
            "probability 0. With the keyboard: focus A or B and use the arrow keys.",
        )
    _take_away(tools, triples, drawn, marks)


def _drawn(triples: dict[str, Triple], compared: ComparedMeasures) -> list[Panel]:
    second = triples[LETTERS["second"]]
    drawn = [
        measure_pane(
            NAMES[name],
            strategy_style(name).color,
            cached.bands(name),
            cached.level(name, second),
            [cached.score(name, triple) for triple in triples.values()],
        )
        for name in MEASURES
    ]
    letter = LETTERS[compared.reference]
    pair = compared.one, compared.other
    return [
        *drawn,
        apart_pane(
            (NAMES[pair[0]], NAMES[pair[1]]),
            (strategy_style(pair[0]).color, strategy_style(pair[1]).color),
            cached.apart(compared, triples[letter]),
            letter,
            cached.shares(compared, triples[letter]),
        ),
    ]


def _moved(letter: str, x: float, y: float) -> None:
    """Write the position of a dragged mark into its field."""
    which = {letter: which for which, letter in LETTERS.items()}[letter]
    st.session_state[f"{PAGE}_{which}"] = spelled(rounded(from_plane([[x, y]])[0]))


def _take_away(tools: DeltaGenerator, triples: dict[str, Triple], drawn: list[Panel], marks: tuple[Mark, ...]) -> None:
    rows = [
        {"example": letter}
        | {f"class_{c}": share for c, share in enumerate(triple, 1)}
        | {name: cached.score(name, triple) for name in MEASURES}
        for letter, triple in triples.items()
    ]
    take_away(
        tools,
        {
            "simplex.csv": ("**The examples** and their scores (CSV)", partial(table_csv, rows)),
            "simplex.json": ("**The examples** and their scores (JSON)", partial(table_json, rows)),
        },
        key="simplex",
        figures={"simplex": ("The triangles", partial(print_panels, drawn, marks, words=_LEGEND))},
    )
