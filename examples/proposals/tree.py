"""Owns the shape of a tree of proposals: blocks that belong to one theme, nodes in them, content in those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examples.proposals.proposal import Quote, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another node that speaks of the same; `strength` above 0 up to 1, `words` that both use."""

    node_id: str
    strength: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One proposal in its place. `content` is what it says; `voices` are single texts that are not quoted there."""

    id: str
    proposal_id: str
    title: str
    texts: int
    content: tuple[Statement, ...]
    voices: tuple[Quote, ...]
    related: tuple[Related, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Nodes of one theme, those with most texts first."""

    id: str
    title: str
    keywords: tuple[str, ...]
    nodes: tuple[Node, ...]

    @property
    def texts(self) -> int:
        return sum(node.texts for node in self.nodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """All blocks, those with most texts first."""

    title: str
    blocks: tuple[Block, ...]

    def nodes(self) -> Iterator[Node]:
        for block in self.blocks:
            yield from block.nodes
