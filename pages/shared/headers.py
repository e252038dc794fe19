"""Additional headers of every response."""

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from pages.shared.preloads import preload_links
from pages.shared.unknown_paths import UnknownPaths

# Other sites may not embed the dashboard in a frame, where a click on something else could start or delete a run; the
# older header is for old browsers. A file has its declared type, regardless of its first bytes. The address of a
# screen, which holds its settings, is not sent as a referrer.
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_LINKS = preload_links(Path(get_static_dir()))


class Headers:
    """Adds missing `HEADERS` to HTTP responses, and to pages what the browser is to load beside them."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on, with the headers added to responses."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                # A file that is taken home may be a page as well, but not one of the dashboard.
                ours = "/media/" not in scope["path"] and headers.get("content-type", "").startswith("text/html")
                if _LINKS and ours:
                    headers.setdefault("Link", _LINKS)
            await send(message)

        await self.app(scope, receive, sent if scope["type"] == "http" else send)


MIDDLEWARE = [Middleware(Headers), Middleware(UnknownPaths)]
