from __future__ import annotations

from pathlib import Path

from ingest.extract.code import definitions

from .files import read, write

PYTHON = '''"""A module."""

import os


def first(path):
    # a comment
    return path


# about the second
@decorated
class Second(Base):
    def method(self):
        return 1

    async def other(self):
        return 2
'''


def names(text: str) -> list[tuple[str, int]]:
    return [(found.name, found.depth) for found in definitions(text.split("\n"))]


def test_definitions_are_found_and_nested(tmp_path: Path) -> None:
    assert names(PYTHON) == [("first", 0), ("Second", 0), ("Second.method", 1), ("Second.other", 1)]
    found = read(write(tmp_path / "a.py", PYTHON))
    assert "".join(page.text for page in found.pages).replace("\n", "") == PYTHON.replace("\n", ""), "verbatim"
    assert found.headings[:2] == [("def first(path):", 1), ("class Second(Base):", 1)]
    assert [page.label for page in found.pages] == ["first, Second, lines 1–18"], "short ones share a page"


def test_long_classes_are_cut_at_their_methods_and_labels_name_them(tmp_path: Path) -> None:
    body = "".join(f"    def m{at}(self):\n" + "        x = 1\n" * 40 for at in range(5))
    found = read(write(tmp_path / "a.py", f"class Big:\n{body}def last():\n    pass\n" + "x = 1\n" * 20))
    assert [page.label for page in found.pages] == [
        "Big, lines 1–42",
        "Big.m1, lines 43–83",
        "Big.m2, lines 84–124",
        "Big.m3, lines 125–165",
        "Big.m4, lines 166–206",
        "last, lines 207–228",
    ]


def test_many_languages() -> None:
    assert names("export class Foo {\n  method(a) {\n    if (a) {\n    }\n  }\n}\nconst f = (a) => a\n") == [
        ("Foo", 0),
        ("Foo.method", 1),
        ("f", 0),
    ]
    assert names(
        "static int add(int a)\n{\n    return add(1);\n}\nint main(void) {\n    while (x(1)) {\n    }\n}\n"
    ) == [
        ("add", 0),
        ("main", 0),
    ]
    assert names("func (s *Server) Run(x int) error {\n}\n") == [("Run", 0)]
    assert names("pub fn go() {\n}\nimpl Walk for Dog {\n    fn walk(&self) {\n    }\n}\n") == [
        ("go", 0),
        ("Walk", 0),
        ("Walk.walk", 1),
    ]
    assert names("CREATE TABLE users (id INT);\n") == [("users", 0)]
    assert names("build() {\n  make\n}\n") == [("build", 0)]
