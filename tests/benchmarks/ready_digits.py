"""The synthesised digits that the screen of the settings opens on, made anew."""

from pages.screens.scenarios.controls import DIGITS
from pages.screens.scenarios.digits_run import READY, make_digits, packed
from tests.benchmarks.measure import Result

# Nothing is timed.
ANY_LOAD = True


def run() -> list[Result]:
    """Write the file that is shipped."""
    found = make_digits(DIGITS, lambda share: None)
    READY.write_text(packed(DIGITS, found), encoding="utf-8")
    print(f"{READY.name}: {READY.stat().st_size:,} bytes, {len(found.labels_Q)} digits")
    return []
