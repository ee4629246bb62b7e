from __future__ import annotations

import struct
from pathlib import Path

import pytest

from assistant.llm.gguf import read_header
from ingest import model_files
from ingest.errors import SetupError


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def test_reads_the_starter_model() -> None:
    header = read_header(model_files.find("smollm2-135m-instruct", "language").path)
    assert (header.architecture, header.context) == ("llama", 8192)
    assert "135M" in header.name


def test_skips_arrays_of_texts_and_of_numbers(tmp_path: Path) -> None:
    keys = [
        text("general.architecture") + struct.pack("<I", 8) + text("toy"),
        text("words") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("bc"),
        text("numbers") + struct.pack("<IIQ", 9, 6, 3) + bytes(12),
        text("flag") + struct.pack("<I?", 7, True),
        text("toy.context_length") + struct.pack("<II", 4, 777),
    ]
    file = tmp_path / "toy.gguf"
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(keys)) + b"".join(keys))
    assert read_header(file).context == 777


@pytest.mark.parametrize(
    "content",
    [b"", b"GGUF", b"%PDF-1.7" * 10, b"GGUF" + struct.pack("<IQQ", 3, 0, 5) + b"\xff" * 64],
    ids=["empty", "cut", "other", "nonsense"],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(content)
    with pytest.raises(SetupError):
        read_header(file)
