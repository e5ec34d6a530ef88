"""How messages name a database: who, where and which one, without a secret, and so that it can be opened again."""

from __future__ import annotations

import pytest

from headway.core.errors import InvalidSetting
from headway.stores.postgres.address import Address

SHOWN = {
    "postgresql://ann:secret@db.example:5433/jobs": "postgresql://ann@db.example:5433/jobs",
    "postgres://ann:secret@db/jobs?sslmode=require&sslpassword=secret": "postgresql://ann@db/jobs",
    "postgresql://ann@db/jobs?password=secret": "postgresql://ann@db/jobs",
    "postgresql://ann:p%2Fss%40secret@db/jobs": "postgresql://ann@db/jobs",
    "postgresql:///jobs": "postgresql:///jobs",
    "postgresql://": "postgresql:///",
    "postgresql://[::1]:5433/jobs": "postgresql://[::1]:5433/jobs",
    "postgresql://one:1,two:2/jobs": "postgresql://one:1,two:2/jobs",
    "postgresql://ann@/jobs?host=/run/postgresql&port=5433": "postgresql://ann@/jobs?host=/run/postgresql&port=5433",
    "postgresql://a%20b@db/two%20words": "postgresql://a%20b@db/two%20words",
}


@pytest.mark.parametrize("url", SHOWN)
def test_what_is_shown_is_an_address_of_the_same_database(url: str) -> None:
    shown = Address(url).url
    assert shown == SHOWN[url]
    assert Address(shown).url == shown
    kept = ("user", "host", "port", "dbname")
    assert [Address(shown).conninfo.get(name) for name in kept] == [Address(url).conninfo.get(name) for name in kept]


def test_an_option_that_is_not_known_is_named() -> None:
    with pytest.raises(InvalidSetting, match="no option slmode; correct what follows"):
        Address("postgresql://ann:secret@db/jobs?slmode=require")


def test_how_to_write_a_password_is_said() -> None:
    with pytest.raises(InvalidSetting, match=r"with / @ : \? # % in the password as %2F"):
        Address("postgresql://ann:se/cret@db/jobs")
