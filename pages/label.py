"""A labelling project of one's own data: label in the browser, with an honest accuracy."""

import streamlit as st

from alcore.projects.examples import DIGITS, digits_project
from alcore.projects.setup.names import names_of
from pages.screens.labelling.classes_view import draw_classes_view
from pages.screens.labelling.evidence_view import draw_evidence_view
from pages.screens.labelling.items_view import draw_items_view
from pages.screens.labelling.label_view import draw_label_view
from pages.screens.labelling.look_again_view import draw_look_again_view
from pages.screens.labelling.map_view import draw_map_view
from pages.screens.labelling.opened import opened
from pages.screens.labelling.own_data import draw_own_data
from pages.screens.labelling.project_menu import draw_project_menu
from pages.screens.labelling.routing_view import draw_routing_view
from pages.screens.labelling.take_home import draw_take_home
from pages.screens.labelling.texts import PAGE, VIEWS, take_next
from pages.shared import address, controls
from pages.shared.copy_buttons import copy_link
from pages.shared.errors import sentences
from pages.shared.frame import home, page
from pages.shared.markdown import plain
from pages.shared.progress import working
from pages.shared.toolbar import full_screen

# One line above the picture; on a phone the views have a line of their own.
_STYLE = """<style>
.st-key-label_head { align-items: center; flex-wrap: nowrap; gap: 0.75rem; margin: -1rem 0 -0.75rem;
  min-height: 2.25rem; }
.st-key-label_head > * { flex: 0 1 auto; min-width: 0; width: auto; }
.st-key-label_head > :has(> .st-key-label_project), .st-key-label_head > .st-key-label_project { flex: 0 0 11rem; }
.st-key-label_head > :has(> .st-key-toolbar), .st-key-label_head > .st-key-toolbar { margin-left: auto; }
:is(.st-key-label_project, .st-key-label_view, .st-key-label_colour, .st-key-label_plane)
  [data-testid="stWidgetLabel"] {
  clip-path: inset(50%); height: 1px; overflow: hidden; position: absolute; width: 1px; }
@media (max-width: 640px) {
  .st-key-label_head { flex-wrap: wrap; gap: 0.4rem; }
  .st-key-label_head > .st-key-label_view { flex: 1 0 100%; order: 3; }
  .st-key-label_view [role="radiogroup"] { flex-wrap: nowrap; overflow-x: auto; }
}
</style>"""

page(
    PAGE,
    "Label",
    "Label what is worth a label. **One key labels and goes on; or bring your own table, texts or images.**",
    ":material/label:",
)
folder = home()

with sentences(stop=True):
    take_next()
    working("Making the project of digits.", lambda on_step: digits_project(folder))
    st.html(_STYLE)
    with st.container(horizontal=True, vertical_alignment="center", key="label_head"):
        project = controls.selectbox(PAGE, "project", "Project", {name: name for name in names_of(folder)}, DIGITS)
        view = controls.segmented(PAGE, "view", "View", VIEWS, "label")
        tools = st.container(horizontal=True, key="toolbar")
    shown = opened(folder, project)
    with tools:
        annotator = draw_project_menu(folder, shown)
        draw_take_home(shown, annotator)
        copy_link()
        full_screen()
    if view != "own" and (group := shown.project.settings.get("group")):
        st.caption(f"One of the yes-or-no projects of {plain(group)}: the others are in the list of projects.")
    if view == "own":
        draw_own_data(folder)
    elif view == "items":
        draw_items_view(shown, annotator)
    elif view == "map":
        draw_map_view(shown, annotator)
    elif view == "again":
        draw_look_again_view(shown, annotator)
    elif view == "evidence":
        draw_evidence_view(folder, shown, annotator)
    elif view == "routing":
        draw_routing_view(folder, shown, annotator)
    elif view == "classes":
        draw_classes_view(shown)
    else:
        draw_label_view(folder, project, annotator)
address.close_page()
