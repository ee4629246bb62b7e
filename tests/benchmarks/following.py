"""What following folders costs: a look at 100,000 unchanged files, a renamed folder, one more mail.

    python -m tests.benchmarks.following [--files N] [--documents N]

The look is the owner's own, over a catalog that knows every file, against `find -type f -printf '%s %T@\\n'`; each is the
best of several in turn, in wall time and in processor time. The folder is renamed, and the mailbox grows, under a real owner.
"""

from __future__ import annotations

import argparse
import mailbox
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ingest import config
from ingest.client import Client
from ingest.feeder import Feeder
from ingest.following import Follower
from ingest.gate import Gate
from ingest.library import Library
from ingest.records import Done, IndexEvent, SourceFile
from ingest.run import IndexRun, Run, Workshop
from ingest.tools import Tools
from tests.benchmarks.measuring import conditions, figure, line
from tests.ingest.owner_help import write_files
from tests.ingest.test_followed import add_mail

FILES_A_FOLDER = 100
ROUNDS = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000, help="unchanged files that are looked at")
    parser.add_argument("--documents", type=int, default=1_000, help="documents in the folder that is renamed; 0: none")
    parser.add_argument("--mails", type=int, default=1_000, help="mails in the mailbox that gets one more; 0: none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        look_at_unchanged(Path(scratch) / "look", options.files)
        if options.documents:
            rename_folder(Path(scratch) / "rename", options.documents)
        if options.mails:
            one_more_mail(Path(scratch) / "mail", options.mails)
    return 0


def look_at_unchanged(scratch: Path, files: int) -> None:
    folder = scratch / "files"
    for at in range(0, files, FILES_A_FOLDER):
        part = folder / f"{at // FILES_A_FOLDER // 50:03}" / f"folder-{at // FILES_A_FOLDER:05}"
        part.mkdir(parents=True)
        for n in range(min(FILES_A_FOLDER, files - at)):
            (part / f"report-{n:03}.md").write_text(f"{at + n}\n")
    settings = config.load()
    with Library.open(scratch / "library", write=True) as library:
        tools, gate = Tools(library, settings), Gate(lambda _: None)
        for path in folder.rglob("*.md"):
            facts = path.stat()
            library.set_locations(SourceFile(path, facts.st_size, facts.st_mtime_ns), [], reader=tools.reader)
        library.add_root(folder)
        shop = Workshop(library, settings, tools, gate, Feeder(library, tools.spawn, gate), threading.Event())
        news: list[IndexEvent] = []

        def look() -> None:
            calming = Follower(shop.rules)
            IndexRun(shop, Run([folder], news.append, lambda _: None, calming=calming)).work()

        def find() -> None:
            command = ["find", os.fspath(folder), "-type", "f", "-printf", "%s %T@\\n"]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

        pairs = [
            (measured(look, resource.RUSAGE_SELF), measured(find, resource.RUSAGE_CHILDREN)) for _ in range(ROUNDS)
        ]
    assert not news, "something changed"
    looked, found = (tuple(min(times) for times in zip(*one, strict=True)) for one in zip(*pairs, strict=True))
    conditions(f"a look at {files:,} unchanged files")
    line(f"   look {looked[0]:.2f} s, processor {looked[1]:.2f} s; find {found[0]:.2f} s, processor {found[1]:.2f} s")
    figure("a look against find, wall time", looked[0] / found[0], "x", most=3, n=ROUNDS)
    figure("a look against find, processor time", looked[1] / found[1], "x", most=3, n=ROUNDS)


def measured(work: Callable[[], None], whose: int) -> tuple[float, float]:
    """Wall time and processor time of something, in seconds."""
    before, began = resource.getrusage(whose), time.perf_counter()
    work()
    wall, after = time.perf_counter() - began, resource.getrusage(whose)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rename_folder(scratch: Path, documents: int) -> None:
    folder = scratch / "files"
    write_files(folder / "old", documents)
    with Client.start(scratch / "library", config.load()) as client:
        first = run(client, [folder])
        before = client.status()["vectors"]["rows"]
        (folder / "old").rename(folder / "new")
        renamed = run(client, [])
        made = client.status()["vectors"]["rows"] - before
    conditions(f"a renamed folder of {documents:,} documents")
    line(f"   first {first.seconds:.1f} s and {before:,} embeddings; after the rename {renamed.seconds:.1f} s")
    figure("documents read after the rename", renamed.indexed, "", most=0, n=documents)
    figure("embeddings after the rename", made, "", most=0, n=documents)


def one_more_mail(scratch: Path, mails: int) -> None:
    scratch.mkdir()
    chance = random.Random(1)
    box = mailbox.mbox(scratch / "all.mbox")
    for n in range(mails):
        add_mail(box, n, chance)
    with Client.start(scratch / "library", config.load()) as client:
        first = run(client, [scratch / "all.mbox"])
        before = client.status()["vectors"]["rows"]
        add_mail(box, mails, chance)
        more = run(client, [])
        made = client.status()["vectors"]["rows"] - before
    box.close()
    conditions(f"one more mail in a mailbox of {mails:,}")
    line(f"   first {first.seconds:.1f} s and {before:,} embeddings; one more {more.seconds:.1f} s")
    figure("mails read", more.indexed - 1, "", most=1, n=mails)
    figure("embeddings", made, "", most=1, n=mails)


def run(client: Client, paths: list[Path]) -> Done:
    *_, done = client.index(paths)
    assert isinstance(done, Done)
    return done


if __name__ == "__main__":
    sys.exit(main())
