"""Addresses of screens that do not exist lead home, where a sentence says so."""

from pathlib import Path, PurePosixPath
from urllib.parse import quote

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

# Parameter of the home screen: the path that was asked for, at most so many characters of it.
ABSENT, _MOST = "absent", 200
SCREENS = frozenset(path.stem for path in Path(__file__).parents[1].glob("*.py"))
# First parts of the server's own paths, beside those that begin with an underscore.
_OWN = {"app", "auth", "component", "healthz", "media", "oauth2callback", "script-health-check", "static", "vendor"}


class UnknownPaths:
    """Redirects a browser that opens an unknown screen to the home screen."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass all other requests on."""
        place = redirect_of(scope) if scope["type"] == "http" else None
        if place is None:
            await self.app(scope, receive, send)
            return
        headers = [(b"location", place.encode("ascii")), (b"content-length", b"0"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def redirect_of(scope: Scope) -> str | None:
    """Where a request is sent, relative to its own address; None if it is answered as it is."""
    if scope["method"] != "GET" or "text/html" not in Headers(scope=scope).get("accept", ""):
        return None
    base = str(st.config.get_option("server.baseUrlPath") or "").strip("/")
    asked = scope["path"].lstrip("/").removeprefix(base).lstrip("/") if base else scope["path"].lstrip("/")
    name = asked.strip("/")
    first, last = name.partition("/")[0], name.rpartition("/")[2]
    if not name or name in SCREENS or first.startswith("_") or first in _OWN or PurePosixPath(last).suffix:
        return None
    # Relative: a proxy before the server may have taken away a part of the path.
    return f"{'../' * asked.count('/') or './'}?{ABSENT}={quote(name[:_MOST], safe='')}"
