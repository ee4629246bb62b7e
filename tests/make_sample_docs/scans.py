"""Pictures of paper: text drawn with Pillow and then treated as scanners and telephones treat it.

The only random thing is a seeded generator, so the pictures are the same every time.
"""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import reportlab
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.make_sample_docs.markup import Block, Heading

FONTS = Path(reportlab.__file__).parent / "fonts"
DPI = 200
"""Resolution of the scans, dots per inch: what office scanners are set to."""
PAPER = 247
"""Grey of paper, 0 to 255."""
INK = 40
"""Grey of printed text, 0 to 255."""


def letter(page: list[Block]) -> Image.Image:
    """One A4 page of a letter in grey, 200 dpi."""
    width, height = (round(side / 72 * DPI) for side in A4)
    picture = Image.new("L", (width, height), PAPER)
    draw = ImageDraw.Draw(picture)
    left, top = 220, 230
    for block in page:
        bold = isinstance(block, Heading)
        font = ImageFont.truetype(FONTS / ("VeraBd.ttf" if bold else "Vera.ttf"), 38 if bold else 29)
        text = block.text if isinstance(block, Heading) else str(block)
        for line in _wrapped(draw, text, font, width - 2 * left):
            draw.text((left, top), line, fill=INK, font=font)
            top += round(font.size * 1.5)
        top += 26
    return picture


def card(text: str, font: str = "Vera.ttf", size: int = 30, margin: int = 70) -> Image.Image:
    """A slip or card with the lines of a text exactly as they are, in grey."""
    face = ImageFont.truetype(FONTS / font, size)
    lines = text.rstrip("\n").split("\n")
    draw = ImageDraw.Draw(Image.new("L", (1, 1)))
    width = round(max(draw.textlength(line, font=face) for line in lines)) + 2 * margin
    picture = Image.new("L", (width, round(len(lines) * size * 1.55) + 2 * margin), PAPER)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((margin, margin + number * size * 1.55), line, fill=INK, font=face)
    return picture


def _wrapped(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Lines of a paragraph; a run of spaces inside a line is kept."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and draw.textlength(longer, font=font) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def scanned(picture: Image.Image, seed: int, angle: float = 0.5) -> Image.Image:
    """As from an office scanner: a little askew, soft, with grain and specks."""
    turned = picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor=PAPER).filter(ImageFilter.GaussianBlur(0.7))
    noisy = _with_grain(turned, seed, strength=22)
    dice = random.Random(seed)
    draw = ImageDraw.Draw(noisy)
    for _ in range(90):
        x, y = dice.randrange(noisy.width), dice.randrange(noisy.height)
        draw.ellipse((x, y, x + 1, y + 1), fill=dice.randrange(60, 160))
    return noisy


def photographed(picture: Image.Image, seed: int, angle: float = 2.2) -> Image.Image:
    """As from a telephone: on a table, askew, with a shadow from one corner, grain and a warm tint."""
    table = Image.new("L", (picture.width + 240, picture.height + 260), 96)
    table.paste(picture, (120, 130))
    turned = table.rotate(angle, Image.Resampling.BICUBIC, fillcolor=96).filter(ImageFilter.GaussianBlur(0.8))
    shadow = Image.linear_gradient("L").resize(turned.size).rotate(35, fillcolor=160)
    shaded = ImageChops.multiply(turned, shadow.point(lambda grey: 165 + grey * 90 // 255))
    noisy = _with_grain(shaded, seed, strength=20)
    return Image.merge(
        "RGB", (noisy, noisy.point(lambda grey: grey * 97 // 100), noisy.point(lambda grey: grey * 88 // 100))
    )


def _with_grain(picture: Image.Image, seed: int, strength: int) -> Image.Image:
    """Adds even noise of up to `strength` greys in both directions."""
    grain = Image.frombytes("L", picture.size, random.Random(seed).randbytes(picture.width * picture.height))
    scaled = grain.point(lambda value: value * 2 * strength // 255)
    return ImageChops.add(picture, scaled, offset=-strength)


def pdf_of(pictures: list[Image.Image], title: str) -> bytes:
    """A PDF that holds nothing but pictures of pages, as a scanner writes it."""
    written = BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    for picture in pictures:
        canvas.drawImage(ImageReader(BytesIO(jpeg(picture, 62))), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def jpeg(picture: Image.Image, quality: int) -> bytes:
    """The picture as JPEG with its resolution."""
    written = BytesIO()
    picture.save(written, "JPEG", quality=quality, dpi=(DPI, DPI))
    return written.getvalue()


def png(picture: Image.Image) -> bytes:
    """The picture as PNG in 16 greys with its resolution, as scanners save small slips."""
    written = BytesIO()
    picture.quantize(16).save(written, "PNG", optimize=True, dpi=(DPI, DPI))
    return written.getvalue()
