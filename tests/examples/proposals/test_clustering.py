"""Comparing and grouping: held against the known subjects of letters that the thresholds were not fitted to."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from examples.proposals import clustering, vectors
from examples.proposals.chunks import Chunk
from examples.proposals.errors import NothingSaid, NothingShared
from examples.proposals.grouping import FEW, Groups, grouped
from examples.proposals.proposal import Quote
from examples.proposals.words import stem, words_of
from tests.examples.proposals.box import Told, chunks_in, letters, require_stops

pytestmark = pytest.mark.usefixtures("one_core")


def chunk(source: str, *sentences: str) -> Chunk:
    quotes = (Quote(source=source, start=at, end=at + 1, text=text) for at, text in enumerate(sentences))
    return Chunk(source=source, sentences=tuple(quotes))


def nothing() -> None:
    return


def partly(groups: Groups, members: list[int]) -> Counter[str]:
    return Counter(groups.chunks[number].source for number in members)


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_letters_on_one_subject_come_together_and_others_stay_apart(seed: int) -> None:
    box = letters(seed)
    groups = grouped(chunks_in(box), Told())

    found = [
        (box[int(source)].subjects[0], number)
        for number, members in enumerate(groups.members)
        for source in partly(groups, members)
        if len(box[int(source)].subjects) == 1
    ]
    subjects, numbers = zip(*found, strict=True)
    assert adjusted_rand_score(subjects, numbers) >= 0.8
    most = sum(Counter(s for s, n in found if n == number).most_common(1)[0][1] for number in set(numbers))
    assert most / len(found) >= 0.95
    assert 22 <= len(groups.members) <= 48  # of 24 subjects


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_a_letter_that_no_other_is_like_stands_alone(seed: int) -> None:
    box = letters(seed)
    groups = grouped(chunks_in(box), Told())

    alone = {int(quote.source) for quote in groups.alone}
    single = {number for number, letter in enumerate(box) if not letter.subjects}
    assert len(alone & single) >= 0.75 * len(single)
    assert len(alone - single) <= 0.02 * len(box)


def test_a_courtesy_in_every_letter_makes_no_group_and_is_nobody_s_word() -> None:
    box = letters(101)
    groups = grouped(chunks_in(box), Told())

    said = {sentence.text for part in groups.chunks for sentence in part.sentences}
    assert not said & {
        "Thank you for reading this.",
        "I hope to hear from you.",
        "You asked for suggestions, so here is mine.",
    }
    assert "Open the library on Saturday afternoons." in said


def test_more_than_can_be_compared_one_by_one_is_grouped_as_well() -> None:
    box = letters(104, each=55, double=0, repeated=0)
    chunks = chunks_in(box)
    assert len(chunks) > clustering.EXACT

    told = Told()
    groups = grouped(chunks, told)

    told.require_whole()
    labels = {source: number for number, members in enumerate(groups.members) for source in partly(groups, members)}
    known = [
        (letter.subjects[0], labels[str(n)]) for n, letter in enumerate(box) if letter.subjects and str(n) in labels
    ]
    assert len(known) >= 0.98 * 55 * 24
    subjects, numbers = zip(*known, strict=True)
    assert adjusted_rand_score(subjects, numbers) >= 0.8


def test_the_same_chunks_give_the_same_groups() -> None:
    chunks = chunks_in(letters(105, each=3))

    assert grouped(chunks, Told()).members == grouped(chunks, Told()).members


@pytest.mark.parametrize("words", [1, 5, 80])
def test_equal_texts_are_one_group(words: int) -> None:
    text = " ".join(f"bus{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(words))
    groups = grouped([chunk(str(n), text) for n in range(60)], Told())

    assert groups.members == [list(range(60))]
    assert groups.alone == ()


def test_one_text_is_a_group_of_its_own() -> None:
    groups = grouped([chunk("a", "Benches!")], Told())

    assert groups.members == [[0]]


def test_two_texts_are_together_when_they_are_about_the_same() -> None:
    same = [chunk("a", "The bus stop needs a roof."), chunk("b", "A roof over the bus stop, please.")]
    other = [chunk("a", "The bus stop needs a roof."), chunk("b", "Warmer water in the swimming pool.")]

    assert grouped(same, Told()).members == [[0, 1]]
    assert grouped(other, Told()).members == [[0], [1]]


def test_texts_without_a_telling_word_are_named_and_others_go_on() -> None:
    silent = chunk("silent", "It is what it is, and so we are here.")
    bus = [chunk(str(n), "The bus stop needs a roof.") for n in range(3)]

    groups = grouped([*bus, silent], Told())

    assert groups.silent == {"silent"}
    assert groups.members == [[0, 1, 2]]
    with pytest.raises(NothingSaid, match="The only text"):
        grouped([silent], Told())
    with pytest.raises(NothingSaid, match="All 2 texts"):
        grouped([silent, chunk("other", "!!! 42 ???")], Told())


def test_a_few_texts_on_nothing_in_common_are_one_group_each_and_many_are_refused() -> None:
    def unlike(number: int) -> list[Chunk]:
        words = (f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnrt")
        return [chunk(str(n), f"{word} {word}x {word}z") for n, word in zip(range(number), words, strict=False)]

    assert len(grouped(unlike(FEW), Told()).members) == FEW
    with pytest.raises(NothingShared, match=f"{FEW + 1} texts"):
        grouped(unlike(FEW + 1), Told())


@pytest.mark.parametrize("number", [1, 2, 3, 9, 10, 201, 1_201, 1_700])
def test_every_part_that_was_counted_before_is_told(number: int) -> None:
    words = ["bus", "roof", "pool", "water", "dog", "park", "book", "fish"]
    told = Told()

    grouped([chunk(str(n), f"{words[n % 8]} {words[n % 3]} {words[n % 5]}") for n in range(number)], told)

    told.require_whole()


def test_work_stops_where_the_report_raises() -> None:
    chunks = chunks_in(letters(101))
    told = Told()
    grouped(chunks, told)

    require_stops(lambda report: grouped(chunks, report), range(0, len(told.said), 40))


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 5])
def test_rows_of_length_nothing_are_in_no_group(rows: int) -> None:
    empty = np.zeros((rows, 4))
    one = np.eye(4)[:1]

    assert clustering.grouped(empty, nothing).tolist() == [-1] * rows
    assert clustering.grouped(np.vstack([one, empty, one]), nothing).tolist() == [0, *[-1] * rows, 0]


def test_words_are_weighed_by_how_rare_they_are() -> None:
    compared = vectors.Vectors(["bus roof", "bus pool", "bus pool"], nothing)

    first = dict(zip(compared.words, compared.weights.toarray()[0].tolist(), strict=True))
    assert first["roof"] > first["bus"] > first["pool"] == 0


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("buses", "bus"),
        ("bus", "bus"),
        ("benches", "bench"),
        ("glasses", "glass"),
        ("glass", "glass"),
        ("houses", "house"),
        ("parties", "party"),
        ("trees", "tree"),
        ("is", "is"),
    ],
)
def test_one_and_many_are_one_word(many: str, one: str) -> None:
    assert stem(many) == one


def test_telling_words_are_neither_common_nor_courteous_nor_numbers() -> None:
    assert words_of("Dear mayor, PLEASE don’t fell the mayor’s 40 lime-trees in Straße 7!") == [
        "fell",
        "lime",
        "trees",
        "straße",
    ]
