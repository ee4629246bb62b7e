"""`python -m ingest LIBRARY`: the owner of a library, as a client starts it.

With `--settings-from-input` the settings in force come as JSON through standard input. Why it cannot begin is said as
JSON on standard output; once clients can connect, both are closed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

from ingest import config as configuration
from ingest import log
from ingest.config import Config
from ingest.errors import AssistantError
from ingest.messages import error_as_json
from ingest.offline import forbid_connections
from ingest.socket_files import LOG_NAME

SWITCH_SECONDS = 0.0005
"""How long one thread of the owner computes while another waits. A request is handled in about ten steps, each of which
may wait so long for every thread that computes: with Python's 5 ms, a pause took up to 180 ms to reach the workers."""


def main(arguments: list[str]) -> int:
    """Run an owner to its end.

    Args:
        arguments: The library's folder, and options.

    Returns:
        The exit code.
    """
    os.umask(0o077)
    sys.setswitchinterval(SWITCH_SECONDS)
    forbid_connections()
    threading.excepthook = _log_thread
    folder = Path(arguments[0])
    try:
        from ingest.owner import Owner

        owner = Owner(folder, _settings("--settings-from-input" in arguments))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: owner.finish())
        started = threading.Event()
        threading.Thread(target=_let_go, args=(started,), daemon=True).start()
        owner.run(started)
    except AssistantError as error:
        return _say(error)
    except Exception as error:  # noqa: BLE001 - told to the log and to who started this
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.to_file(folder / LOG_NAME)
        return _say(log.unexpected("the library's owner", error))
    return 0


def _say(error: AssistantError) -> int:
    """Tell who started this process why it ends."""
    sys.stdout.write(json.dumps(error_as_json(error)) + "\n")
    sys.stdout.flush()
    return error.exit_code


def _log_thread(ended: threading.ExceptHookArgs) -> None:
    """What ends a thread without anybody having foreseen it."""
    name = ended.thread.name if ended.thread is not None else "a thread"
    if ended.exc_value is not None:
        log.unexpected(name, ended.exc_value)


def _settings(from_input: bool) -> Config:
    """The configuration in force here, or that of the client that starts this owner."""
    config = configuration.load()
    if from_input:
        for section, values in json.load(sys.stdin).items():
            for key, value in values.items():
                if config.values[section][key] != value:
                    config = config.override(section, key, value, "the client")
    return config


def _let_go(started: threading.Event) -> None:
    """Hold on to nothing of who started this process once it serves."""
    started.wait()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
