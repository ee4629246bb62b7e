from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from PIL import Image, features

from ingest.errors import DocumentError

from .files import error_of, picture_of, read, write


@pytest.mark.parametrize("suffix", ["png", "jpg", "tiff", "webp", "bmp", "gif"])
def test_every_format_gives_a_page(tmp_path: Path, suffix: str) -> None:
    picture_of(["Hello"]).save(tmp_path / f"a.{suffix}")
    (image,) = read(tmp_path / f"a.{suffix}").images
    assert (image.number, image.label) == (1, "picture")
    with Image.open(image.image) as picture:
        assert picture.mode == "L"


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_avif_needs_no_extra(tmp_path: Path) -> None:
    picture_of(["Hello"]).convert("RGB").save(tmp_path / "a.avif")
    assert [image.label for image in read(tmp_path / "a.avif").images] == ["picture"]


def test_a_broken_heic_is_damaged_or_its_extra_is_named(tmp_path: Path) -> None:
    broken = write(tmp_path / "a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    with pytest.raises(DocumentError) as caught:
        read(broken)
    if importlib.util.find_spec("pi_heif"):
        assert caught.value.code == "damaged"
    else:
        assert caught.value.code == "unsupported" and "[heic]" in caught.value.hint


def test_frames_of_a_tiff_are_pages(tmp_path: Path) -> None:
    frames = [picture_of([word]) for word in ("one", "two", "three")]
    frames[0].save(tmp_path / "a.tiff", save_all=True, append_images=frames[1:], dpi=(200, 200))
    found = read(tmp_path / "a.tiff")
    assert [(image.label, image.dpi) for image in found.images] == [("p. 1", 200), ("p. 2", 200), ("p. 3", 200)]
    assert found.facts.page_count == 3


def test_the_orientation_of_a_photograph_is_followed(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture_of(["Hello"]).save(tmp_path / "a.jpg", exif=exif)
    with Image.open(tmp_path / "a.jpg") as before, Image.open(read(tmp_path / "a.jpg").images[0].image) as after:
        assert after.size == before.size[::-1]


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(tmp_path / "a.png")
    with Image.open(read(tmp_path / "a.png").images[0].image) as picture:
        assert picture.getpixel((10, 10)) == 255


def test_a_bomb_is_too_large(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "a.png")
    assert error_of(lambda: read(tmp_path / "a.png")) == "too_large"


def test_broken_and_tiny_pictures_have_clear_errors(tmp_path: Path) -> None:
    picture_of(["Hello"]).save(tmp_path / "a.png")
    assert error_of(lambda: read(write(tmp_path / "b.png", (tmp_path / "a.png").read_bytes()[:300]))) == "damaged"
    Image.new("L", (1, 1)).save(tmp_path / "dot.gif")
    assert error_of(lambda: read(tmp_path / "dot.gif")) == "empty"
    assert error_of(lambda: read(tmp_path / "a.png", ocr=False)) == "no_ocr"
