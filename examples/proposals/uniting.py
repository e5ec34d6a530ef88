"""Owns the stage of deduplicating: proposals that ask for the same become one, and repeated letters are counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from examples.proposals import plan
from examples.proposals.duplicates import SAME_WISH, alike, copies
from examples.proposals.evidence import VOICES, middle
from examples.proposals.reporting import Stage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from examples.proposals.grouping import Groups
    from examples.proposals.proposal import Proposal, Quote
    from examples.proposals.reporting import Report
    from examples.proposals.wording import Worded


@dataclass(slots=True)
class _Kept:
    """A proposal that others may still be joined to; `middle` is that of what it was made of."""

    proposal: Proposal
    members: list[int]
    middle: NDArray[np.float64]


def united(made: list[Worded], groups: Groups, report: Report) -> tuple[Proposal, ...]:
    """Those with most texts first. Raises whatever `report` raises."""
    passages = sum(len(worded.members) for worded in made)
    stage = Stage(report, plan.DEDUPLICATING, len(made) + passages, "Looking for what is said twice")
    kept: list[_Kept] = []
    for worded in made:
        own = _Kept(worded.proposal, worded.members, middle(groups.vectors.weights[worded.members]))
        same = _same(own, kept)
        if same is None:
            kept.append(own)
        else:
            _join(same, own)
        stage.did()
    for each in kept:
        texts = [groups.chunks[number].text for number in each.members]
        each.proposal = replace(each.proposal, copies=copies(texts, stage.did))
    return tuple(sorted((each.proposal for each in kept), key=lambda each: (-len(each.sources), each.title)))


def _same(own: _Kept, kept: list[_Kept]) -> _Kept | None:
    """The one of those before that asks for the same, the closest if there are several."""
    close = [(float(other.middle @ own.middle), other) for other in kept]
    same = [pair for pair in close if pair[0] >= SAME_WISH or alike(pair[1].proposal.body, own.proposal.body)]
    return max(same, key=lambda pair: pair[0])[1] if same else None


def _join(one: _Kept, other: _Kept) -> None:
    """The one with more texts keeps its words; what the other one says is heard as voices."""
    one.members = sorted([*one.members, *other.members])
    proposal, joined = one.proposal, other.proposal
    titles = [title for title in (joined.title, *joined.united) if title != proposal.title]
    one.proposal = replace(
        proposal,
        sources=tuple(sorted({*proposal.sources, *joined.sources})),
        united=(*proposal.united, *titles),
        voices=_voices(proposal, joined),
    )


def _voices(proposal: Proposal, joined: Proposal) -> tuple[Quote, ...]:
    """Half of them are kept for what is joined: it was torn off because it is said in other words."""
    told = [statement.text for statement in proposal.statements]
    heard = list(proposal.voices)
    new = [statement.quotes[0] for statement in joined.statements]
    new = [quote for quote in new if not any(alike(quote.text, text) for text in told)]
    return tuple([*new[: VOICES // 2], *heard][:VOICES])
