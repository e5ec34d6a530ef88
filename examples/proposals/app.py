"""Owns the HTTP edge of the suggestions box: people, texts, progress in its own words; Headway's part is mounted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

import headway
import headway.http
from examples.house.edge import edge
from examples.house.own_page import from_another_site
from examples.house.safe_headers import SafeHeaders
from examples.proposals import members, watched
from examples.proposals.brought import Allowed, brought
from examples.proposals.members import PEOPLE, PROJECTS, UNKNOWN, Person, Sessions
from examples.proposals.page_parts import PageParts
from examples.proposals.progress import update_of
from examples.proposals.refusals import ANSWERED, Refused, answer, nothing_here
from examples.proposals.room import SAMPLE_PROJECT
from examples.proposals.stream import HEADERS, Status

if TYPE_CHECKING:
    from starlette.requests import Request

    from examples.proposals.room import Room

PAGE = Path(__file__).parent / "page"
BODY_BYTES = 10_000


def app(room: Room, *, allowed: Allowed | None = None) -> Starlette:
    """The application of one room."""
    sessions = Sessions.at(room.folder)
    counter = _Counter(room, sessions, allowed or Allowed())

    own = Starlette(
        routes=counter.routes(),
        exception_handlers=dict.fromkeys(ANSWERED, answer),
        middleware=[Middleware(GZipMiddleware, minimum_size=800)],  # which lets event streams pass as they are
    )
    watching = headway.http.app(store=room.store, authorize=sessions.authorize)
    return edge(
        room,
        [Mount("/projects/{project}/headway", watching), Mount("/headway", watching), Mount("/", SafeHeaders(own))],
    )


class _Counter:
    """Where people say who they are, bring texts, and see how far everything is."""

    def __init__(self, room: Room, sessions: Sessions, allowed: Allowed) -> None:
        self._room, self._sessions, self._allowed = room, sessions, allowed
        self._status = Status(room)
        self._page = PageParts(PAGE)

    def routes(self) -> list[Route | Mount]:
        project = "/api/projects/{project}"
        job = project + "/jobs/{job_id}"
        return [
            Route("/", self._page.index),
            self._page.mount,
            Route("/api/health", self.health),
            Route("/api/me", self.me),
            Route("/api/sign-in", self.sign_in, methods=["POST"]),
            Route("/api/samples", self.samples, methods=["POST"]),
            Route("/api/texts", self.drop, methods=["POST"]),
            Route(project + "/status", self.status),
            Route(project + "/proposals", self.bring, methods=["POST"]),
            Route(project + "/samples", self.bring_samples, methods=["POST"]),
            Route(project + "/trees", self.build, methods=["POST"]),
            Route(project + "/analytics", self.analytics),
            Route(project + "/debug", self.debug),
            Route(job + "/progress", self.progress),
            Route(job + "/outcome", self.outcome),
            Route(job + "/cancel", self.cancel, methods=["POST"]),
        ]

    async def me(self, request: Request) -> Response:
        """Who asks, and who there is to be; the demo's stand-in for a page to sign in."""
        person = self._sessions.person_of(request.cookies)
        shown = [{"id": each.id, "name": each.name} for each in PEOPLE.values()]
        mine = person.projects if person else frozenset()
        projects = [{"id": id, "name": name} for id, name in PROJECTS.items() if id in mine]
        body = {"me": person.id if person else None, "projects": projects, "people": shown}
        return JSONResponse(body | {"limits": self._allowed._asdict()})

    async def sign_in(self, request: Request) -> Response:
        _require_own_page(request)
        person = PEOPLE.get(str((await _body(request)).get("person")))
        if person is None:
            reason, advice = "There is nobody of this name here.", f"Be one of {', '.join(PEOPLE)}."
            raise Refused(422, "unknown-person", field="person", reason=reason, advice=advice)
        answer = Response(status_code=204)
        path = request.scope.get("root_path", "") or "/"
        cookie = self._sessions.cookie_of(person)
        answer.set_cookie(members.COOKIE, cookie, path=path, httponly=True, samesite="strict")
        return answer

    async def drop(self, request: Request) -> Response:
        """Anybody may put something into the box of the first project; what becomes of it, its members see."""
        _require_own_page(request)
        texts = await brought(request, self._allowed)
        job_id = await to_thread.run_sync(self._room.bring, SAMPLE_PROJECT, texts)
        return JSONResponse({"jobId": job_id}, 202)

    async def samples(self, request: Request) -> Response:
        """The same with the sample letters, for whoever serves this application among others."""
        _require_own_page(request)
        return JSONResponse({"jobs": await to_thread.run_sync(self._room.bring_samples)}, 202)

    async def bring_samples(self, request: Request) -> Response:
        _require_own_page(request)
        person, project = self._member(request)
        jobs = await to_thread.run_sync(lambda: self._room.bring_samples(project, by=person.id))
        return JSONResponse({"jobs": jobs}, 202)

    async def bring(self, request: Request) -> Response:
        _require_own_page(request)
        person, project = self._member(request)
        texts = await brought(request, self._allowed)
        job_id = await to_thread.run_sync(lambda: self._room.bring(project, texts, by=person.id))
        return JSONResponse({"jobId": job_id}, 202)

    async def build(self, request: Request) -> Response:
        _require_own_page(request)
        person, project = self._member(request)
        proposals = (await _body(request)).get("proposals")
        if not isinstance(proposals, str):
            reason, advice = "A tree is built of proposals.", "Say the id of the job that made them."
            raise Refused(422, "no-proposals", field="proposals", reason=reason, advice=advice)
        job_id = await to_thread.run_sync(lambda: self._room.build(project, proposals, by=person.id))
        return JSONResponse({"jobId": job_id}, 202)

    async def status(self, request: Request) -> Response:
        """The project's stream; who asks for JSON instead is answered once, and may ask again."""
        _person, project = self._member(request)
        accepted = request.headers.get("accept", "")
        if "text/event-stream" in accepted or "application/json" not in accepted:
            return StreamingResponse(self._status.stream(project), headers=HEADERS, media_type="text/event-stream")
        return JSONResponse({"updates": [update_of(job) for job in await self._status.recent(project)]})

    async def progress(self, request: Request) -> Response:
        job = await self._job(request)
        past = await to_thread.run_sync(watched.past, self._room, job["project"])
        return JSONResponse(watched.shown(job, past))

    async def outcome(self, request: Request) -> Response:
        job = await self._job(request)
        content = await to_thread.run_sync(self._room.box.outcome, job["id"])
        if content is None:
            reason = "Nothing has come out of this job yet, or it did so on another server."
            raise Refused(404, "no-outcome", field="jobId", reason=reason, advice="The job's result has the titles.")
        return Response(content, media_type="application/json")

    async def cancel(self, request: Request) -> Response:
        _require_own_page(request)
        job = await self._job(request)
        await to_thread.run_sync(self._room.stop, job["id"])
        return Response(status_code=202)

    async def analytics(self, request: Request) -> Response:
        _person, project = self._member(request)
        return JSONResponse(await to_thread.run_sync(watched.analytics_of, self._room, project))

    async def debug(self, request: Request) -> Response:
        _person, project = self._member(request)
        jobs = await self._status.recent(project)
        return JSONResponse(watched.debug(self._room, project, jobs, self._status.clients))

    async def health(self, _request: Request) -> Response:
        parts = await to_thread.run_sync(watched.health, self._room)
        well = all(part == "ok" for part in parts.values())
        return JSONResponse({"status": "ok" if well else "unready", "parts": parts}, 200 if well else 503)

    def _member(self, request: Request) -> tuple[Person, str]:
        """Who asks, and for which project. A project of others is there as little as one that does not exist."""
        person = self._sessions.person_of(request.cookies)
        if person is None:
            raise Refused(401, "unknown-person", field="Cookie", reason=UNKNOWN, advice="Then ask again.")
        project = request.path_params["project"]
        if project not in person.projects:
            raise nothing_here("project")
        return person, project

    async def _job(self, request: Request) -> dict[str, Any]:
        """What is asked for is nearly always in memory; only what is not there is worth a thread."""
        _person, project = self._member(request)
        job_id, tracker = request.path_params["job_id"], self._room.tracker
        try:
            job = tracker.job(job_id) if job_id in tracker else await to_thread.run_sync(tracker.job, job_id)
        except (headway.UnknownJob, headway.InvalidReport):
            raise nothing_here("job") from None
        if job["project"] != project:
            raise nothing_here("job")
        return job


def _require_own_page(request: Request) -> None:
    if from_another_site(request):
        reason, advice = "Another site's page sent this.", "Use this application's own page."
        raise Refused(403, "another-site", field="Origin", reason=reason, advice=advice)


async def _body(request: Request) -> dict[str, Any]:
    """A small JSON object."""
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > BODY_BYTES:
            reason, advice = f"The body has more than {BODY_BYTES:,} bytes.", "Send less."
            raise Refused(413, "too-large", field=None, reason=reason, advice=advice)
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "not-json", field=None, reason="The body is no JSON object.", advice="Send one.")
    return body
