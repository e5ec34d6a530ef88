"""Owns the sample input: drawings of every kind that people bring, made from nothing, the same every time.

They are drawn by this file; there is no photograph or drawing of anybody else in them.
"""

from __future__ import annotations

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

from examples.house.sample import Sample
from examples.images import errors

_TURNED = 6  # EXIF: the camera was held on its side, turn by 90 degrees to the right


def samples() -> list[Sample]:
    """One of each kind."""
    return [
        Sample(name="lighthouse.jpg", make=lambda: encoded(lighthouse(1600, 1200), "JPEG", quality=90)),
        Sample(name="harbour-at-night.png", make=lambda: encoded(lighthouse(1000, 700, night=True), "PNG")),
        Sample(name="held-upright.jpg", make=held_upright),
        Sample(name="for-the-printer.jpg", make=lambda: encoded(lighthouse(900, 600).convert("CMYK"), "JPEG")),
        Sample(name="stamp.webp", make=lambda: encoded(lighthouse(320, 320), "WEBP")),
        Sample(name="torn.jpg", make=torn, refused=errors.DamagedPicture),
        Sample(name="turning-light.gif", make=turning, refused=errors.MovingPicture),
        Sample(name="letter.jpg", make=lambda: b"Dear keeper, the light is out.\n", refused=errors.NotAPicture),
        Sample(name="bomb.png", make=lambda: bomb(20_000, 20_000), refused=errors.PictureTooLarge),
    ]


def encoded(picture: Image.Image, format: str, **options: object) -> bytes:
    """A picture as a file."""
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def held_upright() -> bytes:
    """A picture that lies on its side, and says so as a phone does."""
    notes = Image.Exif()
    notes[0x0112] = _TURNED
    return encoded(lighthouse(600, 900).rotate(90, expand=True), "JPEG", exif=notes)


def torn() -> bytes:
    """A picture whose second half never arrived."""
    whole = encoded(lighthouse(800, 600), "JPEG")
    return whole[: len(whole) // 2]


def turning() -> bytes:
    """An animation: the light goes round."""
    frames = [lighthouse(200, 150, night=True, beam=turn * 0.5) for turn in range(6)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=120, loop=0)


def bomb(width: int, height: int) -> bytes:
    """A few kilobytes that would unpack to gigabytes: a huge picture of one colour in one bit per pixel."""
    return encoded(Image.new("1", (width, height)), "PNG", optimize=True)


def lighthouse(width: int, height: int, *, night: bool = False, beam: float = 0.4) -> Image.Image:
    """A lighthouse on a rock before sea and sky."""
    dice = random.Random(7)  # the same picture every time is the point
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    horizon = height * 3 // 5
    _sky(draw, width, horizon, night=night)
    _sea(draw, width, horizon, height, dice, night=night)
    foot, top, half = (width * 2 // 3, height * 4 // 5), height // 5, max(6, width // 40)
    if night:
        _light(picture, (foot[0], top), beam)
    _tower(draw, foot, top, half)
    rock = [(foot[0] + int(half * 5 * math.cos(a)), foot[1] + int(half * 2 * math.sin(a))) for a in _round(dice)]
    draw.polygon(rock, fill=(70, 62, 58))
    return picture.filter(ImageFilter.SMOOTH)


def _sky(draw: ImageDraw.ImageDraw, width: int, horizon: int, *, night: bool) -> None:
    upper, lower = ((9, 14, 40), (46, 52, 92)) if night else ((92, 156, 214), (246, 222, 186))
    for y in range(horizon):
        draw.line([(0, y), (width, y)], fill=_between(upper, lower, y / horizon))


def _sea(draw: ImageDraw.ImageDraw, width: int, horizon: int, height: int, dice: random.Random, *, night: bool) -> None:
    far, near = ((20, 28, 60), (8, 12, 28)) if night else ((70, 130, 150), (18, 62, 92))
    for y in range(horizon, height):
        draw.line([(0, y), (width, y)], fill=_between(far, near, (y - horizon) / (height - horizon)))
    for _wave in range(width // 3):
        x, y = dice.randrange(width), dice.randrange(horizon, height)
        draw.line([(x, y), (x + width // 40, y)], fill=_between(far, (220, 232, 240), dice.random() * 0.5))


def _tower(draw: ImageDraw.ImageDraw, foot: tuple[int, int], top: int, half: int) -> None:
    x, bottom = foot
    bands = 6
    for band in range(bands):
        above, below = (top + (bottom - top) * part / bands for part in (band, band + 1))
        wide, wider = (half * (0.6 + 0.4 * part / bands) for part in (band, band + 1))
        colour = (196, 44, 40) if band % 2 else (240, 236, 226)
        draw.polygon([(x - wide, above), (x + wide, above), (x + wider, below), (x - wider, below)], fill=colour)
    draw.rectangle([x - half * 0.5, top - half, x + half * 0.5, top], fill=(250, 226, 120))
    draw.polygon([(x - half * 0.7, top - half), (x, top - half * 2), (x + half * 0.7, top - half)], fill=(60, 40, 40))


def _light(picture: Image.Image, lamp: tuple[int, int], turn: float) -> None:
    mask = Image.new("L", picture.size)
    reach = picture.width
    ends = [(lamp[0] - reach * math.cos(turn + side), lamp[1] - reach * math.sin(turn + side)) for side in (-0.1, 0.1)]
    ImageDraw.Draw(mask).polygon([lamp, *ends], fill=110)
    picture.paste((255, 244, 190), mask=mask)


def _round(dice: random.Random) -> list[float]:
    return [step * math.tau / 14 + dice.random() * 0.2 for step in range(14)]


def _between(one: tuple[int, ...], other: tuple[int, ...], part: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
