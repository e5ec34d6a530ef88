"""`headway watch` as a person sees it: a real worker, a real store, a real terminal of 80 columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.programs import Terminal, Worker

STORES = ("sqlite", "postgres")


def test_a_job_is_drawn_with_its_steps_until_it_ends(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan", "extract", "load") as worker:
        worker.do("step scan", "total 10", "advance 10", "step extract", "total 320", "advance 80")
        with Terminal("watch", worker.id[:13], store=url) as terminal:
            terminal.matches(
                "index · acme · file:42",
                worker.id[:13],
                r"✓ scan +━+ +100 % +10/10 pages",
                r"● extract +━+╸?─+ +25\.0 % +80/320 pages",
                r"○ load +─+",
            )
            worker.do('say "reading page 81"', "advance 80")
            terminal.shows("reading page 81", "50.0 %")
            worker.end()
            assert terminal.ends() == 0
            assert re.search(r"succeeded +━+ +100 %", terminal.screen.text)


def test_no_line_is_wider_than_the_terminal_and_nothing_scrolls(url: str, tmp_path: Path) -> None:
    steps = [f"a rather long name of a step {n}" for n in range(60)]
    with Worker(url, tmp_path, *steps, kind="documents") as worker:
        worker.do(f"step {steps[30]}", "total 3", "advance 1", f'say "{"much to say " * 20}"')
        with Terminal("watch", worker.id, store=url) as terminal:
            terminal.matches("1/3 pages", r"… and [1-5]\d pending")
            worker.do("advance 1")
            terminal.shows("2/3 pages")
            assert terminal.screen.scrolled == []
            assert all(len(row.rstrip()) < 80 for row in terminal.screen.rows)


def test_the_bar_never_goes_back(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan", "load") as worker, Terminal("watch", worker.id, store=url) as terminal:
        worker.do("step scan", "total 10", "advance 8", "total 80")
        for count in range(10, 50, 10):
            worker.do(f"advance {count - 8 if count == 10 else 10}")
            terminal.shows(f"{count}/80 pages")
        worker.do("advance 35")
        terminal.shows("75/80 pages")
        worker.end()
        assert terminal.ends() == 0
        shown = [float(found) for found in re.findall(r"(?:running|succeeded).*?(\d+(?:\.\d)?) %", terminal.raw)]
        assert {40.0, 46.8, 100.0} <= set(shown)
        assert shown == sorted(shown)


def test_an_absent_total_is_never_zero_percent(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path) as worker, Terminal("watch", worker.id, store=url) as terminal:
        worker.do("advance 7")
        terminal.shows(" 7 ", "╌")
        assert "%" not in terminal.raw


def test_ctrl_c_ends_the_watching_and_not_the_job(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan") as worker, Terminal("watch", worker.id, store=url) as terminal:
        worker.do("step scan")
        terminal.shows("● scan")
        terminal.press(b"\x03")
        assert terminal.ends() == 130
        assert "the job goes on" in terminal.screen.text
        assert "Traceback" not in terminal.screen.text
        worker.do("advance 1")


@pytest.mark.parametrize(("options", "no_color"), [(("--no-color",), ""), (("--json",), ""), ((), "1")])
def test_without_colour_no_style_is_sent(url: str, tmp_path: Path, options: tuple[str, ...], no_color: str) -> None:
    with Worker(url, tmp_path, "scan") as worker:
        worker.do("step scan", "total 4", "advance 1")
        worker.end()
        with Terminal("watch", worker.id, *options, store=url, NO_COLOR=no_color) as terminal:
            assert terminal.ends() == 0
            assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", terminal.raw)


def test_colour_says_nothing_that_the_shape_does_not(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan") as worker:
        worker.end("fail page 4")
        with Terminal("watch", worker.id, store=url) as terminal:
            assert terminal.ends() == 1
            assert re.search(r"\x1b\[[0-9;]*31m", terminal.raw)
            assert terminal.screen.text.splitlines()[1].startswith("failed ")


def test_a_dumb_terminal_is_written_line_by_line(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan") as worker, Terminal("watch", worker.id, store=url, TERM="dumb") as terminal:
        terminal.shows("running")
        worker.do("step scan")
        terminal.shows("step started")
        worker.end()
        assert terminal.ends() == 0
        assert not terminal.screen.moved


def test_a_terminal_that_cannot_show_fine_characters_gets_plain_ones(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan") as worker:
        worker.do("step scan", "total 4", "advance 1", 'say "d\\u00e9j\\u00e0 vu"')
        with Terminal("watch", worker.id, store=url, PYTHONIOENCODING="ascii") as terminal:
            terminal.matches(r"> scan +#+\.+ +25\.0 % +1/4 pages")
            worker.end()
            assert terminal.ends() == 0


def test_hostile_text_stays_text(url: str, tmp_path: Path) -> None:
    hostile = r'say "\u001b[2J\u001b]52;c;aGk=\u0007\u009b31m\u202e\r\nnext"'
    with Worker(url, tmp_path, "scan\u202e") as worker, Terminal("watch", worker.id, store=url) as terminal:
        worker.do("step scan\u202e", hostile)
        terminal.shows("␛[2J␛]52;c;aGk=␇", "next")
        worker.end("fail \x1b[31mpage 17")
        assert terminal.ends() == 1
        assert "␛[31mpage 17" in terminal.screen.text
