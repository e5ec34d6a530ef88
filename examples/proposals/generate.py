"""Owns the way from a folder of texts to proposals: read, cut, compare, group, word, and join what is said twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.proposals import plan
from examples.proposals.chunks import chunks_of
from examples.proposals.errors import NoTexts
from examples.proposals.proposal import Generated, LeftOut
from examples.proposals.reporting import Stage
from examples.proposals.synthesis import Extract, Writer
from examples.proposals.texts import Limits, Reading
from examples.proposals.tools import TOOLS, load_tools, on_one_core

if TYPE_CHECKING:
    from pathlib import Path

    from examples.proposals.chunks import Chunk
    from examples.proposals.reporting import Report


def generate_proposals(
    folder: Path, report: Report, writer: Writer | None = None, limits: Limits | None = None
) -> Generated:
    """All proposals of a folder. The same folder gives the same ones, where the writer does.

    Raises the `ProposalError` that says why there are none, and whatever `report` raises.
    """
    reading = Reading(folder, limits)
    stage = Stage(report, plan.INITIALIZING, len(TOOLS) + len(reading), "Loading what compares texts")
    load_tools(stage)
    texts, chunks = _read(reading, stage)

    from examples.proposals.grouping import grouped
    from examples.proposals.uniting import united
    from examples.proposals.wording import worded

    with on_one_core():
        groups = grouped(chunks, report)
        proposals = united(worded(groups, writer or Extract(), report), groups, report)
    silent = [LeftOut(name=name, why="only common words are in it") for name in sorted(groups.silent)]
    return Generated(
        proposals=proposals, alone=groups.alone, left_out=(*reading.left_out, *silent), texts=texts - len(silent)
    )


def _read(reading: Reading, stage: Stage) -> tuple[int, list[Chunk]]:
    """How many texts there are, and all their chunks."""
    texts = 0
    chunks: list[Chunk] = []
    for text in reading.texts():
        if text is not None:
            texts += 1
            chunks += chunks_of(text)
        stage.did(f"Reading the texts: {texts:,} so far")
    if not texts:
        raise NoTexts(len(reading), reading.left_out[0].why if reading.left_out else None)
    return texts, chunks
