"""Owns the trade of `examples/intake`: a file is taken in, read, described and filed; it is sent nowhere."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import headway
from bench.trades.job import Job
from examples.intake.archive import Archive, Place
from examples.intake.ledger import Ledger
from examples.intake.plain_reader import PlainReader
from examples.intake.progress import initialize_file_steps
from examples.intake.samples import samples
from examples.intake.work import Filing, Said, Unneeded
from headway import Reporter


class Unreported(Filing):
    """The same steps in the same order, of which nobody is told."""

    def run(self) -> None:
        with self._held:
            for step, work in self._steps().items():
                self._do(step, work)

    def _do(self, step: str, work: Callable[[], Said]) -> None:
        try:
            work()
        except Unneeded:
            return

    def _count(self, step: str, total: int, unit: str) -> Callable[[int], None]:
        return _unheard

    def _tell(self, step: str, status: str, **more: Any) -> None:
        return None


def _unheard(_more: int) -> None:
    return None


def trade(folder: Path, reporter: Reporter | None, held: ExitStack) -> Job:
    archive, teller = Archive(folder), PlainReader()
    nobody = Ledger(held.enter_context(headway.connect("memory:")))  # is asked nothing and told nothing
    papers = [sample.make() for sample in samples() if sample.refused is None]

    def job(number: int) -> None:
        unique = b"\n%% copy %d\n" % number  # a file that is known already would not be worked on
        place, _ = archive.take_in("paper.pdf", io.BytesIO(papers[number % len(papers)] + unique))
        if reporter is None:
            Unreported(nobody, place, teller).run()
        else:
            _reported(reporter, place, teller)
        archive.remove(place)

    return job


def _reported(reporter: Reporter, place: Place, teller: PlainReader) -> None:
    with Ledger(reporter) as ledger:
        initialize_file_steps(ledger, place.file_id, name="paper.pdf")
        Filing(ledger, place, teller).run()
        ledger.part(place.file_id).succeed()
