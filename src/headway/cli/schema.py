"""The version of a store's schema, read without opening the store, because opening a file brings it up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from headway.cli.desk import Desk
from headway.core.errors import InvalidSetting, MissingExtra, StoreUnavailable
from headway.stores.address import redacted
from headway.stores.sqlite import migrations
from headway.stores.sqlite.file import File


class Step(NamedTuple):
    """One migration. `phase`: pre or post, of a rolling deployment; None where every opening brings the store up."""

    number: int
    name: str
    phase: str | None


class Schema(Protocol):
    """`newest`: what this Headway brings; `needed`: without which it does not start."""

    url: str
    newest: int
    needed: int

    def version(self) -> int:
        """The version that is there now; nothing is changed."""
        ...

    def migrate(self, target: int | None) -> tuple[int, int]:
        """Goes to a version; answers the one before and the one after."""
        ...

    def steps(self) -> Sequence[Step]:
        """Every migration that is known, in order."""
        ...


def schema_of(desk: Desk) -> Schema:
    """Of the store that a desk's address names."""
    if desk.file is not None:
        return FileSchema(desk)
    if desk.database:
        return DatabaseSchema(desk)
    raise InvalidSetting("--store", f"{redacted(desk.url)} has no schema of its own; give a file or a database")


class FileSchema:
    """Of a SQLite file."""

    def __init__(self, desk: Desk) -> None:
        if desk.file is None:
            raise InvalidSetting("--store", f"{redacted(desk.url)} is no file (sqlite:///…)")
        self.file = File(desk.file)
        self.url = self.file.url
        self.newest = self.needed = migrations.known()[-1].number

    def version(self) -> int:
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
        if target == 0:
            self._must_exist()
        return migrations.migrate(self.file, target)

    def steps(self) -> Sequence[Step]:
        return [Step(step.number, step.name, None) for step in migrations.known()]

    def _must_exist(self) -> None:
        if not self.file.path.exists():
            raise StoreUnavailable(self.file.url, "there is no such file; `headway migrate` makes it")


class DatabaseSchema:
    """Of a PostgreSQL database."""

    def __init__(self, desk: Desk) -> None:
        try:
            from headway.stores.postgres import migrations as postgres
            from headway.stores.postgres.address import Address
        except ImportError as missing:
            raise MissingExtra("postgres", "psycopg") from missing
        self._migrations = postgres
        self._address = desk.url
        self.url = Address(desk.url).url
        self.newest = postgres.known()[-1].number
        self.needed = postgres.needed(postgres.known())

    def version(self) -> int:
        return self._migrations.version(self._address)

    def migrate(self, target: int | None) -> tuple[int, int]:
        return self._migrations.migrate(self._address, target)

    def steps(self) -> Sequence[Step]:
        return [Step(step.number, step.name, step.phase.value) for step in self._migrations.known()]
