"""The sign of life: where it may go, what counts as arrived, and that its address stays secret."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from alerts.channels.heartbeat import Heartbeat, heartbeat_address
from tests.alerts.channels.receiver import HANG, Receiver, http_answer, receiving

KEY = "5b1c-key-of-tests"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        running.answers = [http_answer(200, b"OK")]
        yield running


def beat(receiver: Receiver, timeout_s: float = 5) -> str:
    heartbeat = Heartbeat(f"{receiver.url}/ping/{KEY}?a=1", timeout_s=timeout_s)
    try:
        return heartbeat.beat()
    finally:
        heartbeat.close()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://hc-ping.com/5b1c",
        "http://127.0.0.1:8080/a",
        "http://localhost/",
        "http://[::1]:9/",
    ],
)
def test_it_goes_out_encrypted_or_stays_on_this_machine(address: str) -> None:
    assert heartbeat_address(address) == address


@pytest.mark.parametrize(
    "address",
    ["http://hc-ping.com/5b1c", "hc-ping.com", "ftp://127.0.0.1/", "https://", "https://a b/"],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"write|address"):
        heartbeat_address(address)
    with pytest.raises(ValueError, match=r"write|address"):
        Heartbeat(address, timeout_s=1)


def test_it_asks_for_its_address_as_it_was_written(receiver: Receiver) -> None:
    assert beat(receiver) == ""
    (request,) = receiver.requests
    assert (request.method, request.path) == ("GET", f"/ping/{KEY}?a=1")
    assert request.headers["user-agent"] == "shifen"


@pytest.mark.parametrize("status", [200, 201, 204])
def test_any_success_counts_as_arrived(receiver: Receiver, status: int) -> None:
    receiver.answers = [http_answer(status)]
    assert beat(receiver) == ""


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_any_other_answer_does_not(receiver: Receiver, status: int) -> None:
    receiver.answers = [http_answer(status, Location="https://elsewhere.example/")]
    assert beat(receiver) == f"127.0.0.1 answered {status}"
    assert len(receiver.requests) == 1


def test_silence_does_not_either(receiver: Receiver) -> None:
    receiver.answers = [HANG]
    assert beat(receiver, timeout_s=0.2) == "127.0.0.1 could not be reached (ReadTimeout)"


@pytest.mark.parametrize(
    "error", [httpx.ConnectError(f"no way to {KEY}"), httpx.RemoteProtocolError(KEY)]
)
def test_what_went_wrong_names_no_key(error: httpx.TransportError) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    transport = httpx.MockTransport(fail)
    heartbeat = Heartbeat(f"https://hc.example/{KEY}", timeout_s=1, transport=transport)
    assert heartbeat.beat() == f"hc.example could not be reached ({type(error).__name__})"
