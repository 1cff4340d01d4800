"""What the service counts and measures, for Prometheus."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
# The promise is 600 s; the buckets below it show how much room is left, those above how late.
LATENCY_BUCKETS_S: Final = (
    5,
    10,
    20,
    30,
    45,
    60,
    90,
    120,
    180,
    240,
    300,
    480,
    600,
    900,
    1800,
    3600,
)


class Metrics:
    """One service's instruments in a registry of their own; hand it to the parts that count.

    Blindness is 1 while a source cannot see, 0 otherwise. All times are seconds.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._count_the_walk()
        self._watch_the_sources()
        self._time_the_promise()
        self._count_the_remote_scorer()

    def render(self) -> bytes:
        """Return everything in the Prometheus text format (see CONTENT_TYPE)."""
        return generate_latest(self.registry)

    def _count_the_walk(self) -> None:
        self.posts = self._counter(
            "shifen_posts", "Posts stored for the first time.", "platform", "source"
        )
        self.hits = self._counter(
            "shifen_hits", "Posts that name a brand with a complaint word.", "brand"
        )
        self.alerts = self._counter(
            "shifen_alerts", "Alerts raised.", "brand", "severity", "reason"
        )
        self.deliveries = self._counter(
            "shifen_deliveries", "Attempts to deliver an alert.", "channel", "outcome"
        )
        self.ladder = self._counter(
            "shifen_ladder", "Steps of the ladder: levels called, missed, acted and so on.", "deed"
        )
        self.heartbeats = self._counter(
            "shifen_heartbeats", "Signs of life given outside, by how they ended.", "outcome"
        )
        self.job_errors = self._counter("shifen_job_errors", "Jobs that broke.", "job")

    def _watch_the_sources(self) -> None:
        self.fetches = self._counter(
            "shifen_fetches", "Fetches by how they ended.", "source", "outcome"
        )
        self.bad_items = self._counter(
            "shifen_bad_items", "Items of an answer that could not be read.", "source"
        )
        self.misfires = self._counter(
            "shifen_misfires", "Polls that started too late or not at all.", "source"
        )
        self.source_blind = self._gauge(
            "shifen_source_blind", "1 while the source cannot see.", "source"
        )
        self.source_newest_post = self._gauge(
            "shifen_source_newest_post_timestamp_seconds",
            "Publication time of the newest post that the source brought.",
            "source",
        )

        self.source_last_success = self._gauge(
            "shifen_source_last_success_timestamp_seconds",
            "When the source last answered as one that can see.",
            "source",
        )
        self.source_failures = self._gauge(
            "shifen_source_consecutive_failures", "Polls that failed in a row.", "source"
        )

    def _time_the_promise(self) -> None:
        self.latency = self._gauge(
            "shifen_latency_seconds",
            "Quantiles of the alerts first delivered in the last 24 hours.",
            "platform",
            "stage",
            "quantile",
        )
        self.published_to_delivered = self._histogram(
            "shifen_published_to_delivered_seconds",
            "From publication to the first delivered alert.",
        )
        self.seen_to_delivered = self._histogram(
            "shifen_seen_to_delivered_seconds",
            "From our first sight of the post to the first delivered alert.",
        )
        self.undelivered_cases = self._gauge(
            "shifen_undelivered_cases", "Cases that nobody has been told about yet."
        )

    def _count_the_remote_scorer(self) -> None:
        self.scorer_requests = self._counter(
            "shifen_scorer_requests", "Requests to the remote scorer by how they ended.", "outcome"
        )
        self.scorer_texts = self._counter(
            "shifen_scorer_texts",
            "Texts by the remote scorer's answer, or why the default scorer answered.",
            "outcome",
        )
        self.scorer_tokens = self._counter(
            "shifen_scorer_tokens", "Tokens that the remote scorer charged."
        )

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str) -> Histogram:
        return Histogram(
            name, text, ("platform",), registry=self.registry, buckets=LATENCY_BUCKETS_S
        )
