"""What every source owes its caller, whichever platform and transport it reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrapers.source import Outcome, Page, Source
from tests.conftest import Clock
from tests.contracts.sources import PAGE_SIZE, STANDS, Answer, Stand

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SINCE = NOW - timedelta(hours=1)
SECRETS = ("SUB=", Stand.secret)


def minutes_ago(*minutes: int) -> list[datetime]:
    return [NOW - timedelta(minutes=minute) for minute in minutes]


@pytest.fixture(params=STANDS, ids=lambda stand: stand.__name__.removesuffix("Stand"))
def stand(request: pytest.FixtureRequest) -> Stand:
    kind: type[Stand] = request.param
    return kind()


@pytest.fixture
def source(stand: Stand, clock: Clock) -> Iterator[Source]:
    built = stand.build(clock)
    yield built
    built.close()


def times(page: Page) -> list[datetime]:
    return sorted(post.published_at for post in page.posts)


def broken(error: type[httpx.TransportError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("it broke", request=request)

    return answer


def status(code: int, body: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(code, text=body, headers=named)


def cut(stand: Stand) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        whole = stand.good(request).content
        return httpx.Response(200, content=whole[: len(whole) * 2 // 3])

    return answer


def echo(request: httpx.Request) -> httpx.Response:
    said = f"{request.url} {dict(request.headers)} {request.headers.get('cookie', '')}"
    body = {"title": said, "detail": said, "msg": said, "error": said, "error_code": 1, "ok": 0}
    return httpx.Response(400, json=body)


def test_a_source_names_itself(stand: Stand, source: Source) -> None:
    assert source.platform is stand.platform
    assert source.name == str(stand.platform)


def test_nothing_found_is_an_answer_too(stand: Stand, source: Source) -> None:
    page = source.fetch(stand.query(), SINCE)
    assert (page.outcome, page.posts, page.bad) == (Outcome.OK_EMPTY, (), ())
    assert page.drained_to == SINCE
    assert page.requests >= 1


def test_posts_come_with_time_author_and_address(stand: Stand, source: Source) -> None:
    stand.publish(minutes_ago(1, 2, 3))
    page = source.fetch(stand.query(), SINCE)
    assert (page.outcome, page.bad, page.drained_to) == (Outcome.OK, (), SINCE)
    assert times(page) == minutes_ago(3, 2, 1)
    for post in page.posts:
        assert post.platform is stand.platform
        assert post.published_at.utcoffset() == timedelta(0)
        assert post.id.isdigit()
        assert post.author.id.isdigit()
        assert post.author.name == "阿林爱跑步"
        assert "黑屏" in post.text
        assert post.url.startswith("https://")


def test_older_posts_are_left_out(stand: Stand, source: Source) -> None:
    stand.publish(minutes_ago(1, 59, 60, 61, 90))
    page = source.fetch(stand.query(), SINCE)
    assert times(page) == minutes_ago(60, 59, 1)
    assert page.drained_to == SINCE


@pytest.mark.parametrize("shift", [0, 3])
def test_all_pages_are_read_and_each_post_comes_once(
    stand: Stand, source: Source, shift: int
) -> None:
    stand.shift = shift
    stand.publish(minutes_ago(*range(1, 26)))
    page = source.fetch(stand.query(), SINCE)
    assert (page.outcome, page.drained_to) == (Outcome.OK, SINCE)
    assert times(page) == minutes_ago(*range(25, 0, -1))
    assert page.requests >= 3


def test_a_page_limit_says_down_to_where_everything_was_read(stand: Stand, clock: Clock) -> None:
    stand.publish(minutes_ago(*range(1, 41)))
    page = stand.build(clock, max_pages=2).fetch(stand.query(), SINCE)
    assert page.outcome is Outcome.OK
    assert times(page) == minutes_ago(*range(2 * PAGE_SIZE, 0, -1))
    assert page.drained_to is not None
    assert page.drained_to > SINCE
    assert {when for when, _ in stand.posts if when >= page.drained_to} <= set(times(page))
    assert page.notes


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_failing_server_is_trouble_on_the_way(stand: Stand, source: Source, code: int) -> None:
    stand.trouble = status(code, "upstream connect error")
    page = source.fetch(stand.query(), SINCE)
    assert (page.outcome, page.posts, page.drained_to) == (Outcome.NETWORK, (), None)
    assert page.detail


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.ReadTimeout,
        httpx.ReadError,
        httpx.RemoteProtocolError,
    ],
)
def test_a_broken_connection_is_trouble_on_the_way(
    stand: Stand, source: Source, error: type[httpx.TransportError]
) -> None:
    stand.trouble = broken(error)
    page = source.fetch(stand.query(), SINCE)
    assert (page.outcome, page.posts, page.drained_to) == (Outcome.NETWORK, (), None)


def test_sight_returns_when_the_trouble_is_over(stand: Stand, source: Source) -> None:
    stand.publish(minutes_ago(1))
    stand.trouble = status(503)
    assert not source.fetch(stand.query(), SINCE).outcome.sees
    stand.trouble = None
    assert times(source.fetch(stand.query(), SINCE)) == minutes_ago(1)


@pytest.mark.parametrize(("headers", "hint_s"), [({"retry_after": "120"}, 120), ({}, None)])
def test_too_many_requests_and_how_long_to_wait(
    stand: Stand, source: Source, headers: dict[str, str], hint_s: float | None
) -> None:
    stand.trouble = status(429, "", **headers)
    page = source.fetch(stand.query(), SINCE)
    assert (page.outcome, page.retry_after_s) == (Outcome.THROTTLED, hint_s)


def test_wrong_credentials_are_no_calm(stand: Stand, source: Source) -> None:
    stand.trouble = stand.refuse_login
    page = source.fetch(stand.query(), SINCE)
    assert (page.outcome, page.posts, page.drained_to) == (Outcome.AUTH, (), None)
    assert page.detail


def test_missing_credentials_are_no_calm(stand: Stand, clock: Clock) -> None:
    stand.trouble = stand.refuse_login
    page = stand.build(clock, secret="").fetch(stand.query(), SINCE)
    assert (page.outcome, page.posts) == (Outcome.AUTH, ())


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>Hello, this is nginx</body></html>",
        "<!DOCTYPE html><html><head><title>维护中</title></head></html>",
        "",
        "null",
        "[]",
        "{}",
        '{"ok": 1}',
        "not even a page",
        "[" * 50_000,
    ],
)
def test_an_unknown_answer_is_never_taken_for_calm(stand: Stand, source: Source, body: str) -> None:
    stand.trouble = status(200, body)
    page = source.fetch(stand.query(), SINCE)
    assert not page.outcome.sees
    assert (page.posts, page.drained_to) == ((), None)
    assert page.detail


@pytest.mark.parametrize("code", [301, 302, 400, 401, 402, 403, 404, 410, 418, 422, 451])
def test_no_refusal_is_taken_for_calm(stand: Stand, source: Source, code: int) -> None:
    stand.trouble = status(code, "<html>no</html>", location="https://example.com/")
    page = source.fetch(stand.query(), SINCE)
    assert not page.outcome.sees
    assert page.posts == ()


def test_an_answer_that_breaks_off_is_not_complete(stand: Stand, source: Source) -> None:
    stand.publish(minutes_ago(*range(1, 9)))
    stand.trouble = cut(stand)
    page = source.fetch(stand.query(), SINCE)
    assert not page.outcome.sees
    assert page.drained_to != SINCE


@pytest.mark.parametrize("trouble", ["server", "throttle", "connection", "cut", "login"])
def test_when_a_later_page_fails_the_earlier_ones_are_kept(
    stand: Stand, source: Source, trouble: str
) -> None:
    stand.publish(minutes_ago(*range(1, 26)))
    stand.trouble_from = 2
    stand.trouble = {
        "server": status(503),
        "throttle": status(429),
        "connection": broken(httpx.ReadTimeout),
        "cut": cut(stand),
        "login": stand.refuse_login,
    }[trouble]
    page = source.fetch(stand.query(), SINCE)
    assert not page.outcome.sees
    assert set(minutes_ago(*range(1, PAGE_SIZE + 1))) <= set(times(page))
    assert page.drained_to is not None
    assert page.drained_to > SINCE
    assert {when for when, _ in stand.posts if when >= page.drained_to} <= set(times(page))


def test_an_odd_item_is_kept_and_the_rest_goes_on(stand: Stand, source: Source) -> None:
    stand.publish(minutes_ago(1, 2, 3))
    stand.publish(minutes_ago(4), odd=True)
    page = source.fetch(stand.query(), SINCE)
    assert (page.outcome, times(page)) == (Outcome.OK, minutes_ago(3, 2, 1))
    (bad,) = page.bad
    assert bad.raw
    assert bad.reason


def test_mostly_odd_items_are_a_changed_format(stand: Stand, source: Source) -> None:
    stand.publish(minutes_ago(1, 2))
    stand.publish(minutes_ago(3, 4, 5), odd=True)
    page = source.fetch(stand.query(), SINCE)
    assert (page.outcome, times(page), len(page.bad)) == (Outcome.DRIFT, minutes_ago(2, 1), 3)
    assert page.drained_to != SINCE
    assert page.detail


def test_no_secret_is_told(stand: Stand, source: Source) -> None:
    stand.publish(minutes_ago(*range(1, 14)))
    stand.publish(minutes_ago(20), odd=True)
    troubles: list[Answer | None] = [
        None,
        echo,
        cut(stand),
        stand.refuse_login,
        status(401),
        status(403),
        status(429),
        status(500),
        broken(httpx.ConnectError),
    ]
    for trouble in troubles:
        stand.trouble = trouble
        told = repr(source.fetch(stand.query(), SINCE))
        assert [secret for secret in SECRETS if secret in told] == []
    assert any(stand.secret in f"{r.url}{r.headers.raw}" for r in stand.requests)


@given(
    body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    code=st.integers(200, 599),
    page=st.integers(1, 2),
)
@settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
def test_no_answer_raises_or_passes_for_an_empty_one(
    stand: Stand, clock: Clock, body: bytes, code: int, page: int
) -> None:
    stand = type(stand)()
    stand.publish(minutes_ago(*range(1, 16)))
    stand.trouble = lambda _: httpx.Response(code, content=body)
    stand.trouble_from = page
    read = stand.build(clock).fetch(stand.query(), SINCE)
    assert not read.outcome.sees
    assert len(read.posts) == (0 if page == 1 else PAGE_SIZE)
