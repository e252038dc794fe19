"""The strategy atlas: definition, cost and failures of each strategy."""

from pages.screens.strategy_atlas import entries, simplex, uncertainty_kinds
from pages.screens.strategy_atlas.controls import PAGE, choose_section
from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.frame import page

page(
    PAGE,
    "Strategy atlas",
    "Formula, cost and failures of every query strategy. **Read one, compare their scores, or split an uncertainty.**",
    ":material/map:",
)

with sentences():
    {
        "entries": entries.draw_entries,
        "simplex": simplex.draw_simplex,
        "doubt": uncertainty_kinds.draw_uncertainty_kinds,
    }[choose_section()]()
address.close_page()
