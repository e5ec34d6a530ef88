"""Where a foreign log lies: a table of SQLite or PostgreSQL, a CSV file, JSON lines. It is read and never written."""

from __future__ import annotations

import csv
import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol

from headway.core.errors import InvalidSetting, MissingExtra, StoreUnavailable
from headway.importing.mapping import COLUMNS, Mapping
from headway.importing.rows import Raw, file_of
from headway.stores.address import POSTGRES, redacted
from headway.stores.statements import read_statements

_STATEMENTS: Final = read_statements(Path(__file__).parent / "queries")
_OURS: Final = {name: name for name in COLUMNS}
_FETCHED: Final = 2_000
_SQLITE: Final = (".db", ".sqlite", ".sqlite3")
_LINES: Final = (".jsonl", ".ndjson")
csv.field_size_limit(1 << 24)

Files = Iterator[tuple[str | None, list[Raw]]]


class Log(Protocol):
    """A log to be read file by file."""

    url: str

    def count(self) -> int:
        """How many rows there are."""
        ...

    def files(self, only: Sequence[str] | None = None) -> Files:
        """Each file with all of its rows, in no order; None for rows without one. `only`: these files."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Log: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_log(source: str | Path, mapping: Mapping) -> Log:
    """The log of `sqlite:///app.db` (or a path to one), `postgresql://…`, `rows.csv`, `rows.jsonl`.

    Raises InvalidSetting for a source that is no log, or has not the columns that the mapping names, and
    StoreUnavailable for one that cannot be read.
    """
    text = str(source)
    if text.startswith(POSTGRES):
        return PostgresLog(text, mapping)
    path = Path(text.removeprefix("sqlite:///"))
    if text.startswith("sqlite:///") or path.suffix in _SQLITE:
        return SQLiteLog(_existing(path), mapping)
    if path.suffix == ".csv" or path.suffix in _LINES:
        return Gathered(_existing(path), mapping)
    raise InvalidSetting("source", f"{redacted(text)} must be sqlite:///…, postgresql://…, or end with .csv or .jsonl")


class _Table:
    """What the logs in databases share: statements with the mapping's names in them."""

    url: str
    mark = '"'  # what an identifier stands between

    def __init__(self, mapping: Mapping) -> None:
        if not mapping.table:
            raise InvalidSetting("mapping.table", "must name the table of the log")
        given = mapping.columns
        columns = {name: _quoted(given[name], self.mark) if name in given else "null" for name in COLUMNS}
        table = ".".join(_quoted(part, self.mark) for part in mapping.table.split("."))
        self._names = {"table": table, **columns}

    def count(self) -> int:
        return int(next(iter(self._rows("count_log")))[0])

    def files(self, only: Sequence[str] | None = None) -> Files:
        if only is None:
            for file, rows in groupby(self._rows("read_log"), key=file_of):
                yield file, list(rows)
            return
        for file in only:
            found = list(self._rows("read_log_file", file))
            if found:
                yield file, found

    def __enter__(self) -> Any:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        raise NotImplementedError

    def _rows(self, statement: str, *values: str) -> Iterable[Raw]:
        raise NotImplementedError

    def _statement(self, name: str, value: str) -> str:
        """A statement with quoted identifiers; `value` is how this database writes a parameter."""
        return _STATEMENTS[name].format_map({**self._names, "value": value})


class SQLiteLog(_Table):
    """A table of an SQLite file, opened so that it cannot be written."""

    mark = "`"  # SQLite takes a name between double quotes for text when there is no such column

    def __init__(self, path: Path, mapping: Mapping, *, folder: tempfile.TemporaryDirectory[str] | None = None) -> None:
        super().__init__(mapping)
        self.url = f"sqlite:///{path}"
        self._folder = folder
        self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        with self._told():
            self._db.execute(self._statement("read_log_file", "?"), ("",)).fetchall()

    def close(self) -> None:
        self._db.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _rows(self, statement: str, *values: str) -> Iterator[Raw]:
        with self._told():
            cursor = self._db.execute(self._statement(statement, "?"), values)
            cursor.arraysize = _FETCHED
            while rows := cursor.fetchmany():
                yield from rows

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "no such" in str(error):
                raise InvalidSetting("mapping", f"{self.url} has {error}") from None
            raise StoreUnavailable(self.url, str(error)) from error
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(self.url, str(error)) from error


