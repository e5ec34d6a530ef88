"""The document that describes every route (OpenAPI 3.1)."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from headway.http import questions as q
from headway.http.answers import ANSWERS
from headway.http.asgi import JSON, Exchange, encode, length
from headway.http.query import no_parameters
from headway.http.shapes import Schema, ref

_STREAM = """A stream of frames, each with an event and JSON data:
`snapshot` and `state` (a job), `event` (an entry of a history; its id is a cursor), `synced` and `mark` (`{cursor}`),
`reset` (`{reason}`: forget everything, it is sent again), `end` (`{job_id, status}`: nothing more will come)."""

_REFUSED = {
    400: "The body or the cursor cannot be read.",
    403: "Not allowed, or sent by a page of another site.",
    404: "There is no such job.",
    406: "No such representation.",
    409: "The job is not in a state for this, or somebody was faster.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    421: "Meant for another host.",
    422: "A value was refused: `field` and `reason` say which and why.",
    503: "The store is away, or too many requests wait: come back after `Retry-After`.",
}
_ALWAYS = (403, 421, 503)
_READ = (*_ALWAYS, 422)
_WRITE = (*_ALWAYS, 400, 413, 415, 422)


def document() -> dict[str, Any]:
    """The whole document. Addresses are relative to it, so that it is true wherever it is mounted."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Headway",
            "version": version("headway"),
            "summary": "Durable, truthful, live progress for background jobs.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "."}],
        "paths": _paths(),
        "components": {"schemas": {**ANSWERS, **q.QUESTIONS}},
    }


class Document:
    """Answers `GET /openapi.json`; made once, when it is first asked for."""

    def __init__(self) -> None:
        self._body = b""

    async def __call__(self, exchange: Exchange) -> None:
        no_parameters(exchange.query)
        self._body = self._body or encode(document())
        await exchange.answer(200, [JSON, length(self._body), (b"cache-control", b"no-cache")], self._body)


def _paths() -> dict[str, Any]:
    return {
        "/v1/jobs": {"get": _list(), "post": _create()},
        "/v1/jobs/{id}": {"parameters": [q.ID], "get": _job()},
        "/v1/jobs/{id}/attach": {"parameters": [q.ID], "post": _attach()},
        "/v1/jobs/{id}/reports": {"parameters": [q.ID], "post": _report()},
        "/v1/jobs/{id}/cancel": {"parameters": [q.ID], "post": _ask("cancel", "CancelOrder", "Ask a job to stop.")},
        "/v1/jobs/{id}/retry": {"parameters": [q.ID], "post": _ask("retry", "RetryOrder", "Reopen an ended job.")},
        "/v1/jobs/{id}/history": {"parameters": [q.ID], "get": _history()},
        "/v1/jobs/{id}/events": {"parameters": [q.ID], "get": _events("jobEvents", "Watch one job.", single=True)},
        "/v1/events": {"get": _events("events", "Watch many jobs.", single=False)},
        "/livez": {"get": _health("livez", "Whether the server lives.")},
        "/healthz": {"get": _health("healthz", "The same as /livez.")},
        "/readyz": {"get": _health("readyz", "Whether the server can serve, part by part.", ready=True)},
        "/openapi.json": {"get": _self()},
    }


def _list() -> Schema:
    return _operation("listJobs", "List jobs, newest first.", {200: _json("Jobs")}, (*_READ, 400), parameters=q.LISTING)


def _create() -> Schema:
    location = {"Location": {"schema": {"type": "string"}, "description": "The job's address."}}
    answers = {201: _json("Job", "Created.", location), 200: _json("Job", "It was there already, the same.", location)}
    refused = (*_WRITE, 409)
    return _operation("createJob", "Create a job.", answers, refused, parameters=[q.KEY], body="JobOrder")


def _job() -> Schema:
    headers = {
        "ETag": {"schema": {"type": "string"}, "description": "Store, version and health."},
        "Retry-After": {"schema": {"type": "integer"}, "description": "When to ask again, while the job is live."},
    }
    answers = {200: _json("Job", "The job now.", headers), 304: {"description": "As the client has it."}}
    parameters = [q.IF_NONE_MATCH, *q.WAITING]
    return _operation("getJob", "Read a job.", answers, (*_READ, 404), parameters=parameters)


def _attach() -> Schema:
    answers = {200: _json("Attached", "What the worker must say in its reports.")}
    return _operation("attach", "Take part in a job.", answers, (*_WRITE, 404, 409), body="AttachOrder")


def _report() -> Schema:
    answers = {200: _json("Ack", "Stored; a repeated batch is answered again.")}
    return _operation("report", "Report on a job: all or nothing.", answers, (*_WRITE, 404, 409), body="ReportOrder")


def _ask(name: str, order: str, summary: str) -> Schema:
    answers = {202: _json("Job", "Asked; this is the job now.")}
    return _operation(name, summary, answers, (*_WRITE, 404, 409), body=order)


def _history() -> Schema:
    answers = {200: _json("History")}
    return _operation("history", "Read what happened.", answers, (*_READ, 400, 404), parameters=q.HISTORY)


def _events(name: str, summary: str, *, single: bool) -> Schema:
    stream = {"text/event-stream": {"schema": {"type": "string", "description": _STREAM}}}
    answers: dict[int, Schema] = {
        200: {"description": "As asked for by Accept.", "content": {**_content("Items"), **stream}}
    }
    if single:
        answers[204] = {"description": "A browser reconnected to a job that has ended and told it so: it stops."}
    refused = (*_READ, 406, *((404,) if single else ()))
    return _operation(name, summary, answers, refused, parameters=q.WATCHING if single else [*q.FILTER, *q.WATCHING])


def _health(name: str, summary: str, *, ready: bool = False) -> Schema:
    made = _operation(name, summary, {200: _json("Health")}, _READ)
    if ready:
        made["responses"]["503"]["content"] |= _content("Health")
    return made


def _self() -> Schema:
    content = {"application/json": {"schema": {"type": "object"}}}
    return _operation(
        "openapi", "This document.", {200: {"description": "It.", "content": content}}, (403, 421, 422, 503)
    )


def _operation(
    name: str,
    summary: str,
    answers: dict[int, Schema],
    refused: tuple[int, ...],
    *,
    parameters: list[Schema] | None = None,
    body: str | None = None,
) -> Schema:
    problem = {"application/problem+json": {"schema": ref("Problem")}}
    refusals: dict[int, Schema] = {code: {"description": _REFUSED[code], "content": dict(problem)} for code in refused}
    responses = {str(code): answer for code, answer in sorted((answers | refusals).items())}
    made: Schema = {"operationId": name, "summary": summary, "responses": responses}
    if parameters:
        made["parameters"] = parameters
    if body:
        made["requestBody"] = q.body(body)
    return made


def _json(component: str, description: str = "Found.", headers: Schema | None = None) -> Schema:
    answer: Schema = {"description": description, "content": _content(component)}
    return answer | ({"headers": headers} if headers else {})


def _content(component: str) -> Schema:
    return {"application/json": {"schema": ref(component)}}
