"""The three settings of active learning: pool, stream and membership query synthesis."""

from pages.screens.scenarios import starting_points
from pages.screens.scenarios.controls import scenario_controls
from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.frame import page

page(
    "settings",
    "Pool, stream, synthesis",
    "Pool-based, stream-based selective sampling, or membership query synthesis: **which is most accurate, and when?**",
    ":material/stream:",
)
starting_points.draw_scenario_starting_points()

with sentences():
    chosen = scenario_controls()
    # Only the section shown is imported and computed: the digits need a network.
    if chosen.shown.section == "together":
        from pages.screens.scenarios import comparison

        comparison.draw_comparison(chosen.together, chosen.shown)
    elif chosen.shown.section == "stream":
        from pages.screens.scenarios import stream

        stream.draw_stream(chosen.stream, chosen.policy, chosen.shown)
    elif chosen.shown.section == "synthesis":
        from pages.screens.scenarios import synthesis_plane

        synthesis_plane.draw_synthesis_plane(chosen.synthesis, chosen.shown)
    else:
        from pages.screens.scenarios import synthesis_digits

        synthesis_digits.draw_synthesis_digits(chosen.digits, chosen.shown)
address.close_page()
