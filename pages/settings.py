"""The three settings of active learning: a pool, a stream, and questions made up."""

from pages.shared import address
from pages.shared.errors import sentences
from pages.shared.frame import page
from pages.shared.settings import questions
from pages.shared.settings.choose import choose

page(
    "settings",
    "Three settings",
    "Choose from a pile of points, decide about each as it passes, or make up your own question. "
    "**Same labels, same start: which way of asking learns fastest, and when does the answer turn?**",
    ":material/stream:",
)
questions.show()

with sentences():
    chosen = choose()
    # Only what is looked at is imported and computed: the digits need a network.
    if chosen.shown.section == "together":
        from pages.shared.settings import together

        together.show(chosen.together, chosen.shown)
    elif chosen.shown.section == "stream":
        from pages.shared.settings import stream

        stream.show(chosen.stream, chosen.policy, chosen.shown)
    elif chosen.shown.section == "synthesis":
        from pages.shared.settings import synthesis

        synthesis.show(chosen.synthesis, chosen.shown)
    else:
        from pages.shared.settings import digits

        digits.show(chosen.digits, chosen.shown)
    address.close_page()
