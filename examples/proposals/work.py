"""Owns how the real work is done beside the server: in a process of its own, which tells through a pipe where it is."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

import headway
from examples.proposals import plan
from examples.proposals.errors import NoProposals, ProposalError
from examples.proposals.proposal import Generated

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from examples.proposals.reporting import Report
    from examples.proposals.tree import Tree

log = logging.getLogger(__name__)

PROPOSALS_FILE = "proposals.json"
TREE_FILE = "tree.json"
TEXTS = "texts"
SHOWN = 200
"""So many titles stand in a job's own result, which every server of its store has; the file has all."""
LOOK_S = 0.2
BATCH_S = 0.1
"""How often the parts of one stage are told at most. A new stage is told at once."""


class Errand(NamedTuple):
    """What is to be done, and where: the job's own folder, and that of the job whose proposals become a tree."""

    kind: str
    folder: Path
    proposals: Path | None = None


class Done(NamedTuple):
    """What came out, in words, and as the job's result."""

    message: str
    result: dict[str, Any]


class WorkerDied(Exception):
    """Its process is gone, and it said nothing."""


Balk = Callable[[], None]
"""Called while the work goes on; it raises what should stop it."""


def beside(errand: Errand, report: Report, balk: Balk) -> Done:
    """Have an errand done by a process of its own. Raises `ProposalError`, `WorkerDied`, or what `balk` raises."""
    # Spawned, not forked: a fork would copy this process's threads' locks in whatever state they are.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(theirs, errand), daemon=True)
    process.start()
    theirs.close()
    try:
        return _followed(process, ours, report, balk)
    finally:
        process.kill()  # it has nothing to tidy up, and one in the middle of its sums would not hear a politer word
        process.join()
        process.close()
        ours.close()


def _followed(process: BaseProcess, said: Connection, report: Report, balk: Balk) -> Done:
    while True:
        balk()
        if not wait([said, process.sentinel], LOOK_S):
            continue
        try:
            answer = said.recv()
        except EOFError:
            raise WorkerDied from None
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Done):
            return answer
        report(*answer)


def work(said: Connection, errand: Errand) -> None:
    """The whole life of the process."""
    # Ctrl-C reaches every process of a terminal; this one is stopped by its parent.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        said.send(done(errand, _Batched(said.send)))
    except (ProposalError, headway.MissingExtra) as error:
        said.send(ProposalError(str(error)))  # as plain as this it gets through the pipe
    except BrokenPipeError:
        log.info("nobody listens any more: %s is left as it is", errand.folder.name)


def done(errand: Errand, report: Report) -> Done:
    """The work itself."""
    if errand.kind == plan.PROPOSALS:
        return _generated(errand, report)
    return _built(errand, report)


def _generated(errand: Errand, report: Report) -> Done:
    # Loaded when it is needed: it takes seconds, and the server has no use for it.
    from examples.proposals.generate import generate_proposals
    from examples.proposals.synthesis import chosen

    made = generate_proposals(errand.folder / TEXTS, report, writer=chosen(os.environ))
    _written(errand.folder / PROPOSALS_FILE, made)
    shown = [{"title": each.title, "texts": len(each.sources)} for each in made.proposals]
    counts = {"texts": made.texts, "alone": len(made.alone), "left_out": len(made.left_out)}
    return Done(
        f"{_many(len(shown), 'proposal')} from {_many(made.texts, 'text')}", {**counts, "proposals": shown[:SHOWN]}
    )


def _built(errand: Errand, report: Report) -> Done:
    from examples.proposals.build import build_tree

    tree = build_tree(_proposals(errand).proposals, report)
    _written(errand.folder / TREE_FILE, tree)
    nodes = sum(1 for _node in tree.nodes())
    return Done(f"{_many(len(tree.blocks), 'block')} with {_many(nodes, 'node')}", _outline(tree))


def _proposals(errand: Errand) -> Generated:
    try:
        content = (errand.proposals or errand.folder).joinpath(PROPOSALS_FILE).read_bytes()
    except FileNotFoundError:
        raise NoProposals from None
    return msgspec.json.decode(content, type=Generated)


def _outline(tree: Tree) -> dict[str, Any]:
    room = SHOWN
    blocks = []
    for block in tree.blocks[:SHOWN]:
        nodes = [{"title": node.title, "texts": node.texts} for node in block.nodes[:room]]
        room -= len(nodes)
        blocks.append({"title": block.title, "nodes": nodes})
    return {"title": tree.title, "blocks": blocks}


def _written(path: Path, content: object) -> None:
    """Whole or not at all: somebody may read it while it is written."""
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(content))
    draft.replace(path)


class _Batched:
    """A stage that counts fast is told now and then; where it ends, the next stage says."""

    def __init__(self, send: Callable[[tuple[str, int, int, str]], None]) -> None:
        self._send, self._stage, self._next = send, "", 0.0

    def __call__(self, stage: str, current: int, total: int, message: str) -> None:
        now = time.monotonic()
        if stage != self._stage or now >= self._next:
            self._stage, self._next = stage, now + BATCH_S
            self._send((stage, current, total, message))


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
