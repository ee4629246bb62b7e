"""`assistant serve --web`: a page of this machine alone, that loads nothing from elsewhere, and the program in it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from ingest.embed import Encoder
from tests.assistant.archive import TEXTS, build
from tests.command import assistant, left_behind

PATIENCE_SECONDS = 60.0
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Served:
    """A running server, its address and the mark of its processes."""

    def __init__(self, library: Path) -> None:
        self.mark = f"web-{os.getpid()}-{os.urandom(4).hex()}"
        environment = {**os.environ, "ASSISTANT_MODEL": "none", "ASSISTANT_TEST_MARK": self.mark}
        command = [sys.executable, "-m", "assistant", "serve", "--web", "--library", str(library)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout is not None
        self.address = re.search(r"http\S+", self.process.stdout.readline()).group()  # type: ignore[union-attr]  # or fail
        self.origin = self.address.partition("/?")[0]

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=PATIENCE_SECONDS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (left := left_behind(self.mark)) and time.monotonic() < deadline:
            psutil.wait_procs(left, timeout=0.5)
        assert not left_behind(self.mark)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Served]:  # noqa: ARG001 - compiled first
    folder = tmp_path_factory.mktemp("served")
    files = folder / "archive"
    for name, pages in TEXTS.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text("\n\n".join(pages))
    build(folder / "library", files, TEXTS)
    running = Served(folder / "library")
    yield running
    running.end()


async def fetched(browser: aiohttp.ClientSession, address: str, **headers: str) -> tuple[int, str, str, str]:
    """Status, final address, policy and text of what an address gives."""
    async with browser.get(address, headers=headers) as answer:
        policy = answer.headers.get("Content-Security-Policy", "")
        return answer.status, str(answer.url), policy, await answer.text(errors="replace")


async def test_nobody_gets_in_without_the_token(served: Served) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        for path in ("/", "/?token=wrong", "/ws", "/page/page.js", "/static/js/textual.js"):
            assert (await fetched(browser, served.origin + path))[0] == 403, path
        pointed_here = await fetched(browser, served.address, Host="evil.example:80")
        assert pointed_here[0] == 403
        status, address, _, _ = await fetched(browser, served.address)
        assert status == 200
        assert "token" not in address, "the address that stays in the browser holds no secret"
        assert (await fetched(browser, served.origin + "/", Origin="https://evil.example"))[0] == 403


async def test_the_page_loads_nothing_from_elsewhere(served: Served) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        _, _, policy, text = await fetched(browser, served.address)
        assert "default-src 'none'" in policy
        own = served.origin.removeprefix("http://")
        assert set(re.findall(r"\w+://[^\s;]+", policy)) == {f"ws://{own}"}
        assert set(re.findall(r"\w+://[^\s\"]+", text)) == {f"ws://{own}/ws"}
        loaded = re.findall(r'(?:href|src)="(/[^"]+)"', text)
        styles = (await fetched(browser, served.origin + "/page/page.css"))[3]
        loaded += re.findall(r'url\("([^"]+)"\)', styles)
        assert len(loaded) >= 5
        for path in loaded:
            assert (await fetched(browser, served.origin + path))[0] == 200, path


async def test_the_program_runs_in_it(served: Served) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        await fetched(browser, served.address)
        async with browser.ws_connect(f"{served.origin}/ws?width=100&height=30", origin=served.origin) as socket:
            await socket.send_json(["resize", {"width": 100, "height": 30}])
            await drawn(socket, "Ask your documents a question")
            await socket.send_json(["stdin", "rent"])
            await drawn(socket, "rent")


async def drawn(socket: aiohttp.ClientWebSocketResponse, wanted: str) -> None:
    """Read what is drawn until it holds a text."""
    seen = ""
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for message in socket:
            if message.type == aiohttp.WSMsgType.BINARY:
                seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", message.data.decode("utf-8", "replace"))
                if wanted in seen:
                    return
    raise AssertionError(f"{wanted!r} was never drawn")


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
async def test_a_browser_shows_it_and_asks_nobody_else(served: Served, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0"]
    command = [CHROMIUM, *options, f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1000,700", "about:blank"]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            asked = await visit(tmp_path / "profile" / "DevToolsActivePort", served.address)
    finally:
        process.terminate()
        await process.wait()
    addresses = [one for one in asked if not one.startswith("data:")]
    assert len(addresses) >= 5
    assert all(one.startswith((served.origin, served.origin.replace("http:", "ws:"))) for one in addresses), addresses


async def visit(port_file: Path, address: str) -> list[str]:
    """Have the browser show the page until the program has drawn into it; the addresses that it asked for."""
    while not port_file.exists() or not port_file.read_text().strip():
        await asyncio.sleep(0.1)
    port = port_file.read_text().split()[0]
    async with aiohttp.ClientSession() as session:
        tabs = json.loads((await fetched(session, f"http://127.0.0.1:{port}/json/list"))[3])
        [tab] = [one for one in tabs if one["type"] == "page"]
        async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            browser = Browser(socket)
            for domain in ("Network", "Page", "Runtime"):
                await browser.do(f"{domain}.enable")
            await browser.do("Page.navigate", url=address)
            while not await browser.value("document.body && document.body.classList.contains('-first-byte')"):
                await asyncio.sleep(0.2)
            assert await browser.value("document.title") == "Private document assistant"
            assert "token" not in str(await browser.value("location.href"))
            return browser.asked


class Browser:
    """The little of the DevTools protocol that is needed."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.asked: list[str] = []

    async def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        async for message in self._socket:
            told = json.loads(message.data)
            if told.get("method") == "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])
            elif told.get("method") == "Network.webSocketCreated":
                self.asked.append(told["params"]["url"])
            elif told.get("id") == self._number:
                return dict(told.get("result", {}))
        raise AssertionError("the browser hung up")

    async def value(self, expression: str) -> Any:
        told = await self.do("Runtime.evaluate", expression=expression, returnByValue=True)
        return told["result"].get("value")


def test_only_this_machine_can_be_served(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "192.168.1.5", "example.org"):  # noqa: S104 - refused
        done = assistant("serve", "--web", "--host", host, library=tmp_path, ASSISTANT_MODEL="none")
        assert done.code == 2, host
        assert "127.0.0.1" in done.err
    assert assistant("serve", library=tmp_path).code == 2
