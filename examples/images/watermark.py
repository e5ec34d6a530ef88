"""Owns the preview: a smaller copy with a mark across it that cannot be cropped away."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from examples.images.pictures import reduced

SIDE = 900
MARK = "PREVIEW"


def marked(picture: Image.Image) -> Image.Image:
    """A copy of at most `SIDE` pixels with the mark in rows over all of it."""
    small = reduced(picture, SIDE)
    width, height = small.size
    letters = max(14, min(width, height) // 12)
    font = ImageFont.load_default(letters)
    # Larger than the picture by its diagonal: turned, it still covers every corner.
    side = int((width**2 + height**2) ** 0.5) + 1
    sheet = Image.new("L", (side, side))
    draw = ImageDraw.Draw(sheet)
    step = int(draw.textlength(MARK, font) * 1.6)
    for row, top in enumerate(range(0, side, letters * 3)):
        for left in range(-(row % 2) * step // 2, side, step):
            draw.text((left, top), MARK, fill=110, font=font)
    turned = sheet.rotate(30)
    left, top = (side - width) // 2, (side - height) // 2
    mask = turned.crop((left, top, left + width, top + height))
    return Image.composite(Image.new("RGB", small.size, "gray"), small, mask)
