"""Owns the reasons why a document cannot be read, each said in one sentence that a person understands."""


class DocumentError(Exception):
    """A document that this room cannot take; `str()` is the sentence shown to the person who brought it."""


class EmptyFile(DocumentError):
    """There is a name and nothing behind it."""

    def __init__(self) -> None:
        super().__init__("This file is empty: it has no bytes at all.")


class NotAPdf(DocumentError):
    """`looks_like` names what the first bytes say it is, when they say anything."""

    def __init__(self, looks_like: str | None) -> None:
        self.looks_like = looks_like
        reason = f"it looks like {looks_like}" if looks_like else "it does not begin as a PDF does"
        super().__init__(f"This is not a PDF: {reason}.")


class EncryptedPdf(DocumentError):
    """It asks for a password before it shows anything; one that only forbids printing opens."""

    def __init__(self) -> None:
        super().__init__("This PDF is locked with a password; save a copy without one and upload that.")


class DamagedPdf(DocumentError):
    """It begins as a PDF does and has no page tree that can be trusted."""

    def __init__(self) -> None:
        super().__init__("This PDF is damaged and cannot be opened; export or download it again.")


class PdfWithoutPages(DocumentError):
    """It is well-formed and has nothing to read."""

    def __init__(self) -> None:
        super().__init__("This PDF opens, but there is not a single page in it.")


class DamagedPage(DocumentError):
    """`page` counts from 1, as a reader does."""

    def __init__(self, page: int, pages: int) -> None:
        self.page, self.pages = page, pages
        super().__init__(
            f"Page {page} of {pages} cannot be read, the PDF is damaged there; export or download it again."
        )


class ReaderBrokeDown(DocumentError):
    """The worker process died while it held the document, as PDFium does on some hostile files."""

    def __init__(self) -> None:
        super().__init__("The PDF reader broke down on this file, so nothing could be read from it.")
