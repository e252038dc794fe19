"""The film of the home screen, recorded anew."""

from pages.screens.home.film import FILM, pack
from pages.screens.home.race import record
from tests.benchmarks.measure import Result

# Nothing is timed.
ANY_LOAD = True


def run() -> list[Result]:
    """Write the file that is shipped."""
    FILM.write_bytes(pack(record(dark=False), record(dark=True)))
    print(f"{FILM.name}: {FILM.stat().st_size:,} bytes")
    return []
