"""Reading a folder: whatever a person puts into it is read, or left out with a reason that the person understands."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from examples.proposals.errors import FolderMissing, TooManyTexts, TooMuchText
from examples.proposals.texts import Limits, Reading

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, limits: Limits | None = None) -> tuple[dict[str, str], dict[str, str]]:
    """The texts by name, and why others were left out."""
    reading = Reading(folder, limits)
    items = list(reading.texts())
    assert len(items) == len(reading)
    return {text.name: text.text for text in items if text}, {left.name: left.why for left in reading.left_out}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-with-mark", "utf-16-be-with-mark", "windows-1252"]
)
def test_a_text_is_read_however_it_was_saved(tmp_path: Path, encoding: str) -> None:
    marks = {"utf-16-le-with-mark": b"\xff\xfe", "utf-16-be-with-mark": b"\xfe\xff"}
    written = marks.get(encoding, b"") + "Größe – “naïve”\r\nTea\rOver".encode(encoding.removesuffix("-with-mark"))
    (tmp_path / "a.txt").write_bytes(written)

    assert read(tmp_path) == ({"a.txt": "Größe – “naïve”\nTea\nOver"}, {})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b" \r\n\t ", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b"a\x00b", "it is not a text"),
        (b"\x7fELF\x01\x02\x03\x04 program", "it is not a text"),
        (b"\xff\xfe\x00", "it is not a text"),
        (b"\x81\x8d\x8f", "it is not a text, or its characters are coded in an unknown way"),
    ],
)
def test_what_is_no_text_is_left_out_by_name(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "scan.bin").write_bytes(content)
    (tmp_path / "b.txt").write_text("A text.")

    assert read(tmp_path) == ({"b.txt": "A text."}, {"scan.bin": why})


def test_a_file_that_vanishes_while_others_are_read_is_left_out(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_text(name)
    reading = Reading(tmp_path)
    texts = reading.texts()

    next(texts)
    (tmp_path / "b").unlink()

    assert [text.name if text else None for text in texts] == [None, "c"]
    assert [(left.name, left.why) for left in reading.left_out] == [("b", "it was gone when its turn came")]


def test_a_file_that_is_too_long_is_left_out_with_its_size(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text("x" * 2_000)

    assert read(tmp_path, Limits(bytes=1_000)) == ({}, {"book.txt": "it is too long, 2 kB of at most 1 kB"})


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the key is under the mat")
    folder = tmp_path / "box"
    folder.mkdir()
    (folder / "link.txt").symlink_to(secret)
    (folder / "round").symlink_to(folder)
    os.mkfifo(folder / "pipe")

    texts, left_out = read(folder)

    assert texts == {}
    assert left_out == dict.fromkeys(["link.txt", "pipe", "round"], "it is not a file but a link or a device")


def test_folders_within_are_read_and_hidden_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "2025" / "may").mkdir(parents=True)
    (tmp_path / "2025" / "may" / "a.txt").write_text("deep")
    (tmp_path / ".DS_Store").write_text("hidden")

    assert read(tmp_path) == ({"2025/may/a.txt": "deep"}, {})


def test_names_that_look_the_same_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "a\x07.txt").write_text("one")
    (tmp_path / "a.txt").write_text("other")
    (tmp_path / "\x07").write_text("third")
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text("fourth")

    texts, _left_out = read(tmp_path)

    assert sorted(texts) == [".txt", "a.txt", "a.txt (2)", "unnamed"]
    assert sorted(texts.values()) == ["fourth", "one", "other", "third"]


def test_a_folder_that_is_gone_or_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name in ("gone", "file"):
        with pytest.raises(FolderMissing, match=name):
            Reading(tmp_path / name)


def test_more_than_can_be_compared_is_refused_with_the_limit(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text("x" * 1_000)

    with pytest.raises(TooManyTexts, match="more than 3 files"):
        Reading(tmp_path, Limits(files=3))
    with pytest.raises(TooMuchText, match="divide"):
        list(Reading(tmp_path, Limits(characters=3_000)).texts())
    assert len(read(tmp_path, Limits(files=4, characters=4_000))[0]) == 4
