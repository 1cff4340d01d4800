"""What a button carries is read back; anything else is not ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.deeds import CHINESE, ENGLISH, Click, Deed, deeds, is_link, labels, read_click
from monitor.desk import FalseAlarm
from tests.alerts.messages import english, message

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner),
)


def pressed(element: dict[str, Any], option: int = 0) -> dict[str, Any]:
    """What Slack reports of an element that somebody used."""
    told = {"type": element["type"], "action_id": element["action_id"], "action_ts": "1.1"}
    if element["type"] == "button":
        return {**told, "value": element["value"]}
    return {**told, "selected_option": element["options"][option]}


@pytest.mark.parametrize("alert", [message(), english()])
def test_what_is_pressed_is_what_was_meant(alert: Any) -> None:
    ack, assign, menu = deeds(alert)
    assert read_click(pressed(ack)) == Click(Deed.ACK, 12)
    assert read_click(pressed(assign)) == Click(Deed.ASSIGN, 12)
    reasons = [read_click(pressed(menu, n)).reason for n in range(len(menu["options"]))]  # type: ignore[union-attr]
    assert reasons == list(FalseAlarm)


def test_both_languages_have_all_reasons_of_the_desk() -> None:
    assert list(CHINESE.reasons) == list(ENGLISH.reasons) == list(FalseAlarm)
    assert labels("zh-CN") is CHINESE
    assert labels("fr") is ENGLISH


@pytest.mark.parametrize(
    "action",
    [
        None,
        "ack",
        {},
        {"action_id": "ack"},
        {"action_id": "ack", "value": 12},
        {"action_id": "ack", "value": ""},
        {"action_id": "ack", "value": "0"},
        {"action_id": "ack", "value": "-1"},
        {"action_id": "ack", "value": "012"},
        {"action_id": "ack", "value": "١٢"},
        {"action_id": "ack", "value": "12\n"},
        {"action_id": "ack", "value": "9" * 19},
        {"action_id": "ack", "value": "12:joke"},
        {"action_id": "delete", "value": "12"},
        {"action_id": ["ack"], "value": "12"},
        {"action_id": "false_alarm", "value": "12:joke"},
        {"action_id": "false_alarm", "selected_option": None},
        {"action_id": "false_alarm", "selected_option": {"value": "12"}},
        {"action_id": "false_alarm", "selected_option": {"value": "12:"}},
        {"action_id": "open_0", "value": "12"},
    ],
)
def test_what_is_none_of_ours_is_no_click(action: object) -> None:
    assert read_click(action) is None


@given(JSON)
def test_any_json_is_read_or_refused(action: object) -> None:
    assert read_click(action) is None
    assert is_link(action) in (True, False)


@given(st.sampled_from(sorted(Deed)), JSON)
def test_any_value_is_read_or_refused(name: str, value: object) -> None:
    for action in (
        {"action_id": name, "value": value},
        {"action_id": name, "selected_option": {"value": value}},
    ):
        click = read_click(action)
        assert click is None or click.case_id > 0


@pytest.mark.parametrize(
    ("action", "yes"),
    [
        ({"action_id": "open_0"}, True),
        ({"action_id": "open_3_1"}, True),
        ({"action_id": "opener"}, False),
        ({"action_id": "ack"}, False),
        ({"action_id": 7}, False),
        ("open_0", False),
    ],
)
def test_links_are_known(action: object, yes: bool) -> None:
    assert is_link(action) is yes
