"""Log lines: JSON where nobody sits, readable on a terminal, and never a secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from alerts.channels.secrets import ChannelSecrets
from monitor.logs import HIDDEN, LogLevelError, configure
from monitor.secrets import Secrets, single_secrets

SECRET = 'hunter22/"+秘密\\'
COOKIE = "SUB=_2A25Kabcdefghijklmnop; XSRF-TOKEN=ab12"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    apscheduler = logging.getLogger("apscheduler").level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("apscheduler").setLevel(apscheduler)


@pytest.fixture(params=[io.StringIO, Terminal], ids=["file", "terminal"])
def out(request: pytest.FixtureRequest) -> io.StringIO:
    stream: io.StringIO = request.param()
    secrets = dict.fromkeys(single_secrets(), SECRET) | {"weibo_cookie": COOKIE}
    configure(Secrets(**secrets), stream=stream)
    return stream


def fail(text: str) -> None:
    raise ValueError(text)


def log_exception(text: str) -> None:
    try:
        fail(text)
    except ValueError:
        structlog.get_logger().exception("broke")


def log_library_exception(text: str) -> None:
    try:
        fail(text)
    except ValueError:
        logging.getLogger("library").exception("could not do %s", text)


WAYS: dict[str, Any] = {
    "event": lambda s: structlog.get_logger().warning(f"sent {s} off"),
    "value": lambda s: structlog.get_logger().warning("sent", header=f"Bearer {s}"),
    "key": lambda s: structlog.get_logger().warning("sent", **{s: 1}),
    "deep": lambda s: structlog.get_logger().warning("sent", a=[{"b": ("c", {s})}]),
    "bytes": lambda s: structlog.get_logger().warning("sent", body=s.encode()),
    "object": lambda s: structlog.get_logger().warning("sent", error=ValueError(s)),
    "exception": log_exception,
    "library": lambda s: logging.getLogger("library").warning("asked %s", s),
    "library exception": log_library_exception,
}


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_gets_out(out: io.StringIO, way: str) -> None:
    WAYS[way](SECRET)
    text = out.getvalue()
    assert HIDDEN in text
    assert "hunter22" not in text


@pytest.mark.parametrize(
    "form",
    [
        COOKIE,
        "_2A25Kabcdefghijklmnop",
        "https://h/?token=hunter22%2F%22%2B%E7%A7%98%E5%AF%86%5C",
        json.dumps({"token": SECRET}),
        json.dumps({"token": SECRET}, ensure_ascii=False),
        repr([SECRET]),
    ],
)
def test_a_secret_is_known_in_other_writings(out: io.StringIO, form: str) -> None:
    structlog.get_logger().warning("sent", text=form)
    assert HIDDEN in out.getvalue()
    assert "hunter22" not in out.getvalue()
    assert "_2A25K" not in out.getvalue()


def test_the_secrets_of_channels_are_hidden_too() -> None:
    out = io.StringIO()
    configure(Secrets(channels={"PR": ChannelSecrets(key=SECRET)}), stream=out)
    structlog.get_logger().info("sent", url=f"https://chat.example/send?key={SECRET}")
    assert SECRET not in out.getvalue()
    assert HIDDEN in out.getvalue()


def test_absent_and_tiny_secrets_leave_the_text_alone() -> None:
    out = io.StringIO()
    configure(Secrets(secret_key="a", weibo_cookie="SUB=x"), stream=out)
    structlog.get_logger().info("a banana", n=1)
    assert json.loads(out.getvalue())["event"] == "a banana"


def test_one_event_is_one_json_line_where_nobody_sits() -> None:
    out = io.StringIO()
    configure(Secrets(), stream=out)
    structlog.get_logger().info("读到", posts=3, ok=True, brands=["星云"])
    log_exception("two\nlines")
    logging.getLogger("library").warning("odd")
    first, second, third = map(json.loads, out.getvalue().splitlines())
    assert first | {"timestamp": ""} == {
        "event": "读到",
        "level": "info",
        "posts": 3,
        "ok": True,
        "brands": ["星云"],
        "timestamp": "",
    }
    assert first["timestamp"].endswith("Z")
    assert "ValueError: two\nlines" in second["exception"]
    assert (third["event"], third["level"]) == ("odd", "warning")


def test_a_terminal_gets_lines_for_people() -> None:
    out = Terminal()
    configure(Secrets(), stream=out)
    log_exception("sad")
    text = out.getvalue()
    assert "broke" in text
    assert "ValueError: sad" in text
    assert not text.startswith("{")


@pytest.mark.parametrize(
    ("level", "heard"), [("debug", "diwe"), ("INFO", "iwe"), ("warning", "we"), ("error", "e")]
)
def test_the_level_decides(level: str, heard: str) -> None:
    out = io.StringIO()
    configure(Secrets(), level=level, stream=out)
    log = structlog.get_logger()
    for name, method in (("d", log.debug), ("i", log.info), ("w", log.warning), ("e", log.error)):
        method(name)
    assert "".join(json.loads(line)["event"] for line in out.getvalue().splitlines()) == heard


def test_libraries_chatter_is_left_out() -> None:
    out = io.StringIO()
    configure(Secrets(), level="debug", stream=out)
    logging.getLogger("httpx").info("GET https://h/?key=1")
    logging.getLogger("apscheduler.scheduler").warning("skipped")
    assert out.getvalue() == ""


@pytest.mark.parametrize("level", ["loud", "", "notset"])
def test_an_unknown_level_is_told(level: str) -> None:
    with pytest.raises(LogLevelError, match="write debug, info, warning or error"):
        configure(Secrets(), level=level)
