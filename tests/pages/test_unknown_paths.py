"""Which addresses lead home, and what the home screen says then."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.unknown_paths import redirect_of

HTML = [(b"accept", b"text/html,application/xhtml+xml")]


def scope(path: str, headers: list[tuple[bytes, bytes]] = HTML, method: str = "GET") -> dict[str, object]:
    return {"type": "http", "method": method, "path": path, "headers": headers}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/nonsense", "./?absent=nonsense"),
        ("/nonsense/", "../?absent=nonsense"),
        ("/a/b/c", "../../?absent=a%2Fb%2Fc"),
        ("/arena/else", "../?absent=arena%2Felse"),
        ("/Arena", "./?absent=Arena"),
        ("/arena.", "./?absent=arena."),
        ("/ä\r\nx", "./?absent=%C3%A4%0D%0Ax"),
    ],
)
def test_unknown_screens_lead_home(path: str, place: str) -> None:
    assert redirect_of(scope(path)) == place


@pytest.mark.parametrize(
    "path",
    ["/", "/arena", "/arena/", "/settings", "/static/js/x.js", "/favicon.png", "/_stcore/health", "/media/abc"],
)
def test_screens_and_files_are_answered_as_they_are(path: str) -> None:
    assert redirect_of(scope(path)) is None


def test_only_a_browser_that_opens_a_page_is_led() -> None:
    assert redirect_of(scope("/nonsense", [])) is None
    assert redirect_of(scope("/nonsense", method="POST")) is None


def test_home_names_the_address_and_the_nearest_screen(open_screen: Callable[..., AppTest]) -> None:
    for given, meant in (("tournamnt", "Tournament"), ("Batch_explorer", "Batch explorer"), ("zzz", "")):
        at = open_screen(absent=given)
        assert not at.exception and not at.warning
        said = [one.value for one in at.markdown if "There is no screen" in one.value]
        assert len(said) == 1 and ("Did you mean this one?" in said[0]) == bool(meant)
