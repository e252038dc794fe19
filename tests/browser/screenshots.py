"""`python -m tests.browser.screenshots`: take the README's pictures anew from a freshly started server."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.harness import WIDE, serving

FOLDER = Path(__file__).parent / "screenshots"
SCREENS = {
    "arena": "arena?arena_overlap=0.5&arena_rounds=40&arena_seed=2",
    "batch_explorer": "batch_explorer",
    "failure_modes": "failure_modes?clinic_ward=outliers",
    "settings": "settings",
    "strategies": "strategies?strategies_section=The+simplex",
    "tournament": "tournament",
}


def main() -> None:
    """One picture a screen, 1440 px wide, as tall as the screen needs."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with serving(home, home / "server.log") as server:
            for name, address in SCREENS.items():
                page = browser.new_page(viewport=WIDE)
                page.goto(f"{server.url}/{address}")
                drawn = ".js-plotly-plot .cartesianlayer, .alcore-figure .pane, .panels .map, .panes .mark"
                page.locator(drawn).first.wait_for()
                height = page.get_by_test_id("stMainBlockContainer").evaluate("e => e.scrollHeight")
                page.set_viewport_size({"width": WIDE["width"], "height": max(WIDE["height"], int(height))})
                page.wait_for_timeout(1500)  # the charts take the new size
                page.screenshot(path=FOLDER / f"{name}.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
