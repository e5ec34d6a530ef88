"""Owns which applications there are: what each does in a sentence, what it takes, and where a file goes."""

from __future__ import annotations

from dataclasses import dataclass

from examples.documents import plan as documents
from examples.images import plan as images
from examples.intake import plan as intake
from examples.proposals import plan as proposals


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
    counted: tuple[str, str, str] | None = None
    """What is brought, one and many, and what is done with it; None where the jobs' own last words say it better."""
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
        counted=("document", "documents", "read"),
    ),
    Application(
        name="images",
        title="Images",
        does="Turns a photograph into a sketch, stores it, and puts a mark on its preview.",
        takes="images",
        accept="image/jpeg,image/png,image/webp,image/gif",
        upload="api/uploads",
        field="image",
        kinds=(images.KIND,),
        counted=("picture", "pictures", "drawn"),
    ),
    Application(
        name="intake",
        title="Intake",
        does="Describes, files and sends on what comes in, and keeps a log of every event of it.",
        takes="PDFs",
        accept="application/pdf,.pdf",
        upload="api/files",
        field="file",
        kinds=(intake.KIND,),
        counted=("file", "files", "filed and sent"),
    ),
    Application(
        name="proposals",
        title="Proposals",
        does="Finds what a box of letters asks for, makes proposals of it, and grows a tree of them.",
        takes="texts",
        accept="text/plain,text/markdown,.txt,.md",
        upload="api/texts",
        field="texts",
        together=True,
        kinds=proposals.KINDS,
    ),
)
