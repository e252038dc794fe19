"""Who answers? A machine labels what it can under a guarantee, the person the rest."""

from pathlib import Path

import streamlit as st

from alcore.datasets.tables.frame import TableSource
from alcore.projects import delegation
from alcore.projects.annotators import asking
from alcore.projects.annotators.asking import words_of_plan
from alcore.projects.annotators.endpoints import Endpoint, read_endpoints
from alcore.projects.delegation import Delegation
from alcore.report.phrases import level, percent
from pages.screens.labelling.drawn_view import Draw, draw_drawn, draw_left
from pages.screens.labelling.opened import Opened
from pages.screens.labelling.selection import draw_steps
from pages.screens.labelling.texts import PAGE
from pages.screens.labelling.waiting_view import draw_sample
from pages.shared import controls
from pages.shared.errors import sentences
from pages.shared.markdown import plain
from pages.shared.progress import working
from pages.shared.viewport import is_narrow

_MACHINES = {
    "model": "The project's model",
    "column": "Columns of predictions and confidences",
    "rules": "Rules",
    "endpoint": "A language model",
}
_PROMISES: dict[delegation.Promise, str] = {
    "all": "All labels together (PAC)",
    "machine": "The machine's labels (conformal)",
}
_MEANING = {
    "all": "PAC labels: the share is of all finished labels, yours included, and holds with the certainty chosen.",
    "machine": "Conformal labels: the share is of the labels that the machine keeps, and holds on average over draws.",
}
_DRAW = Draw(
    "label_calibration",
    "Calibration items to label",
    delegation.current,
    delegation.waiting,
    lambda found: len(set(found.draws_m.tolist())),
)
_STEPS = """
1. **Freeze.** The machine's labels and confidences are fixed, for every item that you have not labelled.
2. **Calibrate.** You label a random sample of these items, without seeing what the machine says.
3. **Split.** Choose the share of wrong labels that you can accept. The machine keeps the items it is surest of, as many
   as the sample allows; the others are yours.
4. **Commit.** The machine's labels are written, marked as its own. One click takes them back.
"""
_EXAMPLE = "spam: /win|prize/\nham: lunch"


def draw_routing_view(home: Path, shown: Opened, annotator: str) -> None:
    """Draw the step that comes next: choose a machine, calibrate it, look and commit."""
    found = delegation.current(shown.project)
    if found is None:
        _draw_start(home, shown)
        return
    states = shown.project.states()
    missing = delegation.waiting(shown.project, found, states)
    if missing and found.committed is None:
        _draw_calibration(home, shown, found, annotator)
        return
    _draw_split(shown, found)
    draw_steps(shown, annotator, key="label_routing")
    if st.button("Start anew with a new calibration", icon=":material/restart_alt:"):
        delegation.discard(shown.project)
        st.rerun()


def _draw_start(home: Path, shown: Opened) -> None:
    project = shown.project
    endpoints: dict[str, Endpoint] = {}
    with sentences():
        endpoints = read_endpoints(home)
    st.markdown(
        "A machine labels the easy items; you label a random sample first, so that the share of wrong labels is "
        "bounded. **Choose the machine.**"
    )
    absent = {"column": not isinstance(project.source, TableSource), "endpoint": not endpoints}
    offered = {key: words for key, words in _MACHINES.items() if not absent.get(key)}
    asked = st.container()
    if not is_narrow():
        asked, told = st.columns([3, 2], gap="large")
        told.markdown(_STEPS)
    with asked:
        _draw_choice(shown, endpoints, offered)
    draw_sample(shown)


def _draw_choice(shown: Opened, endpoints: dict[str, Endpoint], offered: dict[str, str]) -> None:
    project = shown.project
    left, right = st.columns([2, 1], gap="medium", vertical_alignment="bottom")
    with left:
        kind = controls.segmented(PAGE, "machine", "Machine", offered, "model")
    draws = right.number_input(
        "Calibration items",
        delegation.FEWEST,
        delegation.MOST,
        delegation.DRAWS,
        help="You label so many, drawn at random with replacement. Fewer than 59 let nothing through at 5 % and 95 %.",
    )
    machine, rules = kind, ""
    if kind == "column":
        assert isinstance(project.source, TableSource)
        names = list(project.source.columns)
        numbers = [name for name in names if project.source.columns[name].kind == "numbers"]
        prediction = left.selectbox("Predictions", names, key="_label_prediction")
        confidence = left.selectbox("Confidences", numbers, key="_label_confidence")
        machine = f"column:{prediction},{confidence}"
    elif kind == "rules":
        rules = st.text_area(
            "Rules, one a line: class: keyword, or class: /regular expression/. The first that matches counts.",
            key="_label_rules",
            placeholder=_EXAMPLE,
        )
    elif kind == "endpoint":
        with sentences():
            _draw_endpoint(shown, endpoints, int(draws))
        return
    with sentences():
        if st.button("Freeze the machine and draw", type="primary", icon=":material/ac_unit:"):
            working(
                "Asking the machine.",
                lambda on_step: delegation.start(project, machine, draws=int(draws), rules=rules),
            )
            st.rerun()


