"""What analytics hear: a tenth of the polls, each end once, never a token; and that nobody notices when they fail."""

from __future__ import annotations

import json
import logging
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from examples.images import told
from examples.images.room import Room
from headway.sinks import Analytics, LogSink, PostHogSink
from tests.examples.images.puppets import DONE, Puppet
from tests.examples.images.serving import served
from tests.examples.played import Answer, Played, Question
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.examples.images.puppets import Heard
    from tests.examples.images.serving import Studio


def test_a_tenth_of_the_polls_is_told(studio: Studio, heard: Heard, drawing: bytes) -> None:
    analytics = Analytics(heard, queue_max=3000, chance=Random(7).random)
    polls = told.Told(analytics)
    for _ in range(3000):
        polls.polled("session-x", "01930f6e-0000-7000-8000-000000000000", {"stage": "storing", "progress": 80})
    analytics.close()

    sample = heard.of("status_poll", "01930f6e-0000-7000-8000-000000000000")

    assert 0.09 < len(sample) / 3000 < 0.11
    assert sample[0][1] == {"upload_id": "01930f6e-0000-7000-8000-000000000000", "stage": "storing", "progress": 80}


def test_a_poll_over_http_is_told_with_a_hash_of_its_session(studio: Studio, heard: Heard, drawing: bytes) -> None:
    session = studio.bring(drawing)

    def polled() -> list[tuple[str, dict[str, Any]]]:
        studio.status(session)
        return heard.of("status_poll", session.job_id)

    person, properties = eventually(polled, within_s=30)[0]

    assert properties.keys() == {"upload_id", "stage", "progress"}
    assert person == studio.room.reporter.get(session.job_id)["project"]
    assert session.token not in repr(heard.events)


def test_each_end_is_told_once(studio: Studio, puppet: Puppet, heard: Heard, drawing: bytes) -> None:
    done, broken = studio.bring(drawing), studio.bring(drawing)
    for order in (DONE, 0.5, RuntimeError("no")):
        puppet.orders.put(order)
    result_id = studio.seen(done, status="completed")["resultId"]
    status = studio.seen(broken, status="failed")

    complete = eventually(lambda: heard.of("status_complete", done.job_id))
    failed = eventually(lambda: heard.of("status_failed", broken.job_id))

    assert complete[0][1]["result_id"] == result_id
    duration = complete[0][1]["total_duration_ms"]
    assert type(duration) is int
    assert 0 < duration < 30_000
    wanted = {"final_stage": "generating", "final_progress": 50, "error": status["errorMessage"]}
    assert wanted.items() <= failed[0][1].items()
    assert complete[0][0] == studio.room.reporter.get(done.job_id)["project"]
    for _ in range(3):
        studio.status(done)
    studio.room._analytics.flush()
    names = [name for name, _who, properties in heard.events if properties["upload_id"] == done.job_id]
    assert names.count("status_complete") == 1
    assert names.count("status_failed") == 0
    assert len(heard.of("status_failed", broken.job_id)) == 1


def test_what_ended_before_the_room_was_opened_is_not_told_again(heard: Heard) -> None:
    analytics = Analytics(heard)
    ended = {"id": "job-1", "attempt": 1, "project": "somebody", "status": "cancelled", "error": None}
    ended |= {"last_step": None, "progress": {"percent": None}, "finished_at": "2026-01-01T00:00:00.000000Z"}
    here = told.Told(analytics)
    here.changed(ended)
    here.changed(ended | {"id": "job-2", "finished_at": "2255-01-01T00:00:00.000000Z"})
    analytics.close()
    assert [properties["upload_id"] for _name, _who, properties in heard.events] == ["job-2"]


def test_a_sink_that_fails_touches_no_job_and_no_request(
    studio: Studio, puppet: Puppet, heard: Heard, drawing: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    heard.fault = ConnectionError("analytics are away")
    with caplog.at_level(logging.WARNING, logger="headway.analytics"):
        session = studio.bring(drawing)
        puppet.orders.put(DONE)
        studio.seen(session, status="completed")
        assert all(studio.poll(session).status_code == 200 for _ in range(50))
        eventually(lambda: "analytics are away" in caplog.text)

    assert heard.events == []
    assert caplog.text.count("cannot be sent") == 1


class PostHog(Played):
    """Plays PostHog's side of the protocol."""

    def answer(self, question: Question) -> Answer:
        return Answer(b'{"status":1}')


@pytest.fixture
def posthog() -> Iterator[PostHog]:
    with PostHog() as posthog:
        yield posthog


def test_posthog_hears_it_when_it_is_configured(
    posthog: PostHog, tmp_path: Path, store: str, puppet: Puppet, drawing: bytes
) -> None:
    sink = told.sink({"POSTHOG_API_KEY": "phc_test", "POSTHOG_HOST": posthog.url})
    with served(Room(folder=tmp_path / "p", store=store, generator=puppet, sink=sink, workers=1)) as studio:
        session = studio.bring(drawing)
        puppet.orders.put(DONE)
        studio.seen(session, status="completed")
        eventually(lambda: any(b"status_complete" in batch.content for batch in posthog.asked))

    assert {(batch.path, batch.body["api_key"]) for batch in posthog.asked} == {("/batch/", "phc_test")}
    assert session.token not in json.dumps([batch.body for batch in posthog.asked])


def test_without_a_key_the_log_hears_it() -> None:
    assert isinstance(told.sink({}), LogSink)
    assert isinstance(told.sink({"POSTHOG_API_KEY": ""}), LogSink)
    assert isinstance(told.sink({"POSTHOG_API_KEY": "phc_test"}), PostHogSink)
