"""Owns the proof that analytics events reach their sink, and that nobody but the log notices when they do not."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import pytest

from headway.core.errors import InvalidSetting
from headway.sinks import Analytics, LogSink, PostHogSink, hashed
from headway.sinks.sink import Occurrence
from tests.waiting import eventually

SECRET = "session-token-8c1f"


class Kept:
    """A sink that keeps what it takes, and fails or waits when it is told to."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, Mapping[str, Any]]] = []
        self.fails = False
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Event()

    def __call__(self, event: str, distinct_id: str, properties: Mapping[str, Any]) -> None:
        self.entered.set()
        assert self.open.wait(10)
        if self.fails:
            raise OSError("the far side is away")
        self.events.append((event, distinct_id, properties))


class PostHog:
    """Plays the other side of the protocol, and keeps what was posted to which path."""

    def __init__(self) -> None:
        kept: list[tuple[str, dict[str, Any]]] = []
        self.posted = kept
        self.status = 200
        outer = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the name that the server calls
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                kept.append((self.path, body))
                self.send_response(outer.status)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing on the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def posthog() -> Iterator[PostHog]:
    played = PostHog()
    yield played
    played.server.shutdown()
    played.server.server_close()


def test_events_come_in_order_and_off_the_callers_thread() -> None:
    kept = Kept()
    analytics = Analytics(kept)
    kept.open.clear()
    assert all(analytics.send("poll", "person", {"n": number}) for number in range(20))
    kept.open.set()
    assert analytics.flush(10)
    assert [properties["n"] for _, _, properties in kept.events] == list(range(20))
    analytics.close()
    assert not analytics.send("poll", "person")


def test_what_comes_too_fast_is_dropped_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept()
    analytics = Analytics(kept, queue_max=5)
    kept.open.clear()
    analytics.send("first", "person")
    assert kept.entered.wait(10)
    sent = [analytics.send("poll", "person") for _ in range(8)]
    assert sent == [True] * 5 + [False] * 3
    assert analytics.dropped == 3
    assert caplog.text.count("dropped") == 1
    kept.open.set()
    analytics.close()
    assert len(kept.events) == 6


