"""From a folder to proposals: the whole way on the samples, whatever a folder may hold, and a stop at any moment."""

from __future__ import annotations

import os
import random
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from examples.proposals import plan
from examples.proposals.errors import FolderMissing, NoTexts, NothingSaid, ProposalError, TooManyTexts
from examples.proposals.generate import generate_proposals
from examples.proposals.letters import letters
from examples.proposals.samples import FITS_NOT, write_samples
from examples.proposals.texts import Limits, Reading
from tests.examples.proposals.box import Told, require_stops

if TYPE_CHECKING:
    from pathlib import Path

    from examples.proposals.proposal import Generated

STAGES = [plan.INITIALIZING, plan.CLUSTERING, plan.SYNTHESIZING, plan.DEDUPLICATING]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def generated(samples: Path, told: Told) -> Generated:
    return generate_proposals(samples, told)


def put(folder: Path, *texts: str | bytes) -> Path:
    for number, text in enumerate(texts):
        (folder / f"{number:04}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_the_samples_come_out_by_their_subjects(generated: Generated) -> None:
    box = letters()
    found = [
        (box[int(name[:3]) - 1].subjects[0], number)
        for number, proposal in enumerate(generated.proposals)
        for name in proposal.sources
        if len(box[int(name[:3]) - 1].subjects) == 1
    ]

    assert 22 <= len(generated.proposals) <= 36  # of 24 subjects
    assert adjusted_rand_score(*zip(*found, strict=True)) >= 0.85
    assert generated.texts == len(box)
    assert [len(each.sources) for each in generated.proposals] == sorted(
        (len(each.sources) for each in generated.proposals), reverse=True
    )
    assert abs(sum(each.copies for each in generated.proposals) - 20) <= 4


def test_every_file_is_in_a_proposal_or_stands_alone_or_is_left_out(samples: Path, generated: Generated) -> None:
    heard = {name for proposal in generated.proposals for name in proposal.sources}
    alone = {quote.source for quote in generated.alone}
    left_out = {left.name for left in generated.left_out}

    assert not alone & heard
    assert left_out == set(FITS_NOT)
    assert heard | alone | left_out == {path.name for path in samples.iterdir()}


def test_every_sentence_leads_back_to_its_text(samples: Path, generated: Generated) -> None:
    texts = {text.name: text.text for text in Reading(samples).texts() if text}

    for proposal in generated.proposals:
        assert proposal.statements
        for statement in proposal.statements:
            assert statement.quotes
            for quote in statement.quotes:
                assert " ".join(texts[quote.source][quote.start : quote.end].split()) == quote.text == statement.text
                assert quote.source in proposal.sources


def test_the_stages_are_told_to_their_ends_in_the_order_of_the_plan(told: Told, generated: Generated) -> None:
    assert generated.proposals
    assert told.stages() == STAGES
    told.require_whole()
    parts = Counter(stage for stage, *_rest in told.said)
    assert parts[plan.INITIALIZING] > len(letters())
    assert min(parts.values()) >= 20


def test_the_same_folder_gives_the_same_proposals(samples: Path, generated: Generated) -> None:
    assert generate_proposals(samples, Told()) == generated


def test_a_stop_goes_through_at_any_moment_and_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    put(tmp_path, *[letter.text for letter in letters(7, each=1, double=0, repeated=3)])
    before = sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.iterdir())
    told = Told()
    generate_proposals(tmp_path, told)

    require_stops(
        lambda report: generate_proposals(tmp_path, report), [0, *range(1, len(told.said), 9), len(told.said) - 1]
    )
    assert sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.iterdir()) == before


def test_the_tools_do_their_sums_on_one_core(tmp_path: Path) -> None:
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # it ships no types

    put(tmp_path, *[letter.text for letter in letters(7, each=1, double=0, repeated=3)])
    threads: set[int] = set()

    def report(stage: str, _current: int, _total: int, _message: str) -> None:
        if stage != plan.INITIALIZING and not threads:
            threads.update(pool["num_threads"] for pool in threadpool_info())

    generate_proposals(tmp_path, report)

    assert threads == {1}


def test_an_empty_folder_and_one_without_a_text_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoTexts, match="This folder is empty"):
        generate_proposals(tmp_path, Told())
    put(tmp_path, b"\x00\x01")
    with pytest.raises(NoTexts, match=r"The only file .* \(it is not a text\)"):
        generate_proposals(tmp_path, Told())
    put(tmp_path, b"\x00\x01", b"")
    with pytest.raises(NoTexts, match="None of the 2 files"):
        generate_proposals(tmp_path, Told())


