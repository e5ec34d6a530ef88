"""An exception becomes text, whatever it does."""

from __future__ import annotations

import pytest

from headway.reporting import captured


class Rude(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("page 3 is blank"), "page 3 is blank"),
        (KeyError(), "KeyError"),
        (ValueError("a\x00b"), "a\ufffdb"),
        (ValueError("lone \ud800 surrogate"), "lone \ufffd surrogate"),
        (Rude(), "Rude (its message raised RuntimeError)"),
    ],
)
def test_a_sentence_is_made_of_anything(error: BaseException, sentence: str) -> None:
    assert captured.sentence(error) == sentence


def test_a_huge_message_is_cut() -> None:
    assert len(captured.sentence(ValueError("x" * 10_000_000))) == 4000


def test_a_traceback_keeps_its_end() -> None:
    detail = captured.detail(raised(ValueError("x" * 1_000_000 + "the end")))
    assert detail["type"] == "ValueError"
    assert detail["traceback"].rstrip().endswith("the end")
    assert len(detail["traceback"]) == captured.TRACEBACK_MAX


def test_a_rude_exception_has_a_traceback_too() -> None:
    assert "Rude" in captured.detail(raised(Rude()))["traceback"]
