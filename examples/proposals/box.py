"""Owns the files of the jobs: each has a folder of its own, with the texts that were brought and what came out."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from examples.house.names import plain, shown_name
from examples.proposals.work import PROPOSALS_FILE, TEXTS, TREE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME_BYTES = 180
UNNAMED = "unnamed.txt"


class Box:
    """Folders by the ids of jobs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, job_id: str) -> Path:
        """The folder of a job. What is no id leads nowhere: it raises ValueError."""
        return self._folder / str(uuid.UUID(job_id))

    def make(self, job_id: str) -> int:
        """A folder without texts."""
        self.of(job_id).mkdir(parents=True)
        return 0

    def keep(self, job_id: str, texts: Iterable[tuple[str, bytes]]) -> int:
        """Texts by the names that they came with; how many. Two of one name are kept apart by a number."""
        place = self.of(job_id) / TEXTS
        place.mkdir(parents=True)
        kept: set[str] = set()
        for claimed, content in texts:
            name = _distinct(_fit(claimed), kept)
            kept.add(name.casefold())
            (place / name).write_bytes(content)
        return len(kept)

    def keep_samples(self, job_id: str) -> int:
        """The sample letters."""
        from examples.proposals.samples import write_samples

        return len(write_samples(self.of(job_id) / TEXTS))

    def outcome(self, job_id: str) -> bytes | None:
        """What came out of a job, as JSON; None where nothing did, or on another server's disk."""
        for name in (PROPOSALS_FILE, TREE_FILE):
            path = self.of(job_id) / name
            if path.is_file():
                return path.read_bytes()
        return None


def _fit(claimed: str) -> str:
    """The last part of the name, as a file may be called and a person may be shown it; never a hidden one."""
    name = plain(shown_name(claimed or UNNAMED)).lstrip(".") or UNNAMED
    stem, dot, suffix = name.rpartition(".")
    tail = dot + suffix if stem and len(suffix) <= 5 else ""
    short = name.removesuffix(tail).encode("utf-8", "replace")[:NAME_BYTES].decode("utf-8", "ignore")
    return short + tail


def _distinct(name: str, taken: set[str]) -> str:
    stem, dot, suffix = name.rpartition(".")
    kept, number = name, 1
    while kept.casefold() in taken:
        number += 1
        kept = f"{stem} ({number}){dot}{suffix}" if stem else f"{name} ({number})"
    return kept
