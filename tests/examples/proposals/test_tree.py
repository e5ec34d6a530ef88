"""The tree as it is kept: it counts its texts, and goes to disk and comes back as it was."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from examples.proposals.proposal import Generated, LeftOut, Proposal, Quote, Statement
from examples.proposals.tree import Block, Node, Related, Tree

WORDS = st.text(max_size=5)
NUMBERS = st.integers(0, 9)
QUOTES = st.builds(Quote, source=WORDS, start=NUMBERS, end=NUMBERS, text=WORDS)
STATEMENTS = st.builds(Statement, text=WORDS, quotes=st.tuples(QUOTES))
PROPOSALS = st.builds(
    Proposal,
    id=WORDS,
    title=WORDS,
    statements=st.tuples(STATEMENTS),
    keywords=st.tuples(WORDS),
    sources=st.tuples(WORDS),
    copies=NUMBERS,
    voices=st.tuples(QUOTES),
    written_by=WORDS,
    united=st.tuples(WORDS),
)
MADE = st.builds(
    Generated,
    proposals=st.tuples(PROPOSALS),
    alone=st.tuples(QUOTES),
    left_out=st.tuples(st.builds(LeftOut, name=WORDS, why=WORDS)),
    texts=NUMBERS,
)
NODES = st.builds(
    Node,
    id=WORDS,
    proposal_id=WORDS,
    title=WORDS,
    texts=NUMBERS,
    content=st.tuples(STATEMENTS),
    voices=st.tuples(QUOTES),
    related=st.tuples(st.builds(Related, node_id=WORDS, strength=st.floats(0, 1), words=st.tuples(WORDS))),
)
BLOCKS = st.builds(
    Block, id=WORDS, title=WORDS, keywords=st.tuples(WORDS), nodes=st.lists(NODES, max_size=3).map(tuple)
)
TREES = st.builds(Tree, title=WORDS, blocks=st.lists(BLOCKS, max_size=3).map(tuple))


@given(TREES)
def test_a_tree_counts_the_texts_and_the_nodes_of_its_blocks(tree: Tree) -> None:
    assert sum(block.texts for block in tree.blocks) == sum(node.texts for node in tree.nodes())
    assert len(list(tree.nodes())) == sum(len(block.nodes) for block in tree.blocks)


@given(TREES)
def test_a_tree_comes_back_from_json_as_it_was(tree: Tree) -> None:
    assert msgspec.json.decode(msgspec.json.encode(tree), type=Tree) == tree


@given(MADE)
def test_what_was_generated_comes_back_from_json_as_it_was(made: Generated) -> None:
    assert msgspec.json.decode(msgspec.json.encode(made), type=Generated) == made
