"""What is in sight when a screen opens: top and size of its main visual, words and controls above the fold."""

import tempfile
from pathlib import Path

from tests.benchmarks.measure import Result
from tests.browser.support.chromium import chromium
from tests.browser.support.first_look import SCREENS, SIZES, first_look
from tests.browser.support.harness import serving


def run() -> list[Result]:
    """Every screen at every size, from a server without stored runs."""
    results: list[Result] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium() as browser,
        serving(Path(folder), Path(folder) / "server.log") as server,
    ):
        for screen, path in SCREENS.items():
            for size, viewport in SIZES.items():
                page = browser.new_context(viewport=viewport).new_page()
                found = first_look(page, f"{server.url}/{path}").numbers()
                page.context.close()
                results.append({"work": f"{screen} at {size}", **found})
                print(f"{screen:<26} {size:<10} top {found['top']}, {found['width']} x {found['height']}", flush=True)
    return results
