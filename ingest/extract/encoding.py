"""Which encoding a text file is in, and its text piece by piece.

UTF-8 is believed when it decodes (single stray bytes are read as Windows-1252, which is what they usually are);
then byte order marks and the pattern of zero bytes, then what the file declares, then the letters it would give.
Knows nothing of what the text says.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

SAMPLE_BYTES = 1 << 18
"""How much of a file decides about its encoding."""
READ_BYTES = 1 << 18
"""How much is decoded at a time."""
MAX_SPECIAL = 0.2
"""Share of letters beyond ASCII up to which a text may be Western European."""
SHORT = 40
"""Length in characters up to which that share says little."""
STRAY_LIMIT = 4
"""Valid multi-byte characters per invalid byte from which a broken text is still UTF-8."""
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿœŒ€£§©®°±²³´µ·¿¡«»“”‘’„‚–—…•†‡™ªº¼½¾×÷\u00a0¢¥¤"
)
_DECLARED = re.compile(rb"(?:charset|encoding|coding)\s*[=:]\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_STRAY = "assistant-stray"
_REPLACED = "\ufffd".encode()
"""A character that some program before could not read: valid UTF-8."""


def _stray(error: UnicodeError) -> tuple[str, int]:
    """Decode what is no UTF-8 as Windows-1252, byte by byte."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    end = error.start + 1
    return error.object[error.start : end].decode("cp1252", "replace"), end


codecs.register_error(_STRAY, _stray)


def detect(sample: bytes, declared: str = "") -> str:
    """Name of the codec for bytes that begin like `sample`.

    Args:
        sample: The first `SAMPLE_BYTES` of the text.
        declared: What a container says, such as a MIME charset; believed unless the bytes contradict it.
    """
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if sample.startswith(mark):
            return codec
    if sample.isascii() and b"\0" not in sample:
        return declared if _shifts(declared) else "utf-8"
    if (by_zeros := _by_zeros(sample)) is not None:
        return by_zeros
    if _is_utf8(sample):
        return "utf-8"
    found = _DECLARED.search(sample[:2048])
    for name in (declared, found[1].decode("ascii") if found else ""):
        if (usable := _usable(name, sample)) is not None:
            return usable
    return _by_letters(sample)


def decode(data: bytes, declared: str = "") -> str:
    """The whole text of some bytes; never fails."""
    codec = detect(data[:SAMPLE_BYTES], declared)
    return data.decode(codec, _STRAY if codec.startswith("utf-8") else "replace")


def stream(path: Path, declared: str = "") -> Iterator[str]:
    """The text of a file, some `READ_BYTES` at a time.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        codec = detect(file.read(SAMPLE_BYTES), declared)
        file.seek(0)
        decoder = codecs.getincrementaldecoder(codec)(_STRAY if codec.startswith("utf-8") else "replace")
        while chunk := file.read(READ_BYTES):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def _shifts(name: str) -> bool:
    """Whether an encoding writes other letters as ASCII bytes, so that ASCII bytes are no proof against it."""
    return name.casefold().replace("_", "-") in {"iso-2022-jp", "iso-2022-kr", "hz", "hz-gb-2312", "utf-7"}


def _by_zeros(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, told by where the zero bytes stand."""
    zeros = sample.count(0)
    if zeros < len(sample) // 8:
        return None
    if sample[3::4].count(0) + sample[2::4].count(0) > 0.95 * (len(sample) // 2):
        return "utf-32-le"
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def _is_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", "replace")
    bad = text.count("\ufffd") - sample.count(_REPLACED)
    if text.endswith("\ufffd") and len(sample) == SAMPLE_BYTES:
        bad -= 1
    good = sum(1 for letter in text if letter > "\x7f") - bad
    return bad <= 0 or good >= STRAY_LIMIT * bad


def _usable(name: str, sample: bytes) -> str | None:
    try:
        codec = codecs.lookup(name)
        text = sample.decode(codec.name, "replace")
    except (LookupError, ValueError, TypeError, AttributeError):
        return None
    if codec.name in ("utf-8", "ascii") or not isinstance(text, str):
        return None
    if codec.name in ("iso8859-1", "latin-1"):
        return "cp1252"
    return codec.name if text.count("\ufffd") <= len(text) // 100 else None


def _by_letters(sample: bytes) -> str:
    """A legacy encoding, by the letters it would give."""
    western = sample.decode("cp1252", "replace")
    special = [letter for letter in western if letter > "\x7f"]
    share = MAX_SPECIAL if len(western) > SHORT else 0.5
    if sum(letter in _WESTERN for letter in special) >= 0.98 * len(special) and len(special) <= share * len(western):
        return "cp1252"
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample[: 1 << 16]).best()
    return best.encoding if best is not None else "cp1252"
