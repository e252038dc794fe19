"""A local server that speaks the chat protocol, and says what a test lets it say."""

import json
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Status, headers and content of a reply; "cut": half of the content, "drop": the connection is closed without a reply.
Made = tuple[int | str, dict[str, str], bytes]


def says(text: str, *, probabilities: tuple[float, ...] = (), tokens: tuple[int, int] | None = None) -> Made:
    """An answer of the protocol."""
    choice: dict[str, Any] = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    if probabilities:
        choice["logprobs"] = {"content": [{"token": "x", "logprob": math.log(one)} for one in probabilities]}
    reply: dict[str, Any] = {"id": "1", "object": "chat.completion", "choices": [choice]}
    if tokens:
        reply["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return 200, {}, json.dumps(reply).encode()


class ChatServer:
    """What has been asked so far, and who answers.

    Attributes:
        answer: called with the prompt and the number of the request, from 0 on.
        prompts: of the requests so far.
        headers: of the requests so far.
        paths: of the requests so far.
        at_once: the most requests that were answered at a time.
    """

    def __init__(self) -> None:
        self.answer: Callable[[str, int], Made] = lambda prompt, number: says("spam")
        self.prompts: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.at_once = self.now = 0
        self.url = ""
        self.lock = threading.Lock()


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    """A server at a free port of this machine."""
    state = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prompt = body["messages"][0]["content"]
            with state.lock:
                number = len(state.prompts)
                state.prompts.append(prompt)
                state.bodies.append(body)
                state.paths.append(self.path)
                state.headers.append(dict(self.headers))
                state.now += 1
                state.at_once = max(state.at_once, state.now)
            status, headers, content = state.answer(prompt, number)
            with state.lock:
                state.now -= 1
            self.close_connection = True
            if status == "drop":
                return
            try:
                self.send_response(200 if isinstance(status, str) else status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: len(content) // 2] if status == "cut" else content)
            except OSError:
                pass  # whoever asked waits no more

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
