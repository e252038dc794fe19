"""Parsing and validation of command-line arguments."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from alcore.runs.echo import cut

# Longest number in digits; larger numbers are never valid, and Python refuses to print several thousand digits.
_DIGITS = 18


class UsageError(ValueError):
    """An invalid argument; the message is a sentence."""


class Parser(argparse.ArgumentParser):
    """A parser that shortens invalid arguments in its error messages."""

    def error(self, message: str) -> NoReturn:
        """Report the error, with long words shortened."""
        super().error(cut(message))


def refuse_unreadable(options: argparse.Namespace) -> None:
    """Reject empty arguments, and arguments that are not UTF-8 text unless they are paths.

    Raises:
        UsageError: for such an argument.
    """
    for name, words in vars(options).items():
        for word in words if isinstance(words, list) else [words]:
            if word == "" or word == Path():
                raise UsageError(f"{_called(name)} was empty; leave it out, or give it a value.")
            if isinstance(word, str) and name != "home" and not _is_text(word):
                raise UsageError(f"{_called(name)} was {word!r}, which is not UTF-8 text.")


def number(text: str) -> int:
    """An integer of at most `_DIGITS` characters.

    Raises:
        argparse.ArgumentTypeError: for any other text.
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
    """Reject an existing file, unless overwriting is allowed.

    Raises:
        UsageError: if the file exists and may not be overwritten, or is a folder.
    """
    try:
        folder, there = path.is_dir(), path.exists() or path.is_symlink()
    except (OSError, ValueError):
        return  # for example if the name is too long: writing reports the error
    if folder:
        raise UsageError(f"{path} is a folder. Name the file to write.")
    if there and not force:
        raise UsageError(f"{path} is there already. Choose another file, or write over it with --force.")


def assignment(text: str) -> tuple[str, str]:
    """Key and value of an argument of `--set`.

    Raises:
        UsageError: if the key is missing.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"--set was {text!r}; expected key=value, for example --set epochs=5.")
    return key.strip(), value.strip()


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
