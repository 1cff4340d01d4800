"""The mail channel against a mail server on loopback, plain and encrypted."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.channels.channel import Busy, ChannelError, Receipt, Refused, Unanswered
from alerts.channels.email import EmailChannel, EmailSettings
from alerts.digest import digest
from alerts.message import Mention
from alerts.severity import Severity
from tests.alerts.channels.mailbox import DROP, HANG, Mailbox, receiving_mail
from tests.alerts.messages import NOW, TEXT, english, message, operational, post, reply

ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "pa55-of-tests"
TO = ("pr@example.com", "lead@example.com")
SENDER = "alerts@shifen.example"
KEY_ID = f"<{'5f' * 20}@shifen.example>"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with receiving_mail() as running:
        yield running


def channel(box: Mailbox, password: str = "", **changes: Any) -> EmailChannel:
    values: dict[str, Any] = {
        "name": "mail",
        "host": "127.0.0.1",
        "port": box.port,
        "security": "none",
        "sender": SENDER,
        "to": TO,
    }
    entry = EmailSettings(**{**values, **changes})
    return EmailChannel(entry, password=password, now=lambda: NOW, zone=ZONE)


def test_hands_one_letter_to_the_server(box: Mailbox) -> None:
    receipt = channel(box).send(message())

    (letter,) = box.letters
    assert receipt == Receipt(KEY_ID)
    assert (letter.sender, letter.recipients) == (SENDER, list(TO))
    mail = letter.mail
    assert mail["From"] == SENDER
    assert mail["To"] == "pr@example.com, lead@example.com"
    assert mail["Subject"] == "🔴 紧急 · 星云手表 · 微博 · 星云手表：充电冒烟，用户要求退款 [#12]"
    assert mail["Message-ID"] == KEY_ID
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Importance"] == "high"
    assert mail["In-Reply-To"] is None
    assert mail.get_content_type() == "multipart/alternative"
    assert box.said[0].lower() == "ehlo shifen.example"
    assert box.said[-1].upper() == "QUIT"


def test_text_and_html_say_the_same(box: Mailbox) -> None:
    alert = message(
        news=("又有 3 条帖子，共 12 条",),
        spread=12,
        reach=340_000,
        mentions=(Mention("林"),),
        act_by=NOW + timedelta(minutes=15),
        post=post(quoted="原来的话"),
    )
    channel(box).send(alert)

    (letter,) = box.letters
    for part in (
        "@林 请在 15 分钟内处理（11-22 12:15 前）",
        "又有 3 条帖子，共 12 条",
        "传播 12 条，触达 34 万人",
        "安全风险：冒烟",
        "建议公开回复",
        "原来的话",
        alert.reply.text if alert.reply else "",
        alert.console_url,
        "事件 #12",
    ):
        assert part in letter.text
        assert part in letter.html
    assert TEXT in letter.text
    assert "<b>星云手表</b>充电时<b>" not in letter.text
    assert "<b>冒烟</b>" in letter.html
    assert f'<a href="{alert.console_url}">打开回复</a>' in letter.html


def test_speaks_the_receivers_language(box: Mailbox) -> None:
    channel(box).send(english())

    (letter,) = box.letters
    assert '<html lang="en">' in letter.html
    assert "Open reply" in letter.html
    assert letter.mail["Subject"].startswith("🔴 Urgent · NebulaWatch · X · ")


def test_what_is_over_is_not_pressing(box: Mailbox) -> None:
    over = message(ended=True, reason="resolved", act_by=NOW, mentions=(Mention("林"),))
    channel(box).send(over)

    (letter,) = box.letters
    assert letter.mail["Importance"] is None
    assert letter.mail["Subject"].startswith("⚪ 紧急 · 星云手表 · 微博 · 已解决")
    assert "建议公开回复" not in letter.text
    assert "@林" not in letter.text


def test_a_message_about_the_service(box: Mailbox) -> None:
    channel(box).send(operational(console_url=""))

    (letter,) = box.letters
    assert letter.mail["Subject"] == "🟠 服务告警 · 重要 · 微博读不到：登录失效"
    assert "更新 cookie 后自动继续" in letter.text
    assert "href" not in letter.html


def test_a_digest_tells_each_of_its_parts(box: Mailbox) -> None:
    parts = [message(dedupe_key="a" * 40), english(case_id=13), operational()]
    whole = digest(parts, "http://console")

    receipt = channel(box).send(whole)

    (letter,) = box.letters
    assert receipt.provider_id == f"<{whole.dedupe_key}@shifen.example>"
    assert "3 条提醒" in letter.mail["Subject"]
    for part in parts:
        assert part.title in letter.text
        assert part.title in letter.html
    assert "事件 #12" in letter.text
    assert "Case #13" in letter.text or "事件 #13" in letter.text


# Who gets it


def test_who_must_act_gets_it_too(box: Mailbox) -> None:
    people = (
        Mention("林", {"email": "lin@example.com"}),
        Mention("赵", {"email": "PR@example.com"}),
        Mention("周", {"slack": "U1"}),
        Mention("坏", {"email": "x@example.com>\r\nRCPT TO:<evil@example.com"}),
        Mention("林", {"email": "lin@example.com"}),
    )
    channel(box).send(message(mentions=people))

    (letter,) = box.letters
    assert letter.recipients == [*TO, "lin@example.com"]
    assert not any("evil" in line for line in box.said)


def test_one_unknown_address_does_not_keep_it_from_the_others(box: Mailbox) -> None:
    box.rcpt = {TO[0]: "550 5.1.1 no such user"}
    assert channel(box).send(message()) == Receipt(KEY_ID)
    assert box.letters[0].recipients == [TO[1]]


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (("550 5.1.1 no", "550 5.1.1 no"), Refused),
        (("550 5.1.1 no", "451 4.7.1 greylisted"), Busy),
        (("450 4.2.0 later", "452 4.5.3 too many"), Busy),
    ],
)
def test_where_nobody_gets_it_it_is_not_sent(
    box: Mailbox, codes: tuple[str, str], kind: type[ChannelError]
) -> None:
    box.rcpt = dict(zip(TO, codes, strict=True))
    with pytest.raises(ChannelError) as caught:
        channel(box).send(message())
    assert type(caught.value) is kind
    assert box.letters == []


# Threads


def test_what_follows_answers_the_first_letter(box: Mailbox) -> None:
    way = channel(box)
    first = way.send(message())
    way.send(message(dedupe_key="a" * 40, thread=first.provider_id, reason="new_posts"))

    answer = box.letters[1].mail
    assert answer["In-Reply-To"] == answer["References"] == first.provider_id
    assert answer["Message-ID"] == f"<{'a' * 40}@shifen.example>"


@pytest.mark.parametrize("thread", ["", "1764000000.000100", "<a@b>\r\nX: y", "<>", "<a b@c>"])
def test_what_names_no_letter_is_not_answered(box: Mailbox, thread: str) -> None:
    channel(box).send(message(thread=thread))
    assert box.letters[0].mail["In-Reply-To"] is None
    assert box.letters[0].mail["X"] is None


def test_a_letter_that_comes_twice_has_one_id(box: Mailbox) -> None:
    way = channel(box)
    assert way.send(message()) == way.send(message())
    assert {letter.mail["Message-ID"] for letter in box.letters} == {KEY_ID}


def test_a_mailbox_cannot_be_searched(box: Mailbox) -> None:
    assert channel(box).find("5f" * 20, NOW, KEY_ID) is None
    assert box.said == []


# What the server says


def failed(act: Callable[[], object]) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        act()
    error = caught.value
    # The errors of smtplib carry what the server said, which may be what we told it.
    assert error.__cause__ is None
    assert error.__context__ is None
    for told in (str(error), repr(error), repr(vars(error))):
        assert PASSWORD not in told
    return error


@pytest.mark.parametrize("step", ["MAIL", "DATA"])
@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        ("421 4.3.2 closing", Busy, "421 4.3.2"),
        ("451 try later", Busy, "451"),
        ("452 4.3.1 full", Busy, "452 4.3.1"),
        ("550 5.7.1 blocked", Refused, "550 5.7.1"),
        ("552 5.3.4 too big", Refused, "552 5.3.4"),
        ("554 5.7.1 <script>", Refused, "554 5.7.1"),
    ],
)
def test_a_refusal_for_now_is_told_from_one_for_good(
    box: Mailbox, step: str, answer: str, kind: type[ChannelError], told: str
) -> None:
    box.answers[step] = [answer]

    error = failed(lambda: channel(box).send(message()))

    assert type(error) is kind
    assert error.detail == f"127.0.0.1 answered {step} with {told}"
    assert box.letters == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("250 2.0.0 queued", None),
        ("451 4.3.0 later", Busy),
        ("452 4.2.2 mailbox full", Busy),
        ("550 5.7.1 spam", Refused),
        ("552 5.3.4 too big", Refused),
        (HANG, Unanswered),
        (DROP, Unanswered),
        ("what?", Unanswered),
        ("", Unanswered),
    ],
)
def test_the_answer_to_the_letter_decides(
    box: Mailbox, answer: str, kind: type[ChannelError] | None
) -> None:
    box.letter = [answer]
    way = channel(box, timeout_s=0.4)
    if kind is None:
        assert way.send(message())
        return
    assert type(failed(lambda: way.send(message()))) is kind


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [HANG, DROP, "\0\0\0", "999999 x"])
def test_before_the_letter_is_out_nothing_was_taken(box: Mailbox, step: str, answer: str) -> None:
    box.answers[step] = [answer]
    box.answers["HELO"] = [answer]

    assert type(failed(lambda: channel(box, timeout_s=0.4).send(message()))) is Busy
    assert box.letters == []


@pytest.mark.parametrize(
    ("greeting", "kind"),
    [
        ("421 4.3.2 too many connections", Busy),
        ("554 5.7.1 you are blocked", Refused),
        ("HTTP/1.1 400 Bad Request", Busy),
        (DROP, Busy),
        (HANG, Busy),
    ],
)
def test_a_server_may_turn_us_away_at_the_door(
    box: Mailbox, greeting: str, kind: type[ChannelError]
) -> None:
    box.greeting = greeting
    assert type(failed(lambda: channel(box, timeout_s=0.4).send(message()))) is kind


def test_nobody_listening_means_not_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    way = channel(Mailbox(port=port))
    assert type(failed(lambda: way.send(message()))) is Busy
    assert type(failed(way.check)) is Busy


def test_an_unknown_host_means_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert (
        type(failed(lambda: channel(Mailbox(port=25), host="mx.example").send(message()))) is Busy
    )


def test_waits_no_longer_than_told(box: Mailbox) -> None:
    box.letter = [HANG]
    began = time.monotonic()
    failed(lambda: channel(box, timeout_s=0.4).send(message()))
    assert time.monotonic() - began < 8


def test_a_server_that_dawdles_is_left_in_time(box: Mailbox) -> None:
    times = iter(range(0, 1000, 15))
    entry = EmailSettings(
        name="mail", host="127.0.0.1", port=box.port, security="none", sender=SENDER, to=TO * 4
    )
    slow = EmailChannel(
        entry, password="", now=lambda: NOW + timedelta(seconds=next(times)), zone=ZONE
    )
    error = failed(lambda: slow.send(message()))
    assert (type(error), error.detail) == (Busy, "127.0.0.1 takes too long over a letter")
    assert box.letters == []


def test_a_rude_goodbye_undoes_nothing(box: Mailbox) -> None:
    box.answers["QUIT"] = [DROP]
    assert channel(box).send(message()) == Receipt(KEY_ID)


# Encryption and the password


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


def server_context(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_signs_in_behind_encryption(authority: trustme.CA, security: str) -> None:
    with receiving_mail(
        context=server_context(authority), implicit_tls=security == "tls", password=PASSWORD
    ) as box:
        way = channel(box, PASSWORD, security=security, user="shifen", secret="MAIL")
        assert way.send(message())

        (letter,) = box.letters
        assert (letter.encrypted, letter.user) == (True, "shifen")
        assert "encrypted" in way.check()
        if security == "starttls":
            before = box.said[: box.said.index("STARTTLS")]
            assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in before)


@pytest.mark.parametrize("mechanism", ["AUTH LOGIN", "AUTH PLAIN"])
def test_signs_in_as_the_server_likes_it(box: Mailbox, mechanism: str) -> None:
    box.capabilities, box.password = [mechanism], PASSWORD
    channel(box, PASSWORD, user="shifen", secret="MAIL").send(message())
    assert box.letters[0].user == "shifen"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_somebody_else_is_not_believed(
    authority: trustme.CA, security: str
) -> None:
    for context in (
        server_context(trustme.CA()),
        server_context(authority, "mail.example"),
    ):
        with receiving_mail(context=context, implicit_tls=security == "tls") as box:
            way = channel(box, PASSWORD, security=security, user="shifen", secret="MAIL")
            assert type(failed(partial(way.send, message()))) is Busy
            assert not any(line.upper().startswith("AUTH") for line in box.said)


def test_without_starttls_nothing_is_said_in_the_clear(box: Mailbox) -> None:
    box.password = PASSWORD
    way = channel(box, PASSWORD, security="starttls", user="shifen", secret="MAIL")

    assert type(failed(lambda: way.send(message()))) is Refused
    assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in box.said)


def test_a_wrong_password_is_told_without_it(box: Mailbox) -> None:
    box.password = "another"
    way = channel(box, PASSWORD, user="shifen", secret="MAIL")

    for act in (lambda: way.send(message()), way.check):
        error = failed(act)
        assert type(error) is Refused
        assert "535 5.7.8" in error.detail


def test_a_server_that_cannot_check_it_now_is_busy(box: Mailbox) -> None:
    box.answers["AUTH"] = ["454 4.7.0 temporary authentication failure"]
    way = channel(box, PASSWORD, user="shifen", secret="MAIL")
    assert type(failed(lambda: way.send(message()))) is Busy


def test_a_missing_password_names_its_variable(box: Mailbox) -> None:
    way = channel(box, "", user="shifen", secret="MAIL")
    error = failed(lambda: way.send(message()))
    assert type(error) is Refused
    assert "SHIFEN_CHANNEL_MAIL_PASSWORD" in error.detail
    assert box.said == []


# Check and settings


def test_check_asks_about_each_recipient_and_sends_nothing(box: Mailbox) -> None:
    assert channel(box).check() == (
        f"127.0.0.1 takes letters from {SENDER} to 2 addresses, unencrypted"
    )
    assert box.letters == []
    box.rcpt = {TO[1]: "550 5.1.1 no such user"}
    error = failed(channel(box).check)
    assert error.detail == f"127.0.0.1 answered RCPT {TO[1]} with 550 5.1.1"


@pytest.mark.parametrize(
    "changes",
    [
        {"host": ""},
        {"host": "smtp.example.com\r\nX"},
        {"host": "smtp://mx"},
        {"port": 0},
        {"security": "ssl"},
        {"sender": "十分 <a@b.example>"},
        {"sender": "a@b\r\nBcc: evil@example.com"},
        {"to": ()},
        {"to": ("not an address",)},
        {"to": ("你@example.com",)},
        {"to": ("a@b.example, c@d.example",)},
        {"user": "shifen"},
        {"user": "shifen", "secret": "MAIL", "security": "none", "host": "mx.example"},
        {"timeout_s": 0},
        {"most_at_once": 21},
        {"colour": "red"},
    ],
)
def test_impossible_settings_are_refused(changes: dict[str, Any]) -> None:
    sound = {"name": "mail", "host": "mx.example", "sender": SENDER, "to": TO}
    assert EmailSettings(**sound).security == "starttls"
    with pytest.raises(ValidationError):
        EmailSettings(**{**sound, **changes})


# Texts


HOSTILE = "a\r\nBcc: evil@example.com\n\n<script>alert(1)</script>\x1b[2J\u202egnp.\ud800 & \"'"


def test_hostile_texts_do_nothing(box: Mailbox) -> None:
    hostile = message(
        title=HOSTILE,
        brand=HOSTILE,
        reasons=(HOSTILE,),
        news=(HOSTILE,),
        verdict=HOSTILE,
        mentions=(Mention(HOSTILE),),
        act_by=NOW,
        console_url=f"javascript:alert(1)//{HOSTILE}",
        post=post(author=HOSTILE, text=HOSTILE, quoted=HOSTILE, url=f"https://x.com/{HOSTILE}"),
        reply=reply(text=HOSTILE, link='https://x.com/"><script>', template=HOSTILE),
    )
    channel(box).send(hostile)

    (letter,) = box.letters
    assert letter.mail["Bcc"] is None
    assert letter.recipients == list(TO)
    assert "<script" not in letter.html
    assert "javascript:" not in letter.html
    assert "\x1b" not in letter.text + letter.html
    assert "\u202e" not in letter.text + letter.html


def test_html_loads_nothing(box: Mailbox) -> None:
    channel(box).send(message(post=post(text='<img src="https://evil.example/p.gif">')))
    html = box.letters[0].html
    for tag in ("<img", "<link", "<script", "<iframe", "url(", "@import"):
        assert tag not in html


@pytest.mark.parametrize(
    "text", [".", "..\n.", "a\n.\nb", ".\r\n.\r\n", "冒烟😱" * 4000, "x" * 20_480]
)
def test_any_text_arrives_whole(box: Mailbox, text: str) -> None:
    channel(box).send(message(post=post(text=text, marks=())))
    (letter,) = box.letters
    shown = letter.text.replace("\r\n", "\n").replace("\n> ", "\n")
    wanted = text.replace("\r", " ")
    assert wanted[:19_000] in shown


TEXTS = st.text(max_size=200) | st.text('冒😱👨‍👩‍👧é ,;=?_"<>@', min_size=30, max_size=400)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(TEXTS, TEXTS, st.sampled_from(list(Severity)))
def test_every_letter_can_be_read_back(
    box: Mailbox, title: str, brand: str, severity: Severity
) -> None:
    box.letters.clear()
    sent = message(title=title, brand=brand, severity=severity)
    channel(box).send(sent)

    (letter,) = box.letters
    subject = str(letter.mail["Subject"])
    assert "\n" not in subject
    assert subject.endswith("[#12]")
    assert len(subject) <= 200
    assert letter.mail["To"] == ", ".join(TO)
    assert letter.mail.defects == []
    assert sent.reply is not None
    assert sent.reply.text in letter.text


def test_tells_name_and_pace_and_hides_its_password(box: Mailbox) -> None:
    way = channel(box, PASSWORD, user="shifen", secret="MAIL")
    assert (way.name, way.min_interval_s, way.most_at_once, way.threads) == ("mail", 1.0, 20, True)
    assert PASSWORD not in f"{way!r} {way}"
    way.close()
    way.close()
