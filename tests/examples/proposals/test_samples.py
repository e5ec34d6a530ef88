"""The sample letters: enough of them, the same every time, as different as people's letters are, and nobody else's."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from examples.proposals.letters import letters, subjects
from examples.proposals.samples import FITS_NOT, write_samples
from examples.proposals.texts import Reading
from tests.examples.proposals.box import THEMES

if TYPE_CHECKING:
    from pathlib import Path


def test_the_samples_are_two_hundred_texts_and_more_and_the_same_every_time(tmp_path: Path) -> None:
    first, again = write_samples(tmp_path / "one"), write_samples(tmp_path / "other")

    assert len(first) - len(FITS_NOT) >= 200
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert letters(1) != letters(2)


def test_every_sample_but_those_that_are_none_can_be_read(tmp_path: Path) -> None:
    written = write_samples(tmp_path)
    reading = Reading(tmp_path)

    texts = [text for text in reading.texts() if text]

    assert len(texts) == len(written) - len(FITS_NOT)
    assert {left.name for left in reading.left_out} == set(FITS_NOT)
    assert [text.text.replace("’", "'") for text in texts] == [letter.text for letter in letters()]


def test_the_letters_have_themes_repeated_ones_and_single_ones() -> None:
    box = letters()
    about = Counter(name for letter in box for name in letter.subjects)

    assert set(about) == {subject.name for subject in subjects()}
    assert len(set(THEMES.values())) == 8
    assert sum(letter.repeats is not None for letter in box) >= 15
    assert sum(not letter.subjects for letter in box) >= 10
    assert sum(len(letter.subjects) == 2 for letter in box) >= 10


def test_only_a_letter_that_repeats_another_has_its_sentences_in_its_order() -> None:
    box = letters()
    bodies = [letter.text.rpartition("\n\n")[0] for letter in box]

    own = [body for body, letter in zip(bodies, box, strict=True) if letter.repeats is None]
    assert len(set(own)) == len(own)
    for body, letter in zip(bodies, box, strict=True):
        if letter.repeats is not None:
            assert body.endswith(bodies[letter.repeats])


def test_no_letter_shows_how_it_was_made() -> None:
    for letter in letters(3):
        assert not re.search(r"[<>{}|()]|\s\s\S|None", letter.text.replace("\n\n", "\n")), letter.text
        assert all(line[:1].isupper() for line in letter.text.split("\n") if line)