def test_a_folder_that_is_gone_and_one_that_is_too_full_say_so(tmp_path: Path) -> None:
    with pytest.raises(FolderMissing):
        generate_proposals(tmp_path / "gone", Told())
    put(tmp_path, "a bus", "a pool", "a park")
    with pytest.raises(TooManyTexts):
        generate_proposals(tmp_path, Told(), limits=Limits(files=2))


@pytest.mark.parametrize("text", ["Benches", "Benches!", "Mehr Bäume am Hafen, bitte.", "Скамейки в парке нужны всем."])
def test_one_short_text_in_any_language_is_one_proposal(tmp_path: Path, text: str) -> None:
    made = generate_proposals(put(tmp_path, text), Told())

    (proposal,) = made.proposals
    assert proposal.body == text
    assert proposal.title
    assert (proposal.sources, proposal.copies, made.alone, made.left_out) == (("0000.txt",), 0, (), ())


def test_equal_texts_are_one_proposal_and_its_copies(tmp_path: Path) -> None:
    made = generate_proposals(put(tmp_path, *["The night bus should run until one. Please!"] * 40), Told())

    (proposal,) = made.proposals
    assert (len(proposal.sources), proposal.copies) == (40, 39)
    assert proposal.title == "The night bus should run until one"


def test_texts_of_common_words_alone_are_named_or_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingSaid):
        generate_proposals(put(tmp_path, "It is what it is.", "And so are we."), Told())
    made = generate_proposals(put(tmp_path, "It is what it is.", "The pool is cold.", "Warm the pool!"), Told())

    assert [(left.name, left.why) for left in made.left_out] == [("0000.txt", "only common words are in it")]
    assert made.texts == 2


def test_a_file_that_vanishes_while_the_folder_is_read_is_named(tmp_path: Path) -> None:
    put(tmp_path, "The pool is cold.", "Warm the pool!", "The pool should be warm.")

    def report(stage: str, current: int, total: int, _message: str) -> None:
        if (stage, current) == (plan.INITIALIZING, total - 2):
            (tmp_path / "0002.txt").unlink()

    made = generate_proposals(tmp_path, report)

    assert [(left.name, left.why) for left in made.left_out] == [("0002.txt", "it was gone when its turn came")]
    assert made.texts == 2


def test_thousands_of_texts_are_grouped_as_well_as_hundreds(tmp_path: Path) -> None:
    put(tmp_path, *[letter.text for letter in letters(9, each=80, double=20, repeated=80)])
    told = Told()

    made = generate_proposals(tmp_path, told)

    told.require_whole()
    assert made.texts > 2_000
    assert 18 <= len(made.proposals) <= 40
    assert sum(len(proposal.sources) for proposal in made.proposals) > 1_900


WORDS = ["bus", "pool", "roof", "dog", "The", "is", "\n\n", ".", "!", "Mr.", "é", "\u202e", "\x1b[2J", "🚌", "x" * 500]
TEXTS = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(st.sampled_from(WORDS), max_size=30).map(lambda words: " ".join(words).encode()),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, max_size=14))
def test_any_folder_gives_proposals_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, texts: list[bytes]) -> None:
    folder = put(tmp_path_factory.mktemp("any"), *texts)
    told = Told()
    with suppress(ProposalError):
        made = generate_proposals(folder, told)
        told.require_whole()
        heard = {name for proposal in made.proposals for name in proposal.sources}
        rest = {quote.source for quote in made.alone} | {left.name for left in made.left_out}
        assert heard | rest == {path.name for path in folder.iterdir()}
        assert not heard & rest
        assert all(proposal.title and proposal.statements for proposal in made.proposals)


def test_the_order_in_which_files_were_written_does_not_matter(tmp_path: Path) -> None:
    texts = [letter.text for letter in letters(7, each=2, double=0, repeated=3)]
    first, other = tmp_path / "first", tmp_path / "other"
    first.mkdir()
    other.mkdir()
    put(first, *texts)
    names = sorted(os.listdir(first))
    random.Random(1).shuffle(names)
    for name in names:
        (other / name).write_bytes((first / name).read_bytes())

    assert generate_proposals(first, Told()) == generate_proposals(other, Told())
