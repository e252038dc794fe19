"""Long work is on screen while it lasts, ends when the reader moves on, and no other site frames it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from playwright.sync_api import expect

from tests.browser.support.harness import Server, Watched, still

SMALL = "arena_rounds=20&arena_paired=1"
PATIENCE = 60_000


def test_a_race_shows_its_progress_and_ends_when_left(held_server: Server, page: Watched) -> None:
    browser_page, held = page.page, held_server.home / "HELD"
    bar = browser_page.get_by_test_id("stProgress")
    held.touch()
    browser_page.goto(f"{held_server.url}/arena?{SMALL}")
    expect(bar).to_contain_text("Running the race.", timeout=PATIENCE)
    # A control: the old race ends, and the new one is drawn.
    rounds = browser_page.get_by_test_id("stSlider").filter(has_text="Rounds").locator("input[type=range]")
    rounds.focus(timeout=PATIENCE)
    rounds.press("Home")
    browser_page.wait_for_url(re.compile(r"arena_rounds=1(&|$)"), timeout=PATIENCE)
    expect(bar).to_contain_text("Running the race.", timeout=PATIENCE)
    held.unlink()
    expect(browser_page.get_by_text("Look closer")).to_be_visible(timeout=PATIENCE)
    expect(bar).to_have_count(0, timeout=PATIENCE)
    # Another page: it is there although the race would never end, and nothing of it comes after.
    held.touch()
    rounds.focus()
    rounds.press("End")
    expect(bar).to_contain_text("Running the race.", timeout=PATIENCE)
    browser_page.get_by_role("link", name="Strategy atlas").click()
    expect(browser_page.get_by_role("heading", name="Strategy atlas")).to_be_visible(timeout=PATIENCE)
    held.unlink()
    expect(browser_page.get_by_text("Race it in the arena").first).to_be_visible(timeout=PATIENCE)
    still(browser_page)
    expect(bar).to_have_count(0)
    page.assert_clean()


class _Framing(BaseHTTPRequestHandler):
    """Another site, which shows the dashboard in a frame."""

    framed = ""

    def do_GET(self) -> None:  # noqa: N802
        content = f'<iframe src="{self.framed}" width="900" height="700"></iframe>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def framing(url: str) -> Iterator[str]:
    handler = type("Framing", (_Framing,), {"framed": url})
    with HTTPServer(("127.0.0.1", 0), handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}/"
        site.shutdown()


def test_another_site_cannot_frame_the_dashboard(server: Server, page: Watched) -> None:
    browser_page = page.page
    with (
        framing(f"{server.url}/") as other,
        browser_page.expect_event("console", lambda said: "frame-ancestors" in said.text, timeout=PATIENCE),
    ):
        browser_page.goto(other)
    assert not browser_page.frames[1].url.startswith(server.url)
    # Its own pages open as ever.
    browser_page.goto(server.url)
    expect(browser_page.get_by_role("heading", name="Active learning lab")).to_be_visible(timeout=PATIENCE)
