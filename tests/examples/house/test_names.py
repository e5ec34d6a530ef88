"""Names that people claim for their files: shown as text that can mislead nobody."""

from __future__ import annotations

import pytest

from examples.house.names import LENGTH_LIMIT, UNNAMED, shown_name


@pytest.mark.parametrize(
    ("claimed", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\Tide table.pdf", "Tide table.pdf"),
        ("in\x00voi\x1b[31mce\r\n.pdf", "invoi[31mce .pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("  many   spaces .pdf ", "many spaces .pdf"),
        ("<b>bold</b>.pdf", "b>.pdf"),
        ("Übersicht – 潮汐 🌊.pdf", "Übersicht – 潮汐 🌊.pdf"),
        ("\ud800.pdf", ".pdf"),
        (None, UNNAMED),
        ("", UNNAMED),
        ("..", UNNAMED),
        ("/", UNNAMED),
    ],
)
def test_a_name_is_shown_as_harmless_text(claimed: str | None, shown: str) -> None:
    assert shown_name(claimed) == shown


def test_a_long_name_is_cut_and_keeps_its_suffix() -> None:
    name = shown_name("very " * 200 + "long.pdf")

    assert len(name) == LENGTH_LIMIT
    assert name.endswith("….pdf")
