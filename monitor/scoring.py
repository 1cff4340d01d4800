"""Builds the scorer that the settings name, and looks after the one that asks over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog

from alerts.channels.http import host, loopback
from alerts.rules import Rule
from monitor.config import BrandSettings, SentimentSettings
from monitor.metrics import Metrics
from responses.privacy import mask
from scrapers.errors import SourceError
from scrapers.http import Reader, Transport, retry_after_s
from sentiment.focus import Target
from sentiment.judge import Judge
from sentiment.loading import load_scorer, load_transformer
from sentiment.remote.limits import Budget, Limits
from sentiment.remote.scorer import NoAnswer, Outcome, RemoteScorer, Reply
from sentiment.scorer import Scorer
from sentiment.settings import HttpSettings

log = structlog.get_logger(__name__)

DEFAULT: str = SentimentSettings.model_fields["scorer"].default


def build_scorer(settings: SentimentSettings, *, api_key: str, metrics: Metrics) -> Scorer:
    """Build the scorer of the settings; raise ScorerUnavailable with what is missing."""
    if settings.scorer == "onnx":
        return load_transformer(settings.onnx)
    if settings.scorer == "http":
        return build_remote(settings.http, load_scorer(DEFAULT), api_key=api_key, metrics=metrics)
    return load_scorer(settings.scorer)


def judge_of(scorer: Scorer, brands: Sequence[BrandSettings], rules: Sequence[Rule] = ()) -> Judge:
    """Build the judge that knows the brands' names, each other's names, and their own words.

    Words of rules count as complaints once the rule is live.
    """
    names = {brand.name: (brand.name, *brand.aliases, *brand.handles.values()) for brand in brands}
    targets = [
        Target(
            own, tuple(name for brand, others in names.items() if brand != each for name in others)
        )
        for each, own in names.items()
    ]
    words = {word for brand in brands for word in brand.complaint_words}
    words.update(word for rule in rules if rule.is_live for word in rule.words)
    return Judge(scorer, targets=targets, complaint_words=sorted(words))


def build_remote(
    settings: HttpSettings,
    instead: Scorer,
    *,
    api_key: str,
    metrics: Metrics,
    transport: Transport | None = None,
) -> RemoteScorer:
    """Build the scorer that asks over HTTP, with `instead` to fall back on."""
    return RemoteScorer(
        _Desk(settings, api_key, transport),
        instead,
        Limits(
            Budget(
                requests_per_minute=settings.requests_per_minute,
                requests_per_day=settings.requests_per_day,
                tokens_per_day=settings.tokens_per_day,
                wait_s_per_minute=settings.wait_s_per_minute,
                pause_s=settings.pause_s,
            )
        ),
        address=settings.base_url,
        model=settings.model,
        mask=mask,
        counters=_Metered(metrics),
        batch=settings.batch,
        timeout_s=settings.timeout_s,
    )


def remarks(settings: HttpSettings, api_key: str) -> Iterator[tuple[str, str]]:
    """Yield what is worth knowing before texts leave: what it is, and what to do."""
    if loopback(settings.base_url):
        return
    yield (
        f"masked texts of posts leave for {host(settings.base_url)}",
        "agree with whoever runs it (docs/privacy.md)",
    )
    if settings.base_url.startswith("http://"):
        yield "they travel unencrypted", "write https:// in sentiment.http.base_url"
    if not api_key:
        yield "no key is set", "set SHIFEN_SCORER_API_KEY unless the server wants none"


class _Desk:
    """Posts to `/chat/completions` below the configured address, and to nothing else."""

    def __init__(self, settings: HttpSettings, api_key: str, transport: Transport | None) -> None:
        self._reader = Reader(
            settings.base_url,
            timeout_s=settings.timeout_s,
            headers={"Authorization": f"Bearer {api_key}"} if api_key else None,
            transport=transport,
            is_answer=lambda _: True,
            secrets=[api_key],
        )

    def __call__(self, body: Mapping[str, Any], timeout_s: float) -> Reply:
        """Return the reply, whatever its status; raise NoAnswer after at most `timeout_s`."""
        try:
            response = self._reader.post_json("chat/completions", body, timeout_s=timeout_s)
        except SourceError as error:
            raise NoAnswer(error.detail) from error
        return Reply(response.status_code, response.content, retry_after_s(response))


class _Metered:
    """Counts in the service's metrics and tells the log what went wrong."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def asked(self, outcome: Outcome, tokens: int, detail: str) -> None:
        """One request ended so and cost so many tokens."""
        self._metrics.scorer_requests.labels(outcome.value).inc()
        self._metrics.scorer_tokens.inc(tokens)
        if outcome is not Outcome.ANSWERED:
            log.warning("scorer_failed", outcome=outcome.value, detail=detail)

    def judged(self, outcome: Outcome, texts: int) -> None:
        """So many texts were answered, or went to the other scorer for this reason."""
        self._metrics.scorer_texts.labels(outcome.value).inc(texts)
