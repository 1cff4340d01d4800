"""The real server on loopback: start, stream, stop."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from monitor.auth import Passwords, Role
from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.people import SessionStore, TokenStore, UserStore
from monitor.web.app import create_app
from monitor.web.feed import AlertFeed, version
from monitor.web.parts import WebParts
from monitor.web.server import WebServer, WebServerError
from tests.factories import T0, Rows, message
from tests.monitor.web.conftest import PASSWORD


@pytest.fixture
def server(app: FastAPI) -> Iterator[WebServer]:
    server = WebServer(app, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: WebServer, parts: WebParts) -> Iterator[httpx.Client]:
    """A browser that is signed in."""
    person = UserStore(parts.database, parts.passwords, parts.now).verify("pr", PASSWORD)
    assert person is not None
    cookie = SessionStore(parts.database, parts.now).open(person)
    with httpx.Client(
        base_url=server.url, cookies={"shifen_session": cookie}, timeout=10
    ) as client:
        yield client


class Events:
    """Reads a stream line by line into events."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()

    def next(self) -> dict[str, str]:
        event: dict[str, str] = {}
        for line in self._lines:
            if not line and event:
                return event
            name, _, value = line.partition(": ")
            event[name] = event[name] + "\n" + value if name in event else value
        raise EOFError


def test_alerts_and_their_changes_arrive_over_the_stream(
    client: httpx.Client, rows: Rows, database: Database
) -> None:
    with client.stream("GET", "/alerts/stream") as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        events = Events(response)
        assert events.next() == {"retry": "2000"}

        alert = rows.alert(message(text="第一行\n\n第三行 退款"))
        first = events.next()
        assert (first["event"], first["id"]) == ("alert", str(alert))
        assert f'id="alert-{alert}"' in first["data"]
        assert "第一行\n\n第三行" in first["data"]
        assert "待送达" in first["data"]

        rows.delivery(alert, state="failed", error="room not found")
        changed = events.next()
        assert changed["id"] == str(alert)
        assert "送达失败" in changed["data"]

        with database.write() as connection:
            connection.execute(t.alert.update().values(first_delivered_at=T0))
        assert "发布后 0 秒 送达" in events.next()["data"]


def test_a_page_that_comes_back_is_brought_up_to_date_in_order(
    client: httpx.Client, rows: Rows
) -> None:
    ids = [rows.alert() for _ in range(3)]

    with client.stream("GET", "/alerts/stream?at=outdated") as response:
        events = Events(response)
        events.next()
        assert [events.next()["id"] for _ in ids] == [str(number) for number in ids]


def test_a_fresh_page_is_sent_nothing_that_it_shows(client: httpx.Client, rows: Rows) -> None:
    rows.alert()
    page = client.get("/", headers={"Accept-Language": "zh-CN"}).text
    stream = page.split('sse-connect="')[1].split('"')[0]

    with client.stream("GET", stream) as response:
        events = Events(response)
        events.next()
        second = rows.alert()
        assert events.next()["id"] == str(second)


def test_the_stream_obeys_the_filter(client: httpx.Client, rows: Rows) -> None:
    with client.stream("GET", "/alerts/stream?platform=twitter") as response:
        events = Events(response)
        events.next()
        rows.alert()
        wanted = rows.alert(message(platform="twitter"))
        assert events.next()["id"] == str(wanted)


def test_what_leaves_the_filter_is_still_kept_up_to_date(
    client: httpx.Client, rows: Rows, database: Database
) -> None:
    with client.stream("GET", "/alerts/stream?state=pending") as response:
        events = Events(response)
        events.next()
        alert = rows.alert()
        assert events.next()["id"] == str(alert)

        with database.write() as connection:
            connection.execute(t.alert.update().values(first_delivered_at=T0))
        assert "发布后 0 秒 送达" in events.next()["data"]


def test_a_page_holds_all_that_the_feed_may_bring_back(client: httpx.Client, rows: Rows) -> None:
    for _ in range(60):
        rows.alert()
    page = client.get("/").text
    with client.stream("GET", "/alerts/stream?at=outdated") as response:
        events = Events(response)
        events.next()
        brought = [events.next()["id"] for _ in range(50)]

    assert brought[0] == "11"
    assert all(f'id="alert-{number}"' in page for number in brought)


def test_many_open_pages_leave_room_for_requests(client: httpx.Client) -> None:
    streams = [
        client.send(client.build_request("GET", "/alerts/stream"), stream=True) for _ in range(60)
    ]
    try:
        assert client.get("/healthz").status_code == 200
    finally:
        for stream in streams:
            stream.close()


def test_stopping_lets_open_pages_go_soon(app: FastAPI, parts: WebParts) -> None:
    server = WebServer(app, "127.0.0.1", 0)
    server.start()
    _, text = TokenStore(parts.database, parts.now).create("bi", Role.ANALYST, by="test")
    with httpx.stream(
        "GET", f"{server.url}/alerts/stream", headers={"Authorization": f"Bearer {text}"}
    ) as response:
        lines = response.iter_lines()
        next(lines)
        started = time.monotonic()
        stopper = threading.Thread(target=server.stop)
        stopper.start()
        list(lines)
    stopper.join()

    assert time.monotonic() - started < 4
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/healthz")


def test_a_server_can_be_stopped_twice_and_started_again(app: FastAPI) -> None:
    server = WebServer(app, "127.0.0.1", 0)
    server.stop()
    for _ in range(2):
        server.start()
        assert httpx.get(f"{server.url}/healthz").json()["status"] == "ok"
        server.stop()
        server.stop()


def test_a_taken_port_is_told_at_once(app: FastAPI) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WebServerError, match=f"127.0.0.1:{port}"):
            WebServer(app, "127.0.0.1", port).start()


def test_the_feed_reads_once_for_all_who_watch(database: Database, rows: Rows) -> None:
    at = 0.0
    feed = AlertFeed(database, max_age_s=1.0, monotonic=lambda: at)
    assert feed.latest() == ()
    rows.alert()
    at = 0.9
    assert feed.latest() == ()
    at = 1.0
    [row] = feed.latest()

    rows.delivery(row.id)
    at = 2.0
    [changed] = feed.latest()
    assert changed.id == row.id
    assert version(changed) != version(row)


def test_an_application_needs_its_own_parts_only(
    database: Database, passwords: Passwords, parts: WebParts
) -> None:
    assert create_app(parts) is not create_app(parts)
    assert "only for tests" not in repr(parts)
