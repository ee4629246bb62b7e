"""The `assistant` command: a module a group of commands.

    output.py    the only writer of standard output, standard error and exit codes
    common.py    options that every command takes, the settings in force
    rows.py      records as the JSON of the contract
    batch.py     JSON lines in
    engine.py    library, models and owner of a question, opened once
    view.py      answers and hits for people
    indexing.py  index
    asking.py    ask, search, verify
    reading.py   extract
    keeping.py   status, check, repair
    following.py watch, pause, resume, remove
    machine.py   doctor, config
    app.py       the commands together

`main` is the entry point: it forbids connections, runs the command, and turns every error into a message with its exit
code. Importing this package loads nothing heavy; each command imports what it needs.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
"""Exit code after Ctrl-C or a request to terminate (contract)."""


def main() -> NoReturn:
    """Run the command line and end the process with the contract's exit code."""
    from ingest.offline import forbid_connections

    forbid_connections()
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _interrupt)
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    sys.exit(run([argument for argument in arguments if argument != "--debug"], debug))


def run(arguments: list[str], debug: bool = False) -> int:
    """Run one command line and return its exit code; with `debug` errors leave as they are, with their traceback."""
    import typer

    from assistant.cli.app import app
    from assistant.cli.output import Output
    from ingest.errors import AssistantError, UsageError

    output = Output(as_json="--json" in arguments)
    try:
        code = app(args=arguments, prog_name="assistant", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except AssistantError as error:
        if debug:
            raise
        output.error(error)
        return error.exit_code
    except typer.TyperException as error:
        output.error(UsageError(error.format_message(), "See `assistant --help`."))
        return UsageError.exit_code
    except (KeyboardInterrupt, typer.Abort):
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


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
