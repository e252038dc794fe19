"""External text in Markdown: signs stay signs, addresses stay text."""

import re

import pytest

from pages.shared.markdown import number, plain

JOINER = "\N{WORD JOINER}"


@pytest.mark.parametrize(
    "text", ["http://example.org", "see HTTPS://example.org/a", "ftp://x.org", "www.example.org", "a.b+c@example.org"]
)
def test_no_address_is_a_link(text: str) -> None:
    shown = re.sub(r"\\(.)", r"\1", plain(text))  # what is left once Markdown is read
    assert shown.replace(JOINER, "") == text
    # The signs by which GitHub's Markdown finds an address: none is whole.
    assert not re.search(r"(https?|ftp)://|www\.|[\w.+-]@[\w.]", shown, re.IGNORECASE)


def test_other_text_is_unchanged_but_for_its_signs() -> None:
    assert plain("a @ b: 3 * 4 [x]") == r"a @ b\: 3 \* 4 \[x\]"
    assert JOINER not in plain("the http protocol, www and mail")


def test_a_number_below_zero_has_the_typographic_minus() -> None:
    assert number(-1000) == "−1,000" and number(-0.5) == "−0.5" and number(1000.0) == "1,000"
