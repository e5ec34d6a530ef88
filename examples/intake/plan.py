"""Owns the plan of an intake job: its kind, its main steps in order, and the names of a destination's two steps."""

from __future__ import annotations

KIND = "intake"

HASH_FILE = "hash_file"
CREATE_FILE_RECORD = "create_file_record"
CHECK_TEXT = "check_text"
EXTRACT_TEXT = "extract_text"
EXTRACT_METADATA = "extract_metadata_with_gpt"
EMBED_METADATA = "embed_metadata_into_pdf"
FINALIZE_STORAGE = "finalize_document_storage"
SEND_TO_ALL = "send_to_all_destinations"

MAIN_STEPS: tuple[str, ...] = (
    HASH_FILE,
    CREATE_FILE_RECORD,
    CHECK_TEXT,
    EXTRACT_TEXT,
    EXTRACT_METADATA,
    EMBED_METADATA,
    FINALIZE_STORAGE,
    SEND_TO_ALL,
)

MAIN = "main"
UPLOADS = "uploads"
QUEUE_PREFIX = "queue_"
UPLOAD_PREFIX = "upload_to_"
SUBJECT_PREFIX = "file:"


def subject_of(file_id: str | int) -> str:
    """What a file's job is about: by it the job of a known file is found again."""
    return f"{SUBJECT_PREFIX}{file_id}"


def queue_step(destination: str) -> str:
    """The step that ends when a destination's upload stands in the line."""
    return QUEUE_PREFIX + destination


def upload_step(destination: str) -> str:
    """The step that ends when the destination has the file."""
    return UPLOAD_PREFIX + destination


def destination_of(step: str) -> str | None:
    """The destination that an upload step belongs to; None for a main step."""
    for prefix in (QUEUE_PREFIX, UPLOAD_PREFIX):
        if step.startswith(prefix) and len(step) > len(prefix):
            return step.removeprefix(prefix)
    return None


def group_of(step: str) -> str:
    """The group that a step is declared in: `main`, or `uploads` for a destination's two."""
    return MAIN if destination_of(step) is None else UPLOADS
