"""How the page and its parts are delivered: compressed, kept for ever, and with nothing from elsewhere."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

from tests.examples.proposals.serving import API

if TYPE_CHECKING:
    from tests.examples.proposals.serving import Served


def test_what_is_large_is_compressed_and_the_stream_is_not(box: Served) -> None:
    index = box.as_("ada").get("/", headers={"Accept-Encoding": "identity"}).text
    style = re.search(r"page/[0-9a-f]{16}/house/paper\.css", index)
    assert style is not None
    plain = box.as_("ada").get(f"/{style[0]}", headers={"Accept-Encoding": "identity"})
    packed = box.as_("ada").get(f"/{style[0]}", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert len(gzip.compress(plain.content)) < len(plain.content) / 2
    accepts = {"Accept": "text/event-stream", "Accept-Encoding": "gzip"}
    with box.as_("ada").stream("GET", f"{API}/status", headers=accepts) as stream:
        assert "content-encoding" not in stream.headers
        assert stream.headers["cache-control"] == "no-store, no-transform"


def test_the_parts_of_the_page_can_be_kept_for_ever_and_the_page_is_asked_for(box: Served) -> None:
    index = box.as_(None).get("/")
    assert index.headers["cache-control"] == "no-cache"
    same = box.as_(None).get("/", headers={"If-None-Match": index.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")

    parts = re.findall(r'(?:href|src)="(page/[^"]+)"', index.text)
    assert parts
    for part in parts:
        answer = box.as_(None).get(f"/{part}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        again = box.as_(None).get(f"/{part}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
        assert "set-cookie" not in answer.headers
    digest = parts[0].split("/")[1]
    other = parts[0].replace(digest, "0" * 16)
    assert box.as_(None).get(f"/{other}").status_code == 404
    missing = box.as_(None).get(f"/page/{digest}/none.js")
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-cache")


def test_the_page_may_load_nothing_from_elsewhere(box: Served) -> None:
    policy = box.as_(None).get("/").headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
