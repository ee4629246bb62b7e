"""The `assistant` command: a module a group of commands.

    output.py    the only writer of standard output, standard error and exit codes
    common.py    options that every command takes, the settings in force
    rows.py      records as the JSON of the contract
    batch.py     JSON lines in
    engine.py    library, models and owner of a question, opened once
    view.py      answers and hits for people
    indexing.py  index
    asking.py    ask, search, verify
    chatting.py  chat; linear.py what can be done in it besides asking
    serving.py   serve; web.py the terminal program in a browser, page/ what the browser is given
    evaluating.py eval
    reading.py   extract
    keeping.py   status, check, repair                          stats.py     what it has cost
    following.py watch, pause, resume, remove
    service.py   `watch` as a service of systemd or launchd
    forgetting.py   forget
    generations.py  generations
    moving.py    export, import, relocate
    machine.py   doctor, config                                 tuning.py    tune
    app.py       the commands together

`main` is the entry point: it forbids connections, runs the command, and turns every error into a message with its exit
code. Importing this package loads nothing heavy; each command imports what it needs.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

GARBAGE = 20_000
"""New objects after which garbage is looked for: what a command imports is none, and looking costs it a tenth."""
INTERRUPTED = 130
"""Exit code after Ctrl-C or a request to terminate (contract)."""


def main() -> NoReturn:
    """Run the command line and end the process with the contract's exit code."""
    gc.set_threshold(GARBAGE)
    from ingest.offline import forbid_connections

    forbid_connections()
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _interrupt)
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    sys.exit(run([argument for argument in arguments if argument != "--debug"], debug))


def run(arguments: list[str], debug: bool = False) -> int:
    """Run one command line and return its exit code; with `debug` errors leave as they are, with their traceback."""
    from assistant.cli.output import Output
    from ingest.errors import AssistantError

    output = Output(as_json="--json" in arguments)
    try:
        return _command(arguments) if arguments else _terminal()
    except AssistantError as error:
        if debug:
            raise
        output.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last resort: a person sees a message, never a traceback
        if debug:
            raise
        output.error(
            AssistantError(f"{type(error).__name__}: {error}", "Run it again with --debug and report it.", "bug")
        )
        return 1


def _command(arguments: list[str]) -> int:
    import typer

    from assistant.cli.app import app
    from ingest.errors import UsageError

    try:
        code = app(args=arguments, prog_name="assistant", standalone_mode=False)
    except typer.TyperException as error:
        raise UsageError(error.format_message(), "See `assistant --help`.") from error
    except typer.Abort:
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _terminal() -> int:
    """The terminal program; the command line is not loaded for it, so that its first screen comes sooner."""
    gc.disable()  # until the first screen is drawn: nothing of what is loaded is garbage
    from assistant.tui.app import run as open_terminal
    from ingest import config

    return open_terminal(config.load())


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
