"""Owns the plans of the two kinds of jobs: their stages in order, and the range of the percent that each one has."""

from __future__ import annotations

PROPOSALS = "proposal_generation"
TREE = "tree_build"
KINDS = (PROPOSALS, TREE)

INITIALIZING = "initializing"
CLUSTERING = "clustering"
SYNTHESIZING = "synthesizing"
DEDUPLICATING = "deduplicating"
COMPLETE = "complete"

FETCHING = "fetching"
CREATING_TREE = "creating_tree"
ANALYZING = "analyzing"
CREATING_BLOCKS = "creating_blocks"
CREATING_NODES = "creating_nodes"
CREATING_CONTENT = "creating_content"

Steps = tuple[tuple[str, int, int], ...]

# The last stage of a generation is a point: nothing is left to do in it but to be there.
STEPS: dict[str, Steps] = {
    PROPOSALS: (
        (INITIALIZING, 0, 20),
        (CLUSTERING, 20, 40),
        (SYNTHESIZING, 40, 80),
        (DEDUPLICATING, 80, 95),
        (COMPLETE, 100, 100),
    ),
    TREE: (
        (INITIALIZING, 0, 14),
        (FETCHING, 14, 28),
        (CREATING_TREE, 28, 42),
        (ANALYZING, 42, 56),
        (CREATING_BLOCKS, 56, 70),
        (CREATING_NODES, 70, 84),
        (CREATING_CONTENT, 84, 100),
    ),
}
