from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from alerts.channels.slack_signature import signed_by_slack
from tests.alerts.messages import NOW

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = "payload=%7B%22type%22%3A%22block_actions%22%7D&text=冒烟".encode()


class Then(Clock):
    """The SDK's clock at a time of ours."""

    def now(self) -> float:
        return NOW.timestamp()


def headers(secret: str = SECRET, body: bytes = BODY, age_s: float = 0) -> dict[str, str]:
    """Sign as the SDK does."""
    timestamp = str(int((NOW - timedelta(seconds=age_s)).timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    assert signature
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}


@given(
    st.text(max_size=200).map(str.encode),
    st.text("abcdef0123456789", min_size=1),
    st.integers(-400, 400),
)
def test_agrees_with_the_sdk(body: bytes, secret: str, age_s: int) -> None:
    given_ = headers(secret, body, age_s)
    ours = signed_by_slack(secret, given_, body, NOW)
    assert ours is SignatureVerifier(secret, Then()).is_valid_request(body, given_)
    assert ours is (abs(age_s) <= 300)
    assert not signed_by_slack(secret, given_, body + b"!", NOW)
    assert not signed_by_slack(secret + "0", given_, body, NOW)


def test_header_names_come_in_any_case() -> None:
    lower = {name.lower(): value for name, value in headers().items()}
    upper = {name.upper(): value for name, value in headers().items()}
    assert signed_by_slack(SECRET, lower, BODY, NOW)
    assert signed_by_slack(SECRET, upper, BODY, NOW)


def test_nobody_signs_with_nothing() -> None:
    assert not signed_by_slack("", headers("x" * 8), BODY, NOW)


@given(st.text(max_size=40), st.text(max_size=80))
def test_whatever_is_no_signature_is_refused(timestamp: str, signature: str) -> None:
    made = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
    assert not signed_by_slack(SECRET, made, BODY, NOW)


@pytest.mark.parametrize("timestamp", ["9" * 5000, "١٧٦٤٠٠٠٠٠٠", " 1764000000", "1e9", "-1", ""])
def test_a_timestamp_that_is_none_is_refused(timestamp: str) -> None:
    made = {**headers(), "X-Slack-Request-Timestamp": timestamp}
    assert not signed_by_slack(SECRET, made, BODY, NOW)


def test_another_version_is_refused() -> None:
    made = headers()
    made["X-Slack-Signature"] = made["X-Slack-Signature"].replace("v0=", "v1=")
    assert not signed_by_slack(SECRET, made, BODY, NOW)


@given(st.binary(max_size=100))
def test_any_bytes_are_checked(body: bytes) -> None:
    """The SDK's verifier raises for what is no UTF-8."""
    assert not signed_by_slack(SECRET, headers(), body, NOW)
