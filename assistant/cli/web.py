"""The terminal program in a browser of this machine, through textual-serve: its own page, a token, loopback alone.

The page loads nothing from elsewhere, and says so in its policy. Whoever has no token gets nothing; neither does a page
of another site that a browser has open (host and origin are compared), nor a name that was pointed at this machine.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import shlex
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from string import Template

from aiohttp import web
from textual_serve.server import Server

from ingest.errors import UsageError

FONT_SIZE = 16
"""Pixels."""
TYPES = {"page.css": "text/css", "page.js": "text/javascript"}
"""Files of the page beside it."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def loopback(host: str) -> str:
    """The address of this machine alone that a host names.

    Raises:
        UsageError: It is no loopback address.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as error:
        raise UsageError(f"{host} is no address", "Use 127.0.0.1.") from error
    if not address.is_loopback:
        raise UsageError(
            f"{host} can be reached from other machines", "The page is for this machine alone: use 127.0.0.1."
        )
    return str(address)


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens on an address of this machine.

    Args:
        host: A loopback address, as `loopback` gives it.
        port: Its port; 0: a free one.

    Raises:
        UsageError: The port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # whoever comes before the server waits for it
    except OSError as error:
        listening.close()
        raise UsageError(f"port {port} cannot be used ({error.strerror})", "Choose another with --port.") from error
    return listening


class Page(Server):
    """The server of the page; every browser window gets a program of its own.

    Args:
        arguments: Arguments of the `assistant` command that each window runs.
        listening: The socket.
        token: Lets a browser in, once; then a cookie does.
    """

    def __init__(self, arguments: Sequence[str], listening: socket.socket, token: str) -> None:
        host, port = listening.getsockname()[:2]
        named = f"[{host}]" if ":" in host else host
        command = shlex.join([sys.executable, "-m", "assistant", *arguments])
        super().__init__(command, host=named, port=port, title="Private document assistant")
        self._listening = listening
        self._token = token
        self._cookie = f"assistant-{port}"
        self._origin = f"http://{named}:{port}"

    @property
    def address(self) -> str:
        """What a person opens, token included."""
        return f"{self._origin}/?token={self._token}"

    def run(self) -> None:
        """Serve until Ctrl-C."""
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        web.run_app(self._make_app(), sock=self._listening, print=None, access_log=None, loop=loop)

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/", self.handle_index, name="index"),
                web.get("/ws", self.handle_websocket, name="websocket"),
                web.get("/page/{name}", self._file),
                web.static("/static", self.statics_path, name="static"),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let in who has the token or the cookie, and was not sent by another site."""
        if f"http://{request.host}" != self._origin or request.headers.get("Origin", self._origin) != self._origin:
            raise web.HTTPForbidden(text="This page is for this machine alone.")
        if request.path == "/" and self._same(request.query.get("token", "")):
            answer: web.StreamResponse = web.HTTPSeeOther("/")
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="Strict", path="/")
            answer.headers.update(self._headers())
            return answer
        if not self._same(request.cookies.get(self._cookie, "")):
            raise web.HTTPForbidden(text="Open the address that `assistant serve --web` has written.")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(self._headers())
        return answer

    def _same(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _headers(self) -> dict[str, str]:
        """What the browser may do with the page: load from here, talk to here, and be shown in no other page."""
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
            f"img-src 'self' data:; connect-src 'self' {self._socket_origin()}; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )
        return {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    def _socket_origin(self) -> str:
        return self._origin.replace("http:", "ws:", 1)

    async def handle_index(self, _request: web.Request) -> web.Response:
        """The page."""
        page = Template((files("assistant.cli") / "page" / "index.html").read_text(encoding="utf-8"))
        text = page.substitute(websocket=f"{self._socket_origin()}/ws", font_size=FONT_SIZE)
        return web.Response(text=text, content_type="text/html")

    async def _file(self, request: web.Request) -> web.Response:
        """What belongs to the page."""
        name = request.match_info["name"]
        if name not in TYPES:
            raise web.HTTPNotFound
        text = (files("assistant.cli") / "page" / name).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=TYPES[name])
