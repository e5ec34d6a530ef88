"""Owns PDFium: opening a PDF or saying why it cannot be opened, the text of a page, the picture of a page.

PDFium is not thread-safe: one process uses it from one thread, and the workers are processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2

from examples.house.magic import HEAD_BYTES, require_pdf
from examples.house.unreadable import (
    DamagedPage,
    DamagedPdf,
    EncryptedPdf,
    PdfWithoutPages,
)

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from PIL.Image import Image

# PDFium marks a hyphen at a line's end with U+FFFE and lets control characters through; a form feed would
# break the text file, whose pages are parted by it.
_CLEAN = {code: None for code in range(0x20) if chr(code) not in "\t\n"} | {0xFFFE: "-", 0xFFFF: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The largest a picture may be, in pixels."""

    width: int
    height: int


class Pdf:
    """An open PDF; pages count from 0. Use it as a context manager: it holds the file open."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self.pages: int = len(document)

    @classmethod
    def open(cls, path: Path) -> Pdf:
        """Open a file, or raise the `DocumentError` that says why it cannot be read."""
        with path.open("rb") as file:
            require_pdf(file.read(HEAD_BYTES))
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            raise _diagnosis(path) from error
        if len(document) == 0:
            document.close()
            raise PdfWithoutPages
        # Without its form environment a filled form is drawn as an empty one.
        document.init_forms()
        return cls(document)

    def __enter__(self) -> Pdf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._document.close()

    def title(self) -> str:
        """The title its author gave it, or an empty string."""
        return str(self._document.get_metadata_value("Title")).translate(_CLEAN).strip()

    def text(self, page: int) -> str:
        """The text of one page, line by line; a page of pictures has none. Raises `DamagedPage`."""
        try:
            opened = self._document[page]
            try:
                raw: str = opened.get_textpage().get_text_bounded()
            finally:
                opened.close()
        except pypdfium2.PdfiumError as error:
            raise DamagedPage(page + 1, self.pages) from error
        return raw.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEAN).strip()

    def picture(self, page: int, box: Box) -> Image:
        """One page drawn as large as `box` allows, whatever size the page claims. Raises `DamagedPage`."""
        try:
            opened = self._document[page]
            try:
                width, height = opened.get_size()
                scale = min(box.width / width, box.height / height)
                image: Image = opened.render(scale=scale).to_pil()
            finally:
                opened.close()
        except (pypdfium2.PdfiumError, ZeroDivisionError) as error:
            raise DamagedPage(page + 1, self.pages) from error
        # Rendering rounds each side up by a pixel; the box is a promise.
        return image.crop((0, 0, min(image.width, box.width), min(image.height, box.height)))


def _diagnosis(path: Path) -> EncryptedPdf | PdfWithoutPages | DamagedPdf:
    """Why PDFium refused: its own error code is left over from an earlier file at times, so qpdf is asked."""
    try:
        with pikepdf.open(path) as document:
            return DamagedPdf() if len(document.pages) else PdfWithoutPages()
    except pikepdf.PasswordError:
        return EncryptedPdf()
    except (pikepdf.PdfError, ValueError, RuntimeError):
        return DamagedPdf()
