"""Parsing of the values of controls in an address: a value, and a message if it was corrected."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pages.shared.address import last_of
from pages.shared.markdown import number as spoken
from pages.shared.markdown import plain, quoted

Number = TypeVar("Number", int, float)
Option = TypeVar("Option")
Value = TypeVar("Value")

_YES = {"true", "1", "yes", "on"}
_NO = {"false", "0", "no", "off"}
_NAMED, _LISTED = 3, 40


@dataclass(frozen=True)
class Reading(Generic[Value]):
    """A parsed parameter.

    Attributes:
        value: value of the control.
        texts: corrected values in the address.
        sentence: message in Markdown; None if the link was valid.
    """

    value: Value
    texts: list[str]
    sentence: str | None = None


def number(
    label: str, given: list[str], low: Number, high: Number, default: Number, *, step: Number | None = None
) -> Reading[Number]:
    """A number from `low` to `high`, an integer if `default` is.

    Args:
        label: of the control.
        given: all values in the address.
        low: smallest value.
        high: largest value.
        default: used if no value is a number.
        step: values are multiples of this step; None for any number.
    """
    text, doubt = last_of(given)
    if not text and doubt is None:
        return Reading(default, given)
    try:
        wish = float(text)
    except ValueError:
        wish = math.nan
    span = f"{spoken(low)} to {spoken(high)} are possible"
    if math.isnan(wish):
        trouble = doubt or f"the link asked for {quoted(text)}, which is not a number"
        return _told(label, f"{trouble}; {span}, so {spoken(default)} is used", default, str(default))
    used: Any = min(max(wish, low), high)
    if isinstance(default, int):
        used = round(used)
    elif step is not None:
        used = round(round(used / step) * step, 9)
    if used == wish and doubt is None:
        return Reading(used, [text])
    said = [doubt] if doubt is not None else []
    if used != wish:
        asked = spoken(wish) if math.isfinite(wish) and abs(wish) < 1e15 else quoted(text)
        possible = span if not low <= wish <= high else f"steps of {spoken(step or 1)} are possible"
        said.append(f"the link asked for {asked}; {possible}, so {spoken(used)} is used")
    return _told(label, "; ".join(said), used, str(used))


def option(
    label: str, given: list[str], options: Sequence[Option], default: Option, labels: Callable[[Option], str]
) -> Reading[Option]:
    """An option; a link gives the option or its label, in any case."""
    text, doubt = last_of(given)
    if not given:
        return Reading(default, given)
    known = _words(options, labels)
    if (found := _find(text, known) if text else None) is not None:
        used = options[found]
        return Reading(used, [labels(used)], None if doubt is None else f"**{plain(label)}:** {doubt}.")
    if not text and doubt is None:
        return Reading(default, [labels(default)])
    trouble = doubt if doubt is not None and not text else f"the link asked for {quoted(text)}"
    said = f"{trouble}; {_listed(options, labels)} are possible, so {_shown(labels(default))} is used"
    return _told(label, said, default, labels(default))


def several(
    label: str,
    given: list[str],
    options: Sequence[Option],
    default: Sequence[Option],
    labels: Callable[[Option], str],
) -> Reading[list[Option]]:
    """Several options, in the order of the link."""
    if not any(given):
        return Reading(list(default), given)
    known = _words(options, labels)
    found = [_find(text, known) for text in given]
    used = [options[one] for one in dict.fromkeys(found) if one is not None] or list(default)
    strangers = list(dict.fromkeys(text for text, one in zip(given, found, strict=True) if text and one is None))
    right = [labels(one) for one in used]
    if not strangers:
        return Reading(used, right)
    more = f" and {len(strangers) - _NAMED:,} more" if len(strangers) > _NAMED else ""
    said = (
        f"the link asked for {', '.join(map(quoted, strangers[:_NAMED]))}{more}; "
        f"{_listed(options, labels)} are possible, so {', '.join(map(_shown, right)) or 'none'} is used"
    )
    return Reading(used, right, f"**{plain(label)}:** {said}.")


def switch(label: str, given: list[str], default: bool) -> Reading[bool]:
    """On or off."""
    text, doubt = last_of(given)
    if not text and doubt is None:
        return Reading(default, given)
    word = text.strip().lower()
    if word in _YES | _NO:
        used = word in _YES
        return Reading(used, [str(used).lower()], None if doubt is None else f"**{plain(label)}:** {doubt}.")
    right = str(default).lower()
    trouble = doubt if doubt is not None and not text else f"the link asked for {quoted(text)}"
    return _told(label, f"{trouble}; true and false are possible, so {right} is used", default, right)


def line(label: str, given: list[str], default: str, most: int) -> Reading[str]:
    """A single line of at most `most` characters."""
    text, doubt = last_of(given)
    if not given or (not text and doubt is None):
        return Reading(default, given)
    if len(text) > most:
        doubt, text = f"the link gave {quoted(text)}; at most {most} characters are possible", ""
    if doubt is not None:
        used = text or default
        return _told(label, f"{doubt}; {_shown(used)} is used" if used else doubt, used, used)
    return Reading(text, [text])


def _told(label: str, said: str, value: Any, text: str) -> Reading[Any]:
    return Reading(value, [text], f"**{plain(label)}:** {said}.")


def _words(options: Sequence[Option], labels: Callable[[Option], str]) -> list[dict[str, int]]:
    """Accepted names of an option, in order of precedence: its label, the option itself, and both in lower case."""
    maps: list[dict[str, int]] = [{}, {}, {}]
    for place, one in enumerate(options):
        maps[0].setdefault(labels(one), place)
        maps[1].setdefault(str(one), place)
        maps[2].setdefault(labels(one).strip().lower(), place)
        maps[2].setdefault(str(one).strip().lower(), place)
    return maps


def _find(text: str, known: list[dict[str, int]]) -> int | None:
    names = (text, text, text.strip().lower())
    return next((words[name] for words, name in zip(known, names, strict=True) if name in words), None)


def _listed(options: Sequence[Option], labels: Callable[[Option], str]) -> str:
    more = f" and {len(options) - _LISTED:,} more" if len(options) > _LISTED else ""
    return ", ".join(_shown(labels(one)) for one in options[:_LISTED]) + more


def _shown(label: str) -> str:
    return plain(label if len(label) <= 60 else label[:59] + "…")