class PostgresLog(_Table):
    """A table of a PostgreSQL database, read in a transaction that cannot write."""

    def __init__(self, url: str, mapping: Mapping) -> None:
        super().__init__(mapping)
        try:
            import psycopg
        except ImportError as missing:
            raise MissingExtra("postgres", "psycopg") from missing
        self.url = redacted(url)
        self._names = {name: text.replace("%", "%%") for name, text in self._names.items()}
        self._faults = psycopg.Error
        self._mapped = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)
        try:
            self._db = psycopg.connect(url, autocommit=False, options="-c default_transaction_read_only=on")
        except psycopg.Error as error:
            raise StoreUnavailable(self.url, str(error).splitlines()[0]) from None

    def close(self) -> None:
        self._db.close()

    def _rows(self, statement: str, *values: str) -> Iterator[Raw]:
        try:
            with self._db.transaction(), self._db.cursor(name="headway_log") as cursor:
                cursor.itersize = _FETCHED
                cursor.execute(self._statement(statement, "%s").encode(), values)
                yield from cursor
        except self._mapped as error:
            raise InvalidSetting("mapping", f"{self.url}: {str(error).splitlines()[0]}") from None
        except self._faults as error:
            raise StoreUnavailable(self.url, str(error).splitlines()[0]) from error


class Gathered(SQLiteLog):
    """A CSV file with a heading, or JSON lines: brought into a table of our own in the system's folder for such."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        folder = tempfile.TemporaryDirectory(prefix="headway-log-")
        try:
            table = Path(folder.name) / "rows.db"
            _gather(path, mapping, table)
            super().__init__(table, mapping._replace(table="log", columns=_OURS), folder=folder)
        except BaseException:
            folder.cleanup()
            raise
        self.url = str(path)


def _gather(path: Path, mapping: Mapping, table: Path) -> None:
    columns = [mapping.columns.get(name) for name in COLUMNS]
    with closing(sqlite3.connect(table)) as db:
        db.execute(_STATEMENTS["gather_rows"])
        rows = _csv_rows(path, columns) if path.suffix == ".csv" else _line_rows(path, columns)
        db.executemany(_STATEMENTS["gather_row"], rows)
        db.execute(_STATEMENTS["index_rows"])
        db.commit()


def _csv_rows(path: Path, columns: Sequence[str | None]) -> Iterator[Raw]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        try:
            rows = csv.DictReader(file)
            _check_columns(path, columns, rows.fieldnames or ())
            for number, row in enumerate(rows, 1):
                yield _with_number([None if name is None else row.get(name) for name in columns], number)
        except (csv.Error, UnicodeDecodeError) as error:
            raise InvalidSetting("source", f"{path} cannot be read as CSV: {error}") from None


def _line_rows(path: Path, columns: Sequence[str | None]) -> Iterator[Raw]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                values = [None if name is None else _plain(row.get(name)) for name in columns]
            except (ValueError, AttributeError):
                raise InvalidSetting("source", f"line {number} of {path} is no JSON object") from None
            if number == 1:
                _check_columns(path, [mapped for mapped in columns if mapped], row)
            yield _with_number(values, number)


def _check_columns(path: Path, columns: Sequence[str | None], there: Iterable[str]) -> None:
    known = set(there)
    if missing := [name for name in columns if name is not None and name not in known]:
        raise InvalidSetting("mapping.columns", f"{path} has no column {missing[0]!r}")


def _with_number(values: list[Any], number: int) -> Raw:
    """A log without ids is in the order of its lines."""
    return [number if values[0] is None else values[0], *values[1:]]


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict | bool) else value


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise InvalidSetting("source", f"there is no file {path}")
    return path


def _quoted(name: str, mark: str) -> str:
    """An identifier that can be nothing else, whatever is in it."""
    if not name or "\x00" in name:
        raise InvalidSetting("mapping", f"{name!r} is no name of a table or column")
    return mark + name.replace(mark, mark * 2) + mark
