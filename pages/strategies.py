"""The strategy atlas: what each strategy does, what it costs, where it fails."""

from pages.screens.strategy_atlas import entries, simplex, uncertainty_kinds
from pages.screens.strategy_atlas.controls import PAGE, choose_section
from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.frame import page

page(
    PAGE,
    "Strategy atlas",
    "Every way to ask, with its formula, its price and its weak spot. "
    "**Read an entry, drag two predictions over the triangle until the measures disagree, "
    "or find out which doubt a label can remove.**",
    ":material/map:",
)

with sentences():
    {
        "entries": entries.draw_entries,
        "simplex": simplex.draw_simplex,
        "doubt": uncertainty_kinds.draw_uncertainty_kinds,
    }[choose_section()]()
address.close_page()
