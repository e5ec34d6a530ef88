"""Owns the proof that the page is served so that nothing else can run in it, and cheaply when it has not changed."""

from __future__ import annotations

import re

import pytest

from headway.http.assets import FOLDER
from tests.http.conftest import Api, problem

FILES = sorted(str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*") if file.is_file())
ELSEWHERE = ["/nothing.js", "/app/", "/style", "/%2e%2e/server.py", "/..%2fserver.py", "/view/..%2f..%2fserver.py"]


@pytest.fixture(scope="module")
def api(lasting_api: Api) -> Api:
    return lasting_api


def test_the_page_is_at_the_root(api: Api) -> None:
    answer = api.http.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == (FOLDER / "index.html").read_text()


def test_nothing_but_the_pages_own_files_can_run_in_it(api: Api) -> None:
    for path in ("/", "/index.html"):
        headers = api.http.get(path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_the_page_keeps_to_that_policy() -> None:
    markup = (FOLDER / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|javascript:|https?://", markup)


@pytest.mark.parametrize("file", FILES)
def test_every_file_of_the_page_is_served_with_its_type(api: Api, file: str) -> None:
    answer = api.http.get(f"/{file}")
    assert answer.content == (FOLDER / file).read_bytes()
    expected = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
    suffix = "." + file.rpartition(".")[2]
    assert answer.headers["content-type"].startswith(expected.get(suffix, ""))


def test_a_file_that_did_not_change_is_not_sent_again(api: Api) -> None:
    first = api.http.get("/")
    assert first.headers["cache-control"] == "no-cache"
    again = api.http.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nothing_beside_the_page_is_served(api: Api, path: str) -> None:
    problem(api.http.get(path), 404, "unknown-route")
