"""Owns the proof that a delta becomes the right frames in the right order."""

from __future__ import annotations

import json

from headway.core import commands as c
from headway.hub.batches import batch
from headway.hub.frames import Batch, Kind
from headway.stores.codec import NO_CHECKPOINT
from headway.stores.protocol import Store
from headway.stores.reach import up_to
from tests.hub.conftest import Works


def delta(store: Store, after: int = 0, limit: int = 1000) -> Batch:
    before = up_to(after)
    return batch(store.delta(before, limit=limit), before, NO_CHECKPOINT, store)


def kinds(made: Batch) -> list[str]:
    return [str(frame.kind) for frame in made.frames]


def test_a_new_job_comes_as_a_snapshot_first(store: Store, works: Works) -> None:
    works.job()
    assert kinds(delta(store)) == ["snapshot", "event", "event"]


def test_a_tick_is_a_state_and_comes_after_the_events_before_it(store: Store, works: Works) -> None:
    job = works.job("scan")
    here = store.horizon().position
    works.report(job, c.StartStep(step="scan"))
    works.tick(job, 5)
    assert kinds(delta(store, here)) == ["event", "state"]


def test_an_event_needs_no_state_beside_it(store: Store, works: Works) -> None:
    job = works.job("scan")
    here = store.horizon().position
    works.report(job, c.StartStep(step="scan"), c.Update(current=5), c.FinishStep(step="scan"))
    assert kinds(delta(store, here)) == ["event", "event"]


def test_ticks_of_one_job_become_one_state(store: Store, works: Works) -> None:
    job = works.job()
    here = store.horizon().position
    for current in range(1, 50):
        works.tick(job, current)
    made = delta(store, here)
    assert kinds(made) == ["state"]
    assert json.loads(made.frames[0].payload.json)["progress"]["current"] == 49


def test_an_ended_job_that_is_asked_to_go_on_is_introduced_again(store: Store, works: Works) -> None:
    job = works.job()
    works.report(job, c.Succeed())
    here = store.horizon().position
    works.committer.ask(job, c.Retry())
    assert kinds(delta(store, here)) == ["snapshot", "event"]


def test_positions_never_go_back_and_the_check_names_the_newest_event(store: Store, works: Works) -> None:
    first, second = works.job("scan"), works.job()
    works.report(first, c.StartStep(step="scan"))
    works.tick(second, 1)
    works.tick(first, 1)
    made = delta(store)
    positions = [frame.position for frame in made.frames]
    assert positions == sorted(positions)
    assert made.reach == store.horizon().reach
    assert made.check == store.checkpoint(made.reach.position)
    for frame in made.frames:
        assert frame.kind is not Kind.EVENT or (frame.reach, frame.check) == (
            up_to(frame.position),
            store.checkpoint(frame.position),
        )


def test_a_delta_that_was_cut_gives_the_same_frames_in_pieces(store: Store, works: Works) -> None:
    jobs = [works.job("scan") for _ in range(3)]
    for job in jobs:
        works.report(job, c.StartStep(step="scan"), c.Update(current=3))
    pieces, position = list[tuple[str, int, int]](), 0
    while (piece := delta(store, position, limit=2)).reach.position > position:
        position = piece.reach.position
        pieces += [(str(f.kind), f.position, f.seq) for f in piece.frames if f.kind is not Kind.SNAPSHOT]
    whole = [(str(f.kind), f.position, f.seq) for f in delta(store).frames if f.kind is not Kind.SNAPSHOT]
    assert pieces == whole


def test_line_ends_of_every_alphabet_are_escaped_in_the_frame(store: Store, works: Works) -> None:
    job = works.job()
    text = "a\r\nb\rc\nd\u2028e\u2029f\u0085g\n\nevent: x\nid: 9"
    works.note(job, text)
    encoded = delta(store).frames[-1].payload.json
    assert len(encoded.decode().splitlines()) == 1
    assert json.loads(encoded)["message"] == text


def test_a_payload_is_encoded_once(store: Store, works: Works) -> None:
    works.job()
    frame = delta(store).frames[-1]
    assert frame.payload.json is frame.payload.json
