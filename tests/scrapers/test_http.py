"""The reader: one host, bounded, patient once, and silent about secrets."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from scrapers.errors import Drifted, Unreachable
from scrapers.http import MAX_BODY_BYTES, MAX_RETRY_AFTER_S, Reader, retry_after_s, throttled
from scrapers.pace import Pace

URL = "https://m.example"
Handler = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers with what it was given, one after the other; an exception is raised."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def reader(server: Handler, **options: object) -> Reader:
    values = {"timeout_s": 1, "sleep": lambda _: None} | options
    return Reader(URL, transport=httpx.MockTransport(server), **values)  # type: ignore[arg-type]


def test_reads_below_the_base_address_with_parameters_and_headers() -> None:
    server = Server(httpx.Response(200, text="好"))
    answer = reader(server, headers={"User-Agent": "test"}).get("/a", {"q": "手表"}, {"X-A": "1"})
    assert answer.text == "好"
    assert str(server.requests[0].url) == "https://m.example/a?q=%E6%89%8B%E8%A1%A8"
    assert server.requests[0].headers["user-agent"] == "test"
    assert server.requests[0].headers["x-a"] == "1"


def test_posts_a_form() -> None:
    server = Server(httpx.Response(200))
    reader(server).post("/visitor", {"cb": "f", "tid": ""})
    assert server.requests[0].content == b"cb=f&tid="


def test_unpacks_bodies_and_forgets_that_they_were_packed() -> None:
    packed = gzip.compress("退款".encode())
    answer = reader(
        Server(httpx.Response(200, content=packed, headers={"content-encoding": "gzip"}))
    )
    assert answer.get("/").text == "退款"


def test_a_body_that_cannot_be_unpacked_is_drift() -> None:
    broken = httpx.Response(
        200, stream=httpx.ByteStream(b"no gzip"), headers={"content-encoding": "gzip"}
    )
    with pytest.raises(Drifted, match="decompressed"):
        reader(Server(broken)).get("/")


@pytest.mark.parametrize(
    "trouble", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.Response(503)]
)
def test_tries_again_once_and_then_says_unreachable(
    trouble: httpx.Response | Exception,
) -> None:
    server = Server(trouble, httpx.Response(200, text="well"))
    assert reader(server).get("/").text == "well"
    asker = reader(Server(trouble, trouble))
    with pytest.raises(Unreachable, match=r"m\.example"):
        asker.get("/")
    assert asker.requests == 2


def test_a_5xx_keeps_its_retry_after_and_may_be_claimed_as_an_answer() -> None:
    sick = httpx.Response(503, headers={"retry-after": "30"})
    with pytest.raises(Unreachable) as caught:
        reader(Server(sick), tries=1).get("/")
    assert caught.value.retry_after_s == 30
    told = httpx.Response(500, text="missing parameter")
    assert reader(Server(told), is_answer=lambda r: "missing" in r.text).get("/").status_code == 500


def test_never_leaves_its_host() -> None:
    server = Server(httpx.Response(200))
    asker = reader(server)
    with pytest.raises(Drifted, match="refused to leave"):
        asker.get("https://evil.example/a")
    assert server.requests == []
    asker.get("//evil.example/a")
    assert server.requests[0].url.host == "m.example"


def test_redirects_are_handed_back_not_followed() -> None:
    server = Server(httpx.Response(302, headers={"location": "https://evil.example/login"}))
    assert reader(server).get("/").headers["location"] == "https://evil.example/login"
    assert len(server.requests) == 1


def test_cookies_of_answers_are_not_sent_back_by_themselves() -> None:
    server = Server(httpx.Response(200, headers={"set-cookie": "SUB=x"}), httpx.Response(200))
    asker = reader(server)
    assert asker.get("/").cookies["SUB"] == "x"
    asker.get("/")
    assert "cookie" not in server.requests[1].headers


def endless(part: bytes) -> httpx.Response:
    def parts() -> Iterator[bytes]:
        while True:
            yield part

    return httpx.Response(200, content=parts())


def test_an_endless_body_is_given_up_by_size() -> None:
    with pytest.raises(Drifted, match=str(MAX_BODY_BYTES)):
        reader(Server(endless(b"x" * 2**20))).get("/")


def test_a_dripping_body_is_given_up_by_time() -> None:
    ticks = iter(range(1000))
    asker = reader(Server(endless(b"x")), clock=lambda: float(next(ticks)), tries=1)
    with pytest.raises(Unreachable, match="too slowly"):
        asker.get("/")


def test_every_request_waits_its_turn_also_the_second_try() -> None:
    slept: list[float] = []
    pace = Pace(6, clock=lambda: 0.0, sleep=slept.append)
    reader(Server(httpx.Response(500), httpx.Response(200)), pace=pace).get("/")
    assert slept == [6]


def test_secret_parameters_reach_the_server_but_no_log_and_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server(httpx.Response(200), httpx.ConnectError("no"))
    asker = reader(server, secret_params={"access_token": "2.00secret"}, tries=1)
    with caplog.at_level(logging.DEBUG):
        answer = asker.get("/search", {"q": "手表"})
        with pytest.raises(Unreachable) as caught:
            asker.get("/search")
    assert server.requests[0].url.params["access_token"] == "2.00secret"
    assert server.requests[0].url.params["q"] == "手表"
    assert "search" in caplog.text
    assert "2.00secret" not in caplog.text + str(answer.url) + str(caught.value)
    asker.close()


NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AT_NOON = "Sun, 22 Nov 2026 12:00:00 GMT"
FIVE_PAST = "Sun, 22 Nov 2026 12:05:00 GMT"


@pytest.mark.parametrize(
    ("headers", "now", "seconds"),
    [
        ({}, NOON, None),
        ({"retry-after": "120"}, None, 120),
        ({"retry-after": " 1.5 "}, None, 1.5),
        ({"retry-after": "1e3"}, None, None),
        ({"retry-after": "soon"}, NOON, None),
        ({"retry-after": "-5"}, NOON, None),
        ({"retry-after": "999999999"}, None, MAX_RETRY_AFTER_S),
        ({"retry-after": FIVE_PAST, "date": AT_NOON}, None, 300),
        ({"retry-after": FIVE_PAST, "date": AT_NOON}, datetime(2020, 1, 1, tzinfo=UTC), 300),
        ({"retry-after": FIVE_PAST}, NOON, 300),
        ({"retry-after": FIVE_PAST}, None, None),
        ({"retry-after": AT_NOON, "date": FIVE_PAST}, None, 0),
        ({"retry-after": "Sun, 22 Nov 2026 12:05:00 -0000", "date": AT_NOON}, None, 300),
    ],
)
def test_retry_after_is_judged_by_the_answers_own_clock(
    headers: dict[str, str], now: datetime | None, seconds: float | None
) -> None:
    response = httpx.Response(429, headers=headers)
    assert retry_after_s(response, now) == seconds
    assert throttled(response, "slow down", now).retry_after_s == seconds
