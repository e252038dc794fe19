"""A sending to a local server: good answers, bad ones, none; what is kept, and what never is."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alcore.datasets.texts import read_texts
from alcore.projects.annotators import asking, chat
from alcore.projects.annotators.asking import Meter, Plan, answers_of_plan, plan_of, send, words_of_plan
from alcore.projects.annotators.endpoints import Endpoint, EndpointError
from tests.support.chat_server import ChatServer, Made, chat_server, says

SECRET = "sk-never-to-be-seen"
N = 24


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "FIRST_WAIT", 0.01)
    monkeypatch.setenv("ALCORE_TEST_KEY", SECRET)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as found:
        yield found


def plan(folder: Path, url: str, texts: list[str] | None = None, **entry: Any) -> Plan:
    lines = texts or [f"message {n} of {'spam' if n % 2 else 'ham'}" for n in range(N)]
    source = read_texts("\n".join(lines).encode(), "t.txt")
    endpoint = Endpoint("test", url, "small", key="ALCORE_TEST_KEY", **{"retries": 2, **entry})
    places = np.arange(len(source))
    return plan_of(source, folder, endpoint, places=places, columns=(), classes=("spam", "ham"), prompt="{text}")


def truth(prompt: str, number: int = 0) -> Made:
    return says(prompt.split()[-1])


def labels(of: Plan) -> list[str]:
    return answers_of_plan(of)[0].tolist()


def test_good_answers_are_kept_and_asked_for_once(tmp_path: Path, server: ChatServer) -> None:
    server.answer = lambda prompt, number: says(prompt.split()[-1], tokens=(10, 2))
    first = plan(tmp_path, server.url, price_in=1000, price_out=2000)
    assert first.shown == [f"message {n} of {'spam' if n % 2 else 'ham'}" for n in range(3)]
    assert f"{N} requests go to {server.url}" in words_of_plan(first) and not server.prompts
    meters: list[Meter] = []
    meter = send(first, meters.append)
    assert meter == meters[-1] == replace(Meter(N, N, 10 * N, 2 * N), cost=meter.cost)
    assert meter.cost == pytest.approx(N * (0.01 + 0.004))
    assert sorted(server.prompts) == sorted(first.prompts) and set(server.paths) == {"/v1/chat/completions"}
    assert {one["Authorization"] for one in server.headers} == {f"Bearer {SECRET}"}
    assert {(one["model"], one["temperature"], one["logprobs"]) for one in server.bodies} == {("small", 0.0, True)}
    assert labels(first) == ["ham", "spam"] * (N // 2) and not first.missing
    assert 1 <= server.at_once <= 4
    again = plan(tmp_path, server.url)
    assert not again.missing and labels(again) == labels(first)
    send(again)
    assert len(server.prompts) == N
    assert (tmp_path / asking.FILE).stat().st_mode & 0o077 == 0


def test_another_model_or_prompt_is_another_request_and_the_same_text_is_one(
    tmp_path: Path, server: ChatServer
) -> None:
    server.answer = truth
    found = plan(tmp_path, server.url, ["a spam", "b ham", "a spam"])
    send(found)
    assert len(server.prompts) == 2 and labels(found) == ["spam", "ham", "spam"]
    other = Plan(replace(found.endpoint, model="large"), tmp_path, found.places, found.prompts, found.classes)
    assert len(other.missing) == 2
    assert Plan(found.endpoint, tmp_path, found.places, found.prompts, ("spam", "egg")).missing
    quicker = Plan(replace(found.endpoint, concurrency=1), tmp_path, found.places, found.prompts, found.classes)
    assert not quicker.missing


def test_options_change_the_request(tmp_path: Path, server: ChatServer) -> None:
    send(plan(tmp_path, server.url, ["a"], options={"max_tokens": None, "max_completion_tokens": 9}, logprobs=False))
    assert set(server.bodies[0]) == {"model", "messages", "temperature", "max_completion_tokens"}


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ((500, {}, b""), r"it answers 500 \(Internal Server Error\), in 3 tries"),
        ((503, {"Retry-After": "0"}, b""), r"it answers 503 \(Service Unavailable\), in 3 tries"),
        ((200, {}, b"<html>"), "its answer is not of the chat protocol, in 3 tries"),
        ((200, {}, b'{"choices": []}'), "its answer is not of the chat protocol"),
        ((200, {}, b'{"choices": [{"message": {"content": 3}}]}'), "its answer is not of the chat protocol"),
        ((200, {}, b"[" * 100_000), "its answer is not of the chat protocol"),
        (("cut", *says("spam")[1:]), "it breaks off"),
        (("drop", {}, b""), "it breaks off|it cannot be reached"),
        ((429, {"Retry-After": "3600"}, b""), "it asks for a wait of 3,600 s"),
        ((401, {}, SECRET.encode()), r"it answers 401 \(Unauthorized\)"),
        ((302, {"Location": "http://127.0.0.1:9/"}, b""), r"it answers 302 \(Found\)"),
        ((299, {}, b""), "it answers 299"),
    ],
)
def test_what_is_received_before_trouble_is_kept(
    tmp_path: Path, server: ChatServer, trouble: Made, sentence: str
) -> None:
    server.answer = lambda prompt, number: truth(prompt) if number < 10 else trouble
    found = plan(tmp_path, server.url, concurrency=1)
    with pytest.raises(EndpointError, match=sentence) as caught:
        send(found)
    assert f"10 of {N} answers are kept; another sending asks for the other {N - 10} only" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert len(server.prompts) <= 10 + 3 * asking.MOST_IN_A_ROW, "it ends soon"
    asked = len(server.prompts)
    server.answer = truth
    rest = plan(tmp_path, server.url)
    send(rest)
    assert len(server.prompts) - asked == N - 10
    assert labels(rest) == ["ham", "spam"] * (N // 2)


@pytest.mark.parametrize("trouble", [(500, {}, b""), (200, {}, b"{"), ("cut", {}, b"half"), ("drop", {}, b"")])
def test_trouble_that_passes_is_not_noticed(tmp_path: Path, server: ChatServer, trouble: Made) -> None:
    tried: set[str] = set()

    def answer(prompt: str, number: int) -> Made:
        if prompt in tried:
            return truth(prompt)
        tried.add(prompt)
        return trouble

    server.answer = answer
    found = plan(tmp_path, server.url)
    send(found)
    assert len(server.prompts) == 2 * N and labels(found) == ["ham", "spam"] * (N // 2)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_all_requests_wait_as_long_as_the_endpoint_says(tmp_path: Path, server: ChatServer, form: str) -> None:
    times: list[float] = []

    def answer(prompt: str, number: int) -> Made:
        times.append(time.monotonic())
        if number:
            return truth(prompt)
        return 429, {"Retry-After": "1" if form == "seconds" else formatdate(time.time() + 2, usegmt=True)}, b""

    server.answer = answer
    found = plan(tmp_path, server.url, ["a spam", "b ham"], concurrency=1)
    send(found)
    # A date has whole seconds.
    assert len(times) == 3 and times[1] - times[0] >= 0.9
    assert labels(found) == ["spam", "ham"]


def test_an_endpoint_that_is_too_slow_is_a_sentence(tmp_path: Path, server: ChatServer) -> None:
    over = threading.Event()

    def answer(prompt: str, number: int) -> Made:
        over.wait(60)
        return truth(prompt)

    server.answer = answer
    try:
        with pytest.raises(EndpointError, match=r"no answer within 0\.2 s, in 1 tries"):
            send(plan(tmp_path, server.url, retries=0, timeout=0.2))
    finally:
        over.set()


def test_an_endpoint_that_is_down_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(EndpointError, match="it cannot be reached.*0 of 24 answers are kept"):
            send(plan(tmp_path, url))


def test_an_item_that_is_refused_has_no_class(tmp_path: Path, server: ChatServer) -> None:
    server.answer = lambda prompt, number: (400, {}, b"") if "message 7 " in prompt else truth(prompt)
    found = plan(tmp_path, server.url)
    assert send(found).answers == N - 1
    said, uncertainty, _ = answers_of_plan(found)
    assert said[7] == "" and uncertainty[7] == inf and np.isfinite(np.delete(uncertainty, 7)).all()
    assert not plan(tmp_path, server.url).missing


def test_many_refusals_after_an_answer_end_nothing_and_are_kept(tmp_path: Path, server: ChatServer) -> None:
    server.answer = lambda prompt, number: truth(prompt) if number < 2 or number >= 14 else (400, {}, b"")
    found = plan(tmp_path, server.url, concurrency=1)
    assert send(found).answers == N - 12 and len(server.prompts) == N
    assert labels(found)[2:14] == [""] * 12 and not plan(tmp_path, server.url).missing


def test_refusals_are_kept_when_other_trouble_ends_a_sending(tmp_path: Path, server: ChatServer) -> None:
    said = {1: 400, 2: 400, 3: 401}
    server.answer = lambda prompt, number: (said[number], {}, b"") if number in said else truth(prompt)
    with pytest.raises(EndpointError, match="3 of 24 answers are kept"):
        send(plan(tmp_path, server.url, concurrency=1))
    server.answer = truth
    server.prompts.clear()
    send(plan(tmp_path, server.url, concurrency=1))
    assert not any(prompt.startswith(("message 1 ", "message 2 ")) for prompt in server.prompts)


def test_an_endpoint_that_only_refuses_is_asked_five_times(tmp_path: Path, server: ChatServer) -> None:
    server.answer = lambda prompt, number: (400, {}, SECRET.encode())
    with pytest.raises(
        EndpointError, match=r"400 \(Bad Request\) \(if it knows no log-prob.* 0 of 24 answers"
    ) as caught:
        send(plan(tmp_path, server.url, concurrency=1))
    assert SECRET not in str(caught.value)
    assert len(server.prompts) == asking.MOST_IN_A_ROW


def test_answers_that_are_no_class_have_none_and_nothing_of_them_is_kept(tmp_path: Path, server: ChatServer) -> None:
    server.answer = lambda prompt, number: truth(prompt) if prompt.endswith("spam") else says(f"my key is {SECRET}")
    found = plan(tmp_path, server.url)
    send(found)
    said, uncertainty, _ = answers_of_plan(found)
    assert said.tolist() == ["", "spam"] * (N // 2) and (np.isinf(uncertainty) == (said == "")).all()
    assert all(SECRET not in one.read_text() for one in tmp_path.rglob("*") if one.is_file())
    server.answer = lambda prompt, number: says("perhaps")
    other = plan(tmp_path, server.url, ["x", "y"])
    send(other)
    with pytest.raises(EndpointError, match="names one of the classes spam, ham"):
        answers_of_plan(other)


def test_confidence_is_of_log_probabilities(tmp_path: Path, server: ChatServer) -> None:
    server.answer = lambda prompt, number: says("spam", probabilities=(0.9, 0.8 if "a" in prompt else 1.0))
    found = plan(tmp_path, server.url, ["a", "b"])
    send(found)
    _, uncertainty, words = answers_of_plan(found)
    assert uncertainty == pytest.approx([1 - 0.72, 1 - 0.9]) and words == "log-probabilities"


def test_confidence_is_of_agreement_where_an_answer_lacks_log_probabilities(tmp_path: Path, server: ChatServer) -> None:
    said = {"a": ["spam"] * 4, "b": ["spam", "ham", "ham", "ham"], "c": ["ham", "what?", "spam", "ham"]}
    asked = {name: iter(answers) for name, answers in said.items()}
    server.answer = lambda prompt, number: says(next(asked[prompt]), probabilities=(0.5,) if prompt == "a" else ())
    found = plan(tmp_path, server.url, ["a", "b", "c"], repeats=4, concurrency=1)
    assert len(found.missing) == 12 and "each asked 4 times" in words_of_plan(found)
    send(found)
    assert {one["temperature"] for one in server.bodies} == {1.0}
    classes, uncertainty, words = answers_of_plan(found)
    assert classes.tolist() == ["spam", "ham", "ham"] and words == "agreement over 4 repeats"
    assert uncertainty == pytest.approx([0.0, 0.25, 0.5])


def test_one_answer_without_log_probabilities_has_the_confidence_one(tmp_path: Path, server: ChatServer) -> None:
    server.answer = truth
    found = plan(tmp_path, server.url)
    send(found)
    _, uncertainty, words = answers_of_plan(found)
    assert not uncertainty.any() and words == "1 for every answer"


def test_a_sending_can_be_ended_and_goes_on_where_it_ended(tmp_path: Path, server: ChatServer) -> None:
    server.answer = truth

    def stop(meter: Meter) -> None:
        if meter.answers >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(plan(tmp_path, server.url, concurrency=1), stop)
    rest = plan(tmp_path, server.url)
    assert 5 <= len(rest.kept) < N
    send(rest)
    assert not plan(tmp_path, server.url).missing


def test_until_requests_on_their_way_are_answered_no_other_sending_starts(tmp_path: Path, server: ChatServer) -> None:
    on_its_way, answered, stopping = threading.Event(), threading.Event(), threading.Event()

    def answer(prompt: str, number: int) -> Made:
        if number:
            on_its_way.set()
            answered.wait(60)
        return truth(prompt)

    def stop(meter: Meter) -> None:
        if on_its_way.is_set():
            stopping.set()
            raise KeyboardInterrupt

    def first() -> None:
        with pytest.raises(KeyboardInterrupt):
            send(plan(tmp_path, server.url, concurrency=1), stop)

    server.answer = answer
    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert stopping.wait(60)
        thread.join(0.5)
        stale = plan(tmp_path, server.url)
        assert len(stale.missing) == N - 1
        with pytest.raises(EndpointError, match="another sending of this project is under way"):
            send(plan(tmp_path, server.url))
    finally:
        answered.set()
        thread.join()
    send(stale)
    assert len(server.prompts) == len(set(server.prompts)) == N


def test_a_line_that_a_kill_cut_costs_its_answer_only(tmp_path: Path, server: ChatServer) -> None:
    server.answer = truth
    send(plan(tmp_path, server.url))
    kept = tmp_path / asking.FILE
    kept.write_bytes(kept.read_bytes()[:-9])
    rest = plan(tmp_path, server.url)
    assert len(rest.missing) == 1
    send(rest)
    assert not plan(tmp_path, server.url).missing and labels(rest) == ["ham", "spam"] * (N // 2)


def test_a_sending_of_too_many_or_beside_another_is_refused(tmp_path: Path, server: ChatServer) -> None:
    with pytest.raises(EndpointError, match=r"24 requests are more than the 10 that"):
        send(plan(tmp_path, server.url, most_requests=10))
    started, over = threading.Event(), threading.Event()

    def answer(prompt: str, number: int) -> Made:
        started.set()
        over.wait(60)
        return truth(prompt)

    server.answer = answer
    first = threading.Thread(target=send, args=(plan(tmp_path, server.url),))
    first.start()
    try:
        assert started.wait(60)
        with pytest.raises(EndpointError, match="another sending of this project is under way"):
            send(plan(tmp_path, server.url))
    finally:
        over.set()
        first.join()


def test_without_its_key_nothing_is_sent(tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALCORE_TEST_KEY")
    with pytest.raises(EndpointError, match="set the environment variable ALCORE_TEST_KEY"):
        send(plan(tmp_path, server.url))
    assert not server.prompts


def test_requests_keep_their_distance(tmp_path: Path, server: ChatServer) -> None:
    times: list[float] = []

    def answer(prompt: str, number: int) -> Made:
        times.append(time.monotonic())
        return truth(prompt)

    server.answer = answer
    started = time.monotonic()
    send(plan(tmp_path, server.url, [f"{n} spam" for n in range(6)], requests_per_minute=600))
    assert max(times) - started >= 0.45, "the sixth of 600 a minute is due after half a second"


def test_what_is_kept_are_classes_and_counts(tmp_path: Path, server: ChatServer) -> None:
    server.answer = lambda prompt, number: says("spam", probabilities=(0.5,), tokens=(7, 1))
    send(plan(tmp_path, server.url, ["secret text"]))
    (line,) = filter(None, (tmp_path / asking.FILE).read_text().splitlines())
    assert json.loads(line)[1:] == ["spam", pytest.approx(0.5), 7, 1]
