"""Wording: the extracting writer invents nothing; of what a language model says only what it can prove is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examples.house.language_model import LanguageModel
from examples.proposals.errors import WritingUnavailable
from examples.proposals.evidence import voices
from examples.proposals.grouping import grouped
from examples.proposals.model_writer import ModelWriter
from examples.proposals.proposal import Quote
from examples.proposals.synthesis import STATEMENTS, TITLE_MAX, Evidence, Extract, Said, chosen, titled
from examples.proposals.wording import worded
from tests.examples.chat import PlayedModel, says
from tests.examples.played import Answer
from tests.examples.proposals.box import Stopped, Told, chunks_in, letters

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("one_core")

KEY = "geheim-key"


def said(text: str, weight: float, *sources: str) -> Said:
    quotes = tuple(Quote(source=name, start=0, end=len(text), text=text) for name in sources or ("a",))
    return Said(text=text, quotes=quotes, weight=weight)


EVIDENCE = Evidence(
    sentences=(
        said("Nobody sees the timetable in the dark.", 0.9, "a", "b"),
        said("Nobody sees the timetable in the dark!", 0.8, "c"),
        said("The bus stop needs a lamp.", 0.7, "d"),
        said("Hello there", 0.6, "e"),
        said("Old people cannot stand so long.", 0.5, "f"),
        said("What is not about this at all?", 0.0, "g"),
    ),
    keywords=("bus", "stop"),
)


def test_an_extract_begins_with_what_is_asked_and_repeats_nothing() -> None:
    draft = Extract().write(EVIDENCE)

    assert draft.title == "The bus stop needs a lamp"
    assert [statement.text for statement in draft.statements] == [
        "The bus stop needs a lamp.",
        "Nobody sees the timetable in the dark.",
        "Old people cannot stand so long.",
    ]
    assert [quote.source for quote in draft.statements[1].quotes] == ["a", "b"]


@pytest.mark.parametrize("sentence", ["Benches", "It is so.", "!"])
def test_an_extract_of_next_to_nothing_is_that(sentence: str) -> None:
    draft = Extract().write(Evidence(sentences=(said(sentence, 0.0),), keywords=()))

    assert [statement.text for statement in draft.statements] == [sentence]


def test_every_sentence_of_an_extract_stands_in_a_letter_word_for_word() -> None:
    box = letters(101)
    groups = grouped(chunks_in(box), Told())
    told = Told()

    made = [each.proposal for each in worded(groups, Extract(), told)]

    told.require_whole()
    for proposal in made:
        quotes = [quote for statement in proposal.statements for quote in statement.quotes]
        assert 1 <= len(proposal.statements) <= STATEMENTS
        for quote in (*quotes, *proposal.voices):
            assert " ".join(box[int(quote.source)].text[quote.start : quote.end].split()) == quote.text
            assert quote.source in proposal.sources
        assert all(quote.text == each.text for each in proposal.statements for quote in each.quotes)
        heard = [voice.source for voice in proposal.voices]
        assert len(heard) == len(set(heard))
        assert not set(heard) & {quote.source for quote in quotes}
    assert len({proposal.id for proposal in made}) == len(made)


def test_a_voice_is_one_sentence_of_a_text_that_is_not_quoted_yet() -> None:
    heard = voices(EVIDENCE, Extract().write(EVIDENCE).statements)

    assert [quote.source for quote in heard] == []
    assert [quote.source for quote in voices(EVIDENCE, [])] == ["a", "d", "f"]


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("Please mend the lamp.", "Mend the lamp"),
        ("Could the pool open at six?", "Could the pool open at six?"),
        ("and, then we wait…", "Then we wait"),
        ("ok", "Ok"),
        ("", ""),
        (
            "The young trees along Castle Street have dried up because nobody has watered them since last year.",
            "The young trees along Castle Street have dried up",
        ),
    ],
)
def test_a_title_is_the_sentence_without_its_politeness(sentence: str, title: str) -> None:
    assert titled(sentence) == title


@pytest.mark.parametrize("word", ["word ", "x", "no, ", "…"])
def test_a_title_is_never_too_long(word: str) -> None:
    assert len(titled(word * 200)) <= TITLE_MAX + 1


class Writing(PlayedModel):
    """The played service, and a writer that asks it."""

    def __init__(self) -> None:
        super().__init__()
        # Without retries: their pauses are the client's own.
        self.writer = ModelWriter(LanguageModel(KEY, model="m", address=self.address, timeout_s=5, retries=0))

    def says(self, body: object, *, status: int = 200, kind: str = "application/json") -> None:
        self.answers = [Answer(body if isinstance(body, bytes) else json.dumps(body).encode(), status, kind)]

    def writes(self, content: object) -> None:
        self.answers = [says(content if isinstance(content, str) else json.dumps(content))]


@pytest.fixture
def model() -> Iterator[Writing]:
    with Writing() as model:
        yield model


def test_a_model_is_shown_numbered_sentences_and_what_it_proves_is_kept(model: Writing) -> None:
    model.writes(
        {
            "title": "A lamp\u202e at the stop",
            "statements": [
                {"text": "A lamp is wished for, for the timetable.", "sentences": [3, 1, 3, 99, 0, -1]},
                {"text": "The moon is made of cheese.", "sentences": []},
                {"text": "  ", "sentences": [1]},
            ],
        }
    )

    draft = model.writer.write(EVIDENCE)

    assert draft.title == "A lamp at the stop"
    (statement,) = draft.statements
    assert statement.text == "A lamp is wished for, for the timetable."
    assert [quote.source for quote in statement.quotes] == ["d", "a", "b"]
    (asked,) = model.asked
    assert asked.path.endswith("/chat/completions")
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.body["model"] == "m"
    assert asked.body["response_format"]["json_schema"]["strict"] is True
    system, user = asked.body["messages"]
    assert user["content"].split("\n")[:2] == [
        "1. Nobody sees the timetable in the dark.",
        "2. Nobody sees the timetable in the dark!",
    ]
    assert "is part of a letter" in system["content"]


@pytest.mark.parametrize(
    "content",
    [
        "I would rather not.",
        "[]",
        {"title": "No statements", "statements": []},
        {"title": "", "statements": [{"text": "No title.", "sentences": [1]}]},
        {"title": "Nothing proven", "statements": [{"text": "So I believe.", "sentences": [77]}]},
    ],
)
def test_words_that_prove_nothing_are_no_proposal(model: Writing, content: object) -> None:
    model.writes(content)

    with pytest.raises(WritingUnavailable):
        model.writer.write(EVIDENCE)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"error": {"message": f"bad key {KEY}"}}, "application/json"),
        (429, {"error": {"message": "too many"}}, "application/json"),
        (500, b"oh", "text/plain"),
        (200, b"<html>", "text/html"),
        (200, b"{half", "application/json"),
        (200, {"choices": []}, "application/json"),
        (200, {}, "application/json"),
        (200, {"choices": [{"message": {}}]}, "application/json"),
    ],
)
def test_a_service_that_fails_says_come_back_later(model: Writing, status: int, body: object, kind: str) -> None:
    model.says(body, status=status, kind=kind)

    with pytest.raises(WritingUnavailable) as caught:
        model.writer.write(EVIDENCE)

    assert KEY not in str(caught.value)


def test_a_model_s_words_come_out_with_its_name(model: Writing) -> None:
    model.writes({"title": "All", "statements": [{"text": "They say this.", "sentences": [1]}]})
    groups = grouped(chunks_in(letters(101, each=2, double=0, repeated=0)), Told())

    made = worded(groups, model.writer, Told())

    assert {(each.proposal.written_by, each.proposal.body) for each in made} == {("openai:m", "They say this.")}
    assert len(model.asked) == len(made)
    assert len({each.proposal.id for each in made}) == len(made)


def test_a_stop_between_two_proposals_asks_for_no_further_one(model: Writing) -> None:
    model.writes({"title": "All", "statements": [{"text": "They say this.", "sentences": [1]}]})
    groups = grouped(chunks_in(letters(101, each=2, double=0, repeated=0)), Told())

    def report(_stage: str, current: int, _total: int, _message: str) -> None:
        if current == 2:
            raise Stopped

    with pytest.raises(Stopped):
        worded(groups, model.writer, report)
    assert len(model.asked) == 2


def test_a_model_writes_where_its_key_is_set_and_an_extract_elsewhere() -> None:
    model = chosen({"OPENAI_API_KEY": KEY, "OPENAI_MODEL": "small", "OPENAI_BASE_URL": "http://127.0.0.1:1"})

    assert isinstance(model, ModelWriter)
    assert model.name == "openai:small"
    assert chosen({"OPENAI_API_KEY": ""}).name == chosen({}).name == "extract"
