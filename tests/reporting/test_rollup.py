"""A parent's step shows how far its children are, also those that come later."""

from __future__ import annotations

from headway.reporting.committer import Committer
from headway.reporting.reporter import Reporter
from headway.reporting.rollup import Rollup
from tests.reporting.stores import MoodyStore


def test_a_step_stands_for_its_children(reporter: Reporter, store: MoodyStore) -> None:
    rollup = Rollup(store, Committer(store))
    with reporter.start("batch", steps=["files", "index"]) as parent, parent.step("files"):
        children = [parent.child("file", step="files") for _ in range(4)]
        rollup.roll_up()
        with children[0]:
            pass
        with children[1] as half:
            half.update(current=1, total=2)
        rollup.roll_up()
        step = parent.snapshot()["steps"][0]
        assert (step["current"], step["total"], step["unit"], step["percent"]) == (2, 4, "jobs", 50.0)
        assert parent.snapshot()["progress"]["percent"] == 25.0


def test_a_child_that_comes_later_takes_nothing_back(reporter: Reporter, store: MoodyStore) -> None:
    rollup = Rollup(store, Committer(store))
    with reporter.start("batch", steps=["files"]) as parent, parent.step("files"):
        with parent.child("file", step="files"):
            pass
        rollup.roll_up()
        before = parent.snapshot()["progress"]["percent"]
        parent.child("file", step="files")
        rollup.roll_up()
        seen = parent.snapshot()
        assert (seen["steps"][0]["total"], seen["progress"]["percent"]) == (2, before)


def test_a_parent_without_that_step_running_is_left_alone(reporter: Reporter, store: MoodyStore) -> None:
    rollup = Rollup(store, Committer(store))
    with reporter.start("batch", steps=["files"]) as parent:
        parent.child("file", step="files")
        version = parent.snapshot()["version"]
        rollup.roll_up()
        assert parent.snapshot()["version"] == version


def test_a_thousand_children_are_one_write(reporter: Reporter, store: MoodyStore) -> None:
    rollup = Rollup(store, Committer(store))
    with reporter.start("batch", steps=["files"]) as parent, parent.step("files"):
        for _ in range(1000):
            parent.child("file", step="files")
        store.groups.clear()
        rollup.roll_up()
        assert store.groups == [1]
        rollup.roll_up()
        rollup.roll_up()
        assert len(store.groups) == 1
