"""The Slack channel against a stand-in of Slack's Web API on loopback."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alerts.channels.channel import Busy, ChannelError, Receipt, Refused, Unanswered
from alerts.channels.slack import SlackChannel, SlackSettings
from alerts.digest import digest
from tests.alerts.channels.receiver import HANG, Receiver, http_answer, json_answer, receiving
from tests.alerts.messages import NOW, message, post

TOKEN = "xoxb-71-slack-token-of-tests"
ROOM = "C0123456789"
TAKEN = json_answer({"ok": True, "channel": ROOM, "ts": "1764000000.000100"})
KEY = message().dedupe_key


def no(code: str, **more: Any) -> bytes:
    return json_answer({"ok": False, "error": code, **more})


def said(key: str, ts: str = "1764000000.000200") -> dict[str, Any]:
    metadata = {"event_type": "shifen_alert", "event_payload": {"dedupe_key": key}}
    return {"type": "message", "ts": ts, "metadata": metadata}


@pytest.fixture
def slack() -> Iterator[Receiver]:
    with receiving() as running:
        running.answers = [TAKEN]
        yield running


def channel(slack: Receiver, token: str = TOKEN, room: str = "#pr", **more: Any) -> SlackChannel:
    settings = SlackSettings(name="pr-room", base_url=f"{slack.url}/api/", channel=room, **more)
    return SlackChannel(settings, token=token, now=lambda: NOW)


def test_posts_one_message_to_the_room(slack: Receiver) -> None:
    receipt = channel(slack).send(message())

    (request,) = slack.requests
    assert receipt == Receipt("1764000000.000100")
    assert request.path == "/api/chat.postMessage"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.json["channel"] == "#pr"
    assert request.json["metadata"] == {
        "event_type": "shifen_alert",
        "event_payload": {"dedupe_key": KEY},
    }
    assert request.json["unfurl_links"] is False


def test_mentions_in_a_post_reach_nobody(slack: Receiver) -> None:
    channel(slack).send(message(post=post(text="<!channel> <@U1> & <https://evil.example|here>")))

    text = slack.requests[0].json["text"]
    assert "&lt;!channel&gt; &lt;@U1&gt; &amp; &lt;https://evil.example|here&gt;" in text
    assert "<" not in text


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("invalid_auth", Refused),
        ("not_authed", Refused),
        ("token_revoked", Refused),
        ("account_inactive", Refused),
        ("channel_not_found", Refused),
        ("not_in_channel", Refused),
        ("is_archived", Refused),
        ("missing_scope", Refused),
        ("invalid_blocks", Refused),
        ("msg_blocks_too_long", Refused),
        ("a_code_of_tomorrow", Refused),
        ("ratelimited", Busy),
        ("rate_limited", Busy),
        ("service_unavailable", Busy),
        ("request_timeout", Busy),
        ("internal_error", Unanswered),
        ("fatal_error", Unanswered),
    ],
)
def test_what_slack_says_with_status_200(
    slack: Receiver, code: str, kind: type[ChannelError]
) -> None:
    slack.answers = [no(code)]

    with pytest.raises(ChannelError) as caught:
        channel(slack).send(message())

    assert type(caught.value) is kind
    assert code in caught.value.detail
    # The SDK's own error would carry the request along, and with it the token.
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_limit_with_status_200_may_carry_a_hint(slack: Receiver) -> None:
    slack.answers = [json_answer({"ok": False, "error": "ratelimited"}, Retry_After="30")]

    with pytest.raises(Busy) as caught:
        channel(slack).send(message())

    assert caught.value.retry_after_s == 30


def test_a_missing_scope_is_named(slack: Receiver) -> None:
    slack.answers = [no("missing_scope", needed="chat:write", provided="channels:read")]

    with pytest.raises(Refused, match="chat:write"):
        channel(slack).send(message())


@pytest.mark.parametrize("code", ["<script>", "x" * 500, "Bad Token xoxb-1", 7, None, ["a"]])
def test_codes_that_are_none_are_not_repeated(slack: Receiver, code: object) -> None:
    slack.answers = [json_answer({"ok": False, "error": code})]

    with pytest.raises(Refused) as caught:
        channel(slack).send(message())

    assert caught.value.detail.endswith(("an unknown error", "with 7"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ok",
        b"<html>",
        b"null",
        b"[1]",
        b"{}",
        b'{"ok": "yes"}',
        b'{"ok": true',
        b"\xff\xfe{}",
        b"[" * 100_000,
    ],
)
def test_an_unreadable_answer_leaves_it_open_whether_slack_took_it(
    slack: Receiver, body: bytes
) -> None:
    slack.answers = [http_answer(200, body)]

    with pytest.raises(Unanswered):
        channel(slack).send(message())


def test_an_answer_cut_short_leaves_it_open_too(slack: Receiver) -> None:
    slack.answers = [b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"ok": tr']

    with pytest.raises(Unanswered):
        channel(slack).send(message())


@pytest.mark.parametrize("token", ["", "xoxb-1\r\nX-Evil: 1", "xoxb 1", "xoxb-é", "令牌"])
def test_a_token_that_cannot_be_one_is_never_sent(slack: Receiver, token: str) -> None:
    for act in (lambda: channel(slack, token).send(message()), channel(slack, token).check):
        with pytest.raises(Refused, match="SHIFEN_SLACK_BOT_TOKEN") as caught:
            act()
        assert not token or token not in str(caught.value)
    assert slack.requests == []


def test_no_proxy_stands_between_us_and_this_machine(
    slack: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert channel(slack).send(message()).provider_id


def test_logs_nothing_of_the_message(slack: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    slack.answers = [b"", no("invalid_auth"), TAKEN]
    with caplog.at_level(logging.DEBUG):
        for expected in (Unanswered, Refused):
            with pytest.raises(expected):
                channel(slack).send(message())
        channel(slack).send(message())

    assert caplog.text == ""


def test_finds_a_message_by_its_key(slack: Receiver) -> None:
    way = channel(slack)
    way.send(message())
    page = {"ok": True, "messages": [{"ts": "1", "text": "hi"}, said("other"), said(KEY)]}
    slack.answers = [json_answer(page)]

    assert way.find(KEY, NOW - timedelta(minutes=1)) == Receipt("1764000000.000200")

    request = slack.requests[-1]
    assert request.path == "/api/conversations.history"
    assert request.form["channel"] == ROOM
    assert request.form["include_all_metadata"] == "1"
    assert float(request.form["oldest"]) <= (NOW - timedelta(minutes=2)).timestamp()


def test_looks_on_the_next_page(slack: Receiver) -> None:
    first = {"messages": [said("other")], "response_metadata": {"next_cursor": "more"}}
    slack.answers = [
        json_answer({"ok": True, **first}),
        json_answer(
            {"ok": True, "messages": [said(KEY)], "response_metadata": {"next_cursor": ""}}
        ),
    ]

    assert channel(slack, room=ROOM).find(KEY, NOW) is not None
    assert [request.form.get("cursor") for request in slack.requests] == [None, "more"]


def test_reads_no_history_without_end(slack: Receiver) -> None:
    endless = {"ok": True, "messages": [], "response_metadata": {"next_cursor": "more"}}
    slack.answers = [json_answer(endless)]

    assert channel(slack, room=ROOM).find(KEY, NOW) is None
    assert len(slack.requests) == 10


def test_looks_up_a_room_that_nothing_was_sent_to_yet(slack: Receiver) -> None:
    rooms = [{"id": "C0000000001", "name": "pr-old"}, {"id": ROOM, "name": "pr"}]
    slack.answers = [
        json_answer({"ok": True, "channels": rooms}),
        json_answer({"ok": True, "messages": [said(KEY)]}),
    ]

    assert channel(slack).find(KEY, NOW) is not None
    assert slack.requests[-1].form["channel"] == ROOM


@pytest.mark.parametrize("code", ["missing_scope", "not_in_channel", "channel_not_found"])
def test_finds_nothing_where_it_may_not_look(slack: Receiver, code: str) -> None:
    slack.answers = [no(code)]

    assert channel(slack).find(KEY, NOW) is None
    assert channel(slack, room=ROOM).find(KEY, NOW) is None


@pytest.mark.parametrize(
    ("answer", "kind"), [(http_answer(503), Busy), (no("ratelimited"), Busy), (HANG, Unanswered)]
)
def test_says_when_slack_cannot_be_asked_now(
    slack: Receiver, answer: bytes, kind: type[ChannelError]
) -> None:
    slack.answers = [answer]

    with pytest.raises(kind):
        channel(slack, room=ROOM, timeout_s=0.4).find(KEY, NOW)


def test_check_names_workspace_and_room(slack: Receiver) -> None:
    slack.answers = [json_answer({"ok": True, "team": "星云", "user": "shifen"})]

    told = channel(slack).check()

    assert [request.path for request in slack.requests] == ["/api/auth.test"]
    assert all(part in told for part in ("星云", "shifen", "#pr"))


@pytest.mark.parametrize(
    ("scopes", "enough"), [("chat:write,channels:history", True), ("channels:read", False)]
)
def test_check_knows_the_scopes(slack: Receiver, scopes: str, enough: bool) -> None:
    slack.answers = [json_answer({"ok": True}, X_OAuth_Scopes=scopes)]

    if enough:
        assert channel(slack).check()
    else:
        with pytest.raises(Refused, match="chat:write"):
            channel(slack).check()


def test_a_large_answer_does_not_fill_the_memory(slack: Receiver) -> None:
    slack.answers = [http_answer(200, b'{"ok": true, "a": "' + b"x" * 9_000_000 + b'"}')]

    with pytest.raises(Unanswered):
        channel(slack).send(message())


def test_nothing_is_printed(slack: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    slack.answers = [http_answer(200, b"garbage")]

    with pytest.raises(Unanswered):
        channel(slack).send(message())

    assert capsys.readouterr() == ("", "")


# Threads


THREAD = "1764000000.000100"


def test_an_answer_goes_into_its_thread(slack: Receiver) -> None:
    channel(slack).send(message(thread=THREAD))

    (request,) = slack.requests
    assert request.json["thread_ts"] == THREAD
    assert request.json["reply_broadcast"] is False


@pytest.mark.parametrize("reason", ["severity_up", "escalated", "missed", "ack_expired"])
def test_what_is_graver_is_said_to_the_whole_room_too(slack: Receiver, reason: str) -> None:
    channel(slack).send(message(thread=THREAD, reason=reason))
    channel(slack).send(message(reason=reason))

    answer, first = slack.requests
    assert answer.json["reply_broadcast"] is True
    assert "reply_broadcast" not in first.json


@pytest.mark.parametrize("thread", ["", "found", "1764000000", "1.1\n", "１.1", "5f" * 20])
def test_what_names_no_message_of_slack_is_no_thread(slack: Receiver, thread: str) -> None:
    channel(slack).send(message(thread=thread))

    assert "thread_ts" not in slack.requests[0].json


@pytest.mark.parametrize("code", ["thread_not_found", "message_not_found"])
def test_where_the_thread_is_gone_it_goes_to_the_room(slack: Receiver, code: str) -> None:
    slack.answers = [no(code), TAKEN]

    assert channel(slack).send(message(thread=THREAD)).provider_id

    first, second = slack.requests
    assert first.json["thread_ts"] == THREAD
    assert "thread_ts" not in second.json
    assert second.json["metadata"] == first.json["metadata"]


def test_what_is_refused_for_another_reason_is_not_repeated(slack: Receiver) -> None:
    slack.answers = [no("channel_not_found")]

    with pytest.raises(Refused) as caught:
        channel(slack).send(message(thread=THREAD))

    assert caught.value.code == "channel_not_found"
    assert len(slack.requests) == 1


def test_an_answer_is_looked_for_in_its_thread(slack: Receiver) -> None:
    slack.answers = [json_answer({"ok": True, "messages": [said("other"), said(KEY)]})]

    found = channel(slack, room=ROOM).find(KEY, NOW - timedelta(minutes=1), THREAD)

    assert found == Receipt("1764000000.000200")
    (request,) = slack.requests
    assert request.path == "/api/conversations.replies"
    assert (request.form["channel"], request.form["ts"]) == (ROOM, THREAD)
    assert request.form["include_all_metadata"] == "1"


# Several at once, and buttons


def test_a_part_of_a_message_is_found_by_its_own_key(slack: Receiver) -> None:
    parts = [message(dedupe_key=letter * 40) for letter in "abc"]
    whole = digest(parts, "http://console")
    way = channel(slack, room=ROOM, most_at_once=3)
    way.send(whole)
    taken = {"ts": "1764000000.000300", "metadata": slack.requests[0].json["metadata"]}
    slack.answers = [json_answer({"ok": True, "messages": [{"ts": "1", "text": "hi"}, taken]})]

    for part in (*parts, whole):
        assert way.find(part.dedupe_key, NOW) == Receipt("1764000000.000300")
    assert way.find("d" * 40, NOW) is None
    assert way.find("", NOW) is None


def test_how_many_go_together_is_a_setting(slack: Receiver) -> None:
    assert channel(slack).most_at_once == 1
    assert channel(slack, most_at_once=20).most_at_once == 20
    with pytest.raises(ValidationError):
        channel(slack, most_at_once=21)


@pytest.mark.parametrize("listened_to", [True, False])
def test_buttons_act_only_where_somebody_hears_of_them(slack: Receiver, listened_to: bool) -> None:
    settings = SlackSettings(name="pr-room", base_url=f"{slack.url}/api/", channel="#pr")
    way = SlackChannel(settings, token=TOKEN, now=lambda: NOW, buttons=listened_to)

    way.send(message())

    assert ('"action_id": "ack"' in json.dumps(slack.requests[0].json)) is listened_to
