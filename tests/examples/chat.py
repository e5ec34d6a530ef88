"""Owns a played service that speaks the chat-completions protocol: each question gets the next answer laid out."""

from __future__ import annotations

import json

from tests.examples.played import Answer, Played, Question


def says(content: str | None, *, finish: str = "stop", refusal: str | None = None) -> Answer:
    """A whole completion with this content."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice = {"index": 0, "finish_reason": finish, "message": message, "logprobs": None}
    completion = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return Answer(json.dumps(completion).encode())


def fails(status: int, message: str = "no", code: str | None = None) -> Answer:
    """An error as the protocol has it."""
    return Answer(
        json.dumps({"error": {"message": message, "type": "x", "param": None, "code": code}}).encode(), status
    )


class PlayedModel(Played):
    """Answers `POST …/chat/completions`; the last answer is given again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Answer] = []
        self.address = f"{self.url}/v1"

    def answer(self, question: Question) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
