from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery import digest_key
from alerts.digest import DIGEST, digest
from alerts.message import Mention, from_json, to_json
from alerts.severity import Severity
from tests.alerts.messages import NOW, english, message, operational

CONSOLE = "http://console"
KEYS = st.lists(st.text("0123456789abcdef", min_size=40, max_size=40), min_size=1, max_size=5)


def test_sums_its_parts_up() -> None:
    parts = [
        message(severity=Severity.IMPORTANT, due_at=NOW + timedelta(minutes=5)),
        message(
            severity=Severity.URGENT,
            created_at=NOW - timedelta(hours=1),
            due_at=NOW + timedelta(minutes=2),
            act_by=NOW + timedelta(minutes=10),
            late=True,
        ),
        operational(brand="星云手表"),
    ]
    whole = digest(parts, CONSOLE)
    assert (whole.kind, whole.title, whole.brand) == (DIGEST, "3 条提醒", "星云手表")
    assert whole.severity is Severity.URGENT
    assert whole.created_at == NOW - timedelta(hours=1)
    assert whole.due_at == NOW + timedelta(minutes=2)
    assert whole.act_by == NOW + timedelta(minutes=10)
    assert whole.late
    assert (whole.post, whole.reply, whole.case_id, whole.thread) == (None, None, None, "")
    assert whole.console_url == CONSOLE
    assert whole.parts == tuple(parts)
    assert from_json(to_json(whole)) == whole


def test_speaks_the_language_of_its_parts() -> None:
    assert digest([english(), english()], CONSOLE).title == "2 alerts"


def test_names_a_brand_only_if_it_is_everybodys() -> None:
    assert digest([message(), english()], CONSOLE).brand == ""


def test_nothing_is_due_where_no_part_is() -> None:
    whole = digest([operational(), operational()], CONSOLE)
    assert (whole.due_at, whole.act_by, whole.late) == (None, None, False)


def test_calls_everybody_once() -> None:
    lin, zhao = Mention("林", {"slack": "U1"}), Mention("赵", {"slack": "U2"})
    parts = [message(mentions=(lin,)), message(mentions=(zhao, lin)), message()]
    assert digest(parts, CONSOLE).mentions == (lin, zhao)


@given(KEYS, st.randoms(use_true_random=False))
def test_the_key_depends_on_the_parts_alone(keys: list[str], chance: object) -> None:
    key = digest_key(keys)
    chance.shuffle(keys)  # type: ignore[attr-defined]
    assert digest_key(keys) == key
    assert digest_key([*keys, "f" * 39]) != key
    assert len(key) == 40
    assert key not in keys
