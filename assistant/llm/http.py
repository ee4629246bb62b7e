"""A model behind a server that speaks the OpenAI protocol: llama.cpp's own, Ollama, vLLM and their like.

One of the two modules that may open a connection, and only to the configured address: anything but this machine needs
`[network] allow_remote`. Redirections and proxies are not followed, since they lead elsewhere. Servers do not say how
they count, so tokens are estimated, too high rather than too low.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import queue
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from assistant.llm import Event, Generated, Message, ModelError, Piece, Progress, StopReason
from ingest import offline
from ingest.config import Config
from ingest.errors import SetupError

BYTES_PER_TOKEN = 2.5
"""Fewest bytes of European text that a token stands for in common vocabularies; the estimate is on the safe side."""
DEFAULT_CONTEXT = 4096
"""Where `[model] context` says 0: servers cut longer prompts silently, and this fits all of them."""
CONNECT_SECONDS = 10.0
FIRST_WORD_SECONDS = 300.0
"""A server says nothing while it reads the prompt; on a slow machine that takes minutes."""
SILENCE_SECONDS = 20.0
"""Longest pause between two pieces."""
LOOK_SECONDS = 0.05
PROGRESS_SECONDS = 1.0
MAX_LINE_BYTES = 1 << 20

_END, _CUT = object(), object()
"""The stream ended as it should; it just ended."""


class HttpModel:
    """A model on a server.

    Args:
        host: Name or address.
        port: Port.
        base: Path before `/chat/completions`, such as "/v1".
        model: Which of the server's models; empty: the server's choice.
        context: Tokens that prompt and answer share.
        secure: Whether the connection is encrypted.
        silence_seconds: Longest pause between two pieces.
    """

    def __init__(
        self,
        host: str,
        port: int,
        base: str,
        model: str,
        context: int,
        secure: bool = False,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._host, self._port, self._base, self._secure = host, port, base, secure
        self._model = model
        self._context = context
        self._silence = silence_seconds
        offline.allow(lambda name, number: name == host and number in (0, port))

    @classmethod
    def open(cls, address: str, config: Config) -> HttpModel:
        """A model at `http://host:port/v1#name`; connects to nothing yet.

        Raises:
            SetupError: The address makes no sense, or is another machine without `allow_remote`.
        """
        parts = urlsplit(address)
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise SetupError(f"{address}: {error}", "Write it as http://127.0.0.1:8080/v1.") from error
        host = parts.hostname or ""
        if not host:
            raise SetupError(f"{address} names no server", "Write it as http://127.0.0.1:8080/v1.")
        if not is_loopback(host) and not config.section("network")["allow_remote"]:
            raise SetupError(
                f"{host} is not this machine: the passages of your documents would be sent there",
                "Use a server on this machine, or set allow_remote = true in the [network] section of config.toml.",
                "remote",
            )
        context = int(config.section("model")["context"]) or DEFAULT_CONTEXT
        return cls(host, port, parts.path.rstrip("/"), parts.fragment, context, parts.scheme == "https")

    @property
    def name(self) -> str:
        """Name shown beside answers."""
        return self._model or f"{self._host}:{self._port}"

    @property
    def context(self) -> int:
        """Tokens that prompt and answer share."""
        return self._context

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, estimated from its length."""
        return [round(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN + 0.499) for text in texts]

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int,
        grammar: str | None = None,
        cancelled: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Let the model write; see `LanguageModel.generate`."""
        if grammar is not None:
            raise ModelError(f"{self.name} cannot follow a grammar", "Use a GGUF file instead.", "refused")
        started = time.monotonic()
        request: dict[str, Any] = {
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "max_tokens": max_tokens,
            "seed": seed,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self._model:
            request["model"] = self._model
        stream = _Stream(self._connection(), f"{self._base}/chat/completions", request)
        try:
            yield from self._read(stream, started, cancelled)
        finally:
            stream.close()

    def close(self) -> None:
        """Nothing is kept open between texts."""

    def _connection(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=CONNECT_SECONDS)

    def _read(self, stream: _Stream, started: float, cancelled: threading.Event | None) -> Iterator[Event]:
        pieces: list[str] = []
        usage: dict[str, Any] = {}
        reason: StopReason = "stop"
        finished = False
        heard = said = time.monotonic()
        while True:
            if cancelled is not None and cancelled.is_set():
                yield Generated("".join(pieces), "cancelled", 0, 0, len(pieces), time.monotonic() - started)
                return
            try:
                chunk = stream.chunks.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                now = time.monotonic()
                if now - heard > (self._silence if pieces else FIRST_WORD_SECONDS):
                    raise ModelError(
                        f"nothing was heard of {self.name}", "Look at the model server.", "silent"
                    ) from None
                if not pieces and now - said > PROGRESS_SECONDS:
                    said = now
                    yield Progress(0, 0)
                continue
            heard = time.monotonic()
            if isinstance(chunk, ModelError):
                raise chunk
            if chunk is _END or (chunk is _CUT and finished):
                break
            if chunk is _CUT:
                raise ModelError(f"{self.name} broke off", "Look at the model server.", "crashed")
            usage = chunk.get("usage") or usage
            for choice in chunk.get("choices", [])[:1]:
                finished = finished or bool(choice.get("finish_reason"))
                if choice.get("finish_reason") == "length":
                    reason = "length"
                if text := (choice.get("delta") or {}).get("content"):
                    pieces.append(text)
                    yield Piece(text)
        yield Generated(
            "".join(pieces),
            reason,
            int(usage.get("prompt_tokens", 0)),
            int((usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)),
            int(usage.get("completion_tokens", len(pieces))),
            time.monotonic() - started,
        )


class _Stream:
    """One request, read by a thread, so that waiting for the server never delays a cancel."""

    def __init__(self, connection: http.client.HTTPConnection, path: str, request: dict[str, Any]) -> None:
        self.chunks: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._connection = connection
        self._socket: socket.socket | None = None  # kept here: the connection forgets it once the answer begins
        self._closed = False
        self._thread = threading.Thread(target=self._run, args=(path, request), name="model server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Break the connection, which makes servers stop writing."""
        self._closed = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(2 * CONNECT_SECONDS)

    def _run(self, path: str, request: dict[str, Any]) -> None:
        server = f"{self._connection.host}:{self._connection.port}"
        try:
            self._talk(server, path, request)
        except (OSError, http.client.HTTPException) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            self.chunks.put(
                ModelError(f"{server}: {why}", "Check that the model server runs at that address.", "crashed")
            )
        except (ValueError, AttributeError, TypeError) as error:
            message = f"{server}: an answer that makes no sense ({error})"
            self.chunks.put(ModelError(message, "Check that it speaks the OpenAI protocol.", "protocol"))
        finally:
            self._connection.close()

    def _talk(self, server: str, path: str, request: dict[str, Any]) -> None:
        self._connection.connect()
        self._socket = self._connection.sock
        self._socket.settimeout(FIRST_WORD_SECONDS)
        if self._closed:
            return
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        self._connection.request("POST", path, json.dumps(request).encode(), headers)
        with self._connection.getresponse() as response:
            if response.status != 200:
                body = response.read(500).decode("utf-8", "replace").strip()
                message = f"{server} said {response.status} {response.reason}: {body}"
                self.chunks.put(ModelError(message, "Check the address and the model's name.", "refused"))
                return
            while line := response.readline(MAX_LINE_BYTES):
                if line.startswith(b"data:"):
                    data = line[5:].strip()
                    if data == b"[DONE]":
                        self.chunks.put(_END)
                        return
                    chunk = json.loads(data)
                    if not isinstance(chunk, dict):
                        raise ValueError("a chunk that is no object")
                    self.chunks.put(chunk)
            self.chunks.put(_CUT)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine, without looking anything up."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