class Batches(Kept):
    """A sink that takes several events at once."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def send(self, events: Sequence[Occurrence]) -> None:
        self.sizes.append(len(events))


def test_events_wait_for_each_other_until_a_batch_is_full_or_somebody_waits_for_them() -> None:
    kept = Batches()
    analytics = Analytics(kept, gather_s=3600)
    for _ in range(100):
        analytics.send("poll", "person")
    eventually(lambda: kept.sizes == [100])
    for _ in range(3):
        analytics.send("poll", "person")
    assert analytics.flush(10)
    assert kept.sizes == [100, 3]
    analytics.send("poll", "person")
    analytics.close()
    assert kept.sizes == [100, 3, 1]


def test_a_few_events_do_not_wait_long() -> None:
    kept = Kept()
    analytics = Analytics(kept, gather_s=0.01)
    analytics.send("poll", "person")
    eventually(lambda: len(kept.events) == 1)
    analytics.close()


def test_a_sink_that_fails_is_told_once_and_later_events_come(caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept()
    analytics = Analytics(kept)
    kept.fails = True
    for _ in range(5):
        analytics.send("poll", "person")
        assert analytics.flush(10)
    kept.fails = False
    analytics.send("poll", "person")
    analytics.close()
    assert caplog.text.count("the far side is away") == 1
    assert len(kept.events) == 1


def test_each_event_has_its_own_chance() -> None:
    kept = Kept()
    analytics = Analytics(kept, queue_max=10_000, chance=Random(7).random)
    sent = sum(analytics.send("poll", "person", rate=0.1) for _ in range(5_000))
    assert 400 < sent < 600
    assert analytics.flush()
    assert len(kept.events) == sent
    analytics.close()


def test_a_sample_by_key_is_stable_and_of_about_the_rate() -> None:
    analytics = Analytics(Kept(), queue_max=10_000)
    chosen = {key for key in range(5_000) if analytics.send("poll", "person", rate=0.1, key=str(key))}
    again = {key for key in range(5_000) if analytics.send("poll", "person", rate=0.1, key=str(key))}
    assert chosen == again
    assert 400 < len(chosen) < 600
    for key in (None, "person"):
        assert not analytics.send("poll", "person", rate=0.0, key=key)
        assert analytics.send("poll", "person", rate=1.0, key=key)
    analytics.close()


def test_an_event_with_a_key_is_sent_once_and_named_the_same_everywhere() -> None:
    one, other = Kept(), Kept()
    for kept in (one, other):
        analytics = Analytics(kept)
        assert analytics.send("complete", "person", once="job-1")
        assert not analytics.send("complete", "person", once="job-1")
        assert analytics.send("complete", "person", once="job-2")
        analytics.close()
    assert [event[2] for event in one.events] == [event[2] for event in other.events]
    assert one.events[0][2] != one.events[1][2]


def test_a_dropped_event_may_be_sent_again() -> None:
    kept = Kept()
    analytics = Analytics(kept, queue_max=0)
    assert not analytics.send("complete", "person", once="job-1")
    analytics._queue_max = 5
    assert analytics.send("complete", "person", once="job-1")
    analytics.close()


def test_closing_takes_no_longer_than_it_may(caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept()
    kept.open.clear()
    analytics = Analytics(kept, leave_s=0.05)
    analytics.send("poll", "person")
    began = time.monotonic()
    analytics.close()
    assert time.monotonic() - began < 2
    assert "1 analytics events were not sent in time" in caplog.text
    kept.open.set()


def test_a_forked_child_sends_its_own_events_only() -> None:
    kept = Kept()
    kept.open.clear()
    analytics = Analytics(kept)
    analytics.send("parents", "person")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        kept.open.set()
        analytics.send("childs", "person")
        analytics.flush(10)
        os.write(write, ",".join(event for event, _, _ in kept.events).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 100) == b"childs"
    os.close(read)
    os.close(write)
    kept.open.set()
    analytics.close()
    assert [event for event, _, _ in kept.events] == ["parents"]


def test_posthog_gets_batches_in_its_own_form(posthog: PostHog) -> None:
    analytics = Analytics(PostHogSink("phc_1", host=posthog.url), clock=lambda: 1_763_794_552.25)
    analytics.send("status_complete", hashed(SECRET), {"upload_id": "u1"}, once="u1")
    analytics.send("status_poll", hashed(SECRET), {"stage": "storing"})
    analytics.close()
    assert {path for path, _ in posthog.posted} == {"/batch/"}
    events = [event for _, body in posthog.posted for event in body["batch"]]
    assert {body["api_key"] for _, body in posthog.posted} == {"phc_1"}
    assert [event["event"] for event in events] == ["status_complete", "status_poll"]
    assert events[0]["uuid"] == events[0]["properties"]["$insert_id"]
    assert events[1]["timestamp"] == "2025-11-22T06:55:52.250+00:00"
    assert "uuid" not in events[1]
    assert SECRET not in json.dumps(posthog.posted)


def test_posthog_refusing_is_told_in_the_log_only(posthog: PostHog, caplog: pytest.LogCaptureFixture) -> None:
    posthog.status = 500
    analytics = Analytics(PostHogSink("phc_1", host=posthog.url))
    analytics.send("status_poll", "person")
    assert analytics.flush(10)
    analytics.close()
    assert "500" in caplog.text


def test_posthog_takes_a_single_event_too(posthog: PostHog) -> None:
    PostHogSink("phc_1", host=posthog.url)("status_poll", "person", {"n": 1})
    [(_, body)] = posthog.posted
    assert body["batch"][0]["properties"] == {"n": 1}


@pytest.mark.parametrize(("key", "host"), [("", "https://eu.i.posthog.com"), ("phc_1", "eu.i.posthog.com")])
def test_a_wrong_setting_is_refused_at_once(key: str, host: str) -> None:
    with pytest.raises(InvalidSetting):
        PostHogSink(key, host=host)


def test_the_log_has_one_line_for_each(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "headway.analytics"):
        LogSink()("status_poll", "person", {"stage": "storing\n"})
    assert caplog.messages == ['status_poll person {"stage": "storing\\n"}']


def test_a_hashed_id_is_stable_and_tells_nothing() -> None:
    assert hashed(SECRET) == hashed(SECRET) != hashed(SECRET, salt="ours")
    assert SECRET not in hashed(SECRET)


def test_the_thread_starts_with_the_first_event() -> None:
    before = threading.active_count()
    analytics = Analytics(Kept())
    assert threading.active_count() == before
    analytics.close()
    eventually(lambda: threading.active_count() == before)
