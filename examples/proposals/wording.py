"""Owns the stage of synthesizing: a writer words each group, and what it says is kept with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from examples.proposals import plan
from examples.proposals.evidence import evidence_of, voices
from examples.proposals.proposal import Proposal
from examples.proposals.reporting import Stage

if TYPE_CHECKING:
    from examples.proposals.grouping import Groups
    from examples.proposals.reporting import Report
    from examples.proposals.synthesis import Draft, Writer


@dataclass(frozen=True, slots=True)
class Worded:
    """A proposal, and the numbers of the chunks that it stands on."""

    proposal: Proposal
    members: list[int]


def worded(groups: Groups, writer: Writer, report: Report) -> list[Worded]:
    """One for each group. Raises what the writer raises, or whatever `report` raises."""
    number = len(groups.members)
    counted = "1 proposal" if number == 1 else f"{number:,} proposals"
    stage = Stage(report, plan.SYNTHESIZING, number, f"Wording {counted}")
    made = []
    for members in groups.members:
        made.append(Worded(_proposal(groups, members, writer), members))
        stage.did(f"Worded “{made[-1].proposal.title}”")
    return made


def _proposal(groups: Groups, members: list[int], writer: Writer) -> Proposal:
    chunks = [groups.chunks[number] for number in members]
    evidence = evidence_of(chunks, groups.vectors.weights[members], groups.vectors)
    draft = writer.write(evidence)
    return Proposal(
        id=_id(draft),
        title=draft.title,
        statements=draft.statements,
        keywords=evidence.keywords,
        sources=tuple(sorted({chunk.source for chunk in chunks})),
        copies=0,
        voices=voices(evidence, draft.statements),
        written_by=writer.name,
    )


def _id(draft: Draft) -> str:
    """The same for the same words from the same places, so that a second run can be compared with the first."""
    places = [(quote.source, quote.start) for statement in draft.statements for quote in statement.quotes]
    return sha256(repr((draft.title, places)).encode("utf-8", "replace")).hexdigest()[:16]
