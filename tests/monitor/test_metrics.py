from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from monitor.metrics import LATENCY_BUCKETS_S, Metrics


def samples(metrics: Metrics) -> dict[str, float]:
    """Return every sample by name and labels as Prometheus would read it."""
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_every_instrument_carries_its_name_and_labels() -> None:
    m = Metrics()
    m.posts.labels("weibo", "weibo-mobile").inc(3)
    m.hits.labels("星云手表").inc()
    m.alerts.labels(brand="b", severity="urgent", reason="risk").inc()
    m.deliveries.labels(channel="pr", outcome="sent").inc()
    m.fetches.labels(source="weibo", outcome="ok").inc()
    m.bad_items.labels("weibo").inc()
    m.misfires.labels("weibo").inc()
    m.source_blind.labels("weibo").set(1)
    m.source_newest_post.labels("weibo").set(1_795_000_000)
    m.undelivered_cases.set(2)
    m.job_errors.labels("poll").inc()
    m.scorer_requests.labels("answered").inc()
    m.scorer_texts.labels("paused").inc(7)
    m.scorer_tokens.inc(50)

    assert samples(m) == {
        "shifen_posts_total[('platform', 'weibo'), ('source', 'weibo-mobile')]": 3,
        "shifen_hits_total[('brand', '星云手表')]": 1,
        "shifen_alerts_total[('brand', 'b'), ('reason', 'risk'), ('severity', 'urgent')]": 1,
        "shifen_deliveries_total[('channel', 'pr'), ('outcome', 'sent')]": 1,
        "shifen_fetches_total[('outcome', 'ok'), ('source', 'weibo')]": 1,
        "shifen_bad_items_total[('source', 'weibo')]": 1,
        "shifen_misfires_total[('source', 'weibo')]": 1,
        "shifen_source_blind[('source', 'weibo')]": 1,
        "shifen_source_newest_post_timestamp_seconds[('source', 'weibo')]": 1_795_000_000,
        "shifen_undelivered_cases[]": 2,
        "shifen_job_errors_total[('job', 'poll')]": 1,
        "shifen_scorer_requests_total[('outcome', 'answered')]": 1,
        "shifen_scorer_texts_total[('outcome', 'paused')]": 7,
        "shifen_scorer_tokens_total[]": 50,
    }


def test_latencies_fall_into_buckets_around_the_promise() -> None:
    m = Metrics()
    for latency_s in (59, 599, 601, 9000):
        m.published_to_delivered.labels("weibo").observe(latency_s)
    m.seen_to_delivered.labels("weibo").observe(7)

    found = samples(m)

    name = "shifen_published_to_delivered_seconds_bucket[('le', '{}'), ('platform', 'weibo')]"
    assert found[name.format("60.0")] == 1
    assert found[name.format("600.0")] == 2
    assert found[name.format("3600.0")] == 3
    assert found[name.format("+Inf")] == 4
    assert found["shifen_seen_to_delivered_seconds_sum[('platform', 'weibo')]"] == 7
    assert {600, 3600} <= set(LATENCY_BUCKETS_S)


def test_two_services_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.hits.labels("b").inc()

    assert "shifen_hits_total" + "[('brand', 'b')]" in samples(one)
    assert not any("shifen_hits_total[" in name for name in samples(other))
