"""Owns the generator that needs nothing: flat colours and pencilled edges, painted band by band."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageFilter, ImageOps

from examples.images.pictures import reduced

if TYPE_CHECKING:
    from examples.images.generator import Moved

SIDE = 1000
"""The longer side of what comes out: a sketch of more has no more in it."""
BANDS = 40
_BRUSH = 5
_REACH = 12
"""How far the filters look around a pixel: a band is painted with so much of its neighbours, so that no seam shows."""


class SketchGenerator:
    """Paints by the most frequent colour around each pixel. Every band that is painted is that much progress."""

    name = "sketch"

    def generate(self, picture: Image.Image, moved: Moved) -> Image.Image:
        base = ImageOps.autocontrast(reduced(picture, SIDE), cutoff=1, preserve_tone=True)
        bands = min(BANDS, base.height)
        edges = [base.height * number // bands for number in range(bands + 1)]
        sketch = Image.new("RGB", base.size)
        moved(0.0)
        for number, (top, bottom) in enumerate(itertools.pairwise(edges), 1):
            sketch.paste(_painted(base, top, bottom), (0, top))
            moved(number / bands)
        return sketch


def _painted(base: Image.Image, top: int, bottom: int) -> Image.Image:
    """The rows from `top` to `bottom` in flat colours, and the lines that part them drawn with a pencil."""
    above, below = max(0, top - _REACH), min(base.height, bottom + _REACH)
    rows = base.crop((0, above, base.width, below))
    paint = ImageOps.posterize(rows.filter(ImageFilter.ModeFilter(_BRUSH)), 4)
    lines = ImageOps.invert(rows.convert("L").filter(ImageFilter.SMOOTH_MORE).filter(ImageFilter.CONTOUR))
    pencil = lines.point(lambda shade: 255 - min(255, shade * 2)).convert("RGB")
    return ImageChops.multiply(paint, pencil).crop((0, top - above, base.width, bottom - above))
