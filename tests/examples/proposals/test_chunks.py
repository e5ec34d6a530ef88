"""Cutting: nothing of a text is lost or told twice, one thing to a chunk, and every sentence knows where it stands."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.proposals.chunks import LONG, LONGEST_SENTENCE, chunks_of
from examples.proposals.texts import Text

LETTER = """Dear mayor,

The last bus leaves at ten. That is too early! Is it not? Mr. Fenn of St. Anne's thinks so, too.

The potholes in Mill Lane get deeper every month, and my bicycle has no third wheel left.

Kind regards
S. Fenn
"""

PIECES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(["\n\n", "\n", ". ", "! ", "?” ", "Dr. ", "word " * 60, "x" * 900, "No full stop", "e.g. "]),
    ),
    max_size=30,
).map("".join)


def told(text: str) -> list[list[str]]:
    return [[sentence.text for sentence in chunk.sentences] for chunk in chunks_of(Text(name="a", text=text))]


def test_each_paragraph_is_a_chunk_and_greeting_and_name_go_with_their_neighbours() -> None:
    assert told(LETTER) == [
        [
            "Dear mayor,",
            "The last bus leaves at ten.",
            "That is too early!",
            "Is it not?",
            "Mr. Fenn of St. Anne's thinks so, too.",
        ],
        [
            "The potholes in Mill Lane get deeper every month, and my bicycle has no third wheel left.",
            "Kind regards S. Fenn",
        ],
    ]


def test_greeting_and_name_are_no_part_of_what_is_told() -> None:
    first, last = chunks_of(Text(name="a", text=LETTER))

    assert first.text.startswith("The last bus")
    assert last.text.endswith("third wheel left.")


@pytest.mark.parametrize("text", ["Benches", "Dear mayor,\n\nBenches\n\nKind regards", "Hello,"])
def test_a_letter_that_is_only_a_few_words_tells_something(text: str) -> None:
    (chunk,) = chunks_of(Text(name="a", text=text))

    assert chunk.text


def test_a_long_paragraph_is_cut_between_sentences_into_parts_of_about_one_length() -> None:
    sentence = "This sentence has exactly sixty letters and a few spaces too."
    chunks = chunks_of(Text(name="a", text=" ".join([sentence] * 40)))

    lengths = [len(chunk.text) for chunk in chunks]
    assert len(chunks) == 4
    assert max(lengths) <= LONG + len(sentence)
    assert max(lengths) - min(lengths) <= 2 * len(sentence)
    assert all(quote.text == sentence for chunk in chunks for quote in chunk.sentences)


@given(PIECES)
def test_every_character_that_is_not_white_is_in_exactly_one_sentence(text: str) -> None:
    places = [(quote.start, quote.end) for chunk in chunks_of(Text(name="a", text=text)) for quote in chunk.sentences]

    assert all(start < end for start, end in places)
    assert places == sorted(places)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(places))
    covered = "".join(text[start:end] for start, end in places)
    assert "".join(covered.split()) == "".join(text.split())


@given(PIECES)
def test_a_quote_is_what_stands_at_its_place(text: str) -> None:
    for chunk in chunks_of(Text(name="a", text=text)):
        for quote in chunk.sentences:
            assert quote.text == " ".join(text[quote.start : quote.end].split())
            assert quote.end - quote.start <= LONGEST_SENTENCE
        assert set(chunk.told) <= set(chunk.sentences)
        assert chunk.told


@pytest.mark.parametrize("piece", ["a", "a. ", "a\n\n", "\n ", ".", '."x', '.""""', "A. "])
@pytest.mark.timeout(10)
def test_a_text_of_one_piece_over_and_over_is_cut_in_time(piece: str) -> None:
    chunks_of(Text(name="a", text="a" + piece * (100_000 // len(piece))))
