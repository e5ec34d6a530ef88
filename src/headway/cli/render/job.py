"""One job as it is watched: a head, its bar, what it says, and its steps."""

from __future__ import annotations

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from headway.cli.render import ages, bars, clean, steps, words
from headway.cli.render.bars import Glyphs
from headway.cli.render.tables import fit
from headway.cli.render.words import TERMINAL, Wire

_SPARE = 3  # lines that stay free below, so that the terminal never scrolls while it is redrawn
_LABEL_LEAST = 9


class JobView:
    """Draws a job for whatever terminal it is given; wide terminals get no wider than a person reads."""

    def __init__(self, job: Wire, now: int, glyphs: Glyphs, notice: str | None = None) -> None:
        self._job = clean.values(job)
        self._now = now
        self._glyphs = glyphs
        self._notice = notice

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text("\n").join(self.lines(options.max_width, options.max_height))

    def lines(self, width: int, height: int) -> list[Text]:
        """The view in at most `height` lines of at most `width` cells, one of which stays free."""
        wide = min(width - 1, 100)
        top = [self._head(wide), *self._body(wide)]
        room = height - len(top) - _SPARE
        drawn = steps.rows(self._job["steps"], wide, room, self._now, self._glyphs, self._job["error"])
        for line in (lines := [*top, *([Text(), *drawn] if drawn else [])]):
            line.truncate(wide)
        return lines

    def _head(self, width: int) -> Text:
        job = self._job
        about = Text.assemble((job["kind"], "bold"))
        for part in (job["project"], job["subject"]):
            if part:
                about.append(self._glyphs.between, style="dim").append(part)
        name = Text(words.short_id(job), style="dim")
        return fit(about, width - name.cell_len - 2, more=self._glyphs.more).append("  ").append_text(name)

    def _body(self, width: int) -> list[Text]:
        """The bar with its label, and below it, indented as far, the sentences."""
        label = words.status(self._job)
        indent = max(_LABEL_LEAST, len(label)) + 2
        told = [
            Text(" " * indent).append_text(fit(sentence, width - indent, more=self._glyphs.more))
            for sentence in self._sentences()
        ]
        for text in told:
            text.rstrip()
        return [self._progress(label, indent, width), *told]

    def _progress(self, label: str, indent: int, width: int) -> Text:
        job, progress = self._job, self._job["progress"]
        style = words.style(job)
        line = fit(Text.assemble((label, style)), indent)
        percent = "" if job["status"] == "pending" else bars.percent_text(progress["percent"])
        tail = Text(f"{percent or self._count():>8}")
        tail.append(f"{self._age():>10}", style="dim")
        room = max(5, width - indent - tail.cell_len)
        if job["status"] == "pending":
            line.append(self._glyphs.empty * room, style="dim")
        else:
            line.append_text(
                bars.bar(progress["percent"], room, self._glyphs, style=style or "", count=progress["current"])
            )
        return line.append_text(tail)

    def _count(self) -> str:
        progress = self._job["progress"]
        if not progress["current"]:
            return ""
        return "  " + bars.counts(progress["current"], progress["total"], progress["unit"])

    def _age(self) -> str:
        elapsed = words.elapsed(self._job, self._now)
        return "" if elapsed is None else ages.span(elapsed)

    def _sentences(self) -> list[Text]:
        job = self._job
        told = []
        if ending := words.ending(job, self._now, self._glyphs):
            told.append(Text(ending))
        if job["status"] == "failed" and job["error"]:
            told.append(Text(job["error"], style="red"))
        elif job["message"] and job["status"] not in TERMINAL:
            told.append(Text(job["message"], style="italic"))
        if job["attempt"] > 1:
            told.append(Text(f"attempt {job['attempt']}", style="dim"))
        notable = "dim" if job["status"] == "pending" else "yellow"
        told.extend(Text(sentence, style=notable) for sentence in words.advice(job, self._now))
        if self._notice:
            told.append(Text(self._notice, style="yellow"))
        return told
