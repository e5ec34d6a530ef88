"""Owns what the first bytes of a file say it is; names and declared types are never believed."""

from examples.house.unreadable import EmptyFile, NotAPdf

HEAD_BYTES = 1024
"""How far into a file its `%PDF-` may stand: readers accept junk of this length before it."""

_KNOWN: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"PK\x03\x04", "a ZIP archive, which Word, Excel and OpenDocument files are too"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"{\\rtf", "a rich text document"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)


def require_pdf(head: bytes) -> None:
    """Accept the first bytes of a file (up to `HEAD_BYTES`) as a PDF's, or raise `EmptyFile` or `NotAPdf`."""
    if not head:
        raise EmptyFile
    if b"%PDF-" not in head[:HEAD_BYTES]:
        raise NotAPdf(_looks_like(head))


def _looks_like(head: bytes) -> str | None:
    for prefix, name in _KNOWN:
        if head.startswith(prefix):
            return name
    start = head.lstrip()[:15].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return "plain text" if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    # A head cut inside a character must not turn text into "unknown", so its last bytes may be incomplete.
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and error.reason == "unexpected end of data"
    return True
