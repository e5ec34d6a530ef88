"""Owns how a run on samples is judged: which came out as they should, and what the refused ones were told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from examples.house.names import plain
from examples.house.terminal import Job, file_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, RenderableType

    from examples.house.sample import Sample


def told(console: Console, brought: Sequence[Sample], jobs: Sequence[Job], came_out: RenderableType) -> int:
    """Print what came out and every refusal; the exit code is 0 when all samples ended as they should."""
    console.print(came_out)
    ended = list(zip(brought, jobs, strict=True))
    for sample, job in ended:
        if job["status"] != "succeeded":
            console.print(_refusal(sample, job), soft_wrap=True)
    return 0 if all(_as_expected(sample, job) for sample, job in ended) else 1


def _as_expected(sample: Sample, job: Job) -> bool:
    return bool(job["status"] == ("failed" if sample.refused else "succeeded"))


def _refusal(sample: Sample, job: Job) -> Text:
    expected = _as_expected(sample, job)
    words = Text.assemble((file_of(job), "bold"), " ", (job["status"], "green" if expected else "red"))
    words.append(", as it should:\n  " if expected else ", and should not have:\n  ")
    return words.append(plain(job["error"] or "nobody said why"))
