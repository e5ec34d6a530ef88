"""How far the children are that a step of their parent stands for."""

from __future__ import annotations

from headway.core import commands as c
from headway.stores.protocol import Children, Store
from tests.stores.lives import Life, new_id


def child(store: Store, parent: Life, step: str | None = "files") -> Life:
    return Life(store, parent_id=parent.id, parent_step=step)


def told(parent: Life, total: int, settled: int, permille: int, step: str = "files") -> Children:
    return Children(parent.id, step, total, settled, permille)


def test_children_are_counted_and_their_percent_is_the_mean(store: Store) -> None:
    parent = Life(store, "files").begun()
    children = [child(store, parent) for _ in range(3)]
    assert store.children(0) == [told(parent, 3, 0, 0)]
    children[0].begun().tell(c.Update(current=1, total=2))
    assert store.children(0) == [told(parent, 3, 0, 166)]
    children[1].begun().tell(c.Fail(error="x"))
    assert store.children(0) == [told(parent, 3, 1, 500)]
    children[0].tell(c.Succeed())
    children[2].tell(c.RequestCancel())
    assert store.children(0) == [told(parent, 3, 3, 1000)]


def test_only_what_changed_after_a_position_is_told_and_then_whole(store: Store) -> None:
    parents = [Life(store, "files").begun() for _ in range(2)]
    children = [child(store, parent) for parent in parents for _ in range(2)]
    for each in children:
        each.begun()
    position = children[-1].position
    assert store.children(position) == []
    children[0].tell(c.Update(current=1, total=4))
    assert store.children(position) == [told(parents[0], 2, 0, 125)]
    last = children[3].tell(c.Succeed())
    assert store.children(position) == [told(parents[0], 2, 0, 125), told(parents[1], 2, 1, 500)]
    assert store.children(last - 1) == [told(parents[1], 2, 1, 500)]
    assert store.children(last) == []


def test_each_step_has_its_own_children(store: Store) -> None:
    parent = Life(store, "files", "images").begun()
    child(store, parent, "images").tell(c.RequestCancel())
    child(store, parent, "files")
    child(store, parent, None)
    assert store.children(0) == [told(parent, 1, 0, 0), told(parent, 1, 1, 1000, "images")]


def test_a_parent_that_has_ended_or_is_not_there_is_not_told(store: Store) -> None:
    parent = Life(store, "files").begun()
    child(store, parent)
    Life(store, parent_id=new_id(), parent_step="files")
    parent.tell(c.Succeed())
    assert store.children(0) == []
    parent.tell(c.Retry())
    assert store.children(0) == [told(parent, 1, 0, 0)]