def _draw_endpoint(shown: Opened, endpoints: dict[str, Endpoint], draws: int) -> None:
    """What would be sent, and the button that sends it: its key is of exactly that, so it confirms nothing else."""
    project = shown.project
    name = st.selectbox("Endpoint, of the server's list", list(endpoints), key="_label_endpoint")
    template = st.text_area(
        "Prompt: {text} stands for the item, {classes} for the classes",
        endpoints[name].prompt,
        key=f"_label_prompt_{name}",
        height=160,
    )
    machine = f"{delegation.ENDPOINT}{name}"
    plan = delegation.plan(project, machine, template)
    if plan.missing:
        st.markdown(f"**{plain(words_of_plan(plan))}** Nothing has been sent yet. The first prompts, exactly:")
        for prompt in plan.shown:
            st.code(prompt, language=None, wrap_lines=True)
        words = f"Send {len(plan.missing):,} requests, then freeze and draw"
        if st.button(words, type="primary", icon=":material/send:", key=f"_label_send_{plan.token}"):
            working(
                "Waiting for answers; those received are kept if you leave.",
                lambda on_step: asking.send(plan, lambda meter: on_step(meter.answers / meter.whole)),
            )
            _freeze(shown, machine, template, draws)
        if plan.kept and st.button("Freeze with the answers received", icon=":material/ac_unit:"):
            _freeze(shown, machine, template, draws)
    elif st.button("Freeze the machine and draw", type="primary", icon=":material/ac_unit:"):
        _freeze(shown, machine, template, draws)


def _freeze(shown: Opened, machine: str, template: str, draws: int) -> None:
    delegation.start(shown.project, machine, draws=draws, prompt=template, partial=True)
    st.rerun()


def _draw_calibration(home: Path, shown: Opened, found: Delegation, annotator: str) -> None:
    left, right = st.columns([7, 3], gap="medium")
    with left:
        draw_drawn(home, shown.name, annotator, _DRAW)
    with right:
        draw_left(home, shown.name, _DRAW)
        st.markdown(
            f"{len(found.draws_m):,} draws with replacement from the {len(found.places):,} items without your label. "
            "The machine is frozen and its answers are hidden. Once all are labelled, the split is shown."
        )
        if st.button("Discard", icon=":material/delete:"):
            delegation.discard(shown.project)
            st.rerun()


def _draw_split(shown: Opened, found: Delegation) -> None:
    project = shown.project
    committed = found.committed
    if committed is not None:
        terms = f"epsilon {level(committed['epsilon'])} and alpha {level(committed['alpha'])}"
        if committed.get("promise") == "machine":
            terms = f"{level(committed['epsilon'])} wrong of the machine's labels on average"
        st.success(
            f"Committed at {terms}: the machine may keep {committed['machine']:,} items, {committed['person']:,} are "
            "yours. The step can be taken back below.",
            icon=":material/verified:",
        )
        return
    promise: delegation.Promise = controls.segmented(PAGE, "promise", "Promise", _PROMISES, "all")
    left, right = st.columns(2, gap="medium")
    alpha = 5.0
    if promise == "all":
        with left:
            epsilon = controls.slider(
                PAGE, "epsilon", "Epsilon: share of all labels that may be wrong, in %", 0.5, 30.0, 5.0, step=0.5
            )
        with right:
            alpha = controls.slider(PAGE, "alpha", "Alpha: chance that it is more, in %", 0.5, 30.0, 5.0, step=0.5)
    else:
        with left:
            words = "Share of the machine's labels that may be wrong on average, in %"
            epsilon = controls.slider(PAGE, "rate", words, 0.5, 30.0, 5.0, step=0.5)
    done = delegation.split(project, found, project.states(), epsilon / 100, alpha / 100, promise)
    st.metric("The machine can do", percent(done.share, 0))
    st.progress(done.share)
    st.markdown(f"**{plain(delegation.words_of(done, epsilon / 100, alpha / 100))}**")
    st.caption(
        f"On {done.draws} calibration {'draws' if promise == 'all' else 'items'} the machine was wrong {done.wrong} "
        "times.",
        help=f"{_MEANING[promise]} The sliders are a preview: the statement holds for the one choice that you commit, "
        "so choose it by the errors you can accept, not by what passes.",
    )
    if st.button("Commit: write the machine's labels", type="primary", disabled=not done.machine):
        delegation.commit(project, found, epsilon / 100, alpha / 100, promise)
        st.rerun()
