"""What would be sent to an endpoint, the sending, and the answers that are kept.

Each answer is written as it arrives, so that a sending that ends early loses none, and the next one makes the other
requests only. The file holds classes, probabilities and counts: nothing that an endpoint wrote, and no key.
"""

import hashlib
import json
import os
import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.sources import Source
from alcore.projects.annotators.chat import Fatal, Halted, Pace, Refusal, Reply, ask_once, body_of
from alcore.projects.annotators.endpoints import Endpoint, EndpointError, check_prompt, key_of
from alcore.projects.annotators.prompts import class_of, prompt_of, texts_of
from alcore.storage import locks

FILE = Path("routing") / "answers.jsonl"
# Requests that fail one after another before a sending ends; refusals count until something has been answered.
MOST_IN_A_ROW = 5
SHOWN = 3
# Bytes of a token, and tokens around a prompt, for estimates.
_BYTES, _AROUND = 4, 8
_EVERY = 0.1


@dataclass(frozen=True)
class Answer:
    """An answer that is kept.

    Attributes:
        label: the class; "" where the answer names none or the request was refused.
        probability: of the answer; None where the endpoint does not say.
        tokens_in: of the prompt.
        tokens_out: of the answer.
    """

    label: str
    probability: float | None = None
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True)
class Meter:
    """How far a sending is.

    Attributes:
        answers: received.
        whole: requests in all.
        tokens_in: of the prompts, by the endpoint's count where it gives one, else estimated.
        tokens_out: of the answers, likewise.
        cost: by the prices of the endpoint's entry.
    """

    answers: int
    whole: int
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


@dataclass(frozen=True, eq=False)
class Plan:
    """Requests to an endpoint. Making it sends nothing.

    Attributes:
        endpoint: of the server's file.
        folder: of the project.
        places: of the items.
        prompts: one an item.
        classes: of the project.
    """

    endpoint: Endpoint
    folder: Path
    places: NDArray[np.int64]
    prompts: Sequence[str]
    classes: Sequence[str]

    @cached_property
    def requests(self) -> dict[str, str]:
        """Digest of each request -> its prompt: the repeats of every item; items with the same text share them."""
        repeats = range(self.endpoint.repeats)
        return {self.digest(prompt, repeat): prompt for prompt in self.prompts for repeat in repeats}

    @cached_property
    def kept(self) -> dict[str, Answer]:
        """Answers that were there when this was first read, by digest."""
        wanted = self.requests
        return {digest: answer for digest, answer in _read(self.folder / FILE) if digest in wanted}

    @cached_property
    def missing(self) -> dict[str, str]:
        """The requests without an answer: what would be sent."""
        return {digest: prompt for digest, prompt in self.requests.items() if digest not in self.kept}

    @cached_property
    def shown(self) -> list[str]:
        """The first prompts that would be sent, exactly."""
        return list(dict.fromkeys(self.missing.values()))[:SHOWN]

    @cached_property
    def token(self) -> str:
        """Digest of what would be sent, and where."""
        return hashlib.blake2b("".join(self.missing).encode(), digest_size=8).hexdigest()

    @cached_property
    def estimate(self) -> Meter:
        """Tokens and cost of what would be sent; of answers at most."""
        tokens_in = sum(map(_tokens, self.missing.values()))
        tokens_out = len(self.missing) * self.endpoint.max_tokens
        return Meter(0, len(self.missing), tokens_in, tokens_out, self.endpoint.cost(tokens_in, tokens_out))

    def digest(self, prompt: str, repeat: int) -> str:
        """Of a request: another address, model, prompt, option or set of classes has another."""
        one = [self.endpoint.base_url, body_of(self.endpoint, prompt), list(self.classes), repeat]
        return hashlib.blake2b(json.dumps(one, sort_keys=True).encode(), digest_size=16).hexdigest()


def plan_of(
    source: Source,
    folder: Path,
    endpoint: Endpoint,
    *,
    places: NDArray[np.int64],
    columns: Sequence[str],
    classes: Sequence[str],
    prompt: str = "",
) -> Plan:
    """What would be sent.

    Args:
        source: of the items.
        folder: of the project.
        endpoint: where to.
        places: of the items.
        columns: of a table that are sent; all but ids and labels if empty.
        classes: of the project, two or more.
        prompt: the template; the endpoint's if empty.

    Raises:
        EndpointError: the items cannot be sent, the template lacks {text}, or there are no classes.
    """
    if len(classes) < 2:
        raise EndpointError("give the project two classes or more first")
    template = prompt or endpoint.prompt
    check_prompt(template)
    texts = texts_of(source, columns)
    return Plan(endpoint, folder, places, [prompt_of(template, texts[one], classes) for one in places], classes)


