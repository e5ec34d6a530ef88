"""Owns the asking of an OpenAI-compatible service: a prompt, a text, the form of the answer, and why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import openai
from openai.types.chat import ChatCompletion

if TYPE_CHECKING:
    from collections.abc import Mapping

_Form = TypeVar("_Form")

MODEL = "gpt-5.4-mini"
TIMEOUT_S = 30.0
RETRIES = 2


class NoAnswer(Exception):
    """Why there is none. The service's own words are in no subclass: they may quote the key."""


class Unreachable(NoAnswer):
    """The service is away, too slow or too busy; asking again later may help."""


class NotPermitted(NoAnswer):
    """The service does not take this question from us; it said so with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"it answered HTTP {status}")
        self.status = status


class Refused(NoAnswer):
    """The model would not say anything about this text."""


class Unreadable(NoAnswer):
    """What came back is not an answer in the form that was asked for."""


class LanguageModel:
    """Asks anew each time, so that it may be used by many threads and across a fork."""

    def __init__(
        self,
        key: str,
        *,
        model: str = MODEL,
        address: str | None = None,
        timeout_s: float = TIMEOUT_S,
        retries: int = RETRIES,
    ) -> None:
        self.name = f"openai:{model}"
        self._key = key
        self._model = model
        self._address = address
        self._timeout_s = timeout_s
        self._retries = retries

    @classmethod
    def set_by(cls, environ: Mapping[str, str]) -> LanguageModel:
        """By OPENAI_API_KEY, and OPENAI_MODEL and OPENAI_BASE_URL where they are given."""
        return cls(
            environ["OPENAI_API_KEY"],
            model=environ.get("OPENAI_MODEL") or MODEL,
            address=environ.get("OPENAI_BASE_URL") or None,
        )

    def answer(self, prompt: str, text: str, *, name: str, form: Mapping[str, Any], read_as: type[_Form]) -> _Form:
        """What the model says to a text, in a form: a JSON schema of that name, read as a type. Raises `NoAnswer`."""
        try:
            answer = self._asked(prompt, text.encode("utf-8", "replace").decode(), name, form)
        except openai.APIError as error:
            raise _understood(error) from error
        except ValueError as error:  # what calls itself JSON and is none
            raise Unreadable("it is not JSON") from error
        return _read(_content(answer), read_as)

    def _asked(self, prompt: str, text: str, name: str, form: Mapping[str, Any]) -> object:
        with openai.OpenAI(
            api_key=self._key, base_url=self._address, timeout=self._timeout_s, max_retries=self._retries
        ) as client:
            return client.chat.completions.create(
                model=self._model,
                messages=[{"role": "system", "content": prompt}, {"role": "user", "content": text}],
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": name, "strict": True, "schema": dict(form)},
                },
            )


def _read(content: str, read_as: type[_Form]) -> _Form:
    # Services that know no forms like to wrap what they were asked for in a fence or a friendly sentence.
    begins, ends = content.find("{"), content.rfind("}")
    try:
        return msgspec.json.decode(content[begins : ends + 1].encode("utf-8", "replace"), type=read_as)
    except msgspec.DecodeError as error:
        raise Unreadable("it is not in the form that was asked for") from error


def _content(answer: object) -> str:
    """What the model said. The client passes on whatever a server sends: a page of HTML, an object without choices."""
    if not isinstance(answer, ChatCompletion) or not answer.choices:
        raise Unreadable("it is not an answer of a language model")
    choice = answer.choices[0]
    if choice.finish_reason == "content_filter" or getattr(choice.message, "refusal", None):
        raise Refused
    if choice.finish_reason == "length":
        raise Unreadable("it was cut off")
    content = getattr(choice.message, "content", None)  # what is declared as always there may be missing
    if not isinstance(content, str):
        raise Unreadable("it is empty")
    return content


def _understood(error: openai.APIError) -> NoAnswer:
    if error.code == "content_filter":
        return Refused()
    if isinstance(error, openai.APITimeoutError):
        return Unreachable("it took too long")
    if isinstance(error, openai.APIConnectionError):
        return Unreachable("it cannot be reached")
    if isinstance(error, openai.RateLimitError):
        return Unreachable("too many are asking it")
    if isinstance(error, openai.APIStatusError) and error.status_code < 500:
        return NotPermitted(error.status_code)
    if isinstance(error, openai.APIStatusError):
        return Unreachable(f"it answered HTTP {error.status_code}")
    return Unreadable("it is not an answer of a language model")
