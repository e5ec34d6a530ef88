"""Event streams are read as WHATWG says, however the bytes are cut."""

from __future__ import annotations

import pytest

from headway.cli.sources import sse
from headway.cli.sources.sse import Frame, FrameTooLarge, Parser

VECTORS = [
    (b"data: a\n\n", [("message", "a")]),
    (b"event: state\ndata: {}\n\n", [("state", "{}")]),
    (b"data: a\r\ndata: b\r\n\r\n", [("message", "a\nb")]),
    (b"data: a\rdata:b\r\rdata: c\r\r", [("message", "a\nb"), ("message", "c")]),
    (b"\xef\xbb\xbfdata: a\n\n", [("message", "a")]),
    (b": \n\n: comment\ndata: a\n\n", [("message", "a")]),
    (b"data\n\n", [("message", "")]),
    (b"data:\n\n", [("message", "")]),
    (b"data:  a\n\n", [("message", " a")]),
    (b"id: 7\nevent: mark\n\n", []),
    (b"event: x\n\ndata: a\n\n", [("message", "a")]),
    (b"data: a\n", []),
    (b"unknown: 1\ndata: a:b\n\n", [("message", "a:b")]),
    ("data: é数\n\n".encode(), [("message", "é数")]),
    ("data: a\u2028b\n\n".encode(), [("message", "a\u2028b")]),
]


@pytest.mark.parametrize(("stream", "frames"), VECTORS)
def test_frames_come_out_whole_wherever_the_stream_is_cut(stream: bytes, frames: list[tuple[str, str]]) -> None:
    wanted = [Frame(name=name, body=body) for name, body in frames]
    for cut in range(len(stream) + 1):
        parser = Parser()
        found = [*parser.feed(stream[:cut]), *parser.feed(stream[cut:])]
        # A CR at the very end may be half of a CR LF: the next byte tells.
        found += parser.feed(b":\n") if stream.endswith(b"\r") else []
        assert found == wanted, f"cut at {cut}"


@pytest.mark.parametrize(("stream", "frames"), VECTORS)
def test_frames_come_out_whole_byte_by_byte(stream: bytes, frames: list[tuple[str, str]]) -> None:
    parser = Parser()
    found = [frame for byte in stream + b":\n" for frame in parser.feed(bytes([byte]))]
    assert [(frame.name, frame.body) for frame in found] == frames


def test_an_id_counts_once_its_frame_is_whole() -> None:
    parser = Parser()
    list(parser.feed(b"id: 7\ndata: a\n\nid: 8\ndata: b\n"))
    assert parser.last_id == "7"
    list(parser.feed(b"\n"))
    assert parser.last_id == "8"


def test_an_id_with_nul_is_left_out_and_an_empty_one_resets() -> None:
    parser = Parser("6")
    list(parser.feed(b"id: 7\0\ndata: a\n\n"))
    assert parser.last_id == "6"
    list(parser.feed(b"id\ndata: a\n\n"))
    assert parser.last_id == ""


def test_a_retry_must_be_digits() -> None:
    parser = Parser()
    list(parser.feed(b"retry: 1500\n\nretry: soon\n\n"))
    assert parser.retry_ms == 1500


@pytest.mark.parametrize("endless", [b"data: " + b"x" * 4096, b"data: " + b"x" * 4000 + b"\n"])
def test_a_frame_without_end_is_refused(endless: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "FRAME_MAX", 10_000)
    parser = Parser()
    with pytest.raises(FrameTooLarge):
        for _ in range(100):
            list(parser.feed(endless))