def send(plan: Plan, on_meter: Callable[[Meter], None] | None = None) -> Meter:
    """Send what is missing; each answer is kept as it arrives.

    Args:
        plan: as it was shown to the person who confirmed it.
        on_meter: called several times a second; what it raises ends the sending, once the requests on their way are
            answered.

    Raises:
        EndpointError: answers are missing in the end, with the reason; those received are kept.
    """
    endpoint, missing = plan.endpoint, plan.missing
    if len(missing) > endpoint.most_requests:
        raise EndpointError(
            f"{len(missing):,} requests are more than the {endpoint.most_requests:,} that the server's file allows "
            f"endpoint {endpoint.name!r}: raise its most_requests, or split the data"
        )
    key = key_of(endpoint)
    with locks.held(plan.folder, "asking") as alone:
        if not alone:
            raise EndpointError("another sending of this project is under way: wait until it has ended")
        # Another sending may have ended since the plan was read.
        _forget(plan)
        return _Sending(plan, key).run(on_meter or (lambda meter: None))


def answers_of_plan(plan: Plan) -> tuple[NDArray[np.str_], NDArray[np.float64], str]:
    """Classes and uncertainties of the answers that are kept.

    The confidence in a class is the sum of the probabilities of the answers that name it, divided by the number of
    answers. Where not every answer has log-probabilities, each has the probability 1: the confidence is then the share
    of the repeats that agree.

    Returns:
        labels_n, "" where no answer names a class or one is missing; uncertainty_n, 1 - confidence, infinite where
        there is no class; and what the confidence is made of, in words.

    Raises:
        EndpointError: no answer names a class.
    """
    repeats, kept = plan.endpoint.repeats, plan.kept
    given = [one for one in kept.values() if one.label]
    if not given:
        raise EndpointError(
            f"no answer of endpoint {plan.endpoint.name!r} names one of the classes {', '.join(plan.classes)[:200]}: "
            "change the prompt or the model"
        )
    measured = all(one.probability is not None for one in given)
    labels, uncertainty = [], []
    for prompt in plan.prompts:
        found = [kept.get(plan.digest(prompt, repeat)) for repeat in range(repeats)]
        votes: dict[str, float] = {}
        for one in found:
            if one is not None and one.label:
                votes[one.label] = votes.get(one.label, 0.0) + (_probability(one) if measured else 1.0)
        # The first class of the project among equals.
        label = max(plan.classes, key=lambda name: votes.get(name, 0.0)) if votes and None not in found else ""
        labels.append(label)
        uncertainty.append(max(0.0, 1.0 - votes[label] / repeats) if label else inf)
    if measured:
        words = "log-probabilities"
    else:
        words = f"agreement over {repeats} repeats" if repeats > 1 else "1 for every answer"
    return np.array(labels), np.array(uncertainty, dtype=np.float64), words


