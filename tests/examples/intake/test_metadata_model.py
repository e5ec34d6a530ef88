"""The language model is asked as its protocol wants, and whatever may come back is metadata or a sentence."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import headway
from examples.house.language_model import LanguageModel
from examples.intake.metadata import (
    Metadata,
    MetadataError,
    MetadataNotPermitted,
    MetadataRefused,
    MetadataUnavailable,
    MetadataUnreadable,
    chosen,
)
from examples.intake.model_teller import TEXT_MAX, ModelTeller
from tests.examples.chat import PlayedModel, fails, says
from tests.examples.played import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "geheim-key"
TOLD: dict[str, Any] = {
    "title": "River  Levels\x07",
    "document_date": "2024-03-01",
    "keywords": ["river", "levels", "", "River", "gauge"],
    "language": "en-GB",
}
GOOD = says(json.dumps(TOLD))


@pytest.fixture
def played() -> Iterator[PlayedModel]:
    with PlayedModel() as played:
        yield played


def model(played: PlayedModel, timeout_s: float = 5, retries: int = 2) -> ModelTeller:
    service = LanguageModel(KEY, model="small", address=played.address, timeout_s=timeout_s, retries=retries)
    return ModelTeller(service)


def told(played: PlayedModel, *answers: Answer) -> Metadata:
    played.answers = list(answers)
    return model(played).tell("The rivers rose.")


def test_what_it_says_is_the_metadata(played: PlayedModel) -> None:
    assert told(played, GOOD) == Metadata(
        title="River Levels",
        document_date=date(2024, 3, 1),
        keywords=("river", "levels", "gauge"),
        language="en",
        told_by="openai:small",
    )


def test_it_is_asked_with_its_key_and_a_form_for_the_answer(played: PlayedModel) -> None:
    told(played, GOOD)

    (asked,) = played.asked
    assert (asked.path, asked.headers["Authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert asked.body["model"] == "small"
    system, user = asked.body["messages"]
    assert (system["role"], user) == ("system", {"role": "user", "content": "The rivers rose."})
    form = asked.body["response_format"]
    assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
    assert set(form["json_schema"]["schema"]["required"]) == set(TOLD)


def test_only_the_beginning_of_a_long_text_is_sent(played: PlayedModel) -> None:
    played.answers = [GOOD]

    model(played).tell("a" * TEXT_MAX + "b" * 5_000_000)

    assert played.asked[0].body["messages"][1]["content"] == "a" * TEXT_MAX


def test_a_text_with_broken_characters_is_sent_without_them(played: PlayedModel) -> None:
    played.answers = [GOOD]

    model(played).tell("a\ud800b")

    assert played.asked[0].body["messages"][1]["content"] == "a?b"


def test_an_empty_text_is_no_question(played: PlayedModel) -> None:
    assert model(played).tell(" \n ") == Metadata(told_by="openai:small")
    assert played.asked == []


@pytest.mark.parametrize(
    "content",
    [f"```json\n{json.dumps(TOLD)}\n```", f"Here it is: {json.dumps(TOLD)} Anything else?"],
    ids=["fence", "friendly"],
)
def test_wrapping_around_the_answer_is_taken_off(played: PlayedModel, content: str) -> None:
    assert told(played, says(content)).document_date == date(2024, 3, 1)


@pytest.mark.parametrize("day", ["2024-03", "1 March 2024", "2024-02-31", None, ""])
def test_a_day_that_is_none_is_left_out(played: PlayedModel, day: str | None) -> None:
    assert told(played, says(json.dumps(TOLD | {"document_date": day}))).document_date is None


def test_what_it_does_not_know_is_left_out_and_what_is_too_long_is_cut(played: PlayedModel) -> None:
    empty: dict[str, Any] = {"title": None, "document_date": None, "keywords": [], "language": "Klingon"}
    assert told(played, says(json.dumps(empty))) == Metadata(told_by="openai:small")

    long = told(played, says(json.dumps(TOLD | {"title": "x" * 9_000, "keywords": [f"k{n}" * 99 for n in range(99)]})))
    assert (len(long.title or ""), len(long.keywords), max(map(len, long.keywords))) == (160, 8, 40)


@pytest.mark.parametrize(
    "answer",
    [
        says('{"title": "cut'),
        says('{"title": 3, "document_date": null, "keywords": [], "language": null}'),
        says("I would rather talk about the weather."),
        says(""),
        says(None),
        says(json.dumps(TOLD), finish="length"),
        Answer(b'{"id": "c1", "choices": [', 200),
        Answer(b'{"id": "c1", "object": "chat.completion", "choices": []}'),
        Answer(b'{"id": "c1", "object": "chat.completion", "choices": [{"index": 0}]}'),
        Answer(b"[]"),
        Answer(b"null"),
        Answer(b"<html>Welcome to the hotel network</html>", 200, "text/html"),
    ],
    ids=[
        "cut JSON", "wrong types", "prose", "empty", "nothing", "cut off", "cut body", "no choices", "no message",
        "a list", "null", "HTML",
    ],
)  # fmt: skip
def test_an_answer_in_another_form_is_said_as_one(played: PlayedModel, answer: Answer) -> None:
    with pytest.raises(MetadataUnreadable) as raised:
        told(played, answer)

    assert str(raised.value).startswith("The language model's answer could not be read: ")


@pytest.mark.parametrize(
    "answer",
    [
        says(None, refusal="I cannot help with that."),
        says("", finish="content_filter"),
        fails(400, "filtered", "content_filter"),
    ],
    ids=["refusal", "filter", "filtered question"],
)
def test_a_refusal_is_said_as_one(played: PlayedModel, answer: Answer) -> None:
    with pytest.raises(MetadataRefused):
        told(played, answer)

    assert len(played.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_question_that_is_set_up_wrongly_is_asked_once_and_shows_no_key(played: PlayedModel, status: int) -> None:
    with pytest.raises(MetadataNotPermitted, match=rf"HTTP {status}") as raised:
        told(played, fails(status, f"Incorrect API key provided: {KEY}"))

    assert KEY not in str(raised.value)
    assert not raised.value.passing
    assert len(played.asked) == 1


@pytest.mark.parametrize("first", [fails(429), fails(500), fails(503), Answer(b"<html>", 502, "text/html")], ids=str)
def test_a_busy_service_is_asked_again(played: PlayedModel, first: Answer) -> None:
    assert told(played, first, first, GOOD).title == "River Levels"
    assert len(played.asked) == 3


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (fails(429), "too many are asking it"),
        (fails(500), "HTTP 500"),
        (Answer(b"<html>", 502, "text/html"), "HTTP 502"),
    ],
    ids=["busy", "broken", "proxy"],
)
def test_a_service_that_stays_away_is_asked_three_times_in_all(played: PlayedModel, answer: Answer, why: str) -> None:
    with pytest.raises(MetadataUnavailable, match=why) as raised:
        told(played, answer)

    assert raised.value.passing
    assert len(played.asked) == 3


def test_a_service_that_hangs_is_left(played: PlayedModel) -> None:
    played.answers = [GOOD._replace(held=True)]

    with pytest.raises(MetadataUnavailable, match="took too long"):
        model(played, timeout_s=0.2, retries=0).tell("text")


def test_a_service_that_cannot_be_reached_is_said_as_one() -> None:
    with pytest.raises(MetadataUnavailable, match="cannot be reached"):
        ModelTeller(LanguageModel(KEY, address="http://127.0.0.1:1/v1", retries=0)).tell("text")


def test_the_environment_says_which_model_and_where(played: PlayedModel) -> None:
    played.answers = [GOOD]
    teller = chosen({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": played.address, "OPENAI_MODEL": "tiny"})

    assert (teller.name, teller.tell("text").told_by) == ("openai:tiny", "openai:tiny")
    assert played.asked[0].body["model"] == "tiny"


def test_without_the_client_its_key_asks_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for asking in ("examples.intake.model_teller", "examples.house.language_model"):
        monkeypatch.delitem(sys.modules, asking)
    monkeypatch.setitem(sys.modules, "openai", None)

    with pytest.raises(headway.MissingExtra, match=r"headway\[openai\]"):
        chosen({"OPENAI_API_KEY": KEY})


@pytest.mark.parametrize("environ", [{}, {"OPENAI_API_KEY": ""}])
def test_without_a_key_nobody_is_asked(environ: dict[str, str]) -> None:
    assert chosen(environ).name == "plain reader"


def test_every_failure_is_a_sentence() -> None:
    errors: list[MetadataError] = [
        MetadataRefused(),
        MetadataUnavailable("it took too long"),
        MetadataNotPermitted(401),
        MetadataUnreadable("it is empty"),
    ]
    for error in errors:
        assert str(error)[0].isupper()
        assert str(error).endswith(".")
