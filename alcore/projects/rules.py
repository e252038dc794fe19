"""Keyword and regular-expression rules that name a class; each rule runs in a process of its own with a time limit."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

SECONDS = 10.0
MOST_RULES, LONGEST = 200, 500
# A pattern may take exponential time, which Python's `re` cannot interrupt: a process can be ended.
_PROGRAM = """
import json, re, sys
pattern, texts = json.load(sys.stdin)
found = re.compile(pattern, re.IGNORECASE)
json.dump([number for number, text in enumerate(texts) if found.search(text)], sys.stdout)
"""


@dataclass(frozen=True)
class Rule:
    """Items whose text matches a pattern are of a class.

    Attributes:
        label: the class.
        pattern: a regular expression, searched without regard to capitals.
        line: its line in the file of rules.
    """

    label: str
    pattern: str
    line: int


def read_rules(text: str, classes: Sequence[str]) -> list[Rule]:
    """Rules of a text, one a line: `class: keyword`, or `class: /regular expression/`; `#` begins a comment.

    Raises:
        ValueError: with the line: it is no rule, names no class, or its expression is not one; or there are too many.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        label, colon, words = (part.strip() for part in line.partition(":"))
        if not colon or not words:
            raise ValueError(f"line {number} is no rule: write 'class: keyword' or 'class: /regular expression/'")
        if label not in classes:
            raise ValueError(f"line {number} names {label[:40]!r}, which is no class: {', '.join(classes)[:200]}")
        if len(words) > LONGEST:
            raise ValueError(f"the pattern of line {number} has more than {LONGEST} characters")
        is_pattern = len(words) > 2 and words[0] == words[-1] == "/"
        pattern = words[1:-1] if is_pattern else rf"(?<!\w){re.escape(words)}(?!\w)"
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"line {number} is no regular expression: {error}") from error
        found.append(Rule(label, pattern, number))
    if not found or len(found) > MOST_RULES:
        raise ValueError(f"give 1 to {MOST_RULES} rules, got {len(found)}")
    return found


def labels_by_rules(rules: Sequence[Rule], texts: Sequence[str], *, seconds: float = SECONDS) -> list[str | None]:
    """The class of the first rule that matches each text; None where none does.

    Raises:
        ValueError: a rule takes longer than its time.
    """
    labels: list[str | None] = [None] * len(texts)
    for rule in rules:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", _PROGRAM],
                input=json.dumps([rule.pattern, list(texts)]),
                capture_output=True,
                text=True,
                timeout=seconds,
                check=True,
            )
        except subprocess.TimeoutExpired as error:
            raise ValueError(
                f"the rule of line {rule.line} takes longer than {seconds:.0f} s: write a simpler expression"
            ) from error
        except (subprocess.CalledProcessError, OSError) as error:
            raise ValueError(f"the rule of line {rule.line} could not be run") from error
        for number in json.loads(done.stdout):
            labels[number] = labels[number] or rule.label
    return labels
