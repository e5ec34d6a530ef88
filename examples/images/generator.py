"""Owns the port through which a picture becomes another one, and which generator stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import headway

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL.Image import Image

    Moved = Callable[[float], None]
    """Told how much of the work is done, 0 to 1, whenever something really was; may raise to stop it."""


class ImageGenerator(Protocol):
    """Makes one picture from another."""

    name: str

    def generate(self, picture: Image, moved: Moved) -> Image:
        """The new picture. Raises `GenerationRefused` or `GenerationUnavailable`."""
        ...


def chosen(environ: Mapping[str, str]) -> ImageGenerator:
    """Gemini when its key is set, else the one that needs nothing."""
    key = environ.get("GEMINI_API_KEY") or environ.get("GOOGLE_API_KEY")
    if key:
        try:
            from examples.images.gemini import GeminiGenerator
        except ModuleNotFoundError as missing:
            raise headway.MissingExtra("gemini", "google-genai") from missing
        return GeminiGenerator(key)
    from examples.images.sketch import SketchGenerator

    return SketchGenerator()
