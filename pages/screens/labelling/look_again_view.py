"""Labels that models contradict which have not seen them, to be confirmed or mended."""

import streamlit as st

from alcore.datasets.images import ImageSource
from alcore.projects.bulk import apply
from alcore.projects.look_again import Checked, Contradiction, check_labels, compared_classes
from alcore.report.phrases import percent
from pages.screens.labelling.items_view import lines
from pages.screens.labelling.opened import Opened, picture_url
from pages.screens.labelling.panel import status_now
from pages.screens.labelling.waiting_view import draw_waiting
from pages.shared.markdown import plain
from pages.shared.session_cache import cached
from pages.shared.viewport import is_narrow

SHOWN = 12
_LATER = """
**Labels that models contradict**, the clearest first:

1. **Compare.** Each label is compared with the prediction of a model that was trained on the other labels only.
2. **Look.** Where they differ, the item is shown with both probabilities.
3. **Mend.** Keep the label or change it to the prediction: a click each. Either is kept in the history of answers.
"""


def draw_look_again_view(shown: Opened, annotator: str) -> None:
    """Draw the list, the clearest contradiction first."""
    found = checked(shown)
    if not found.labels:
        draw_waiting(
            shown,
            "Label two items or more of two classes first: then labels can be compared with models.",
            compared_classes(shown.project.states()),
            2,
            "classes with two labels",
            _LATER,
        )
        return
    st.markdown(
        f"**{len(found.contradictions):,} of {found.labels:,} labels differ** from the prediction of a model trained "
        f"without them. Cross-validation on the labels agrees in {percent(found.accuracy)}: :grey[biased, since "
        "the items were picked; the audit's figure is the honest one.]"
    )
    if found.left_out:
        st.caption(f"Not compared, with fewer than two labels: {plain(', '.join(found.left_out))}.")
    columns = st.columns(3, gap="small")
    for number, one in enumerate(found.contradictions[:SHOWN]):
        with columns[number % 3], st.container(border=True):
            _draw(shown, one, annotator)
    status_now(shown)


def checked(shown: Opened) -> Checked:
    """The labels, compared with models that have not seen them; kept until there are others."""
    project = shown.project
    ledger = project.ledger()
    confirmed = project.settings.get("confirmed", [])
    return cached(
        "label_again",
        (str(project.folder), ledger.last, len(confirmed), project.trained_as),
        lambda on_step: check_labels(project, ledger, confirmed),
        "Training models without the labels that they judge.",
        most=2,
    )


def _draw(shown: Opened, one: Contradiction, annotator: str) -> None:
    project = shown.project
    place = project.items.place_of[one.item]
    if isinstance(project.source, ImageSource):
        beside = st.container()
        if is_narrow():
            beside.image(picture_url(project.source, place, 200), width=110)
        else:
            picture, beside = st.columns([2, 3], gap="small", vertical_alignment="center")
            picture.image(picture_url(project.source, place, 400), width="stretch")
    else:
        beside = st.container()
        beside.markdown(plain(lines(shown)[place]))
    beside.caption(
        f"labelled **{plain(one.label)}** ({percent(one.label_probability, 0)}), predicted **{plain(one.predicted)}** "
        f"({percent(one.predicted_probability, 0)})"
    )
    with beside.container(horizontal=True, gap="small"):
        if st.button(f"Keep {plain(one.label)}", key=f"label_keep_{one.item}"):
            project.change(confirmed=[*project.settings.get("confirmed", []), [one.item, one.label]])
            st.rerun()
        if st.button(f"Change to {plain(one.predicted)}", key=f"label_mend_{one.item}"):
            by = next(iter(project.states()[one.item].labels), annotator)
            apply(project, [one.item], "label", one.predicted, by)
            st.rerun()
