"""Style sheets of the screens: what a change of the page makes the browser compute anew."""

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[1] / "pages"
_RULE = re.compile(r"(?:^|[{}])\s*([^{}@]+?)\s*\{", re.MULTILINE)


def page_wide(css: str) -> list[str]:
    """Selectors of which each change under an element with `:has()` invalidates every element in it."""
    found = []
    for rule in _RULE.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        # Commas and spaces within brackets are part of a compound selector.
        flat = re.sub(r"\([^()]*\)", lambda one: re.sub(r"[,\s>+~]", "_", one[0]), rule)
        for selector in flat.split(","):
            *around, last = selector.split() or [""]
            if any(":has(" in one for one in around) and not re.search(r"[.#][\w-]", re.sub(r"\(.*\)", "", last)):
                found.append(selector.strip())
    return found


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.css")), ids=lambda path: path.name)
def test_a_change_of_the_page_does_not_recalculate_the_style_of_all_of_it(path: Path) -> None:
    assert page_wide(path.read_text(encoding="utf-8")) == []


def test_the_check_tells_a_class_from_an_attribute() -> None:
    assert page_wide('body:has(.a[b]) [class*="c"] { d: e; }') == ['body:has(.a[b]) [class*="c"]']
    assert page_wide("body:has(.a) .c::before, .c:has(> p) { d: e; }") == []
    assert page_wide("@media (x: y) { .a:has(.b) > p { d: e; } }") == [".a:has(.b) > p"]
