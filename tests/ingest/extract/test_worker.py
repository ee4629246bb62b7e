from __future__ import annotations

import hashlib
from email.message import EmailMessage
from pathlib import Path

from ingest.frames import send_frame

from .files import Worker, pdf, picture_of, png, write


def mail_with(
    *attachments: tuple[str, str, bytes], text: str = "See the attachment.", subject: str = "Invoice"
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ann <ann@example.org>", "bob@example.org", subject
    message["Date"] = "Mon, 03 Feb 2025 10:00:00 +0100"
    message.set_content(text)
    for name, kind, data in attachments:
        main, _, sub = kind.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def test_a_file_is_named_by_its_hash_and_read(tmp_path: Path) -> None:
    path = write(tmp_path / "note.txt", "A short note.\n")
    wanted = hashlib.sha256(b"text/plain\0A short note.\n").hexdigest()
    with Worker(tmp_path) as worker:
        member, opened = worker.open(path)
        assert member == {
            "is": "member", "inside": None, "id": wanted, "media_type": "text/plain", "size": 14, "name": "note.txt"
        }  # fmt: skip
        assert opened == {"is": "opened"}
        begin, facts, page, counted, end, done = worker.read(wanted)
    assert begin == {"is": "begin", "id": wanted}
    assert (facts["is"], counted["is"], counted["page_count"]) == ("facts", "facts", 1)
    assert page == {
        "is": "page", "id": wanted, "number": 1, "label": "text", "text": "A short note.", "headings": [], "source": "text"
    }  # fmt: skip
    assert end == {"is": "end", "id": wanted, "pages": 1}
    assert done == {"is": "done"}


def test_members_are_found_recursively_and_named_by_their_way(tmp_path: Path) -> None:
    invoice = pdf(tmp_path / "x.pdf", [["Total 42.00"]]).read_bytes()
    inner = mail_with(("invoice.pdf", "application/pdf", invoice))
    outer = mail_with(
        ("a.txt", "text/plain", b"one"),
        ("a.txt", "text/plain", b"two"),
        ("inner.eml", "application/octet-stream", inner),
    )
    with Worker(tmp_path) as worker:
        answers = worker.open(write(tmp_path / "outer.eml", outer))
        ways = [answer["inside"] for answer in answers if answer["is"] == "member"]
        assert ways == [None, "a.txt", "a.txt#2", "inner.eml", "inner.eml/invoice.pdf"]
        texts = [
            item["text"] for item in worker.read(*[answer["id"] for answer in answers[:-1]]) if item["is"] == "page"
        ]
    assert [text.split("\n")[-1] for text in texts] == [
        "See the attachment.",
        "one",
        "two",
        "See the attachment.",
        "Total 42.00",
    ]


def test_a_bad_member_does_not_end_its_file(tmp_path: Path) -> None:
    data = mail_with(
        ("p.exe", "application/octet-stream", b"MZ\x90\x00" + bytes(500)), ("b.txt", "text/plain", b"fine")
    )
    with Worker(tmp_path) as worker:
        answers = worker.open(write(tmp_path / "m.eml", data))
    assert [(answer["is"], answer.get("inside"), answer.get("code")) for answer in answers] == [
        ("member", None, None), ("error", "p.exe", "unsupported"), ("member", "b.txt", None), ("opened", None, None)
    ]  # fmt: skip


def test_the_error_of_a_file_is_its_only_answer(tmp_path: Path) -> None:
    cases = {
        "a.pdf": (b"", "empty"),
        "b.bin": (bytes(range(256)) * 9, "unsupported"),
        "c.docx": (b"PK\x03\x04no", "damaged"),
    }
    with Worker(tmp_path) as worker:
        for name, (data, code) in cases.items():
            answers = worker.open(write(tmp_path / name, data))
            if answers[-1]["is"] == "opened":
                answers = [item for item in worker.read(answers[0]["id"]) if item["is"] == "error"]
            assert [(answer["is"], answer["inside"], answer["code"]) for answer in answers] == [("error", None, code)]
            assert answers[0]["hint"]
        assert worker.open(tmp_path / "missing.txt")[0]["code"] == "unreadable"


def test_nesting_is_limited(tmp_path: Path) -> None:
    data = b"innermost"
    for level in range(4):
        data = mail_with((f"level{level}.eml", "application/octet-stream", data), subject=f"Level {level}")
    with Worker(tmp_path) as worker:
        answers = worker.open(write(tmp_path / "deep.eml", data), max_depth=2)
    assert [answer["is"] for answer in answers] == ["member", "member", "error", "opened"]
    assert answers[2]["code"] == "too_large"


def test_a_pdf_is_read_as_deep_as_containers_are_opened(tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(pdf(tmp_path / "a.pdf", [["one"]])))
    writer.add_attachment("costs.txt", b"Paper 3.50")
    writer.write(tmp_path / "b.pdf")
    data = mail_with(("b.pdf", "application/pdf", (tmp_path / "b.pdf").read_bytes()))
    with Worker(tmp_path) as worker:
        path = write(tmp_path / "m.eml", data)
        for depth, ways in ((1, [None, "b.pdf"]), (2, [None, "b.pdf", "b.pdf/costs.txt"])):
            answers = worker.open(path, max_depth=depth)
            assert [answer["inside"] for answer in answers if answer["is"] == "member"] == ways
            assert answers[-1] == {"is": "opened"}


def test_what_is_unpacked_is_limited(tmp_path: Path) -> None:
    data = mail_with(*[(f"{number}.txt", "text/plain", bytes([65 + number]) * (9 << 20)) for number in range(4)])
    with Worker(tmp_path) as worker:
        answers = worker.open(write(tmp_path / "large.eml", data), max_archive_ratio=0)
    assert [answer["is"] for answer in answers] == ["member", "member", "member", "member", "error", "opened"]
    assert answers[-2]["code"] == "too_large"


def test_pages_and_text_are_limited(tmp_path: Path) -> None:
    path = write(
        tmp_path / "long.txt",
        "A line of a hundred characters or so that says very little about anything at all\n" * 40_000,
    )
    with Worker(tmp_path) as worker:
        for options, pages in (({"max_pages": 3}, 3), ({"max_text_mb": 1}, 5)):
            answers = worker.read(worker.open(path, **options)[0]["id"])
            assert sum(answer["is"] == "page" for answer in answers) == pages
            assert [answer["code"] for answer in answers if answer["is"] == "problem"] == ["too_large"]
            assert answers[-2]["is"] == "end"


def test_a_picture_is_handed_over_as_a_file_in_the_private_folder(tmp_path: Path) -> None:
    with Worker(tmp_path) as worker:
        opened = worker.open(write(tmp_path / "scan.png", png(picture_of(["Hello"]))))
        (image,) = [item for item in worker.read(opened[0]["id"]) if item["is"] == "image"]
        assert Path(image["image"]).parent == worker.folder
        assert Path(image["image"]).exists()


def test_an_id_that_is_not_open_is_an_error(tmp_path: Path) -> None:
    with Worker(tmp_path) as worker:
        opened = worker.open(write(tmp_path / "a.txt", "text"))
        assert worker.read(opened[0]["id"])[0]["is"] == "begin"
        send_frame(worker.connection, {"op": "close"})
        (error, done) = worker.read(opened[0]["id"])
    assert (error["is"], error["code"], done["is"]) == ("error", "unreadable", "done")
