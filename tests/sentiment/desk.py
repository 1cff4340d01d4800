"""A stand-in for a language model behind an OpenAI-compatible interface, on loopback."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sentiment.scorer import Score
from sentiment.words import WordScorer

PATH = "/v1/chat/completions"
Ratings = list[dict[str, Any]]


def rating(post: dict[str, str], score: Score) -> dict[str, Any]:
    negative, neutral = round(100 * score.negative), round(100 * score.neutral)
    return {
        "id": post["id"],
        "negative": negative,
        "neutral": neutral,
        "positive": 100 - negative - neutral,
        "complaint": negative,
    }


def honest(posts: Sequence[dict[str, str]]) -> Ratings:
    """Rate each post by word lists."""
    scores = WordScorer().score([post["text"] for post in posts])
    return [rating(post, score) for post, score in zip(posts, scores, strict=True)]


def completion(content: str, tokens: int | None = 100) -> dict[str, Any]:
    answer: dict[str, Any] = {"choices": [{"message": {"role": "assistant", "content": content}}]}
    return answer if tokens is None else answer | {"usage": {"total_tokens": tokens}}


@dataclass
class Desk:
    """Answers every request with `rate`; `reply` replaces the whole answer, `slow_s` delays it."""

    server: HTTPServer
    rate: Callable[[Sequence[dict[str, str]]], Ratings] = honest
    reply: Callable[[Request], Response] | None = None
    slow_s: float = 0.0
    tokens: int | None = 100
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.expect_request(PATH, method="POST").respond_with_handler(self._answer)

    @property
    def url(self) -> str:
        return self.server.url_for("/v1")

    @property
    def posts(self) -> list[dict[str, str]]:
        """Every post that was asked about, without the controls around them."""
        return [post for body in self.bodies for post in posts_of(body)[1:-1]]

    @property
    def texts(self) -> list[str]:
        return [post["text"] for post in self.posts]

    def _answer(self, request: Request) -> Response:
        self.bodies.append(request.get_json())
        self.headers.append(dict(request.headers))
        time.sleep(self.slow_s)
        if self.reply:
            return self.reply(request)
        content = json.dumps({"ratings": self.rate(posts_of(self.bodies[-1]))})
        return Response(json.dumps(completion(content, self.tokens)))


def posts_of(body: dict[str, Any]) -> list[dict[str, str]]:
    posts: list[dict[str, str]] = json.loads(body["messages"][1]["content"])["posts"]
    return posts
