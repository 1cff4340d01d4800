"""A stand-in for X's recent search: windows, paging, both vocabularies, scripted trouble."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from scrapers.post import Platform
from scrapers.source import Query, Source
from scrapers.twitter.client import build_twitter_source
from scrapers.twitter.settings import TwitterSettings, Vocabulary
from scrapers.twitter.snowflake import first_id
from scrapers.twitter.vocabulary import normalise

FIXTURES = Path(__file__).parents[2] / "fixtures" / "twitter"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TOKEN = "AAAAinvented-bearer-token%3D"
QUERY = Query(
    "x-nebula", Platform.TWITTER, '(NebulaWatch OR "星云手表") -is:retweet', ("星云手表",)
)

Answer = Callable[[httpx.Request], httpx.Response]


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def tweet(published_at: datetime, text: str = "NebulaWatch broke", **more: Any) -> dict[str, Any]:
    """A post as the tweet vocabulary has it; the id is the first of its millisecond."""
    post_id = str(first_id(published_at))
    return {
        "id": post_id,
        "text": text,
        "author_id": "501",
        "lang": "en",
        "edit_history_tweet_ids": [post_id],
        "public_metrics": {"retweet_count": 0, "reply_count": 0, "like_count": 1, "quote_count": 0},
        **more,
    }


def tweets(count: int, newest: datetime = NOW, apart_s: float = 60) -> list[dict[str, Any]]:
    """`count` posts, newest first, the first of them `apart_s` before `newest`."""
    return [tweet(newest - timedelta(seconds=apart_s * (n + 1))) for n in range(count)]


class XStandIn:
    """Answers as X does; `script` answers the first requests instead, None meaning "as ever"."""

    def __init__(
        self,
        posts: Iterable[dict[str, Any]] = (),
        *,
        vocabulary: Vocabulary = Vocabulary.TWEET,
        page_size: int = 100,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.posts = list(posts)
        self.vocabulary = vocabulary
        self.page_size = page_size
        self.headers = headers or {}
        self.script: list[Answer | None] = []
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        scripted = self.script[len(self.requests) - 1 :][:1]
        if scripted and scripted[0]:
            return scripted[0](request)
        foreign = "post.fields" if self.vocabulary is Vocabulary.TWEET else "tweet.fields"
        if foreign in request.url.params:
            return refused_parameter(foreign)
        return httpx.Response(200, json=self._search(request.url.params), headers=self.headers)

    def _search(self, params: httpx.QueryParams) -> dict[str, Any]:
        since, until = int(params.get("since_id", 0)), int(params.get("until_id", 1 << 63))
        hits = [post for post in self.posts if since < int(post["id"]) < until]
        hits.sort(key=lambda post: int(post["id"]), reverse=True)
        start = int(params.get("next_token", "p0")[1:])
        size = min(self.page_size, int(params.get("max_results", 10)))
        page = hits[start : start + size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if start + size < len(hits):
            meta["next_token"] = f"p{start + size}"
        if not page:
            return {"meta": meta}
        user = {"id": "501", "name": "Lin", "username": "lin_runs"}
        answer = {"data": page, "includes": {"users": [user]}, "meta": meta}
        return normalise(answer) if self.vocabulary is Vocabulary.POST else answer


def refused_parameter(name: str) -> httpx.Response:
    message = f"The query parameter [{name}] is not one of [query,since_id]"
    body = {
        "errors": [{"parameters": {name: ["x"]}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.x.com/2/problems/invalid-request",
    }
    return httpx.Response(400, json=body)


def always(status: int, **kwargs: Any) -> Answer:
    return lambda _: httpx.Response(status, **kwargs)


def build(
    answer: Answer,
    *,
    now: Callable[[], datetime] = lambda: NOW,
    token: str = TOKEN,
    **settings: Any,
) -> Source:
    return build_twitter_source(
        TwitterSettings(**{"requests_per_15_minutes": 100_000, **settings}),
        bearer_token=token,
        now=now,
        sleep=lambda _: None,
        transport=httpx.MockTransport(answer),
    )
