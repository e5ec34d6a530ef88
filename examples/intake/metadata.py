"""Owns the port through which a document's text becomes metadata, and which teller stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import headway

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

TITLE_MAX = 160
KEYWORDS_MAX = 8
KEYWORD_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known of a document; None and empty where its text does not say."""

    title: str | None = None
    document_date: date | None = None
    """The day that the document says it is of, not the day it came."""
    keywords: tuple[str, ...] = ()
    """The most telling first."""
    language: str | None = None
    """ISO 639-1, as `en`."""
    told_by: str
    """The teller's name; with the model, where there is one."""


class MetadataTeller(Protocol):
    """Tells a document's metadata from its text."""

    name: str

    def tell(self, text: str) -> Metadata:
        """Raises a `MetadataError`. Any text is taken: empty, huge, in any language, with any character."""
        ...


class MetadataError(Exception):
    """Metadata that could not be told; `str()` is the sentence for the person who brought the document."""

    passing = False
    """Whether the same question may be answered when it is asked again later."""


class MetadataRefused(MetadataError):
    """The language model looked at the text and does not want to."""

    def __init__(self) -> None:
        super().__init__("The language model declined to describe this document.")


class MetadataUnavailable(MetadataError):
    """The language model could not be asked: away, too slow, too busy or broken."""

    passing = True

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The language model is not available just now ({why}); try again in a few minutes.")


class MetadataNotPermitted(MetadataError):
    """The language model's service does not take the key or the question as it is set up here."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(
            f"The language model's service did not take the question (HTTP {status}): "
            "whoever runs this should check OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL."
        )


class MetadataUnreadable(MetadataError):
    """The language model answered, and not as it was asked to."""

    passing = True

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"The language model's answer could not be read: {what}.")


def chosen(environ: Mapping[str, str]) -> MetadataTeller:
    """A language model when its key is set, else the reader that needs nothing."""
    if environ.get("OPENAI_API_KEY"):
        try:
            from examples.intake.model_teller import ModelTeller
        except ModuleNotFoundError as missing:
            raise headway.MissingExtra("openai", "openai") from missing
        return ModelTeller.set_by(environ)
    from examples.intake.plain_reader import PlainReader

    return PlainReader()
