"""Every regular expression of the project, and how much work one is on hostile text.

`python -m tests.support.patterns` reads patterns as JSON from its standard input and prints the worst growth of each.
"""

import ast
import json
import re
import sys
import time
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHORT, LONG = 2_000, 100_000
# Ratios up to here need no second look.
LINEAR = 200
SIGNS = "b1 a0,.-+e:;%<&(\n\x00\xe9"
ENDS = ("", "!", "\n\n\x01")
_CATEGORIES = {
    f"CATEGORY_{no}{name}": pattern
    for name, letter in (("DIGIT", "d"), ("SPACE", "s"), ("WORD", "w"))
    for no, pattern in (("", f"\\{letter}"), ("NOT_", f"\\{letter.upper()}"))
}
_PARSER: Any = import_module("re._parser")  # reads a pattern into its parts
# The time below which a measurement says nothing.
LEAST_SECONDS = 1e-4
# Patterns that a person writes: compiled here to be refused if they are none, and run in a process with a time limit.
_WRITTEN_BY_PEOPLE = {"alcore/projects/rules.py"}
_FUNCTIONS = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
_JS_CALL = re.compile(r"\.(?:match|matchAll|replace|replaceAll|split|search)\(\s*/|=\s*/(?=[^/*\s])|\(\s*/(?=[^/*\s])")


def python_patterns() -> Iterator[tuple[str, str | bytes, int]]:
    """Where each stands, the pattern, and its flags."""
    for path in [
        ROOT / "dashboard.py",
        *sorted((ROOT / "alcore").rglob("*.py")),
        *sorted((ROOT / "pages").rglob("*.py")),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
                continue
            if node.func.attr not in _FUNCTIONS:
                continue
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            pattern = node.args[0]
            if not isinstance(pattern, ast.Constant) and str(path.relative_to(ROOT)) in _WRITTEN_BY_PEOPLE:
                continue
            assert isinstance(pattern, ast.Constant), f"{where}: write the pattern out, so that it can be checked"
            assert isinstance(pattern.value, str | bytes)
            names = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
            flags = sum(getattr(re, name) for name in names & set(re.RegexFlag.__members__))
            yield where, pattern.value, int(flags)


def script_patterns() -> Iterator[tuple[str, str]]:
    """Where each regular expression of a script stands, and its source, which Python reads alike."""
    found = [
        path
        for folder in ("alcore", "pages")
        for ending in ("js", "html")
        for path in (ROOT / folder).rglob(f"*.{ending}")
    ]
    for path in sorted(found):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert "new RegExp" not in line, f"{path}:{number}: write the expression out, so that it can be checked"
            for call in _JS_CALL.finditer(line):
                yield f"{path.relative_to(ROOT)}:{number}", _literal(line[call.end() :])


def _literal(text: str) -> str:
    """Up to the slash that ends the expression: not one after a backslash or inside brackets."""
    inside = False
    escaped = False
    for place, sign in enumerate(text):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign in "[]":
            inside = sign == "["
        elif sign == "/" and not inside:
            return text[:place]
    raise AssertionError(f"no end of the expression in {text!r}")


def growth(pattern: str | bytes, flags: int = 0) -> tuple[float, str]:
    """The largest ratio of the work on 100,000 characters to that on 2,000, and the text that gives it.

    Work that is proportional to the length gives about 50, quadratic work about 2,500.
    """
    compiled = re.compile(pattern, flags)
    as_text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    ways = (
        compiled.search,
        compiled.fullmatch,
        partial(compiled.sub, "" if isinstance(pattern, str) else b""),
    )
    worst = (0.0, "")
    for start, middle, end in hostile(as_text):
        texts = [_text(start, middle, end, length) for length in (SHORT, LONG)]
        given = texts if isinstance(pattern, str) else [text.encode("latin-1") for text in texts]
        for way in ways:
            ratio = _ratio(way, *given)
            if ratio > LINEAR:  # measured again before it counts: the machine may have been busy
                ratio = min(ratio, *(_ratio(way, *given) for _ in range(3)))
            worst = max(worst, (ratio, f"{start!r} + {middle!r} * n + {end!r}"))
    return worst


def _ratio(way, short, long) -> float:
    return _seconds(way, long) / max(min(_seconds(way, short) for _ in range(3)), LEAST_SECONDS)


def _seconds(way, text) -> float:
    started = time.process_time()
    way(text)
    return time.process_time() - started


def _text(start: str, middle: str, end: str, length: int) -> str:
    return start + middle * ((length - len(start) - len(end)) // len(middle)) + end


def hostile(pattern: str) -> list[tuple[str, str, str]]:
    """Starts, repeated middles and ends of texts that a pattern begins to fit, again and again."""
    found = [("", sign, "") for sign in SIGNS]
    for start, middle in _repeats(_PARSER.parse(pattern), ""):
        for end in ENDS:
            found.append((start, middle, end))
            found.append(("", start + middle, end))
            # A start that fits, again and again, each time to the end of the text.
            found.append(("", start or middle, middle + end))
    return list(dict.fromkeys(found))


def _repeats(parts, start: str) -> Iterator[tuple[str, str]]:
    """What fits before each part that may be repeated, and what fits the part itself."""
    for kind, value in parts:
        name = str(kind)
        if name.endswith("_REPEAT"):
            fewest, most, body = value
            if most > 1:
                yield from ((start, one) for one in _samples(body) if one)
            yield from _repeats(body, start)
        elif name == "SUBPATTERN":
            yield from _repeats(value[-1], start)
        elif name == "BRANCH":
            for way in value[1]:
                yield from _repeats(way, start)
        start += _samples([(kind, value)])[0]


def _samples(parts) -> list[str]:
    """A few of the shortest texts that fit, the first of them the plainest."""
    samples = [""]
    for kind, value in parts:
        samples = [before + more for before in samples[:3] for more in _fitting(str(kind), value)]
    return samples[:4]


def _fitting(name: str, value) -> list[str]:
    if name == "LITERAL":
        return [chr(value)]
    if name.endswith("_REPEAT"):
        fewest, _, body = value
        return [one * max(fewest, 0) for one in _samples(body)] if fewest else [""]
    if name == "SUBPATTERN":
        return _samples(value[-1])
    if name == "BRANCH":
        return [one for way in value[1] for one in _samples(way)]
    if name in ("IN", "NOT_LITERAL", "ANY"):
        found = [sign for sign in SIGNS if _fits(sign, name, value)][:3]
        # Of a set without such a sign its first letter, or the first of its first range.
        first = 0 if found else value[0][1]
        return found or [chr(first if isinstance(first, int) else first[0])]
    return [""]  # a place in the text, which takes none of it


def _fits(sign: str, name: str, value) -> bool:
    if name == "ANY":
        return sign != "\n"
    if name == "NOT_LITERAL":
        return ord(sign) != value
    negated, fits = False, False
    for kind, part in value:
        if str(kind) == "NEGATE":
            negated = True
        elif str(kind) == "LITERAL":
            fits = fits or ord(sign) == part
        elif str(kind) == "RANGE":
            fits = fits or part[0] <= ord(sign) <= part[1]
        else:  # a category
            fits = fits or bool(re.match(_CATEGORIES[str(part)], sign))
    return fits != negated


if __name__ == "__main__":
    for one, flags in json.load(sys.stdin):
        print(json.dumps(growth(one, flags)), flush=True)
