"""Owns the proof that HEADWAY_BUS means one bus, or is refused with a sentence that says what to write."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

import pytest

from headway.core.errors import InvalidSetting
from headway.stores.wakeups.bus import Bus
from headway.stores.wakeups.choice import open_bus
from headway.stores.wakeups.listener import Listener
from headway.stores.wakeups.nats import NatsBus
from headway.stores.wakeups.notifier import Notifier
from headway.stores.wakeups.postgres import PostgresBus
from headway.stores.wakeups.redis import RedisBus
from tests.postgres.cluster import free_port
from tests.stores.wakeups.hall import Hall
from tests.waiting import eventually

OWN = Hall()


def opened(chosen: str | None) -> Bus | None:
    return open_bus(chosen, own=lambda: OWN, topic=lambda: "one")


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_means_the_stores_own(nothing: str | None) -> None:
    assert opened(nothing) is OWN


def test_off_means_none() -> None:
    assert opened("off") is None


@pytest.mark.parametrize(
    ("chosen", "kind"),
    [
        ("redis://host:6379/0", RedisBus),
        ("rediss://:secret@host", RedisBus),
        ("valkey://host", RedisBus),
        ("valkeys://host", RedisBus),
        ("nats://host:4222", NatsBus),
        ("nats://user:secret@one:4222,nats://two:4222", NatsBus),
        ("tls://host", NatsBus),
        ("postgresql://host/database", PostgresBus),
        ("postgres://host/database", PostgresBus),
    ],
)
def test_an_address_means_the_bus_of_its_kind(chosen: str, kind: type[Bus]) -> None:
    assert type(opened(chosen)) is kind


@pytest.mark.parametrize(
    "chosen",
    [
        "on",
        "rabbit",
        "kafka://user:secret@host",
        "secret@host",
        "redis:/secret",
        "redis://host:secret",
        "redis://host:6379/secret?socket_timeout=secret",
        "nats://",
        "nats://host:secret",
        "nats://host:4222,secret",
        "postgresql://host/database?secret=1",
        " redis://host",
    ],
)
def test_everything_else_is_refused_and_never_repeated(chosen: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        opened(chosen)
    assert refused.value.name == "HEADWAY_BUS"
    assert "secret" not in str(refused.value)
    assert "://" in refused.value.reason


@pytest.mark.parametrize("chosen", ["redis://:secret@{}/0", "nats://me:secret@{}", "postgresql://me:secret@{}/db"])
def test_where_nobody_answers_it_is_said_once_and_without_the_secret(
    chosen: str, caplog: pytest.LogCaptureFixture
) -> None:
    bus = opened(chosen.format(f"127.0.0.1:{free_port()}"))
    assert bus
    caplog.set_level("DEBUG")
    with closing(Notifier(bus)) as notifier, closing(Listener(bus, notifier, floor_s=0.1)) as listener:
        notifier.notify()
        eventually(lambda: len(said(caplog)) == 2)
        assert listener.wait(30)
        assert listener.wait(30)
    assert {line.partition(";")[0] for line in said(caplog)} == {
        f"hints over {bus.name} cannot be given",
        f"hints over {bus.name} are not heard",
    }
    assert "secret" not in caplog.text


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


@pytest.mark.parametrize(
    ("chosen", "package", "command"),
    [
        ("redis://host", "redis", "pip install 'headway[redis]'"),
        ("nats://host", "nats", "pip install 'headway[nats]'"),
        ("postgresql://host/db", "psycopg", "pip install 'headway[postgres]'"),
    ],
)
def test_a_missing_client_is_named_with_the_command_that_installs_it(chosen: str, package: str, command: str) -> None:
    script = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from headway.stores.wakeups.choice import open_bus\n"
        f"open_bus({chosen!r}, own=lambda: None, topic=lambda: 'one')"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].endswith(command)


def test_choosing_a_bus_loads_no_other() -> None:
    script = (
        "import sys\n"
        "from headway.stores.wakeups.choice import open_bus\n"
        "open_bus('off', own=lambda: None, topic=lambda: 'one')\n"
        "print(*{'redis', 'nats', 'psycopg'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
