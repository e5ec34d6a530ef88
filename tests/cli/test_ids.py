"""As much of an id as names one job is enough."""

from __future__ import annotations

import pytest

from headway.cli.sources import ids
from headway.core.errors import UnknownJob

ID = "0192d3a0-7c00-7000-8000-000000000001"


@pytest.mark.parametrize("text", [ID, ID[:4], ID[:8], ID[:9], ID[:13], ID[:20].upper(), f" {ID} "])
def test_what_an_id_can_begin_with_is_taken(text: str) -> None:
    assert ID.startswith(ids.beginning(text))


@pytest.mark.parametrize("text", ["", "0", "019", "xyz1", "0192d3a07c00", ID + "0", "../../etc", "\x1b[2J", "0192%"])
def test_what_no_id_begins_with_is_an_unknown_job(text: str) -> None:
    with pytest.raises(UnknownJob):
        ids.beginning(text)


def test_several_jobs_are_told_with_what_tells_them_apart() -> None:
    with pytest.raises(ids.AmbiguousId, match=r"several jobs .*give more of it"):
        ids.the_one("0192", [ID, ID[:-1] + "2"])


def test_no_job_is_unknown() -> None:
    with pytest.raises(UnknownJob):
        ids.the_one("0192", [])


def test_a_version_7_id_tells_about_when_it_was_made() -> None:
    born = int(ID.replace("-", "")[:12], 16) * 1000
    for length in (8, 13, 36):
        window = ids.born_between(ID[:length])
        assert window is not None
        assert window[0] < born < window[1]
    assert ids.born_between("0192d3") is None
