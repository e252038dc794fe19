"""One request to a chat endpoint: tries, waits and a pace that all requests of a sending share."""

import http.client
import json
import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from alcore.projects.annotators.endpoints import Endpoint, EndpointError

LARGEST = 1_000_000
# Seconds before the first retry, doubled each time; and the longest wait that an endpoint may ask for.
FIRST_WAIT = 1.0
MOST_WAIT = 120.0
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
# Refused for reasons that are the same for every item.
_NEVER = frozenset({401, 402, 403, 404, 405})


class Refusal(EndpointError):
    """The endpoint refuses this one request; another try would not help."""


class Fatal(EndpointError):
    """The endpoint would refuse every request."""


class _Again(Exception):
    """This try failed, another may not."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Halted(Exception):
    """The sending ended before this request was made."""


@dataclass(frozen=True)
class Reply:
    """An answer.

    Attributes:
        text: what the model says.
        probability: of this text, from log-probabilities; None where there are none.
        tokens_in: of the prompt; None where the endpoint does not say.
        tokens_out: of the answer; None where the endpoint does not say.
    """

    text: str
    probability: float | None
    tokens_in: int | None
    tokens_out: int | None


class Pace:
    """When the next request may be sent; shared by all threads of a sending.

    Args:
        per_minute: the most requests; 0: no limit.
    """

    def __init__(self, per_minute: int = 0) -> None:
        self.stop = threading.Event()
        self._between = 60 / per_minute if per_minute else 0.0
        self._lock = threading.Lock()
        self._next = 0.0
        self._paused_until = 0.0

    def wait(self) -> None:
        """Wait for this request's turn.

        Raises:
            Halted: the sending ends.
        """
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._between
        while (left := max(turn, self._paused_until) - time.monotonic()) > 0:
            self.sleep(left)
        if self.stop.is_set():
            raise Halted

    def sleep(self, seconds: float) -> None:
        """Wait, unless the sending ends.

        Raises:
            Halted: it ends.
        """
        if self.stop.wait(seconds):
            raise Halted

    def pause(self, seconds: float) -> None:
        """Send nothing for so long."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)


def body_of(endpoint: Endpoint, prompt: str) -> dict[str, Any]:
    """The request for a prompt."""
    temperature = endpoint.temperature if endpoint.temperature is not None else float(endpoint.repeats > 1)
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [{"role": "user", "content": prompt}],
        "temperature": temperature,
        "max_tokens": endpoint.max_tokens,
    }
    if endpoint.logprobs:
        body["logprobs"] = True
    return {name: value for name, value in (body | dict(endpoint.options)).items() if value is not None}


def ask_once(endpoint: Endpoint, key: str, body: Mapping[str, Any], pace: Pace) -> Reply:
    """The answer to a request, after as many tries as the endpoint's entry allows.

    Raises:
        Refusal: this request is refused.
        Fatal: every request would be, or the endpoint asks for a wait of more than `MOST_WAIT` seconds.
        EndpointError: all tries failed.
        Halted: the sending ended first.
    """
    for tried in range(endpoint.retries + 1):
        pace.wait()
        try:
            return _try(endpoint, key, body)
        except _Again as error:
            reason, after = str(error), error.after
        if after is not None:
            if after > MOST_WAIT:
                raise Fatal(f"it asks for a wait of {after:,.0f} s ({reason})")
            pace.pause(after)
        elif tried < endpoint.retries:
            pace.sleep(FIRST_WAIT * 2**tried)
    raise EndpointError(f"{reason}, in {endpoint.retries + 1} tries")


def _try(endpoint: Endpoint, key: str, body: Mapping[str, Any]) -> Reply:
    parts = urlsplit(endpoint.base_url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=endpoint.timeout)
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "alcore"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    until = time.monotonic() + endpoint.timeout
    try:
        connection.request("POST", f"{parts.path.rstrip('/')}/chat/completions", json.dumps(body), headers)
        response = connection.getresponse()
        if response.status != HTTPStatus.OK:
            _refuse(response)
        content = _content(response, until)
    except TimeoutError:
        raise _Again(f"it gives no answer within {endpoint.timeout:g} s") from None
    except http.client.HTTPException:
        # Not repeated: a line of the reply may be part of the message.
        raise _Again("it breaks off, or does not speak HTTP") from None
    except OSError as error:
        raise _Again(f"it cannot be reached ({error.strerror or type(error).__name__})") from None
    finally:
        connection.close()
    return reply_of(content)


def _content(response: http.client.HTTPResponse, until: float) -> bytes:
    parts, size = [], 0
    while part := response.read1(65_536):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise _Again(f"its answer has more than {LARGEST:,} bytes")
        if time.monotonic() > until:
            raise TimeoutError
    if response.length:
        raise http.client.IncompleteRead(b"")
    return b"".join(parts)


def _refuse(response: http.client.HTTPResponse) -> None:
    status = response.status
    known = {one.value: one.phrase for one in HTTPStatus}
    reason = f"it answers {status}{f' ({known[status]})' if status in known else ''}"
    if status in _AGAIN or status >= 500:
        raise _Again(reason, _seconds(response.getheader("Retry-After")))
    if status in _NEVER or status < 400:
        raise Fatal(reason)
    raise Refusal(reason)


def _seconds(header: str | None) -> float | None:
    """Seconds of a header Retry-After, which is a number or a date; None where it is neither."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def reply_of(content: bytes) -> Reply:
    """The answer in the content of a reply.

    Raises:
        _Again: it is not of the protocol.
    """
    try:
        found = json.loads(content)
        choice = found["choices"][0]
        text = choice["message"]["content"] or ""
        if not isinstance(text, str):
            raise TypeError
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise _Again("its answer is not of the chat protocol") from None
    usage = found.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Reply(text, _probability(choice), _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))


def _probability(choice: Mapping[str, Any]) -> float | None:
    """The probability of the answer: its tokens' log-probabilities summed, then exponentiated."""
    try:
        tokens = choice["logprobs"]["content"]
        total = sum(min(0.0, float(one["logprob"])) for one in tokens)
        return math.exp(total) if tokens and not math.isnan(total) else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None
