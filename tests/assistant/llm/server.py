"""A real HTTP server that speaks the OpenAI streaming protocol, for the tests of `HttpModel`."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ModelServer(ThreadingHTTPServer):
    """Says every word of the last message, one a chunk.

    Attributes:
        requests: What was asked, in order.
        behaviour: "well", "refuse", "nonsense", "break" (after two words) or "hang" (after two words).
        gone: Set when a client broke the connection while the server was writing.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[dict[str, Any]] = []
        self.behaviour = "well"
        self.pause = 0.0
        self.gone = threading.Event()
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1#tiny"

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        if self.path != "/v1/chat/completions" or self.server.behaviour == "refuse":
            self.send_error(404, "no such model")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            self._stream(request)
        except OSError:
            self.server.gone.set()

    def _stream(self, request: dict[str, Any]) -> None:
        words = ["You", " said:", *(f" {word}" for word in request["messages"][-1]["content"].split())]
        for at, word in enumerate(words[: request["max_tokens"]]):
            if at == 2 and self.server.behaviour == "break":
                return
            if at == 2 and self.server.behaviour == "hang":
                self.server.stopping.wait(30)
                return
            if self.server.behaviour == "nonsense":
                self.wfile.write(b"data: {broken\n\n")
                return
            time.sleep(self.server.pause)
            self._say({"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})
        reason = "length" if len(words) > request["max_tokens"] else "stop"
        self._say({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        self._say({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": len(words)}})
        self.wfile.write(b"data: [DONE]\n\n")

    def _say(self, chunk: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Nothing is logged."""
