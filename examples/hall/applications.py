"""Owns which applications there are: what each does in a sentence, what it takes, and where a file goes."""

from __future__ import annotations

from dataclasses import dataclass

from examples.documents import plan as documents
from examples.images import plan as images


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One folder beside this one. `upload` is its own route for a file, in the `field` of a form."""

    name: str
    title: str
    does: str
    takes: str
    accept: str
    upload: str
    field: str
    kinds: tuple[str, ...]
    noun: tuple[str, str]
    done: str
    together: bool = False
    """Whether files that are brought at once are one job."""


APPLICATIONS: tuple[Application, ...] = (
    Application(
        name="documents",
        title="Documents",
        does="Reads the text of a PDF page by page, and draws a thumbnail of the first one.",
        takes="PDFs",
        accept="application/pdf,.pdf",
        upload="api/documents",
        field="file",
        kinds=(documents.KIND,),
        noun=("document", "documents"),
        done="read",
    ),
    Application(
        name="images",
        title="Images",
        does="Turns a photograph into a sketch, stores it, and puts a mark on its preview.",
        takes="pictures",
        accept="image/jpeg,image/png,image/webp,image/gif",
        upload="api/uploads",
        field="image",
        kinds=(images.KIND,),
        noun=("picture", "pictures"),
        done="drawn",
    ),
)
