"""The version of a store's schema, read without opening the store, because opening brings it up."""

from __future__ import annotations

from headway.cli.desk import Desk
from headway.core.errors import InvalidSetting, StoreUnavailable
from headway.stores.sqlite import migrations
from headway.stores.sqlite.file import File


class Schema:
    """Of the file that a desk's address names."""

    def __init__(self, desk: Desk) -> None:
        if desk.file is None:
            raise InvalidSetting("--store", f"{desk.url!r:.80} has no schema of its own; give a file (sqlite:///…)")
        self.file = File(desk.file)
        self.newest = migrations.known()[-1].number

    def version(self) -> int:
        """The version that is there now; nothing is changed."""
        self.file.check()
        self._must_exist()
        try:
            db = self.file.connect()
            try:
                return int(db.execute("pragma user_version").fetchone()[0])
            finally:
                db.close()
        except self.file.faults.caught as error:
            raise self.file.faults.named(error) from error

    def migrate(self, target: int | None) -> tuple[int, int]:
        """Goes to a version; answers the one before and the one after."""
        if target == 0:
            self._must_exist()
        return migrations.migrate(self.file, target)

    def _must_exist(self) -> None:
        if not self.file.path.exists():
            raise StoreUnavailable(self.file.url, "there is no such file; `headway migrate` makes it")
