from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from monitor.demo.exchange import Fault
from monitor.demo.slack import StandSlack
from tests.conftest import Clock
from tests.monitor.demo.samples import ask


@pytest.fixture
def stand(clock: Clock) -> Iterator[StandSlack]:
    with StandSlack(clock) as stand:
        yield stand
    assert stand.defects == []


def call(stand: StandSlack, method: str, token: str | None = None, **arguments: Any) -> Any:
    headers = {"Authorization": f"Bearer {token or stand.bot_token}"}
    return ask(stand, f"/api/{method}", method="POST", json=arguments, headers=headers)


def test_a_message_is_kept_with_the_time_of_its_coming(stand: StandSlack, clock: Clock) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "有人投诉 🔥"}}]
    answer = call(stand, "chat.postMessage", channel="#pr", text="hi", blocks=blocks).json()
    (message,) = stand.messages

    assert answer["ok"] is True
    assert answer["ts"] == message.ts
    assert answer["channel"] == message.channel
    assert answer["message"]["text"] == "hi"
    assert message.received_at == clock()
    assert "有人投诉 🔥" in message.said


def test_forms_do_as_well_as_json(stand: StandSlack) -> None:
    form = {
        "token": stand.bot_token,
        "channel": "#pr",
        "text": "你好",
        "blocks": json.dumps([{"type": "divider"}]),
        "metadata": json.dumps({"event_type": "alert", "event_payload": {"key": "k1"}}),
    }
    assert ask(stand, "/api/chat.postMessage", method="POST", data=form).json()["ok"]
    assert stand.messages[0].metadata["event_payload"] == {"key": "k1"}


def test_history_finds_a_message_by_its_metadata(stand: StandSlack, clock: Clock) -> None:
    room = ""
    for key in ("k1", "k2", "k3"):
        metadata = {"event_type": "alert", "event_payload": {"key": key}}
        room = call(stand, "chat.postMessage", channel="#pr", text=key, metadata=metadata).json()[
            "channel"
        ]
        clock.advance(5)
    call(stand, "chat.postMessage", channel="#other", text="elsewhere")
    whole = call(stand, "conversations.history", channel=room, include_all_metadata=True).json()
    plain = call(stand, "conversations.history", channel=room, limit=2).json()
    cursor = plain["response_metadata"]["next_cursor"]
    rest = call(stand, "conversations.history", channel=room, limit=2, cursor=cursor).json()
    since = stand.messages[1].ts
    late = call(stand, "conversations.history", channel=room, oldest=since).json()

    assert [m["metadata"]["event_payload"]["key"] for m in whole["messages"]] == ["k3", "k2", "k1"]
    assert plain["has_more"]
    assert "metadata" not in plain["messages"][0]
    assert [m["text"] for m in rest["messages"]] == ["k1"]
    assert [m["text"] for m in late["messages"]] == ["k3"]


def test_rooms_are_listed_by_the_names_they_were_called(stand: StandSlack) -> None:
    call(stand, "chat.postMessage", channel="#pr", text="a")
    (room,) = call(stand, "conversations.list").json()["channels"]

    assert room["name"] == "pr"
    assert call(stand, "chat.postMessage", channel=room["id"], text="b").json()["ok"]
    assert len({message.channel for message in stand.messages}) == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": "a"}, "channel_not_found"),
        ({"channel": "#pr"}, "no_text"),
        ({"channel": "#pr", "text": "x" * 40_001}, "msg_too_long"),
        (
            {"channel": "#pr", "blocks": [{"type": "section", "text": {"text": "x" * 3001}}]},
            "invalid_blocks",
        ),
        ({"channel": "#pr", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
    ],
)
def test_a_bad_message_is_refused_with_slacks_code(
    stand: StandSlack, arguments: dict[str, Any], error: str
) -> None:
    assert call(stand, "chat.postMessage", **arguments).json() == {"ok": False, "error": error}
    assert stand.messages == ()


def test_only_the_token_opens(stand: StandSlack) -> None:
    assert call(stand, "auth.test").json()["ok"]
    assert call(stand, "auth.test", token="xoxb-wrong").json()["error"] == "invalid_auth"
    assert ask(stand, "/api/auth.test", method="POST").json()["error"] == "not_authed"
    assert call(stand, "no.such").json()["error"] == "unknown_method"
    assert call(stand, "conversations.history", channel="C1").json()["error"] == (
        "channel_not_found"
    )


def test_a_room_takes_one_message_a_second(clock: Clock) -> None:
    with StandSlack(clock, rate_limited=True) as stand:
        first = call(stand, "chat.postMessage", channel="#pr", text="1")
        second = call(stand, "chat.postMessage", channel="#pr", text="2")
        elsewhere = call(stand, "chat.postMessage", channel="#qa", text="3")
        clock.advance(1)
        third = call(stand, "chat.postMessage", channel="#pr", text="2")

    assert [r.status_code for r in (first, second, elsewhere, third)] == [200, 429, 200, 200]
    assert second.headers["retry-after"] == "1"
    assert len(stand.messages) == 3


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.RESET])
def test_only_a_lost_answer_means_that_the_message_was_taken(
    stand: StandSlack, fault: Fault
) -> None:
    with stand.faulty(fault), pytest.raises(httpx.ReadError):
        call(stand, "chat.postMessage", channel="#pr", text="a")
    assert len(stand.messages) == (fault is Fault.LOST_ANSWER)
