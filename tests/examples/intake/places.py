"""Owns the places that tests send to: a real WebDAV server, and one that plays Dropbox's protocol."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp

from tests.examples.played import Answer, Played, Question

if TYPE_CHECKING:
    from collections.abc import Iterable

USER, PASSWORD, TOKEN = "anna", "s3cret-of-anna", "token-of-anna"


class Gate:
    """What stands before a place: it can refuse the next files, or hold them until it is opened."""

    def __init__(self) -> None:
        self.refuses = 0
        self.asked: list[str] = []
        self._open = threading.Event()
        self._open.set()

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def lets_in(self, path: str) -> bool:
        """Called for each file that comes; returns when the gate is open."""
        self.asked.append(path)
        assert self._open.wait(30), f"nobody opened the gate for {path}"
        if self.refuses:
            self.refuses -= 1
            return False
        return True


class Dav:
    """A real WebDAV server over a folder, for one user, with a gate before what is put into each of its top folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gates: defaultdict[str, Gate] = defaultdict(Gate)
        folder.mkdir()
        users = {USER: {"password": PASSWORD}}
        self._app = WsgiDAVApp(
            {
                "provider_mapping": {"/": str(folder)},
                "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
                "simple_dc": {"user_mapping": {"*": users}},
                "verbose": 0,
                "logging": {"enable": False},
            }
        )
        self._server = wsgi.Server(("127.0.0.1", 0), self._answer, numthreads=4)
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve)
        self._thread.start()
        self.url = self.at(f"{USER}:{PASSWORD}")

    def at(self, credentials: str, path: str = "inbox/of%20anna") -> str:
        return f"dav://{credentials}@127.0.0.1:{self._server.bind_addr[1]}/{path}"

    def files(self) -> dict[str, bytes]:
        """All that has arrived, by its path."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}

    def close(self) -> None:
        for gate in self.gates.values():
            gate.open()
        self._server.stop()
        self._thread.join(10)

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        gate = self.gates[environ["PATH_INFO"].split("/")[1]]
        if environ["REQUEST_METHOD"] == "PUT" and not gate.lets_in(environ["PATH_INFO"]):
            environ["wsgi.input"].read()
            start("503 Service Unavailable", [("Content-Length", "0")])
            return []
        answer: Iterable[bytes] = self._app(environ, start)
        return answer


class DropboxStandIn(Played):
    """Plays the part of Dropbox's HTTP protocol by which files arrive. Its first part of a session may be any size."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}
        self.answers: list[tuple[int, dict[str, Any]]] = []  # what the next requests are refused with
        self._sessions: dict[str, bytes] = {}

    @property
    def requests(self) -> list[str]:
        return [question.path for question in self.asked]

    def answer(self, question: Question) -> Answer:
        status, body = self._taken(question, json.loads(question.headers.get("Dropbox-API-Arg") or "{}"))
        return Answer(json.dumps(body).encode(), status)

    def _taken(self, question: Question, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        route, body = question.path, question.content
        if question.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"error_summary": "invalid_access_token/", "error": {".tag": "invalid_access_token"}}
        if self.answers:
            return self.answers.pop(0)
        match route:
            case "/2/files/upload":
                return self._kept(given, body)
            case "/2/files/upload_session/start":
                self._sessions["s1"] = body
                return 200, {"session_id": "s1"}
            case "/2/files/upload_session/append_v2":
                return 200, self._grown(given["cursor"], body)
            case "/2/files/upload_session/finish":
                self._grown(given["cursor"], body)
                return self._kept(given["commit"], self._sessions.pop("s1"))
        raise AssertionError(f"Dropbox has no {route}")

    def _grown(self, cursor: dict[str, Any], body: bytes) -> dict[str, Any]:
        assert cursor == {"session_id": "s1", "offset": len(self._sessions["s1"])}
        self._sessions["s1"] += body
        return {}

    def _kept(self, commit: dict[str, Any], content: bytes) -> tuple[int, dict[str, Any]]:
        assert commit["mode"] == {".tag": "overwrite"}, "the same file again must take its own place"
        self.files[commit["path"]] = content
        name = commit["path"].rpartition("/")[2]
        moment = "2026-03-14T09:00:00Z"
        told = {"id": "id:a4ayc_80_OEAAAAAAAAAXw", "rev": "a1c10ce0dd78", "size": len(content)}
        return 200, {"name": name, "client_modified": moment, "server_modified": moment, **told}
