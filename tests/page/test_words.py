"""Owns the proof that the page says times, counts and foreign text truly, and chooses jobs and steps as asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page.modules import Modules

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
NOON = 1_767_265_200_000  # 2026-01-01 12:00 in Berlin


@pytest.mark.parametrize(
    ("ms", "text"),
    [(-5, "0:00"), (7_900, "0:07"), (192_000, "3:12"), (3_725_000, "1:02:05"), (51 * HOUR, "2 d 3 h")],
)
def test_a_clock_counts_whole_seconds(modules: Modules, ms: int, text: str) -> None:
    assert modules.run("app/time.js", "({ span }, ms) => span(ms)", ms) == text


@pytest.mark.parametrize(("ms", "text"), [(0, "0 ms"), (1_590, "1.5 s"), (9_999, "9.9 s"), (95_000, "1:35")])
def test_a_length_is_never_rounded_up(modules: Modules, ms: int, text: str) -> None:
    assert modules.run("app/time.js", "({ took }, ms) => took(ms)", ms) == text


def expectation(modules: Modules, at: int, low: int, high: int, basis: str = "rate") -> Any:
    """What is said at noon about an ETA of these milliseconds from then."""
    script = """({ expectation }, now, basis, ...times) => {
        const [at, low, high] = times.map((time) => new Date(now + time).toISOString());
        return expectation({ at, low, high, basis }, now);
    }"""
    return modules.run("app/time.js", script, NOON, basis, at, low, high)


def test_an_eta_is_an_interval_and_a_time(modules: Modules) -> None:
    said = expectation(modules, 10 * MINUTE, 6 * MINUTE, 14 * MINUTE)
    assert said == {"sentence": "about 10 min left, done between 12:06 and 12:14", "short": "10 min, by 12:14"}


def test_a_near_eta_has_seconds(modules: Modules) -> None:
    said = expectation(modules, 30 * SECOND, 20 * SECOND, 40 * SECOND)
    assert said["sentence"] == "about 30 s left, done between 12:00:20 and 12:00:40"


def test_an_eta_that_has_passed_is_not_renewed_by_itself(modules: Modules) -> None:
    assert expectation(modules, -MINUTE, -2 * MINUTE, MINUTE)["sentence"] == "done any moment, by 12:01:00"
    late = expectation(modules, -2 * MINUTE, -3 * MINUTE, -MINUTE)
    assert late["sentence"] == "later than expected, which was 11:59:00"


def test_no_eta_is_made_up(modules: Modules) -> None:
    assert expectation(modules, MINUTE, 0, HOUR, basis="none") is None
    assert modules.run("app/time.js", "({ expectation }) => expectation(null, 0)") is None


def test_another_day_has_its_date(modules: Modules) -> None:
    script = "({ clock }, at, now) => clock(at, now)"
    assert modules.run("app/time.js", script, NOON, NOON + HOUR) == "12:00"
    assert modules.run("app/time.js", script, NOON - 24 * HOUR, NOON) == "31 Dec, 12:00"


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        ({"current": 48, "total": 120, "unit": "pages"}, "48 of 120 pages"),
        ({"current": 1_234_567, "total": None, "unit": "rows"}, "1\u202f234\u202f567 rows"),
        ({"current": 0, "total": None, "unit": None}, ""),
        ({"current": 0, "total": 3, "unit": None}, "0 of 3"),
    ],
)
def test_counts_say_what_was_counted(modules: Modules, progress: dict[str, Any], text: str) -> None:
    assert modules.run("app/words.js", "({ counts }, progress) => counts(progress)", progress) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0.0\u202f%"), (99.9, "99.9\u202f%"), (100, "100\u202f%")])
def test_percent_is_said_as_it_came(modules: Modules, value: float, text: str) -> None:
    assert modules.run("app/words.js", "({ percent }, value) => percent(value)", value) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b]52;c;x\x07", "[U+001B][31mred[U+001B]]52;c;x[U+0007]"),
        ("\u202egnp.exe", "[U+202E]gnp.exe"),
        ("tab\tand\r\nline", "tab\tand\nline"),
        ("<b>שלום</b>\u200f", "<b>שלום</b>\u200f"),
    ],
)
def test_what_could_hide_or_forge_is_shown(modules: Modules, text: str, shown: str) -> None:
    assert modules.run("app/plain.js", "({ visible }, text) => visible(text)", text) == shown


def test_a_long_text_shows_its_beginning_and_its_end(modules: Modules) -> None:
    lines = [f"line {n}" for n in range(40)]
    script = "({ digest }, text, count, limit) => digest(text, count, limit)"
    short = modules.run("app/plain.js", script, "\n".join(lines), 10, 1000).split("\n")
    assert short == [*lines[:6], "… 30 more lines …", *lines[-4:]]
    assert modules.run("app/plain.js", script, "x" * 1_000_000, 10, 1000) == "x" * 1000 + "…"
    assert modules.run("app/plain.js", script, "a\nb", 10, 1000) == "a\nb"


def test_a_cut_never_halves_a_character(modules: Modules) -> None:
    assert modules.run("app/plain.js", "({ clipped }) => clipped('ab😀cd', 3)") == "ab…"


@pytest.mark.parametrize(
    ("hash", "place"),
    [
        ("", {"job": None, "status": "all", "search": ""}),
        ("#/?status=failed&search=a%20b", {"job": None, "status": "failed", "search": "a b"}),
        ("#/jobs/0192-ab", {"job": "0192-ab"}),
        ("#/jobs/%3Cb%3E%E0%A4", {"job": "%3Cb%3E%E0%A4"}),
    ],
)
def test_the_address_says_what_is_shown(modules: Modules, hash: str, place: dict[str, Any]) -> None:
    assert modules.run("app/route.js", "({ read }, hash) => read(hash)", hash) == place


def step(name: int, status: str) -> dict[str, Any]:
    return {"name": str(name), "group": "main", "status": status}


def rows(modules: Modules, steps: list[dict[str, Any]], *opened: str) -> list[str]:
    script = """({ grouped }, steps, opened) => grouped(steps, new Set(opened)).flatMap(({ rows }) =>
        rows.map((row) => (row.fold ? `${row.steps.length} ${row.status}` : row.step.name)))"""
    return list(modules.run("app/fold.js", script, steps, list(opened)))


def test_few_steps_are_all_shown(modules: Modules) -> None:
    assert len(rows(modules, [step(n, "succeeded") for n in range(20)])) == 20


def test_many_quiet_steps_are_folded_and_the_others_never(modules: Modules) -> None:
    steps = [step(n, "succeeded") for n in range(200)]
    steps += [step(200, "running"), step(201, "failed"), *[step(n, "pending") for n in range(202, 300)]]
    assert rows(modules, steps) == ["0", "198 succeeded", "199", "200", "201", "202", "96 pending", "299"]
    assert len(rows(modules, steps, "main/pending/203")) == 8 + 96


def job(id: str, status: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "status": status, "kind": "report", "health": "ok", "created_at": id, "started_at": id, **more}


def listed(modules: Modules, jobs: list[dict[str, Any]], status: str = "all", search: str = "") -> Any:
    script = """({ sections }, jobs, chosen) => Object.fromEntries(
        sections(jobs, chosen).map(({ name, jobs }) => [name, jobs.map(({ id }) => id)]))"""
    return modules.run("app/pick.js", script, jobs, {"status": status, "search": search})


def test_jobs_stand_in_sections_newest_first(modules: Modules) -> None:
    jobs = [job("1", "running"), job("2", "running"), job("3", "pending"), job("4", "failed", finished_at="9")]
    assert listed(modules, jobs) == {"Running": ["2", "1"], "Pending": ["3"], "Ended": ["4"]}


def test_a_search_looks_at_what_a_job_is_about(modules: Modules) -> None:
    jobs = [job("1", "running", subject="file:Annual.pdf"), job("2", "running", project="acme")]
    assert listed(modules, jobs, search="report annual") == {"Running": ["1"]}
    assert listed(modules, jobs, search="ACME") == {"Running": ["2"]}
    assert listed(modules, jobs, search="zebra") == {}


def test_stuck_jobs_can_be_chosen(modules: Modules) -> None:
    jobs = [job("1", "running", health="lost"), job("2", "running"), job("3", "failed", health="lost")]
    assert listed(modules, jobs, status="stuck") == {"Running": ["1"]}


def turns(modules: Modules, *states: str) -> Any:
    """How the page stands after the stream has said these states, one each second; and the moment that it shows."""
    script = """({ Contact }, states) => {
        const contact = new Contact();
        states.forEach((state, second) => contact.turn(state, second));
        return [contact.state, contact.since, contact.moment(99), contact.turned];
    }"""
    return modules.run("app/contact.js", script, list(states))


def test_time_stands_still_while_the_page_is_not_live(modules: Modules) -> None:
    assert turns(modules, "connecting", "live") == ["live", 1, 99, 1]
    assert turns(modules, "connecting", "live", "stale", "connecting", "stale") == ["stale", 2, 2, 2]
    assert turns(modules, "connecting", "live", "paused", "connecting") == ["stale", 2, 2, 3]
    assert turns(modules, "connecting", "live", "stale", "live") == ["live", 3, 99, 3]


def test_a_server_that_was_never_reached_is_away_since_the_first_try(modules: Modules) -> None:
    assert turns(modules, "connecting", "stale", "connecting", "stale")[1] == 0
