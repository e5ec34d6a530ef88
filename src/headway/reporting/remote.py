"""The way to a store behind a Headway server, over HTTP with the standard library."""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from headway.core import errors
from headway.core.commands import RequestCancel, Retry
from headway.core.errors import HeadwayError, InvalidReport, InvalidSetting, StoreUnavailable
from headway.core.items import item_wire, step_spec_wire
from headway.core.job import Job, Status
from headway.core.wire import Wire
from headway.reporting.batch import Ack, Attached, Batch
from headway.reporting.link import NewJob, News
from headway.stores.protocol import JobQuery, Store

PULSE_S = 5.0  # well below the server's lease, and how soon a silent worker hears of a cancel
ANSWER_MAX = 4 << 20  # bytes of an answer that are read at most
PAGE_MAX = 100  # items of a list that are asked for at once
_PLACES = frozenset({"after", "cursor"})  # where a page begins


class HttpLink:
    """One kept connection, used by one thread at a time.

    A request that is cut off is sent once more: batches are numbered and creations carry their id, so that a repeat
    has no second effect.
    """

    def __init__(self, url: str, *, patience_s: float = 2.0) -> None:
        parts = urlsplit(url)
        if not parts.hostname or parts.username or parts.query:
            raise InvalidSetting("url", "must name a host, and carry neither secrets nor a query")
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self.store: Store | None = None
        self.pulse_s: float | None = PULSE_S
        self.commits = 0
        self._secure = parts.scheme == "https"
        self._address = parts.netloc
        self._base = parts.path.rstrip("/")
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._pid = os.getpid()

    def create(self, new: NewJob) -> str:
        if new.connection is not None:
            raise InvalidReport("connection", "a server cannot write in your transaction; connect to its database")
        facts = {name: value for name, value in new.facts.items() if value is not None}
        steps = [step_spec_wire(spec) for spec in new.plan.steps]
        body = {"id": new.id, "kind": new.kind, "plan": {"steps": steps, "open": new.plan.open}, **facts}
        return str(self._json("POST", "/v1/jobs", body)["id"])

    def start(self, new: NewJob, producer: str) -> Attached:
        return self.attach(self.create(new), producer, takeover=False)

    def attach(self, job_id: str, producer: str, *, takeover: bool) -> Attached:
        answer = self._json("POST", f"/v1/jobs/{quote(job_id)}/attach", {"producer": producer, "takeover": takeover})
        return Attached(
            job_id=job_id,
            kind=answer["kind"],
            attempt=answer["attempt"],
            producer=producer,
            lease=answer["lease"],
            version=answer["version"],
            began=answer["began"],
            cancel_requested=answer["cancel_requested"],
        )

    def report(self, batches: Sequence[Batch]) -> list[Ack | HeadwayError]:
        answers: list[Ack | HeadwayError] = []
        for batch in batches:
            away = answers and isinstance(answers[-1], StoreUnavailable)  # asked once: each question may take patience
            answers.append(answers[-1] if away else self._reported(batch))
        return answers

    def ask(self, job_id: str, command: RequestCancel | Retry) -> Wire:
        if isinstance(command, Retry):
            return self._json("POST", f"/v1/jobs/{quote(job_id)}/retry", {"keep_steps": command.keep_steps})
        return self._json("POST", f"/v1/jobs/{quote(job_id)}/cancel", {})

    def get(self, job_id: str) -> Wire:
        return self._json("GET", f"/v1/jobs/{quote(job_id)}", None)

    def jobs(self, query: JobQuery) -> list[Wire]:
        return self._pages("/v1/jobs", _parameters(query), query.limit)

    def history(self, job_id: str, after: int, limit: int) -> list[Wire]:
        return self._pages(f"/v1/jobs/{quote(job_id)}/history", [("after", after)], limit)

    def poll(self, query: Sequence[tuple[str, str]]) -> Wire:
        """A page of the stream, `{items, next_cursor}`; with a `wait` among the parameters it is waited for."""
        return self._json("GET", f"/v1/events?{urlencode(query)}", None)

    def another(self, patience_s: float) -> HttpLink:
        """A connection of its own to the same server, for one who waits long."""
        return HttpLink(self.url, patience_s=patience_s)

    def interrupt(self) -> None:
        """Ends a request that another thread waits for."""
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):  # it is gone already
                connection.sock.shutdown(socket.SHUT_RDWR)

    def remembered(self, job_id: str) -> Job | None:
        return None

    def beat(self) -> None:
        """Nothing to do: over HTTP every batch renews its lease, and a silent handle sends empty ones."""

    def news(self, job_ids: Sequence[str]) -> list[News]:
        return []  # every answer to a batch carries them

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        self._connection = None
        self.commits = 0

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _pages(self, path: str, parameters: list[tuple[str, Any]], limit: int) -> list[Wire]:
        """As many items of a list as are asked for, page by page."""
        items: list[Wire] = []
        while len(items) < limit:
            query = urlencode([*parameters, ("limit", min(limit - len(items), PAGE_MAX))])
            page = self._json("GET", f"{path}?{query}", None)
            items += page["items"]
            if page["next_cursor"] is None:
                break
            parameters = [*(one for one in parameters if one[0] not in _PLACES), ("cursor", page["next_cursor"])]
        return items

    def _reported(self, batch: Batch) -> Ack | HeadwayError:
        body = {
            "attempt": batch.attempt,
            "lease": batch.lease,
            "producer": batch.producer,
            "producer_seq": batch.producer_seq,
            "items": [item_wire(item) for item in batch.items],
        }
        try:
            answer = self._json("POST", f"/v1/jobs/{quote(batch.job_id)}/reports", body)
        except HeadwayError as error:
            return error
        return Ack(
            job_id=batch.job_id,
            attempt=answer["attempt"],
            version=answer["version"],
            seq=answer["seq"],
            status=Status(answer["status"]),
            cancel_requested=answer["cancel_requested"],
        )

    def _json(self, method: str, path: str, body: object) -> Wire:
        sent = None if body is None else json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        status, received = self._exchange(method, path, sent)
        try:
            answer = json.loads(received)
        except ValueError:
            raise StoreUnavailable(self.url, f"answered {status} without JSON; is it a Headway server?") from None
        if status >= 400 or not isinstance(answer, dict):
            raise _problem(self.url, status, answer)
        self.commits += method == "POST"
        return answer

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {})
        with self._lock:
            kept = self._connection is not None
            for again in (kept, False):  # a kept connection may have been closed by the server meanwhile
                try:
                    return self._once(method, self._base + path, body, headers)
                except (OSError, http.client.HTTPException) as error:
                    self.close()
                    if not again:
                        raise StoreUnavailable(self.url, f"cannot be reached ({_said(error)})") from error
        raise AssertionError("unreachable")

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = kind(self._address, timeout=self._patience_s)
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        return response.status, response.read(ANSWER_MAX)


