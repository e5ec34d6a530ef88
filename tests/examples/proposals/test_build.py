"""From proposals to a tree: one node for each, in a block of its theme, every sentence with its source, and stops."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from examples.proposals import plan
from examples.proposals.blocks import titled
from examples.proposals.build import build_tree
from examples.proposals.errors import NoProposals
from examples.proposals.grouping import grouped
from examples.proposals.proposal import Proposal, Quote, Statement
from examples.proposals.synthesis import Extract
from examples.proposals.tree import Tree
from examples.proposals.uniting import united
from examples.proposals.wording import worded
from tests.examples.proposals.box import THEMES, Told, chunks_in, letters, require_stops

pytestmark = pytest.mark.usefixtures("one_core")

STAGES = [
    plan.INITIALIZING,
    plan.FETCHING,
    plan.CREATING_TREE,
    plan.ANALYZING,
    plan.CREATING_BLOCKS,
    plan.CREATING_NODES,
    plan.CREATING_CONTENT,
]
BOX = letters(101)


@pytest.fixture(scope="module")
def proposals() -> tuple[Proposal, ...]:
    groups = grouped(chunks_in(BOX), Told())
    return united(worded(groups, Extract(), Told()), groups, Told())


@pytest.fixture(scope="module")
def tree(proposals: tuple[Proposal, ...]) -> Tree:
    return build_tree(proposals, Told())


def made(number: int, text: str, texts: int = 2) -> Proposal:
    sources = tuple(f"{number}-{each}.txt" for each in range(texts))
    quote = Quote(source=sources[0], start=0, end=len(text), text=text)
    return Proposal(
        id=str(number),
        title=text,
        statements=(Statement(text=text, quotes=(quote,)),),
        keywords=tuple(text.lower().split()[:3]),
        sources=sources,
        copies=0,
        voices=(),
        written_by="extract",
    )


def theme(proposal: Proposal) -> str:
    about = Counter(THEMES[name] for source in proposal.sources for name in BOX[int(source)].subjects)
    return about.most_common(1)[0][0] if about else "none"


def test_every_proposal_is_one_node_and_what_it_states_is_its_content(
    tree: Tree, proposals: tuple[Proposal, ...]
) -> None:
    known = {proposal.id: proposal for proposal in proposals}
    nodes = list(tree.nodes())

    assert sorted(node.proposal_id for node in nodes) == sorted(known)
    for node in nodes:
        proposal = known[node.proposal_id]
        assert (node.title, node.texts, node.content) == (proposal.title, len(proposal.sources), proposal.statements)
        assert set(node.voices) <= set(proposal.voices)
    ids = [node.id for node in nodes] + [block.id for block in tree.blocks]
    assert len(set(ids)) == len(ids)


def test_blocks_are_themes(tree: Tree, proposals: tuple[Proposal, ...]) -> None:
    themes = {proposal.id: theme(proposal) for proposal in proposals}
    of_most = [Counter(themes[node.proposal_id] for node in block.nodes).most_common(1)[0][1] for block in tree.blocks]

    assert 6 <= len(tree.blocks) <= 16  # of 8 themes
    assert sum(of_most) >= 0.7 * len(proposals)
    assert all(block.title and block.keywords for block in tree.blocks)
    assert [block.texts for block in tree.blocks] == sorted((block.texts for block in tree.blocks), reverse=True)
    assert all(
        [node.texts for node in block.nodes] == sorted((node.texts for node in block.nodes), reverse=True)
        for block in tree.blocks
    )


def test_every_sentence_of_a_tree_leads_back_to_a_letter(tree: Tree) -> None:
    for node in tree.nodes():
        assert node.content
        for quote in (*(quote for statement in node.content for quote in statement.quotes), *node.voices):
            assert " ".join(BOX[int(quote.source)].text[quote.start : quote.end].split()) == quote.text


def test_in_a_block_no_voice_says_what_was_said(tree: Tree) -> None:
    for block in tree.blocks:
        voices = [voice.text for node in block.nodes for voice in node.voices]
        stated = {statement.text for node in block.nodes for statement in node.content}
        assert len(set(voices)) == len(voices)
        assert not set(voices) & stated


def test_related_nodes_are_others_of_the_tree_and_share_the_words_that_are_named(tree: Tree) -> None:
    nodes = {node.id: node for node in tree.nodes()}
    found = [(node, related) for node in nodes.values() for related in node.related]

    assert len(found) >= len(nodes) / 2
    for node, related in found:
        assert related.node_id in nodes
        assert related.node_id != node.id
        assert 0 < related.strength <= 1
        assert related.words


def test_the_stages_are_told_to_their_ends_in_the_order_of_the_plan(proposals: tuple[Proposal, ...]) -> None:
    told = Told()
    build_tree(proposals, told, title="The box of May")

    assert told.stages() == STAGES
    told.require_whole()


def test_the_same_proposals_give_the_same_tree(proposals: tuple[Proposal, ...], tree: Tree) -> None:
    assert build_tree(list(proposals), Told()) == tree
    assert build_tree(proposals, Told(), title="Other") == replace(tree, title="Other")


def test_without_proposals_there_is_no_tree() -> None:
    with pytest.raises(NoProposals, match="have some generated first"):
        build_tree([], Told())


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 151, 320])
def test_any_number_of_proposals_has_its_tree(number: int) -> None:
    words = ["bus", "roof", "pool", "water", "dog", "park", "book"]
    told = Told()

    tree = build_tree(
        [made(n, f"{words[n % 7]} {words[n % 5]} {words[n % 3]} of number {n}") for n in range(number)], told
    )

    told.require_whole()
    assert len(list(tree.nodes())) == number


def test_equal_proposals_and_ones_without_a_telling_word_have_a_tree_too() -> None:
    told = Told()

    tree = build_tree([made(n, "It is so." if n < 3 else "The bus") for n in range(9)], told)

    told.require_whole()
    assert len(list(tree.nodes())) == 9
    assert len(list(build_tree([made(n, "It is so.") for n in range(6)], Told()).nodes())) == 6


def test_a_stop_goes_through_at_any_moment(proposals: tuple[Proposal, ...]) -> None:
    told = Told()
    build_tree(proposals, told)

    require_stops(lambda report: build_tree(proposals, report), range(0, len(told.said), 12))


@pytest.mark.parametrize(
    ("words", "title"),
    [((), "Other"), (("bus",), "Bus"), (("bus", "night"), "Bus and night"), (tuple("abcd"), "A, b and c")],
)
def test_a_block_is_called_by_its_words(words: tuple[str, ...], title: str) -> None:
    assert titled(words) == title
