"""The picture that other sites show beside a link to a permanent page: its kind, title, date and address as text.

Drawn in two tones with the fonts that Streamlit ships; the same row in the same record gives the same bytes.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import streamlit
from PIL import Image, ImageDraw, ImageFont

FONTS: Final = Path(streamlit.__file__).resolve().parent / "static" / "static" / "media"
WIDTH: Final = 1200
HEIGHT: Final = 630
"""Pixels: the shape that sites ask for (1.91 to 1)."""
_PAPER: Final = (251, 249, 244)
_INK: Final = (27, 42, 51)
_EDGE: Final = 72
_MOST_LINES: Final = 4
_DRAWING: Final = threading.Lock()
"""FreeType's faces are not to be used by two threads at once."""
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Card:
    """What a picture says: a small line, the title, a line under it, the site and its address."""

    kicker: str
    title: str
    line: str
    site: str
    address: str

    @property
    def words(self) -> str:
        """The same for readers who do not see it."""
        return ". ".join(part.rstrip(".") for part in (self.kicker, self.title, self.line, self.site) if part) + "."


@lru_cache(maxsize=8)
def _font(family: str, size: int, weight: int) -> Font:
    """A font that Streamlit ships (WOFF2 of variable weight); Pillow's own where this Pillow cannot read it."""
    for file in sorted(FONTS.glob(f"{family}*.woff2")):
        try:
            font = ImageFont.truetype(str(file), size)
            axes: list[float] = [
                weight if b"eight" in axis["name"] else min(max(size, axis["minimum"] or 0), axis["maximum"] or size)
                for axis in font.get_variation_axes()
            ]
            font.set_variation_by_axes(axes)
        except (OSError, NotImplementedError):
            continue
        return font
    return ImageFont.load_default(size)


def _lines(text: str, font: Font, width: float, most: int) -> list[str]:
    """The text in lines no wider than `width`; what does not fit ends in an ellipsis."""
    made: list[str] = []
    for word in text.split():
        longer = f"{made[-1]} {word}" if made else word
        if made and font.getlength(longer) <= width:
            made[-1] = longer
        elif len(made) < most:
            made.append(word)
        else:
            made[-1] += " …"
            break
    return [_cut(line, font, width) for line in made]


def _cut(line: str, font: Font, width: float) -> str:
    if font.getlength(line) <= width:
        return line
    bare = line.removesuffix(" …")
    while bare and font.getlength(f"{bare}…") > width:
        bare = bare[:-1]
    return f"{bare.rstrip()}…"


_STEPS: Final = 16
_TONES: Final[Sequence[int]] = [
    round(dark + (light - dark) * step / (_STEPS - 1))
    for step in range(_STEPS)
    for dark, light in zip(_INK, _PAPER, strict=True)
]
_TO_STEP: Final = [value * (_STEPS - 1) // 255 for value in range(256)]


def png(card: Card) -> bytes:
    """The picture as PNG."""
    with _DRAWING:
        image = Image.new("L", (WIDTH, HEIGHT), 255)
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, 15, HEIGHT), fill=0)
        small, large = _font("SourceSansVF-Upright", 32, 500), _font("SourceSerifVariable-Roman", 58, 700)
        width = WIDTH - 2 * _EDGE
        draw.text((_EDGE, 60), _cut(card.kicker, small, width), font=small, fill=90)
        top = 122
        for line in _lines(card.title, large, width, _MOST_LINES):
            draw.text((_EDGE, top), line, font=large, fill=0)
            top += 74
        for line in _lines(card.line, small, width, 1):
            draw.text((_EDGE, top + 18), line, font=small, fill=0)
        draw.line((_EDGE, HEIGHT - 100, WIDTH - _EDGE, HEIGHT - 100), fill=180, width=2)
        draw.text((_EDGE, HEIGHT - 80), _cut(card.site, small, width / 2), font=small, fill=0)
        host = _cut(card.address, small, width / 2)
        draw.text((WIDTH - _EDGE - small.getlength(host), HEIGHT - 80), host, font=small, fill=90)
    image = image.point(_TO_STEP)
    image.putpalette(_TONES)
    out = io.BytesIO()
    # half a byte a pixel and the lightest packing: about 20 kB, in a third of the time of the tightest
    image.save(out, "PNG", bits=4, compress_level=1)
    return out.getvalue()
