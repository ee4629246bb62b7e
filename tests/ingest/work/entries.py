"""Entries of workers for the tests: each shows one behaviour of a good or a hostile worker."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ingest.frames import receive_frame, send_frame


def echo(connection: socket.socket) -> None:
    """Answers each request according to its `do`."""
    while (frame := receive_frame(connection)) is not None:
        header, payload = frame
        send_frame(connection, *_do(connection, header, payload))


def _do(connection: socket.socket, header: dict[str, Any], payload: bytes) -> tuple[dict[str, Any], bytes]:
    match header.get("do"):
        case "segfault":
            ctypes.string_at(0)
        case "exit":
            os._exit(header["status"])
        case "raise":
            raise ValueError("secret words of a document")
        case "spin":
            while True:
                pass
        case "work":
            until = time.process_time() + header["seconds"]
            while time.process_time() < until:
                pass
        case "regex":
            re.match("(a+)+$", "a" * 60 + "b")
        case "sleep":
            time.sleep(header["seconds"])
        case "grow":
            hoard = []
            while True:
                hoard.append(b"x" * (20 << 20))
                time.sleep(0.01)
        case "child":
            return {"child": child(header.get("busy", False))}, b""
        case "babble":
            connection.sendall(b"\xff" * 64)
        case "chatter":
            for number in range(header["times"]):
                send_frame(connection, {"number": number})
        case "tell":
            return {
                "pid": os.getpid(),
                "group": os.getpgrp(),
                "session": os.getsid(0),
                "hangup": signal.getsignal(signal.SIGHUP) is signal.SIG_DFL,
                "scheduler": os.sched_getscheduler(0),
                "nice": os.getpriority(os.PRIO_PROCESS, 0),
                "autogroup": Path("/proc/self/autogroup").read_text() if Path("/proc/self/autogroup").exists() else "",
                "temporary": tempfile.gettempdir(),
            }, b""
        case "read":
            return {}, Path(header["path"]).read_bytes()
        case "try":
            return {"failed": [attempt(action) for action in header["actions"]]}, b""
    return {"heard": header}, payload


def child(busy: bool) -> int:
    """Starts a process of its own, as a reader starts Tesseract; its process id."""
    code = "while True: pass" if busy else "import time; time.sleep(600)"
    return subprocess.Popen([sys.executable, "-c", code]).pid


def attempt(action: list[str]) -> str:
    """What a confined process is told when it tries something: the name of the error, empty if it works."""
    try:
        match action:
            case ["read", path]:
                Path(path).read_bytes()
            case ["list", path]:
                list(Path(path).iterdir())
            case ["write", path]:
                Path(path).write_text("x")
            case ["run", *arguments]:
                subprocess.run(arguments, check=True, capture_output=True)
            case ["call", name, *arguments]:
                # the system itself, not Python and its audit hook
                library = ctypes.CDLL(None, use_errno=True)
                if getattr(library, name)(*map(int, arguments)) < 0:
                    return errno.errorcode[ctypes.get_errno()]
            case ["tcp", port]:
                library = ctypes.CDLL(None, use_errno=True)
                address = b"\x02\x00" + int(port).to_bytes(2, "big") + b"\x7f\x00\x00\x01" + bytes(8)
                if library.connect(library.socket(2, 1, 0), address, 16) != 0:
                    return errno.errorcode[ctypes.get_errno()]
            case ["signal", pid]:
                os.kill(int(pid), 0)
            case ["import", module]:
                __import__(module)
    except OSError as error:
        return type(error).__name__
    except ImportError as error:
        return type(error).__name__
    except subprocess.CalledProcessError as error:
        return f"status {error.returncode}"
    return ""


def reader(connection: socket.socket) -> None:
    """A reader whose files are scripts: a JSON list of members, each with its pages and misdeeds."""
    script: list[dict[str, Any]] = []
    folder = Path()
    while (frame := receive_frame(connection)) is not None:
        request, _ = frame
        if request["op"] == "open":
            script, folder = json.loads(Path(request["path"]).read_bytes()), Path(request["folder"])
            for member in script:
                _misbehave(member.get("opening", ""))
                keys = ("inside", "id", "media_type", "size", "name")
                if "error" in member:
                    send_frame(connection, {"is": "error", "inside": member["inside"], **member["error"]})
                else:
                    send_frame(connection, {"is": "member", **{key: member[key] for key in keys}})
            send_frame(connection, {"is": "opened"})
        elif request["op"] == "read":
            for wanted in request["ids"]:
                member = next(each for each in script if each["id"] == wanted)
                _read(connection, member, folder)
            send_frame(connection, {"is": "done"})


def _read(connection: socket.socket, member: dict[str, Any], folder: Path) -> None:
    document = member["id"]
    send_frame(connection, {"is": "begin", "id": document})
    for message in member["messages"]:
        _misbehave(message.get("misdeed", ""))
        if message["is"] == "image":
            image = folder / f"{document[:4]}-{message['number']}"
            image.write_text(message.pop("shows"))
            message["image"] = str(image)
        send_frame(connection, {"id": document, **message})
    send_frame(connection, {"is": "end", "id": document})


def _misbehave(how: str) -> None:
    match how:
        case "segfault":
            ctypes.string_at(0)
        case "spin":
            while True:
                pass
        case "wait":
            time.sleep(600)


def ocr(connection: socket.socket) -> None:
    """OCR whose pictures are texts; the first word may be a misdeed."""
    while (frame := receive_frame(connection)) is not None:
        text = Path(frame[0]["image"]).read_text()
        _misbehave(text.partition(" ")[0])
        if text.startswith("slow"):
            time.sleep(0.3)
        if text.startswith("none"):
            send_frame(connection, {"error": {"code": "no_ocr", "message": "no Tesseract", "hint": "install it"}})
        else:
            if text == "likely":
                text = f"likely {frame[0]['likely'] or 'nothing'}"
            box = [0, len(text), 0.1, 0.1, 0.2, 0.2, 0.9]
            notice = "in another language" if text.startswith("foreign") else ""
            answer = {"text": text, "confidence": 0.9, "boxes": [box] if text else [], "languages": "deu"}
            send_frame(connection, {**answer, "notice": notice})
