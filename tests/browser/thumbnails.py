"""`python -m tests.browser.thumbnails [NAME ...]`: take the pictures of the home screen's cards anew."""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from pages.screens.home.cards import MOST_BYTES, thumbnail_path
from pages.shared import frame
from tests.browser.support.chromium import chromium
from tests.browser.support.harness import serving

# Pixels: of the window, and of a picture.
WINDOW, SIZE = (1280, 800), (640, 400)
# The picture alone: without what a card cannot show.
BARE = """
[data-testid="stHeader"], [data-testid="stSidebar"], .st-key-navigation, .st-key-toolbar, .st-key-_progress {
  display: none !important; }
[data-testid="stMainBlockContainer"] { padding-top: 0.5rem !important; }
"""


def main(names: list[str]) -> None:
    """A WebP file of each screen in each theme."""
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium() as browser,
        serving(Path(folder), Path(folder) / "server.log") as server,
    ):
        for name in names or [Path(path).stem for path, *_ in frame.PAGES[2:]]:
            for dark in (False, True):
                page = browser.new_page(
                    viewport={"width": WINDOW[0], "height": WINDOW[1]},
                    color_scheme="dark" if dark else "light",
                    reduced_motion="reduce",
                )
                content = _picture(page, f"{server.url}/{name}")
                thumbnail_path(name, dark=dark).write_bytes(content)
                print(f"{name}, dark {dark}: {len(content):,} bytes", flush=True)
                page.close()


def _picture(page: Page, address: str) -> bytes:
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    for _ in range(3):
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=180_000)
        page.wait_for_timeout(2000)  # all of a screen's charts
    page.add_style_tag(content=BARE)
    page.wait_for_timeout(1000)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    for quality in range(85, 10, -5):
        file = io.BytesIO()
        shot.save(file, "WEBP", quality=quality, method=6)
        if file.tell() <= MOST_BYTES:
            break
    return file.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
