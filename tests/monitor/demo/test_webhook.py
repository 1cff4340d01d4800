from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from monitor.demo.exchange import Fault
from monitor.demo.webhook import StandWebhook
from tests.conftest import Clock
from tests.monitor.demo.samples import ask


@pytest.fixture
def stand(clock: Clock) -> Iterator[StandWebhook]:
    with StandWebhook(clock) as stand:
        yield stand
    assert stand.defects == []


def post(stand: StandWebhook, text: str, key: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key, "X-Signature": "s"} if key else {}
    return ask(stand, "/hook", method="POST", json={"text": text}, headers=headers)


def test_a_message_is_kept_as_it_came(stand: StandWebhook, clock: Clock) -> None:
    assert post(stand, "投诉", "k1").json() == {"id": "wh-1"}
    (message,) = stand.messages

    assert message.payload == {"text": "投诉"}
    assert message.headers["x-signature"] == "s"
    assert (message.key, message.path, message.received_at) == ("k1", "/hook", clock())


def test_the_same_key_is_taken_once(stand: StandWebhook) -> None:
    answers = [post(stand, "a", "k1"), post(stand, "a", "k1"), post(stand, "b", "k2")]

    assert [answer.json()["id"] for answer in answers] == ["wh-1", "wh-1", "wh-2"]
    assert stand.deliveries == 3


def test_without_a_key_every_delivery_counts(stand: StandWebhook) -> None:
    post(stand, "a")
    post(stand, "a")
    assert len(stand.messages) == 2


def test_only_post_is_taken(stand: StandWebhook) -> None:
    assert ask(stand, "/hook").status_code == 405


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.EXPIRED_AUTH, 401),
        (Fault.BLOCKED, 403),
        (Fault.THROTTLED, 429),
        (Fault.SERVER_ERROR, 500),
    ],
)
def test_a_refused_message_is_not_kept(stand: StandWebhook, fault: Fault, status: int) -> None:
    with stand.faulty(fault):
        answer = post(stand, "a", "k1")
    assert answer.status_code == status
    assert stand.messages == ()


def test_after_a_lost_answer_the_second_try_is_no_second_message(stand: StandWebhook) -> None:
    with stand.faulty(Fault.LOST_ANSWER), pytest.raises(httpx.ReadError):
        post(stand, "a", "k1")
    assert post(stand, "a", "k1").json()["id"] == "wh-1"
    assert len(stand.messages) == 1
