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
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.web.server.app_discovery import discover_asgi_app

from pages.shared.headers import HEADERS, MIDDLEWARE

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
