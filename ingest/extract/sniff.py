"""What a file is: its bytes decide, and its name among text formats.

`media_type` looks at the first bytes alone; `media_type_of` opens ZIP and OLE directories to tell their kinds apart.
Knows nothing of how a type is read, nor whether it can be.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath

HEAD_BYTES = 1 << 16
"""How much of a file is looked at."""
UNKNOWN = "application/octet-stream"
"""Bytes that are no known format and no text."""

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
DOCX = _OOXML + "wordprocessingml.document"
XLSX = _OOXML + "spreadsheetml.sheet"
PPTX = _OOXML + "presentationml.presentation"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
ODT, ODS, ODP = _ODF + "text", _ODF + "spreadsheet", _ODF + "presentation"
EPUB = "application/epub+zip"
ZIP, TAR, GZIP, BZIP2, XZ = (
    "application/zip",
    "application/x-tar",
    "application/gzip",
    "application/x-bzip2",
    "application/x-xz",
)
SEVEN_ZIP = "application/x-7z-compressed"
DOC, XLS, PPT, MSG = (
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.ms-outlook",
)
OLE = "application/x-ole-storage"
ENCRYPTED_OFFICE = "application/x-encrypted-office"
"""An OLE file that wraps an encrypted Office document."""
IWORK = "application/x-iwork"
VISIO = "application/vnd.visio"
DJVU, CHM, WORDPERFECT, PST, ACCESS, MOBI = (
    "image/vnd.djvu",
    "application/vnd.ms-htmlhelp",
    "application/vnd.wordperfect",
    "application/vnd.ms-outlook-pst",
    "application/x-msaccess",
    "application/x-mobipocket-ebook",
)
ODG = _ODF + "graphics"
PDF, RTF, EML, MBOX = "application/pdf", "application/rtf", "message/rfc822", "application/mbox"
HTML, XML, MARKDOWN, CSV, TSV, PLAIN = (
    "text/html",
    "text/xml",
    "text/markdown",
    "text/csv",
    "text/tab-separated-values",
    "text/plain",
)
WORDML, SPREADSHEETML = "application/x-wordprocessingml-2003", "application/x-spreadsheetml-2003"
NOTEBOOK, JSON, CALENDAR, CONTACT = "application/x-ipynb+json", "application/json", "text/calendar", "text/vcard"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"{\\rtf", RTF),
    (b"\x1f\x8b", GZIP),
    (b"BZh", BZIP2),
    (b"\xfd7zXZ\x00", XZ),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x09\x08\x10\x00\x00\x06\x05\x00", XLS),
    (b"\x09\x08\x08\x00\x00\x05\x05\x00", XLS),
    (b"\x09\x04\x06\x00", XLS),
    (b"\x09\x02\x06\x00", XLS),
    (b"\x09\x00\x04\x00", XLS),
    (b"\xdb\xa5-\x00", DOC),
    (b"\x31\xbe\x00\x00", DOC),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ\x90\x00", "application/x-msdownload"),
    (b"%!PS-Adobe", "application/postscript"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"\x00asm", "application/wasm"),
    (b"AT&TFORM", DJVU),
    (b"ITSF\x03", CHM),
    (b"\xffWPC", WORDPERFECT),
    (b"!BDN", PST),
    (b"\x00\x01\x00\x00Standard ", ACCESS),
    (b"AC10", "image/vnd.dwg"),
    (b"PAR1", "application/vnd.apache.parquet"),
)

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})

_TEXT_SUFFIXES: dict[str, str] = {
    ".htm": HTML, ".html": HTML, ".xhtml": HTML, ".mhtml": EML, ".mht": EML, ".eml": EML, ".mbox": MBOX, ".mbx": MBOX,
    ".md": MARKDOWN, ".markdown": MARKDOWN, ".mdown": MARKDOWN, ".mkd": MARKDOWN, ".rst": "text/x-rst",
    ".adoc": "text/asciidoc", ".asciidoc": "text/asciidoc", ".asc": "text/asciidoc", ".org": "text/x-org",
    ".tex": "application/x-latex", ".csv": CSV, ".tsv": TSV, ".tab": TSV, ".ics": CALENDAR, ".vcf": CONTACT,
    ".json": JSON, ".jsonl": "application/jsonl", ".ndjson": "application/jsonl", ".geojson": JSON, ".ipynb": NOTEBOOK,
    ".yaml": "application/yaml", ".yml": "application/yaml", ".toml": "application/toml", ".ini": PLAIN, ".cfg": PLAIN,
    ".xml": XML, ".svg": "image/svg+xml", ".log": PLAIN, ".txt": PLAIN, ".text": PLAIN, ".srt": PLAIN, ".vtt": PLAIN, ".css": "text/css",
    ".textile": "text/x-textile", ".wiki": "text/x-mediawiki", ".mediawiki": "text/x-mediawiki", ".typ": "text/x-typst",
    ".dj": "text/x-djot", ".muse": "text/x-muse", ".t2t": "text/x-txt2tags", ".man": "text/troff", ".opml": "text/x-opml",
    ".fb2": "text/x-fictionbook", ".bib": "application/x-bibtex",
}  # fmt: skip
_CODE_SUFFIXES: dict[str, str] = {
    ".py": "text/x-python", ".pyi": "text/x-python", ".js": "text/javascript", ".mjs": "text/javascript", ".jsx": "text/javascript",
    ".ts": "text/x-typescript", ".tsx": "text/x-typescript", ".java": "text/x-java", ".c": "text/x-c", ".h": "text/x-c",
    ".cc": "text/x-c++", ".cpp": "text/x-c++", ".cxx": "text/x-c++", ".hpp": "text/x-c++", ".hh": "text/x-c++", ".cs": "text/x-csharp",
    ".go": "text/x-go", ".rs": "text/x-rust", ".rb": "text/x-ruby", ".php": "text/x-php", ".sh": "text/x-shellscript",
    ".bash": "text/x-shellscript", ".sql": "text/x-sql", ".r": "text/x-r", ".kt": "text/x-kotlin", ".swift": "text/x-swift",
    ".scala": "text/x-scala", ".pl": "text/x-perl", ".pm": "text/x-perl", ".lua": "text/x-lua", ".jl": "text/x-julia",
    ".dart": "text/x-dart", ".ps1": "text/x-powershell", ".m": "text/x-objective-c", ".ex": "text/x-elixir", ".exs": "text/x-elixir",
}  # fmt: skip
CODE = frozenset(_CODE_SUFFIXES.values())
"""Languages whose texts are read by function and class."""

_ODF_SUFFIXES = {".odt": ODT, ".ott": ODT, ".ods": ODS, ".ots": ODS, ".odp": ODP, ".otp": ODP, ".odg": ODG}
_ZIP_SUFFIXES = {
    ".docx": DOCX, ".docm": DOCX, ".dotx": DOCX, ".xlsx": XLSX, ".xlsm": XLSX, ".xlsb": XLSB, ".pptx": PPTX,
    ".pptm": PPTX, ".ppsx": PPTX, ".epub": EPUB, ".pages": IWORK, ".numbers": IWORK, ".key": IWORK, ".vsdx": VISIO,
    **_ODF_SUFFIXES,
}  # fmt: skip
_OLE_SUFFIXES = {".doc": DOC, ".dot": DOC, ".xls": XLS, ".xlt": XLS, ".ppt": PPT, ".pps": PPT, ".msg": MSG}

_MAIL_HEADER = re.compile(
    rb"\A(?:\xef\xbb\xbf|\s)*(?:Return-Path|Received|From|To|Subject|Date|Message-ID|MIME-Version|Delivered-To"
    rb"|X-[A-Za-z-]+|Reply-To|Content-Type|DKIM-Signature):",
    re.IGNORECASE,
)
_MAIL_LINE = re.compile(
    rb"^(?:From|To|Subject|Date|Message-ID|MIME-Version|Content-Type|Received):", re.IGNORECASE | re.MULTILINE
)
_MBOX = re.compile(rb"\AFrom \S+.*\d{4}.*\r?\n(?:[A-Za-z-]+:|>From )")
_HTML = re.compile(
    rb"(?:<!--.*?-->|<\?xml[^>]*>|\s|\xef\xbb\xbf)*<(?:!doctype\s+html|html|head|body|title|table|div|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
MIN_MAIL_HEADERS = 3
"""Header lines that make a text without a telling name a mail: a memo may begin with "From:" and "To:"."""
MAX_BINARY_SHARE = 0.1
"""Share of control characters up to which bytes are taken for text; NUL bytes in broken text files occur."""


def media_type(name: str, head: bytes) -> str:
    """The IANA media type (or a private one) of a file.

    Args:
        name: The file's name; decides among text formats, and where the bytes leave several possibilities.
        head: Its first `HEAD_BYTES`, or all of it.
    """
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    start = head[:1024]
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return _OLE_SUFFIXES.get(suffix, OLE) if kind == OLE else kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(suffix, head)
    if (
        head.startswith(b"BM")
        and len(head) > 30
        and head[14:18] in (b"\x28\0\0\0", b"\x0c\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0")
    ):
        return "image/bmp"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "image/heif" if head[8:12] in _HEIF_BRANDS else "video/mp4"
    if head[257:262] == b"ustar" or (suffix == ".tar" and len(head) >= 512):
        return TAR
    if b"%PDF-" in start:
        return PDF
    if head[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        return MOBI
    return _text_kind(suffix, head) if head and looks_like_text(head) else _binary_kind(suffix)


def _binary_kind(suffix: str) -> str:
    """A file whose bytes say nothing: what its name claims where a reader may still mend it."""
    return PDF if suffix == ".pdf" else UNKNOWN


def _zip_kind(suffix: str, head: bytes) -> str:
    if head[30:38] == b"mimetype":
        end = head.find(b"PK", 38)
        declared = head[38 : end if end > 0 else 120].decode("ascii", "replace").strip()
        for kind in (EPUB, ODT, ODS, ODP, ODG):
            if declared.startswith(kind):
                return kind
    for mark, kind in (
        (b"word/document", DOCX),
        (b"xl/workbook.bin", XLSB),
        (b"xl/workbook", XLSX),
        (b"ppt/presentation", PPTX),
    ):
        if mark in head:
            return kind
    return _ZIP_SUFFIXES.get(suffix, ZIP)


def looks_like_text(head: bytes) -> bool:
    """Whether the bytes are text in some encoding, UTF-16 and UTF-32 included."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x00\x00\xfe\xff")):
        return True
    nul = head.count(0)
    if nul > len(head) // 4:
        odd, even = head[1::2].count(0), head[::2].count(0)
        return max(odd, even) > 0.8 * nul and max(odd, even) > len(head) // 3
    control = sum(head.count(code) for code in (*range(9), *range(14, 27), *range(28, 32), 127))
    return control <= len(head) * MAX_BINARY_SHARE


