"""What every response of the server says, and what its settings keep from strangers."""

import asyncio
import tomllib
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from streamlit.file_util import get_static_dir
from streamlit.web.server.app_discovery import discover_asgi_app

from pages.shared.headers import HEADERS, MIDDLEWARE
from pages.shared.preloads import PARTS, preload_links

ROOT = Path(__file__).resolve().parents[2]


def test_streamlit_run_finds_the_application() -> None:
    found = discover_asgi_app(ROOT / "dashboard.py")
    assert found.is_asgi_app and found.import_string == "dashboard:app"


def test_every_response_has_the_headers_and_keeps_its_own() -> None:
    def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok", headers={"Referrer-Policy": "no-referrer", "X-Own": "1"})

    app = Starlette(routes=[Route("/", answer)], middleware=MIDDLEWARE)
    for path, status in (("/", 200), ("/absent", 404)):
        # A browser test before this one may have left a loop running in the main thread.
        with ThreadPoolExecutor(1) as pool:
            found, headers = pool.submit(asyncio.run, asked(app, path)).result()
        own = {"Referrer-Policy": "no-referrer", "X-Own": "1"} if status == 200 else {}
        assert found == status
        assert {name: headers[name] for name in HEADERS | own} == HEADERS | own


def test_parts_are_announced_with_the_dashboard_and_with_no_other_page() -> None:
    def page(request: Request) -> HTMLResponse:
        return HTMLResponse("<p>")

    def script(request: Request) -> PlainTextResponse:
        return PlainTextResponse("1", media_type="text/javascript")

    routes = [Route("/arena", page), Route("/media/race.html", page), Route("/static/js/index.js", script)]
    app = Starlette(routes=routes, middleware=MIDDLEWARE)
    for path, announced in (("/arena", True), ("/media/race.html", False), ("/static/js/index.js", False)):
        with ThreadPoolExecutor(1) as pool:
            status, headers = pool.submit(asyncio.run, asked(app, path)).result()
        assert status == 200 and ("Link" in headers) == announced, path


async def asked(app: Starlette, path: str) -> tuple[int, Headers]:
    """Status and headers of a GET."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    await app(scope, receive, send)
    return sent[0]["status"], Headers(raw=sent[0]["headers"])


def test_settings_that_protect_readers() -> None:
    told = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    server = told["server"]
    assert server["enableXsrfProtection"] and server["enableCORS"] and server["address"] == "127.0.0.1"
    assert not server["enableStaticServing"] and not server["enableAgentApi"]
    assert told["client"]["showErrorDetails"] == "none" and not told["browser"]["gatherUsageStats"]


def test_the_parts_and_what_they_import_are_announced_unless_the_page_names_them(tmp_path: Path) -> None:
    scripts = tmp_path / "static" / "js"
    scripts.mkdir(parents=True)
    (tmp_path / "index.html").write_text('<script src="./static/js/index.A1.js"></script>')
    (scripts / "BidiComponent.X-1.js").write_text('import{a}from"./big.Y2.js";import"./index.A1.js";')
    (scripts / "big.Y2.js").write_text('import{b}from"./BidiComponent.X-1.js"')
    (scripts / "Html.Z3.js").write_text('import"./big.Y2.js"')
    named = [link.split(">")[0].removeprefix("<./static/js/") for link in preload_links(tmp_path).split(", ")]
    assert sorted(named) == ["BidiComponent.X-1.js", "Html.Z3.js", "big.Y2.js"]
    assert preload_links(tmp_path / "absent") == ""


def test_the_streamlit_that_is_installed_has_the_parts() -> None:
    links = preload_links(Path(get_static_dir()))
    assert all(f"/{part}." in links for part in PARTS) and links.count("rel=modulepreload") < 20
