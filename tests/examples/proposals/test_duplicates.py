"""Said twice: repeated letters are counted, proposals that ask for the same become one, and others don't."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from examples.proposals import duplicates
from examples.proposals.duplicates import alike, copies, overlap, shingles
from examples.proposals.grouping import grouped
from examples.proposals.synthesis import Extract
from examples.proposals.uniting import united
from examples.proposals.wording import Worded, worded
from tests.examples.proposals.box import Told, chunks_in, letters, subjects_and_proposals

pytestmark = pytest.mark.usefixtures("one_core")

WORDS = st.lists(st.sampled_from(["bus", "roof", "pool", "dog", "park"]), max_size=12).map(" ".join)


def seen() -> None:
    return


@given(WORDS, WORDS)
def test_overlap_is_a_part_and_the_same_from_both_sides(one: str, other: str) -> None:
    part = overlap(shingles(one), shingles(other))

    assert 0 <= part <= 1
    assert part == overlap(shingles(other), shingles(one))
    assert overlap(shingles(one), shingles(one)) == (1.0 if one else 0.0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The night bus should run until one.", "the night bus should run until two", True),
        ("The night bus should run until one.", "The bus stop needs a roof and a bench.", False),
        ("Benches", "benches!", True),
        ("Benches", "Trees", False),
        ("", "", False),
    ],
)
def test_sentences_are_alike_when_most_of_their_words_follow_each_other_alike(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_letters_that_were_sent_again_are_counted_and_no_others(seed: int) -> None:
    box = letters(seed)
    texts = [chunk.text for chunk in chunks_in(box)]
    own = [chunk.text for chunk in chunks_in([letter for letter in box if letter.repeats is None])]

    repeated = sum(letter.repeats is not None for letter in box)
    assert copies(own, seen) <= 2
    assert repeated <= copies(texts, seen) <= repeated + 2


def test_equal_texts_are_one_and_its_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "TELLING", 3)

    assert copies(["The night bus should run until one."] * 500, seen) == 499
    assert copies([f"The night bus should run until one. {word * 9}" for word in ("a ", "b ", "c ", "d ")], seen) == 0
    assert copies([], seen) == 0


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_proposals_that_were_torn_apart_become_one_and_no_others(seed: int) -> None:
    box = letters(seed)
    groups = grouped(chunks_in(box), Told())
    made = worded(groups, Extract(), Told())

    told = Told()
    kept = united(made, groups, told)

    told.require_whole()
    before = adjusted_rand_score(*subjects_and_proposals(box, [each.proposal for each in made]))
    after = adjusted_rand_score(*subjects_and_proposals(box, kept))
    assert after >= max(0.85, before)
    for proposal in kept:
        if proposal.united:
            about = Counter(name for source in proposal.sources for name in box[int(source)].subjects)
            assert about.most_common(1)[0][1] >= 0.7 * len(proposal.sources)


def test_of_two_proposals_that_say_the_same_one_is_left_with_the_texts_of_both() -> None:
    box = letters(101, each=4, repeated=0)
    groups = grouped(chunks_in(box), Told())
    (whole, *rest) = worded(groups, Extract(), Told())
    half = len(whole.members) // 2
    torn = [Worded(whole.proposal, whole.members[:half]), Worded(whole.proposal, whole.members[half:]), *rest]

    kept = united(torn, groups, Told())

    assert Counter(kept) == Counter(united([whole, *rest], groups, Told()))
    assert sum(whole.proposal.title == proposal.title for proposal in kept) == 1
