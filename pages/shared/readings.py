"""Parsing of the values of controls in an address: a value, and a message if it was corrected."""

import difflib
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from alcore.short import first_of
from pages.shared.address import last_of
from pages.shared.markdown import number as spoken
from pages.shared.markdown import plain, quoted

Number = TypeVar("Number", int, float)
Option = TypeVar("Option")
Value = TypeVar("Value")

_YES = {"true", "1", "yes", "on"}
_NO = {"false", "0", "no", "off"}
# Longest list of options that a message repeats; of a longer one it names those nearest to what was asked for.
_NAMED, _LISTED, _COMPARED = 3, 10, 60


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
        return _corrected(label, f"{trouble}; {span}, so {spoken(default)} is used", default, str(default))
    used: Any = min(max(wish, low), high)
    if isinstance(default, int):
        used = round(used)
    elif step is not None:
        used = round(round(used / step) * step, 9)
    if used == wish and doubt is None:
        return Reading(used, [text])
    words = [doubt] if doubt is not None else []
    if used != wish:
        given_value = spoken(wish) if math.isfinite(wish) and abs(wish) < 1e15 else quoted(text)
        possible = span if not low <= wish <= high else f"steps of {spoken(step or 1)} are possible"
        words.append(f"the link asked for {given_value}; {possible}, so {spoken(used)} is used")
    return _corrected(label, "; ".join(words), used, str(used))


def option(label: str, given: list[str], options: Mapping[Option, str], default: Option) -> Reading[Option]:
    """An option; a link gives the option or its label, in any case."""
    text, doubt = last_of(given)
    if not given:
        return Reading(default, given)
    used = _find(text, options) if text else None
    if used is not None:
        return Reading(used, [options[used]], None if doubt is None else f"**{plain(label)}:** {doubt}.")
    if not text and doubt is None:
        return Reading(default, [options[default]])
    possible, near = _possible([text], options)
    # A name that is near is a hint only: it may be another option that was meant.
    so = f"but the default, {_shown(options[default])}," if near else f"so {_shown(options[default])}"
    words = f"{_rejected(text, doubt)}; {possible}, {so} is used"
    return _corrected(label, words, default, options[default])


def several(
    label: str,
    given: list[str],
    options: Mapping[Option, str],
    default: Sequence[Option],
    *,
    as_chosen: bool = False,
) -> Reading[list[Option]]:
    """Several options; a parameter without a value is none of them.

    Args:
        label: of the control.
        given: all values in the address.
        options: labels by value.
        default: used without a parameter, and if no value is an option.
        as_chosen: in the order of the link, not in that of the options.
    """
    if not given:
        return Reading(list(default), given)
    if not any(given):
        return Reading([], [""])
    found = {text: _find(text, options) for text in given}
    used = list(dict.fromkeys(value for value in found.values() if value is not None)) or list(default)
    if not as_chosen:
        used = in_order(used, options)
    unknown = [text for text, value in found.items() if text and value is None]
    right = [options[value] for value in used]
    if not unknown:
        return Reading(used, right)
    possible, near = _possible(unknown[:_NAMED], options)
    words = (
        f"the link asked for {first_of([quoted(text) for text in unknown], _NAMED)}; "
        f"{possible}, {'but' if near else 'so'} {_used(right)} used"
    )
    return Reading(used, right, f"**{plain(label)}:** {words}.")


def in_order(chosen: Collection[Option], options: Iterable[Option]) -> list[Option]:
    """The options that are chosen, in the order of the options; what is no option comes last."""
    listed = list(options)
    return [*(one for one in listed if one in chosen), *(one for one in chosen if one not in listed)]


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
    words = f"{_rejected(text, doubt)}; true and false are possible, so {right} is used"
    return _corrected(label, words, default, right)


def line(label: str, given: list[str], default: str, most: int) -> Reading[str]:
    """A single line of at most `most` characters."""
    text, doubt = last_of(given)
    if not given or (not text and doubt is None):
        return Reading(default, given)
    if len(text) > most:
        doubt, text = f"the link gave {quoted(text)}; at most {most} characters are possible", ""
    if doubt is not None:
        used = text or default
        return _corrected(label, f"{doubt}; {_shown(used)} is used" if used else doubt, used, used)
    return Reading(text, [text])


def _corrected(label: str, words: str, value: Any, text: str) -> Reading[Any]:
    return Reading(value, [text], f"**{plain(label)}:** {words}.")


def _rejected(text: str, doubt: str | None) -> str:
    """Why the value of a link is not used: the sentence of `last_of`, or that there is no such option."""
    return doubt if doubt is not None and not text else f"the link asked for {quoted(text)}"


def _find(text: str, options: Mapping[Option, str]) -> Option | None:
    """The option that a text names: by its label, else by itself, else by either of them in any case."""
    lower = text.strip().lower()
    matches: tuple[Callable[[Option], bool], ...] = (
        lambda value: options[value] == text,
        lambda value: str(value) == text,
        lambda value: lower in (options[value].strip().lower(), str(value).strip().lower()),
    )
    return next((value for fits in matches for value in options if fits(value)), None)


def _used(labels: list[str]) -> str:
    """Options and their verb: the first of many, and how many more there are."""
    most = _NAMED if len(labels) > _NAMED + 1 else len(labels)
    return f"{first_of([*map(_shown, labels)], most) or 'none'} {'are' if len(labels) > 1 else 'is'}"


def _possible(asked: list[str], options: Mapping[Any, str]) -> tuple[str, bool]:
    """What a message says of the options, none of which is `asked`, and whether it names those that are near."""
    if len(options) <= _LISTED:
        return f"{', '.join(map(_shown, options.values()))} are possible", False
    near = [_shown(label) for label in _nearest(asked, options)]
    if not near:
        return f"the list has {len(options):,} options", False
    return f"of {len(options):,} options the nearest {'are' if len(near) > 1 else 'is'} {', '.join(near)}", True


def _nearest(asked: list[str], options: Mapping[Any, str]) -> list[str]:
    """Labels of up to three options that are named much as `asked`, as a whole or by a word."""
    named: dict[str, list[str]] = {}
    for value, label in options.items():
        for name in {str(value).lower(), label.lower(), *label.lower().split()}:
            named.setdefault(name, []).append(label)
    near = (difflib.get_close_matches(text.strip().lower()[:_COMPARED], named, n=_NAMED) for text in asked)
    return list(dict.fromkeys(label for names in near for name in names for label in named[name]))[:_NAMED]


def _shown(label: str) -> str:
    return plain(label if len(label) <= 60 else label[:59] + "…")
