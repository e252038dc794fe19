"""The strategy atlas: definition, cost and failures of each strategy."""

from pages.screens.strategy_atlas import entries, recommendation, simplex, uncertainty_kinds
from pages.screens.strategy_atlas.controls import PAGE, choose_section
from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.frame import page
from pages.shared.toolbar import picture_head

page(
    PAGE,
    "Strategy atlas",
    "What does each query strategy pick, what does it gain, and **which one should I use?**",
    ":material/map:",
)

left, tools = picture_head()
with left:
    section = choose_section()
with sentences():
    {
        "entries": entries.draw_entries,
        "which": recommendation.draw_recommendation,
        "simplex": simplex.draw_simplex,
        "doubt": uncertainty_kinds.draw_uncertainty_kinds,
    }[section](tools)
address.close_page()