def _text_kind(suffix: str, head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    if suffix in {".eml", ".mht", ".mhtml"}:
        return EML
    if _MBOX.match(head):
        return MBOX
    start = head[:4096]
    if b"<w:wordDocument" in start or b'progid="Word.Document"' in start:
        return WORDML
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start or b'progid="Excel.Sheet"' in start:
        return SPREADSHEETML
    known = _TEXT_SUFFIXES.get(suffix) or _CODE_SUFFIXES.get(suffix)
    if known and known not in (PLAIN, XML):
        return known
    if _HTML.match(start) and known != PLAIN:
        return HTML
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return XML if b"<svg" not in start else "image/svg+xml"
    if known:
        return known
    if start.startswith(b"BEGIN:VCALENDAR"):
        return CALENDAR
    if start.startswith(b"BEGIN:VCARD"):
        return CONTACT
    if _MAIL_HEADER.match(start) and len(_MAIL_LINE.findall(start)) >= MIN_MAIL_HEADERS:
        return EML
    return PLAIN


def media_type_of(path: Path, name: str) -> str:
    """As `media_type`, with a look into the directory of ZIP and OLE files.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        kind = media_type(name, file.read(HEAD_BYTES))
    if kind in (ZIP, DOCX, XLSX, XLSB, PPTX, ODT, ODS, ODP, ODG, EPUB, IWORK):
        return _zip_directory_kind(path, kind)
    if kind in (OLE, DOC, XLS, PPT, MSG):
        return _ole_directory_kind(path, kind)
    return kind


def _zip_directory_kind(path: Path, kind: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {item.filename for item in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return kind
    for mark, found in (
        ("word/document.xml", DOCX),
        ("xl/workbook.bin", XLSB),
        ("xl/workbook.xml", XLSX),
        ("ppt/presentation.xml", PPTX),
        ("visio/document.xml", VISIO),
        ("META-INF/container.xml", EPUB),
        ("Index/Document.iwa", IWORK),
        ("index.apxl", IWORK),
        ("index.xml", IWORK if kind == IWORK else kind),
    ):
        if mark in names:
            return found
    return kind


_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", ENCRYPTED_OFFICE),
    ("WordDocument", DOC),
    ("PowerPoint Document", PPT),
    ("Workbook", XLS),
    ("Book", XLS),
    ("__properties_version1.0", MSG),
    ("VisioDocument", VISIO),
)


def _ole_directory_kind(path: Path, kind: str) -> str:
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as ole:
            names = {entry[0].lower() for entry in ole.listdir() if len(entry) == 1}
    except (OSError, ValueError, IndexError, TypeError, AttributeError, OverflowError):
        return kind
    for stream, found in _OLE_STREAMS:
        if stream.lower() in names:
            return found
    return kind
