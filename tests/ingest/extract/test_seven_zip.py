"""7z archives: every method that can be undone, what cannot, and what is damaged or too much."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.extract.members import Failed, Found, walk
from ingest.extract.reader import Member, ReadOptions
from tests.fuzz.damage import damaged

from . import seven_zip_writer
from .files import error_of, members, write

FILES = {
    "letters/rent.txt": b"The rent is 780 euros.\n" * 400,
    "Grüße.txt": "Grüße aus Öl".encode(),
    "noise.bin": os.urandom(30_000),
    "__MACOSX/._rent.txt": b"clutter",
}
MADE_BY_7_ZIP = {
    "packed": (
        "N3q8ryccAAS7DACHowAAAAAAAAAhAAAAAAAAAGx620YBAClUaGUgcmVudCBpcyA3ODAgZXVyb3MuCkNhbGwgdGhlIGxhbmRsb3Jk"
        "LgoAAACBMweuD9Dij7yfP0dBBA9xDP25DwI9cYozrGCESXOaNYCxsFagP2MIHY0k4Wy5rvgpCoT25T9BoL901kf32xnJMT6hyo6c"
        "6ogeIGSJWZGgccTNmoyU3p1+PL9w0k0Z8v9R1gmRq3xZGlLgVOxa/QCuxZaAFwYuAQl1AAcLAQABIwMBAQVdABAAAAyAtgoBV0Kv"
        "RwAA"
    ),
    "encrypted": (
        "N3q8ryccAARpGpOPIAAAAAAAAAByAAAAAAAAAIoxmbfKaCyWnyx14r33O7k2xuQnsSefCWnwCBuvHVe1uj6LVQEEBgABCSAABwsB"
        "AAIkBvEHARJTDzNgnmB+XfHJicym+tEjFAchIQEAAQAMGxcACAoBvUrdiAAABQEZAQARFwBsAGUAdAB0AGUAcgAuAHQAeAB0AAAA"
        "GQQAAAAAFAoBAA4koGPied0BFQYBACCApIEAAA=="
    ),
    "names encrypted too": (
        "N3q8ryccAATeMoqeoAAAAAAAAAAvAAAAAAAAAFszRWXvTmwCA51bi7gAR0r8UlfncOMxFPPVLuKkdh9HcG2z69+876gl3hrFzpyf"
        "Xdh7iJge7sUEjs9rLmYxrjZ8GBnmdrCXBQ57nd4Y2h9ipGbqw9UhhQnh+oAsGGrV560TRQks7BbcXRgisODsDFFYvrdsZMSXo/GB"
        "SPiud9G+dYugfwpegNC9i7k7b61CeZGxiC7S5Yq40FbymidH/TvzXJTvFwYgAQmAgAAHCwEAASQG8QcBElMPEjeRQqgOzdjMWndn"
        "6ShvYwxyCgHPy4uOAAA="
    ),
}
"""Archives that 7-Zip 26 wrote: of two files, a folder and an empty file; and with a password."""


def made_by_7_zip(folder: Path, name: str) -> Path:
    return write(folder / "archive.7z", base64.b64decode(MADE_BY_7_ZIP[name]))


def contents(path: Path) -> dict[str, bytes]:
    found = [item for item in members(path) if isinstance(item, Member) and isinstance(item.data, Path)]
    return {item.name: item.data.read_bytes() for item in found if isinstance(item.data, Path)}


@pytest.mark.parametrize("method", seven_zip_writer.METHODS)
def test_files_are_unpacked(method: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.7z", seven_zip_writer.archive(FILES, method))
    assert contents(path) == {name: data for name, data in FILES.items() if name != "__MACOSX/._rent.txt"}


def test_an_archive_of_7_zip_with_a_packed_directory(tmp_path: Path) -> None:
    path = made_by_7_zip(tmp_path, "packed")
    assert contents(path) == {"in/letter.txt": b"The rent is 780 euros.\n", "in/sub/note.txt": b"Call the landlord.\n"}


def test_an_encrypted_archive_says_so(tmp_path: Path) -> None:
    (problem,) = members(made_by_7_zip(tmp_path, "encrypted"))
    assert not isinstance(problem, Member)
    assert (problem.code, problem.inside) == ("encrypted", "letter.txt")
    assert error_of(lambda: members(made_by_7_zip(tmp_path, "names encrypted too"))) == "encrypted"


@pytest.mark.parametrize("method", ["030401", "0303011b", "04f71101"], ids=["PPMd", "BCJ2", "Zstandard"])
def test_a_method_that_is_not_known_is_unsupported(method: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.7z", seven_zip_writer.archive({"a.txt": b"a", "b.txt": b"b"}, method))
    found = members(path)
    assert [getattr(item, "code", "") for item in found] == ["unsupported"] * 2


def test_damaged_content_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.7z", seven_zip_writer.archive({"a.txt": b"a" * 100}, checksum=1))
    (problem,) = members(path)
    assert not isinstance(problem, Member)
    assert (problem.code, problem.inside) == ("damaged", "a.txt")


@pytest.mark.parametrize("kept", [8, 20, 40, -1, -30])
def test_an_archive_that_breaks_off_is_damaged(kept: int, tmp_path: Path) -> None:
    path = write(tmp_path / "a.7z", seven_zip_writer.archive(FILES)[:kept])
    assert error_of(lambda: members(path)) == "damaged"


@settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "60")),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32), times=st.integers(1, 4))
def test_any_directory_ends_in_files_or_a_clean_error(
    seed: int, times: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = seven_zip_writer.archive({"a.txt": b"text", "b.txt": b"more"}, "delta")
    size = len(made) - made.index(b"\x01\x04\x06")
    folder = tmp_path_factory.mktemp("damaged")
    path = write(folder / "a.7z", seven_zip_writer.sealed(made[32:-size], damaged(made[-size:], seed, times)))
    assert error_of(lambda: members(path)) in ("", "damaged", "unsupported", "too_large", "encrypted")


def test_what_unpacks_to_too_much_ends(tmp_path: Path) -> None:
    bomb = seven_zip_writer.archive({"zeros.txt": bytes(33 << 20), "after.txt": b"never reached"})
    path = write(tmp_path / "bomb.7z", bomb)
    folder = tmp_path / "unpacked"
    folder.mkdir()
    found = list(walk(path, path.name, folder, ReadOptions()))
    assert isinstance(found[0], Found)
    assert [item.error.code for item in found[1:] if isinstance(item, Failed)] == ["too_large"]
    assert not list(folder.iterdir())


def test_an_archive_inside_an_archive_is_opened(tmp_path: Path) -> None:
    inner = seven_zip_writer.archive({"rent.txt": b"The rent is 780 euros."})
    path = write(tmp_path / "outer.7z", seven_zip_writer.archive({"inner.7z": inner}))
    folder = tmp_path / "unpacked"
    folder.mkdir()
    found = [item for item in walk(path, path.name, folder, ReadOptions()) if isinstance(item, Found)]
    assert [item.inside for item in found] == [None, "inner.7z", "inner.7z/rent.txt"]