def _parameters(query: JobQuery) -> list[tuple[str, Any]]:
    """A query as the route of the list takes it."""
    sets = {"job": query.filter.jobs, "kind": query.filter.kinds, "project": query.filter.projects}
    sets |= {"subject": query.filter.subjects, "status": query.statuses}
    several = [(name, value) for name, values in sets.items() for value in sorted(values)]
    single = {"parent": query.filter.parent, "step": query.step}
    label = [] if query.label is None else [("label", f"{query.label[0]}:{_label_text(query.label[1])}")]
    return [*several, *((name, value) for name, value in single.items() if value is not None), *label]


def _label_text(value: Any) -> str:
    """A label's value as a query has it: what would be read as another kind of value is quoted."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        json.loads(value)
    except ValueError:
        return value
    return json.dumps(value)


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _problem(url: str, status: int, answer: Any) -> HeadwayError:
    """The error that the server raised, by its problem's type and fields."""
    given = answer if isinstance(answer, dict) else {}
    code = str(given.get("type", "")).rsplit(":", 1)[-1].rsplit("/", 1)[-1]
    if status >= 500 or status in (408, 429):
        return StoreUnavailable(url, str(given.get("detail") or f"answered {status}"))
    made = _REBUILT.get(code)
    error = made(given) if made else HeadwayError(str(given.get("detail") or f"{url} answered {status}"))
    error.index = given.get("index")
    return error


_REBUILT: dict[str, Any] = {
    "invalid": lambda p: errors.InvalidReport(str(p.get("field")), str(p.get("reason"))),
    "unknown-step": lambda p: errors.UnknownStep(str(p.get("field")), str(p.get("reason"))),
    "illegal-transition": lambda p: errors.IllegalTransition(
        str(p.get("command")), str(p.get("state")), str(p.get("advice")), step=p.get("step")
    ),
    "fenced": lambda p: errors.Fenced(str(p.get("job_id")), int(p.get("attempt", 0)), int(p.get("current", 0))),
    "unknown-job": lambda p: errors.UnknownJob(str(p.get("job_id"))),
    "job-exists": lambda p: errors.JobExists(str(p.get("job_id"))),
    "batch-gap": lambda p: errors.BatchGap(int(p.get("expected", 0)), int(p.get("got", 0))),
    "row-refused": lambda p: errors.RowRefused(str(p.get("store")), str(p.get("reason"))),
}
