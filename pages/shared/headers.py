"""Additional headers of every response."""

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class Headers:
    """Adds missing `HEADERS` to HTTP responses."""

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
            await send(message)

        await self.app(scope, receive, sent if scope["type"] == "http" else send)


MIDDLEWARE = [Middleware(Headers), Middleware(UnknownPaths)]
