"""Owns the run on the sample letters: make proposals of them, build the tree, show both live, and print the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from rich.tree import Tree

from examples.house.names import plain
from examples.house.terminal import Job, file_of, follow, seconds
from examples.proposals import plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from examples.proposals.room import Room

NODES = 4
"""So many titles of a block are shown, each after the number of its letters; the page shows all."""


def run_samples(console: Console, room: Room) -> int:
    """The exit code: 0 when the sample letters became proposals, and those a tree."""
    console.print(Text(f"A box of sample letters, two workers, jobs in {room.store}"), soft_wrap=True)
    with room:
        jobs = follow(console, room.bring_samples(), room.reporter.get)
    return came_out(console, jobs)


def came_out(console: Console, jobs: Sequence[Job]) -> int:
    """Print what came of the samples; 0 when both jobs did what they should."""
    for job in jobs:
        console.print(_line(job), soft_wrap=True)
        if job["kind"] == plan.TREE and job["status"] == "succeeded":
            console.print(_drawn(job["result"]))
    return 0 if all(job["status"] == "succeeded" for job in jobs) else 1


def _line(job: Job) -> Text:
    good = job["status"] == "succeeded"
    words = Text.assemble("\n", (file_of(job), "bold"), " ", (job["status"], "green" if good else "red"))
    spent = seconds(job["started_at"], job["finished_at"]) or 0
    return words.append(f": {plain(job['message'] if good else job['error'] or 'nobody said why')}, {spent:.1f} s")


def _drawn(result: Job) -> Tree:
    drawn = Tree(Text(plain(result["title"]), style="bold"), guide_style="dim")
    for block in result["blocks"]:
        branch = drawn.add(Text(plain(block["title"])))
        for node in block["nodes"][:NODES]:
            line = Text(f"{node['texts']:>3,} ", "dim", no_wrap=True, overflow="ellipsis")
            branch.add(line.append(plain(node["title"]), "default"))
        if len(block["nodes"]) > NODES:
            branch.add(Text(f"and {len(block['nodes']) - NODES:,} more", style="dim"))
    return drawn
