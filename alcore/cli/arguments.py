"""Reading the words of a command line, and what is said where they cannot be used."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from alcore.runs.echo import cut

# More are no number of anything here, and Python does not print some thousands.
_DIGITS = 18


class UsageError(ValueError):
    """A word of the command cannot be used; the message is a sentence."""


class Parser(argparse.ArgumentParser):
    """A parser that repeats no more of a wrong word than anybody would read."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, without repeating a megabyte."""
        super().error(cut(message))


def refuse_unreadable(options: argparse.Namespace) -> None:
    """Refuse empty words, and bytes that are no text but for a path.

    Raises:
        UsageError: a word is one of these.
    """
    for name, words in vars(options).items():
        for word in words if isinstance(words, list) else [words]:
            if word == "" or word == Path():
                raise UsageError(f"{_called(name)} was empty; leave it out, or give it a value.")
            if isinstance(word, str) and name != "home" and not _is_text(word):
                raise UsageError(f"{_called(name)} was {word!r}, which is not UTF-8 text.")


def number(text: str) -> int:
    """A whole number of a size that can be printed.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        if len(text) <= _DIGITS:
            return int(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"was {cut(text)!r}; expected a whole number")


def _called(name: str) -> str:
    places = {"run_id": "RUN_ID", "runs": "RUN_ID", "preset": "PRESET", "number": "--round"}
    return places.get(name, f"--{name}")


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def refuse_overwriting(path: Path, *, force: bool) -> None:
    """Refuse a file that is there, unless it may be written over.

    Raises:
        UsageError: it is there, or it is a folder.
    """
    try:
        folder, there = path.is_dir(), path.exists() or path.is_symlink()
    except (OSError, ValueError):
        return  # such as a name that is too long: writing it says so
    if folder:
        raise UsageError(f"{path} is a folder. Name the file to write.")
    if there and not force:
        raise UsageError(f"{path} is there already. Choose another file, or write over it with --force.")


def assignment(text: str) -> tuple[str, str]:
    """Key and value of a word of `--set`.

    Raises:
        UsageError: there is no key.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"--set was {text!r}; expected key=value, for example --set epochs=5.")
    return key.strip(), value.strip()


def in_process(main: Callable[[], int]) -> int:
    """The exit code of `main`, whose streams may be closed, or read by somebody who leaves."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        # A terminal that cannot show a character of a path or a name shows its code.
        getattr(sys, name).reconfigure(errors="backslashreplace")
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has seen enough. What Python would still flush at its end has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return code