class _Sending:
    """The threads of a sending, and what has come of it so far."""

    def __init__(self, plan: Plan, key: str) -> None:
        self._plan, self._key = plan, key
        self._pace = Pace(plan.endpoint.requests_per_minute)
        self._done: queue.Queue[Answer | Exception] = queue.Queue()
        self._file = threading.Lock()
        self._path = plan.folder / FILE
        self._refused: list[str] = []
        self._in_a_row = 0
        # Refusals are kept without tokens.
        self._answered = any(one.label or one.tokens_in for one in plan.kept.values())

    def run(self, on_meter: Callable[[Meter], None]) -> Meter:
        plan, whole = self._plan, len(self._plan.missing)
        pool = ThreadPoolExecutor(plan.endpoint.concurrency, thread_name_prefix="endpoint")
        finished, meter, reasons = 0, Meter(0, whole), Counter[str]()
        try:
            for digest, prompt in plan.missing.items():
                pool.submit(self._one, digest, prompt)
            while finished < whole:
                try:
                    found = self._done.get(timeout=_EVERY)
                except queue.Empty:
                    on_meter(meter)
                    continue
                finished += 1
                if isinstance(found, Answer):
                    meter = self._counted(meter, found)
                    on_meter(meter)
                elif isinstance(found, EndpointError):
                    reasons[str(found)] += 1
                elif not isinstance(found, Halted):
                    raise found
        finally:
            # After a stop from outside, too, the lock is held until the requests on their way have been answered:
            # another sending would make them again.
            self._pace.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            if self._answered and self._refused:
                self._keep(dict.fromkeys(self._refused, Answer("")))
            _forget(plan)
        self._end(reasons)
        return meter

    def _one(self, digest: str, prompt: str) -> None:
        try:
            endpoint = self._plan.endpoint
            reply = ask_once(endpoint, self._key, body_of(endpoint, prompt), self._pace)
            answer = _answer(reply, prompt, self._plan.classes)
            self._keep({digest: answer})
            self._in_a_row, self._answered = 0, True
            self._done.put(answer)
        except Exception as error:
            if isinstance(error, Refusal):
                self._refused.append(digest)
            if isinstance(error, EndpointError) and not (self._answered and isinstance(error, Refusal)):
                self._in_a_row += 1
            if isinstance(error, Fatal) or self._in_a_row >= MOST_IN_A_ROW:
                self._pace.stop.set()
            self._done.put(error)

    def _keep(self, answers: Mapping[str, Answer]) -> None:
        lines = "".join(_line(digest, answer) for digest, answer in answers.items()).encode()
        try:
            with self._file:
                self._path.parent.mkdir(exist_ok=True, mode=0o700)
                to = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                with os.fdopen(to, "ab") as file:
                    # A line that was cut by a kill is ended first.
                    file.write((b"\n" if file.tell() else b"") + lines)
        except OSError as error:
            raise Fatal(f"its answers cannot be kept ({error.strerror})") from None

    def _counted(self, meter: Meter, one: Answer) -> Meter:
        tokens_in, tokens_out = meter.tokens_in + one.tokens_in, meter.tokens_out + one.tokens_out
        cost = self._plan.endpoint.cost(tokens_in, tokens_out)
        return replace(meter, answers=meter.answers + 1, tokens_in=tokens_in, tokens_out=tokens_out, cost=cost)

    def _end(self, reasons: Counter[str]) -> None:
        """Say why answers are missing, if some are; refused items have no class, once others have been answered."""
        plan = self._plan
        if not (left := len(plan.missing)):
            return
        reason = reasons.most_common(1)[0][0] if reasons else "the sending was ended"
        hint = ' (if it knows no log-probabilities, set "logprobs": false)' if self._refused else ""
        raise EndpointError(
            f"endpoint {plan.endpoint.name!r}: {reason}{hint}. {len(plan.kept):,} of {len(plan.requests):,} answers "
            f"are kept; another sending asks for the other {left:,} only"
        )


def _forget(plan: Plan) -> None:
    """Forget what was read of the file before."""
    for name in ("kept", "missing", "shown", "token", "estimate"):
        plan.__dict__.pop(name, None)


def _answer(reply: Reply, prompt: str, classes: Sequence[str]) -> Answer:
    tokens_in = _tokens(prompt) if reply.tokens_in is None else reply.tokens_in
    tokens_out = _tokens(reply.text) if reply.tokens_out is None else reply.tokens_out
    return Answer(class_of(reply.text, classes), reply.probability, tokens_in, tokens_out)


def _probability(one: Answer) -> float:
    return 1.0 if one.probability is None else one.probability


def _tokens(text: str) -> int:
    return -(-len(text.encode(errors="replace")) // _BYTES) + _AROUND


def _line(digest: str, one: Answer) -> str:
    return json.dumps([digest, one.label, one.probability, one.tokens_in, one.tokens_out]) + "\n"


def _read(path: Path) -> Iterator[tuple[str, Answer]]:
    """The answers of a file; lines that are not whole are left out."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            digest, label, probability, tokens_in, tokens_out = json.loads(line)
            answer = Answer(str(label), None if probability is None else float(probability), tokens_in, tokens_out)
        except (ValueError, TypeError):
            continue
        yield str(digest), answer


def words_of_plan(plan: Plan) -> str:
    """What a person confirms: what is sent where, how many items and requests, and an estimate of tokens and cost."""
    endpoint, estimate = plan.endpoint, plan.estimate
    texts = len(set(plan.missing.values()))
    return (
        f"{len(plan.missing):,} requests go to {endpoint.base_url}, model {endpoint.model}: {texts:,} different texts "
        f"of {len(plan.places):,} items without a person's label{_repeats(endpoint)}; {len(plan.kept):,} answers are "
        f"there already. About {estimate.tokens_in:,} tokens of prompts, at most {estimate.tokens_out:,} of answers; "
        f"{cost_words(endpoint, estimate.cost)}."
    )


def cost_words(endpoint: Endpoint, cost: float) -> str:
    """A cost with its currency."""
    if not (endpoint.price_in or endpoint.price_out):
        return "cost unknown, as the server's file names no price"
    return f"cost about {cost:,.2f} {endpoint.currency}" if cost >= 0.01 else f"cost below 0.01 {endpoint.currency}"


def _repeats(endpoint: Endpoint) -> str:
    return f", each asked {endpoint.repeats} times" if endpoint.repeats > 1 else ""
