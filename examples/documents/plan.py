"""Owns the plan of a document job: its kind, its steps in order, and how much of the bar each is worth."""

KIND = "document"

STARTING = "starting"
EXTRACTING_TEXT = "extracting_text"
GENERATING_THUMBNAIL = "generating_thumbnail"
FINALIZING = "finalizing"

# Reading the pages is nearly all of the work in a long document; the rest is the same for one as for many.
STEPS: tuple[tuple[str, int], ...] = (
    (STARTING, 2),
    (EXTRACTING_TEXT, 90),
    (GENERATING_THUMBNAIL, 6),
    (FINALIZING, 2),
)

SUBJECT_PREFIX = "document:"


def subject_of(document_id: str) -> str:
    """What a job says it is about: by it a watcher finds the document, and a person's data can be erased."""
    return SUBJECT_PREFIX + document_id
