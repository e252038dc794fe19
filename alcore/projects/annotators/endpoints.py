"""Chat endpoints of the server: a file in the home folder lists them, so that no visitor chooses where data goes.

`endpoints.json` is an object of endpoints by name, each with the fields of `Endpoint`:

    {"local": {"base_url": "http://127.0.0.1:8080/v1", "model": "small", "key": "ALCORE_CHAT_KEY"}}
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FILE = "endpoints.json"
DEFAULT_PROMPT = (
    "Which class does this text belong to? Answer with the name of one class, exactly as it is written here, and "
    "nothing else.\n\nClasses: {classes}\n\nText:\n{text}"
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_KEY_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_VISIBLE = re.compile(r"[!-~]+")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Field -> least and greatest value.
_RANGES: Mapping[str, tuple[float, float]] = {
    "concurrency": (1, 32),
    "retries": (0, 10),
    "requests_per_minute": (0, 100_000),
    "timeout": (1, 600),
    "repeats": (1, 20),
    "max_tokens": (1, 10_000),
    "price_in": (0, 100_000),
    "price_out": (0, 100_000),
    "most_requests": (1, 10_000_000),
}


class EndpointError(ValueError):
    """An endpoint cannot be used; the message is a sentence, and contains neither a key nor an answer."""


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible chat endpoint.

    Attributes:
        name: of letters, digits, `.`, `-` and `_`.
        base_url: the address before `/chat/completions`; http is for this machine, or without a key.
        model: its name at the endpoint.
        key: the environment variable with the key, `ALCORE_..._KEY`; "" where none is needed. Never the key itself.
        prompt: the template: {text} and {classes} are replaced.
        concurrency: requests at a time.
        retries: tries after the first, with waits of 1, 2, 4, ... s between them, or as long as the endpoint says.
        requests_per_minute: the most that are sent; 0: no limit.
        timeout: seconds that an answer may take.
        repeats: how often each item is asked; the confidence is then the share of answers that agree.
        temperature: of sampling; None: 0, or 1 with repeats.
        max_tokens: of an answer.
        logprobs: whether log-probabilities are asked for, of which the confidence is then made.
        price_in: of a million tokens of prompts.
        price_out: of a million tokens of answers.
        currency: of both prices.
        most_requests: a sending of more is refused.
        options: further fields of the request; null leaves one out.
    """

    name: str
    base_url: str
    model: str
    key: str = ""
    prompt: str = DEFAULT_PROMPT
    concurrency: int = 4
    retries: int = 3
    requests_per_minute: int = 0
    timeout: float = 60.0
    repeats: int = 1
    temperature: float | None = None
    max_tokens: int = 16
    logprobs: bool = True
    price_in: float = 0.0
    price_out: float = 0.0
    currency: str = "USD"
    most_requests: int = 10_000
    options: Mapping[str, Any] = field(default_factory=dict)

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """The price of so many tokens of prompts and answers."""
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1e6


def read_endpoints(home: Path) -> dict[str, Endpoint]:
    """The endpoints that the server's file lists, by name; none without a file.

    Raises:
        EndpointError: the file cannot be read, or an entry is not as `Endpoint` describes.
    """
    path = home / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise EndpointError(f"{FILE} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError):
        # Not chained: the decoder's error holds the whole text, which may contain a key by mistake.
        raise EndpointError(f"{FILE} is no JSON.") from None
    if not isinstance(found, dict):
        raise EndpointError(f"{FILE} must hold an object of endpoints by name.")
    return {name: _endpoint(name, entry, f"{FILE}: {name[:60]!r}") for name, entry in found.items()}


def endpoint_of(home: Path, name: str) -> Endpoint:
    """The endpoint of this name.

    Raises:
        EndpointError: the server's file lists none of this name, or as `read_endpoints`.
    """
    known = read_endpoints(home)
    if name not in known:
        listed = ", ".join(known)[:200] or f"none; list them in {FILE} of the server's home folder"
        raise EndpointError(f"there is no endpoint {name[:60]!r}; there are: {listed}")
    return known[name]


def key_of(endpoint: Endpoint) -> str:
    """The key in the environment; "" where none is needed.

    Raises:
        EndpointError: the variable is not set, or its value cannot be sent.
    """
    if not endpoint.key:
        return ""
    key = os.environ.get(endpoint.key, "").strip()
    if not key:
        raise EndpointError(f"set the environment variable {endpoint.key} to the key of endpoint {endpoint.name!r}")
    if not _VISIBLE.fullmatch(key):
        raise EndpointError(f"the value of {endpoint.key} is no key: it has characters that cannot be sent")
    return key


def _endpoint(name: str, entry: Any, where: str) -> Endpoint:
    if not _NAME.fullmatch(name):
        raise EndpointError(f"{where} is no name: use letters, digits, '.', '-' and '_'.")
    if not isinstance(entry, dict):
        raise EndpointError(f"{where} must be an object.")
    known = {one.name: one.type for one in fields(Endpoint) if one.name != "name"}
    for key, value in entry.items():
        if key not in known:
            raise EndpointError(f"{where} has a field {key[:40]!r} that there is not; there are: {', '.join(known)}.")
        if not _fits(key, value, known[key]):
            low, high = _RANGES.get(key, (None, None))
            limits = "" if low is None else f", {low} to {high}"
            raise EndpointError(f"{where}: {key} must be of the type {_words(known[key])}{limits}.")
    for key in ("base_url", "model"):
        if not entry.get(key):
            raise EndpointError(f"{where} has no {key}.")
    made = Endpoint(name=name, **entry)
    _check_address(made, where)
    if made.key and not _names_a_key(made.key):
        # Not repeated: it may be a key.
        raise EndpointError(f"{where}: key must be the name of an environment variable such as ALCORE_CHAT_KEY.")
    check_prompt(made.prompt)
    return made


def _names_a_key(name: str) -> bool:
    """Whether it is `ALCORE_[A-Z0-9_]*KEY`; without a regular expression, whose search takes quadratic time."""
    return len(name) >= 10 and name.startswith("ALCORE_") and name.endswith("KEY") and _KEY_LETTERS.issuperset(name)


def check_prompt(prompt: str) -> None:
    """Refuse a template without the text.

    Raises:
        EndpointError: it lacks {text}.
    """
    if "{text}" not in prompt:
        raise EndpointError("the prompt lacks {text}, which stands for the item; {classes} stands for the classes")


def _check_address(endpoint: Endpoint, where: str) -> None:
    try:
        parts = urlsplit(endpoint.base_url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna")
        clean = _VISIBLE.fullmatch(endpoint.base_url) is not None and "@" not in parts.netloc
        good = parts.scheme in ("http", "https") and bool(host) and clean and not (parts.query or parts.fragment)
    except ValueError:
        good = False
    if not good:
        raise EndpointError(f"{where}: base_url must be like https://host/v1, without a name, password or query.")
    if endpoint.key and parts.scheme == "http" and host not in _LOOPBACK:
        raise EndpointError(f"{where}: a key is sent over https only, or to this machine.")


def _fits(key: str, value: Any, kind: Any) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    if kind is str:
        return isinstance(value, str)
    if kind is int or kind is float or key == "temperature":
        if key == "temperature" and value is None:
            return True
        right = isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
        low, high = _RANGES.get(key, (0, 2))
        return right and isfinite(value) and low <= value <= high
    return isinstance(value, dict)


def _words(kind: Any) -> str:
    return {str: "text", int: "integer", bool: "true or false", float: "number"}.get(kind, "number or object")
