from __future__ import annotations

import socket
import threading
import time
import warnings
from datetime import UTC, datetime
from http.client import HTTPConnection

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.demo.exchange import Answer, Ending, Fault, Request, json_answer, text_answer
from monitor.demo.slack import StandSlack
from monitor.demo.stand import Stand
from monitor.demo.twitter import StandTwitter
from monitor.demo.webhook import StandWebhook
from monitor.demo.weibo import StandWeibo
from monitor.demo.world import World
from tests.conftest import Clock
from tests.monitor.demo.samples import ask

STANDS = [StandWeibo, StandTwitter, StandSlack, StandWebhook]


class Echo(Stand):
    """The plainest stand-in: it says back what it was sent."""

    faults = frozenset(Fault)

    def respond(self, request: Request) -> Answer:
        if request.path == "/defect":
            raise LookupError("a mistake in a stand-in")
        return json_answer({"path": request.path, "form": request.form, "said": "x" * 1000})

    def misbehave(self, request: Request, fault: Fault) -> Answer:
        return text_answer(fault, 500)


@pytest.fixture
def echo(clock: Clock) -> Echo:
    return Echo(clock, slow_s=0.2)


def make(kind: type, clock: Clock) -> Stand:
    return kind(World(clock)) if kind in (StandWeibo, StandTwitter) else kind(clock)


def test_a_stand_serves_from_start_to_stop_and_again(echo: Echo) -> None:
    for _ in range(2):
        with echo:
            url = echo.url
            assert ask(echo, "/hello", method="POST", data={"a": "ä"}).json()["form"] == {"a": "ä"}
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, trust_env=False, verify=False)
        with pytest.raises(RuntimeError, match="not started"):
            _ = echo.url
    echo.stop()


def test_a_stand_leaves_no_thread_or_socket_behind(echo: Echo) -> None:
    before = threading.active_count()
    with warnings.catch_warnings(), echo:
        warnings.simplefilter("error")
        for _ in range(20):
            ask(echo, "/")
    deadline = time.monotonic() + 2
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_the_date_header_is_by_the_stands_own_clock(echo: Echo) -> None:
    with echo:
        assert ask(echo, "/").headers["date"] == "Sun, 22 Nov 2026 04:00:00 GMT"


def test_a_stand_keeps_what_it_was_asked(echo: Echo) -> None:
    with echo:
        ask(echo, "/a?q=%E6%98%9F&q=2", headers={"Cookie": "SUB=1; B=2"})
        kept = echo.requests[-1]
    assert (kept.method, kept.path, kept.query) == ("GET", "/a", {"q": "2"})
    assert kept.cookies == {"SUB": "1", "B": "2"}


def test_a_defect_of_a_stand_is_kept_and_breaks_off(echo: Echo) -> None:
    with echo:
        with pytest.raises(httpx.RemoteProtocolError):
            ask(echo, "/defect")
        assert ask(echo, "/fine").status_code == 200
    assert [type(defect) for defect in echo.defects] == [LookupError]


def test_a_reset_reaches_the_client_as_one(echo: Echo) -> None:
    with echo, echo.faulty(Fault.RESET):
        connection = HTTPConnection(echo.url.removeprefix("http://"))
        connection.request("GET", "/")
        with pytest.raises(ConnectionResetError):
            connection.getresponse()
        connection.close()
    assert echo.defects == []


def test_half_of_the_json_goes_missing_unannounced(echo: Echo) -> None:
    with echo:
        whole = ask(echo, "/").content
        with echo.faulty(Fault.CUT_JSON):
            cut = ask(echo, "/")
    assert cut.status_code == 200
    assert cut.content == whole[: len(whole) // 2]


def test_a_page_breaks_off_on_the_wire() -> None:
    assert text_answer("0123456789").cut().ending is Ending.CUT


def test_a_slow_stand_answers_late_but_right(echo: Echo) -> None:
    with echo, echo.faulty(Fault.SLOW):
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(echo.url, timeout=0.05, trust_env=False, verify=False)
        assert ask(echo, "/late").json()["path"] == "/late"
    assert echo.defects == []


def test_stopping_does_not_wait_for_slow_answers(clock: Clock) -> None:
    stand = Echo(clock, slow_s=60)
    stand.start()
    stand.fault = Fault.SLOW
    with socket.create_connection(("127.0.0.1", int(stand.url.rsplit(":", 1)[1]))) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        begun = time.monotonic()
        while not stand.requests:
            time.sleep(0.005)
        stand.stop()
        assert time.monotonic() - begun < 2


def test_a_fault_ends_with_its_block(echo: Echo) -> None:
    echo.fault = Fault.HTML
    with echo:
        with echo.faulty(Fault.BLOCKED):
            assert ask(echo, "/").text == "blocked"
        assert ask(echo, "/").text == "html"
        echo.fault = None
        assert ask(echo, "/").status_code == 200


def test_faults_can_be_switched_from_another_terminal(echo: Echo) -> None:
    with echo:
        switched = ask(echo, "/__fault/captcha", method="POST")
        assert switched.json()["fault"] == "captcha"
        assert ask(echo, "/").text == "captcha"
        assert ask(echo, "/__fault").json() == {"fault": "captcha", "choice": sorted(Fault)}
        assert ask(echo, "/__fault/none", method="POST").json()["fault"] == "none"
        assert ask(echo, "/").status_code == 200
        assert ask(echo, "/__fault/gremlins", method="POST").status_code == 404
        assert echo.fault is None
    assert all("__fault" not in request.path for request in echo.requests)


@pytest.mark.parametrize("kind", STANDS)
def test_every_platform_answers_every_fault_that_it_knows(kind: type, clock: Clock) -> None:
    stand = make(kind, clock)
    stand.slow_s = 0.01
    paths = ["/api/container/getIndex", "/weibo", "/2/search/statuses/limited.json", "/api/x"]
    for fault in sorted(stand.faults):
        stand.fault = fault
        for path in paths:
            answer = stand.answer(Request("POST", path))
            assert 200 <= answer.status < 600


@pytest.mark.parametrize("kind", STANDS)
def test_a_fault_that_a_platform_cannot_have_is_refused(kind: type, clock: Clock) -> None:
    stand = make(kind, clock)
    strange = set(Fault) - stand.faults
    assert strange
    for fault in strange:
        with pytest.raises(ValueError, match="choose from"):
            stand.fault = fault


@given(body=st.binary(max_size=60), kind=st.sampled_from(["application/json", "text/plain", ""]))
def test_any_body_is_read_without_a_crash(body: bytes, kind: str) -> None:
    request = Request("POST", "/", {"content-type": kind, "cookie": "a=b; ;;="}, body)
    stand = StandWebhook(lambda: datetime(2026, 1, 1, tzinfo=UTC))

    assert stand.answer(request).status == 200
    assert isinstance(request.cookies, dict)
