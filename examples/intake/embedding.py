"""Owns what a PDF carries in itself: its metadata, as XMP and as document information, and its name on a shelf."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pikepdf

from examples.house.names import plain
from examples.house.unreadable import DamagedPdf
from examples.house.whole_files import replacing

if TYPE_CHECKING:
    from pathlib import Path

_SLUG_MAX = 60
_NOT_WORDS = re.compile(r"[\W_]+")


def embed(original: Path, metadata: dict[str, Any], target: Path) -> None:
    """Write the original with its metadata inside; readers of either kind, old and new, find the same."""
    title, keywords = plain(metadata["title"]), [plain(word) for word in metadata["keywords"]]
    try:
        with pikepdf.open(original) as pdf:
            with pdf.open_metadata(set_pikepdf_as_editor=False) as xmp:
                xmp.load_from_docinfo(pdf.docinfo)
                xmp["dc:title"] = title
                xmp["dc:subject"] = set(keywords)
                xmp["pdf:Keywords"] = ", ".join(keywords)
                if metadata["language"]:
                    xmp["dc:language"] = {metadata["language"]}
                if metadata["document_date"]:
                    xmp["dc:date"] = [metadata["document_date"]]
            pdf.docinfo["/Title"], pdf.docinfo["/Keywords"] = title, ", ".join(keywords)
            with replacing(target) as file:
                pdf.save(file)
    except (pikepdf.PdfError, ValueError) as error:
        raise DamagedPdf from error


def shelf_name(file_id: str, metadata: dict[str, Any]) -> str:
    """What a file is called at every destination: the same whenever it is sent, and no other file's."""
    words = unicodedata.normalize("NFC", plain(metadata["title"])).casefold()
    slug = _NOT_WORDS.sub("-", words).strip("-")[:_SLUG_MAX].rstrip("-") or "document"
    day = f"{metadata['document_date']}-" if metadata["document_date"] else ""
    return f"{day}{slug}-{file_id[:8]}.pdf"
