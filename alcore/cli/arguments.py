"""Parsing and validation of command-line arguments."""

import argparse
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

# Largest length of a message; words of 200 characters or more (a path may be long) are cut to 60.
WHOLE = 2000
_LONG_WORD = re.compile(r"\S{200,}")
_KEPT = 60


class UsageError(ValueError):
    """An invalid argument; the message is a sentence."""


class Parser(argparse.ArgumentParser):
    """A parser that raises `UsageError` instead of ending the program."""

    def error(self, message: str) -> NoReturn:
        """Raise the error, with the usage of the command."""
        raise UsageError(f"{self.format_usage()}{self.prog}: error: {message}")


def text(word: str) -> str:
    """An argument that is not empty and is UTF-8 text.

    Raises:
        argparse.ArgumentTypeError: for any other argument.
    """
    try:
        word.encode()
    except UnicodeEncodeError as error:
        raise argparse.ArgumentTypeError(f"{word!r} is not UTF-8 text") from error
    if not word:
        raise argparse.ArgumentTypeError("was empty; leave it out, or give it a value")
    return word


def path(word: str) -> Path:
    """A path, in any encoding.

    Raises:
        argparse.ArgumentTypeError: if it is empty.
    """
    return Path(word or text(word))


def assignment(word: str) -> tuple[str, str]:
    """Key and value of an argument of `--set`.

    Raises:
        argparse.ArgumentTypeError: if the key is missing.
    """
    key, equals, value = text(word).partition("=")
    if not equals or not key.strip():
        raise argparse.ArgumentTypeError(f"was {word!r}; expected key=value, for example --set epochs=5")
    return key.strip(), value.strip()


def cut(message: str) -> str:
    """A message in which overlong words are cut to their beginning and their length.

    A number of 5,000 digits or a name of a megabyte is shortened to 60 characters; bytes of a path that are not text
    are written as escapes, so that every stream can print them.
    """
    message = message.encode(errors="backslashreplace").decode()
    shorter = _LONG_WORD.sub(lambda word: _cut(word.group(), _KEPT), message)
    return shorter if len(shorter) <= WHOLE else _cut(shorter, WHOLE)


def in_process(main: Callable[[], int]) -> int:
    """The exit code of `main`; its streams may be closed, or their reader may exit early."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        # Characters that the terminal's encoding lacks are written as escapes.
        getattr(sys, name).reconfigure(errors="backslashreplace")
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, such as `| head`, has exited: Python's final flush goes to the null device.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _cut(text: str, kept: int) -> str:
    return f"{text[:kept]}... ({len(text):,} characters)"
