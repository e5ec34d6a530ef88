"""Owns what a picture is here: its bytes checked by content, by size and by what they would unpack to, then decoded."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from examples.images.errors import (
    DamagedPicture,
    EmptyPicture,
    MovingPicture,
    NotAPicture,
    PictureTooHeavy,
    PictureTooLarge,
    PictureTooSmall,
)

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_MOVING = ("PNG", "WEBP", "GIF")  # a phone's JPEG may hold a second picture, which is no animation
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)
"""All that Pillow's decoders raise on bytes that are not what they claim to be."""

_KNOWN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "a PDF"),
    (4, b"ftypheic", "a HEIC photograph, as iPhones take them"),
    (4, b"ftypmif1", "a HEIC photograph, as iPhones take them"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftyp", "a video"),
    (0, b"II*\x00", "a TIFF picture or a raw photograph"),
    (0, b"MM\x00*", "a TIFF picture or a raw photograph"),
    (0, b"BM", "a BMP picture"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"<?xml", "an XML document, which SVG drawings are too"),
    (0, b"<!doctype html", "a web page"),
    (0, b"<html", "a web page"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a picture may be. `pixels` bounds the memory that it unpacks to: three or four bytes each."""

    bytes: int = 20_000_000
    pixels: int = 40_000_000
    side: int = 32


def opened(content: bytes, limits: Limits) -> Image.Image:
    """An upright RGB picture. Raises the `PictureError` that says why it cannot be one."""
    if not content:
        raise EmptyPicture
    if len(content) > limits.bytes:
        raise PictureTooHeavy(len(content), limits.bytes)
    with _identified(content, limits) as picture:
        _require_fitting(picture, limits)
        try:
            picture.load()
            return _flat(_upright(picture))
        except _BROKEN as error:
            raise DamagedPicture from error


def reduced(picture: Image.Image, side: int) -> Image.Image:
    """The picture with at most `side` pixels on its longer side; a smaller one stays as it is."""
    return ImageOps.contain(picture, (side, side)) if max(picture.size) > side else picture


def _identified(content: bytes, limits: Limits) -> Image.Image:
    """What the bytes say they are; nothing is unpacked yet, and neither name nor declared type is believed."""
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge(None, limits.pixels) from error
    except UnidentifiedImageError as error:
        raise (DamagedPicture() if _begins_well(content) else NotAPicture(_looks_like(content))) from error
    except _BROKEN as error:
        raise DamagedPicture from error


def _require_fitting(picture: Image.Image, limits: Limits) -> None:
    if picture.width * picture.height > limits.pixels:
        raise PictureTooLarge(picture.size, limits.pixels)
    if min(picture.size) < limits.side:
        raise PictureTooSmall(picture.size, limits.side)
    try:
        frames = getattr(picture, "n_frames", 1) if picture.format in _MOVING else 1
    except _BROKEN as error:
        raise DamagedPicture from error
    if frames > 1:
        raise MovingPicture(frames)


def _upright(picture: Image.Image) -> Image.Image:
    """As the camera was held. Notes that cannot be read cost that, not the picture."""
    try:
        return ImageOps.exif_transpose(picture)
    except _BROKEN:
        return picture


def _flat(picture: Image.Image) -> Image.Image:
    """RGB on white, as it would look on paper; the colours of its own profile become the screen's."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        over = picture.convert("RGBA")
        paper = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(paper, over).convert("RGB")
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            known = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            shown = ImageCms.profileToProfile(picture, known, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return shown or picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError):
            return picture.convert("RGB")  # a broken profile costs the exact shade, not the picture
    return picture.convert("RGB")


def _begins_well(content: bytes) -> bool:
    """Whether these are the first bytes of a format that is taken here."""
    riff = content.startswith(b"RIFF") and content[8:12] in (b"WEBP", b"")
    return riff or content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8"))


def _looks_like(content: bytes) -> str | None:
    head = content[:64].lstrip().lower()
    for at, mark, name in _KNOWN:
        if content[at:].startswith(mark) or head.startswith(mark):
            return name
    try:
        content[:512].decode()
    except UnicodeDecodeError:
        return None
    return None if b"\x00" in content[:512] else "plain text"
