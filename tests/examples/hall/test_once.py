"""The samples of all applications in the terminal: live to the end, an honest table, and an honest exit code."""

from __future__ import annotations

import io
import re
import signal
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from examples.hall.applications import APPLICATIONS
from examples.hall.once import run_samples
from examples.hall.room import Room
from examples.images import samples as images
from examples.images.errors import GenerationUnavailable
from tests.examples.hall.serving import below, ran_in_terminal, runs, started
from tests.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from examples.hall.applications import Application
    from examples.images.generator import ImageGenerator, Moved

ONLY_IMAGES = [application for application in APPLICATIONS if application.name == "images"]


def rows(said: str) -> dict[str, list[str]]:
    """The table's lines by the application that they begin with, wrapped words put together again."""
    table = said[said.index("what was done") :].splitlines()[2:]
    found: dict[str, list[str]] = {}
    for line in table:
        if line.startswith((" ✓", " ✗", " together")):
            found[line.split()[1 if line[1] in "✓✗" else 0]] = words = []
        if line.strip():
            words.append(line.strip())
    return found


def plainly(folder: Path, applications: list[Application], generator: ImageGenerator | None = None) -> tuple[int, str]:
    """The run's exit code, and what it says away from a terminal."""
    room = Room(folder=folder, store=f"sqlite:///{folder}/jobs.db", applications=applications)
    if generator:
        room.places[0].room.generator = generator  # type: ignore[union-attr]  # only pictures have one
    said = io.StringIO()
    return run_samples(Console(file=said, width=80), room), said.getvalue()


def test_everything_runs_live_to_its_end_and_a_table_says_what_was_done(tmp_path: Path) -> None:
    code, told, frames = ran_in_terminal(tmp_path, "--once")

    assert (code, told) == (0, "")
    for frame in frames:
        drawn = [line for line in frame.splitlines() if not line.startswith("The samples of")]
        assert len(drawn) <= 24
        assert max(map(len, drawn), default=0) <= 80
    harbour = [line for frame in frames for line in frame.splitlines() if "the-harbour-log.pdf" in line]
    percents = [float(line.split()[-2]) for line in harbour if line.endswith("%")]
    assert len(set(percents)) >= 5, "it moved while one could watch"
    assert percents == sorted(percents)
    for application in APPLICATIONS:
        running = [frame for frame in frames if frame.lstrip().startswith("Documents") and application.title in frame]
        assert len(running) > 10, "each of them was there all the time"
    tells(frames[-1])
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("headway-")] == [], "nothing stays behind"


def tells(said: str) -> None:
    """The table, at 80 columns: what was done, how long it took, how much was reported, in how few writes."""
    table = rows(said)
    assert list(table) == [*(application.title for application in APPLICATIONS), "together"]
    assert max(len(line.rstrip()) for line in said[said.index("what was done") :].splitlines()) <= 80
    assert " ".join(table["Documents"]).startswith("✓ Documents  7 documents: 5 read, 2 refused as")
    assert " ".join(table["Images"]).startswith("✓ Images     9 pictures: 5 drawn, 4 refused as")
    assert " ".join(table["Intake"]).startswith("✓ Intake     6 files: 4 filed and sent, 2 refused")
    assert re.match(r"✓ Proposals  \d+ proposals from \d+ texts", " ".join(table["Proposals"]))
    numbers = {name: [int(word.replace(",", "")) for word in lines[0].split()[-2:]] for name, lines in table.items()}
    assert numbers["Documents"][0] > 3406, "every page that a worker process counted is a report"
    for reports, writes in numbers.values():
        assert 0 < writes < reports
    assert numbers.pop("together") == [sum(column) for column in zip(*numbers.values(), strict=True)]


def test_away_from_a_terminal_it_is_plain_lines(tmp_path: Path) -> None:
    code, said = plainly(tmp_path, ONLY_IMAGES, Copy())

    assert code == 0
    assert "\x1b" not in said
    for sample in images.samples():
        ended = "failed" if sample.refused else "succeeded"
        assert any(line.startswith(sample.name) and line.endswith(ended) for line in said.splitlines())


def test_a_second_run_in_the_same_place_finds_what_is_known_and_does_the_rest(tmp_path: Path) -> None:
    intake = [application for application in APPLICATIONS if application.name == "intake"]
    for _again in range(2):
        code, said = plainly(tmp_path, intake)

        assert code == 0
        assert "6 files: 4 filed and sent, 2 refused" in said
    assert "tide-tables.pdf" not in said, "what was known was not done again"


class Copy:
    """A generator that is done at once."""

    name = "copy"

    def generate(self, picture: Image, moved: Moved) -> Image:
        moved(1.0)
        return picture


def test_an_application_that_cannot_open_makes_the_run_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGES_STORAGE", "nowhere://at-all")

    code, said = plainly(tmp_path, ONLY_IMAGES)

    assert code == 1
    row = " ".join(rows(said)["Images"])
    assert row.startswith("✗ Images")
    assert "cannot open" in row


class Away:
    """A generator whose service is not there."""

    name = "away"

    def generate(self, picture: Image, moved: Moved) -> Image:
        raise GenerationUnavailable


def test_a_sample_that_ends_otherwise_than_it_should_makes_the_run_fail(tmp_path: Path) -> None:
    code, said = plainly(tmp_path, ONLY_IMAGES, Away())

    assert code == 1
    assert "lighthouse.jpg failed, and should not have:\n  The image service is not available just now" in said
    assert "9 pictures: 0 drawn, 9 refused, and not as" in said


def test_ctrl_c_stops_it_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with started(tmp_path, "--once") as process:
        assert process.stdout is not None
        next(line for line in process.stdout if "extracting text" in line)
        workers = below(process)
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=30)

    assert (process.returncode, told) == (130, "")
    assert "together" not in said
    eventually(lambda: not any(runs(each) for each in workers))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("headway-")] == []
