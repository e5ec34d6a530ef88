"""Owns which error of the document room is answered with which status and type."""

from __future__ import annotations

from examples.documents.library import UnknownDocument
from examples.documents.pool import LineIsFull
from examples.house import unreadable
from examples.house.problems import answering
from headway import IllegalTransition, StoreUnavailable

ANSWERS = answering(
    (
        (unreadable.EmptyFile, 422, "empty-file"),
        (unreadable.NotAPdf, 415, "not-a-pdf"),
        (UnknownDocument, 404, "unknown-document"),
        (IllegalTransition, 409, "not-now"),
        (LineIsFull, 503, "line-is-full"),
        (StoreUnavailable, 503, "store-unavailable"),
    )
)
