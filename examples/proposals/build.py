"""Owns the way from proposals to a tree: fetch and compare them, make blocks, nodes in them, and content."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from examples.proposals import plan
from examples.proposals.errors import NoProposals
from examples.proposals.reporting import Stage
from examples.proposals.tools import TOOLS, load_tools, on_one_core
from examples.proposals.tree import Block, Node, Related, Tree

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from examples.proposals.blocks import Close, Compared
    from examples.proposals.proposal import Proposal
    from examples.proposals.reporting import Report

TITLE = "What is asked for"


def build_tree(proposals: Collection[Proposal], report: Report, *, title: str = TITLE) -> Tree:
    """One node for each proposal. The same proposals give the same tree.

    Raises `NoProposals`, and whatever `report` raises.
    """
    load_tools(Stage(report, plan.INITIALIZING, len(TOOLS), "Loading what compares texts"))
    if not proposals:
        raise NoProposals
    fetching = Stage(report, plan.FETCHING, len(proposals), "Fetching the proposals")
    with on_one_core():
        return _Growth(list(fetching.each(proposals)), report).tree(title)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A block before there are nodes: the numbers of the proposals that belong into it."""

    title: str
    keywords: tuple[str, ...]
    members: list[int]


class _Growth:
    """The five stages after the fetching, in their order."""

    def __init__(self, proposals: list[Proposal], report: Report) -> None:
        self._proposals, self._report = proposals, report

    def tree(self, title: str) -> Tree:
        compared = self._compared()
        close = self._analyzed(compared)
        places = self._places(compared)
        nodes = self._with_content(self._nodes(close), places)
        blocks = (
            Block(
                id=f"block-{nodes[place.members[0]].proposal_id}",
                title=place.title,
                keywords=place.keywords,
                nodes=tuple(nodes[number] for number in place.members),
            )
            for place in places
        )
        return Tree(title=title, blocks=tuple(sorted(blocks, key=lambda block: -block.texts)))

    def _compared(self) -> Compared:
        from examples.proposals.blocks import Compared

        stage = self._stage(plan.CREATING_TREE, Compared.parts(len(self._proposals)), "Reading what is proposed")
        return Compared(self._proposals, stage.did)

    def _analyzed(self, compared: Compared) -> list[list[Close]]:
        stage = self._stage(plan.ANALYZING, len(self._proposals), "Looking for what is related")
        return [compared.related(number) for number in stage.each(range(len(self._proposals)))]

    def _places(self, compared: Compared) -> list[_Place]:
        from examples.proposals.blocks import titled

        parts = compared.cuts(len(self._proposals))
        stage = self._stage(plan.CREATING_BLOCKS, parts, "Trying how many blocks there are")
        places = []
        for members in compared.blocks(stage.did):
            keywords = compared.keywords(members)
            ordered = sorted(members, key=lambda number: (-len(self._proposals[number].sources), number))
            places.append(_Place(title=titled(keywords), keywords=keywords, members=ordered))
        return places

    def _nodes(self, close: list[list[Close]]) -> list[Node]:
        stage = self._stage(plan.CREATING_NODES, len(self._proposals), "Placing the proposals")
        ids = [f"node-{proposal.id}" for proposal in self._proposals]
        return [
            Node(
                id=ids[number],
                proposal_id=proposal.id,
                title=proposal.title,
                texts=len(proposal.sources),
                content=(),
                voices=(),
                related=tuple(_related(each, ids) for each in close[number]),
            )
            for number, proposal in enumerate(stage.each(self._proposals))
        ]

    def _with_content(self, nodes: list[Node], places: Sequence[_Place]) -> list[Node]:
        """In a block nobody is heard with the same words twice: what one node states, no other has as a voice."""
        stage = self._stage(plan.CREATING_CONTENT, len(nodes), "Writing what each one says")
        filled = list(nodes)
        for place in places:
            told = {each.text for number in place.members for each in self._proposals[number].statements}
            for number in place.members:
                proposal = self._proposals[number]
                voices = tuple(voice for voice in proposal.voices if voice.text not in told)
                told.update(voice.text for voice in voices)
                filled[number] = replace(nodes[number], content=proposal.statements, voices=voices)
                stage.did(f"Wrote “{proposal.title}”")
        return filled

    def _stage(self, name: str, parts: int, message: str) -> Stage:
        return Stage(self._report, name, parts, message)


def _related(close: Close, ids: Sequence[str]) -> Related:
    return Related(node_id=ids[close.number], strength=close.strength, words=close.words)
