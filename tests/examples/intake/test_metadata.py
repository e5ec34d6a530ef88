"""The reader that needs nothing finds title, day, keywords and language where a text has them, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.intake.metadata import KEYWORDS_MAX, TITLE_MAX, Metadata
from examples.intake.plain_reader import PlainReader
from examples.intake.written_dates import document_date

REPORT = """Annual Report on River Levels

Published on 4 March 2023 by the valley's office.

The river levels of the northern valley rose in spring. The levels were measured by gauges at the river bridge and the
old mill. Gauges failed twice, and levels of those days are missing, as they were when the bridge was built in 1971.
"""
INVOICE = """ACME GmbH
Musterstr. 3, 80331 München
Tel: 089 1234

Rechnung Nr. 2024-117 für Wartung
Rechnungsdatum: 3. März 2024

Sehr geehrte Damen und Herren, wir stellen Ihnen die Wartung der Anlage in Rechnung. Die Wartung der Anlage wurde
am 12.02.2024 von unserem Techniker und auf Ihren Wunsch durchgeführt.
"""


def tell(text: str) -> Metadata:
    return PlainReader().tell(text)


def test_a_report_is_known_by_its_heading() -> None:
    told = tell(REPORT)

    assert (told.title, told.document_date) == ("Annual Report on River Levels", date(2023, 3, 4))
    assert (told.language, told.told_by) == ("en", "plain reader")
    assert told.keywords[:3] == ("levels", "river", "gauges")


def test_an_invoice_is_not_its_letterhead() -> None:
    told = tell(INVOICE)

    assert (told.title, told.language) == ("Rechnung Nr. 2024-117 für Wartung", "de")
    assert told.document_date == date(2024, 3, 3), "the labelled day, though another stands in the text"
    assert {"wartung", "anlage", "rechnung"} <= set(told.keywords)


@pytest.mark.parametrize("label", ["Subject", "Betreff", "TITLE"])
def test_a_line_that_names_itself_the_title_is_it(label: str) -> None:
    assert tell(f"The Great Heading Of All\n{label}: the small thing\n").title == "the small thing"


@pytest.mark.parametrize(
    "weak",
    ["Page 3 of 7", "17", "12.02.2024", "someone@example.org", "https://example.org/a", "Dear Mrs Miller,", "— — —"],
)
def test_a_line_that_is_no_title_is_passed_over(weak: str) -> None:
    assert tell(f"{weak}\n{weak}\nOn the Growth of Lichens\n").title == "On the Growth of Lichens"


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-05", "2024/3/5", "2024.03.05", "5 March 2024", "5th of March, 2024", "March 5, 2024", "Mar. 5th 2024",
        "05-Mar-2024", "05.03.2024", "5. März 2024", "5 mars 2024", "5 de marzo de 2024", "5 marzo 2024",
        "5 maart 2024", "5 de março de 2024",
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written(written: str) -> None:
    assert document_date(f"and {written}, as") == date(2024, 3, 5)


@pytest.mark.parametrize(("written", "day"), [("25/12/2023", 25), ("12/25/2023", 25), ("12/12/2023", 12)])
def test_numbers_that_can_be_read_one_way_are_read(written: str, day: int) -> None:
    assert document_date(written) == date(2023, 12, day)


@pytest.mark.parametrize(
    "written",
    ["3/4/2024", "31.02.2024", "2024-13-40", "March 2024", "in 1971", "1234-05-06-2024-01-023", "99 May 2024", ""],
)
def test_what_is_no_day_or_two_is_left_alone(written: str) -> None:
    assert document_date(f"see {written}.") is None


def test_without_a_label_the_first_day_counts() -> None:
    assert document_date("On 3 May 2020 and 4 May 2021.") == date(2020, 5, 3)
    assert document_date("On 3 May 2020. Date: 4 May 2021.") == date(2021, 5, 4)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It was the best of times and it was the worst of times for all of them.", "en"),
        ("Wir haben das Haus nicht gesehen, weil es hinter den Bäumen und unter dem Hang war.", "de"),
        ("Nous avons vu la maison dans les bois, et elle était sous les arbres avec une porte.", "fr"),
        ("El hombre que vive en la casa de los árboles no tiene una puerta para sus amigos.", "es"),
        ("La casa che abbiamo visto nel bosco non ha una porta per gli amici della famiglia.", "it"),
        ("Wij hebben het huis niet gezien, omdat het achter de bomen en onder een heuvel was.", "nl"),
        ("O homem que mora em uma casa não tem porta para os amigos da família dele, mas foi.", "pt"),
        ("Lorem ipsum dolor", None),
        ("日本語の文章です。", None),
    ],
)
def test_the_language_is_guessed_where_small_words_speak_for_it(text: str, language: str | None) -> None:
    assert tell(text).language == language


def test_small_words_are_no_keywords() -> None:
    assert set(tell("The sea and the sea was not less of a sea than it had been to us.").keywords) == {"sea", "less"}
    assert tell("Das Meer und das Meer, weil es nicht mehr das Meer der Väter war.").keywords[0] == "meer"


def test_a_word_that_comes_back_throughout_says_more_than_one_of_a_single_place() -> None:
    first, second, third, last = (" ".join(f"{start}{end}filler" for end in "abcdefghijklmnopqrst") for start in "wxyz")

    told = tell(
        "\n".join(["Title: on plants", first, "fungi", second, "fungi", third, "fungi", "moses moses moses", last])
    )

    assert told.keywords.index("fungi") < told.keywords.index("moses")


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\ud800\x1b[31m", "1 2 3 4", "." * 10_000])
def test_nothing_is_told_of_nothing(text: str) -> None:
    assert tell(text) == Metadata(told_by="plain reader")


@given(st.text(max_size=400))
def test_any_text_is_taken(text: str) -> None:
    told = tell(text)

    assert len(told.title or "") <= TITLE_MAX
    assert len(told.keywords) <= KEYWORDS_MAX
    assert "\n" not in (told.title or "")
    assert told == tell(text), "and told the same each time"
