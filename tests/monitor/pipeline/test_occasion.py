"""The alert of a case: whole where its post is known, and as whole as can be where it is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from alerts.causes import Cause, CauseCode, to_json
from alerts.message import Mention, from_json
from alerts.severity import Severity
from monitor.live_config import rules_of
from monitor.pipeline.occasion import Telling, case_alert, case_alerts
from monitor.storage import tables as t
from monitor.storage.database import Database
from tests.factories import BRAND, T0, Rows
from tests.monitor.pipeline.rig import config

RULES = rules_of(config())
NOW = T0 + timedelta(minutes=2)
CAUSES = to_json(
    [
        Cause(CauseCode.SPREAD, {"count": 12}, Severity.IMPORTANT),
        Cause(CauseCode.WORDS, {"brand": BRAND, "words": "退款"}),
    ]
)


@pytest.fixture
def case_id(database: Database) -> int:
    rows = Rows(database)
    hit = rows.hit(rows.post())
    rows.verdict(hit)
    return rows.case(hit_id=hit, causes=CAUSES, spread_count=12, reach=4000)


def test_an_alert_shows_the_post_the_reply_and_what_is_new(
    database: Database, case_id: int
) -> None:
    telling = Telling(
        key="case:1:spread_10",
        reason="spread_10",
        news=(("传播达到 10 条，电话 13812345678", "Spread has reached 10"),),
        mentions=(Mention("林"),),
        act_by=NOW + timedelta(minutes=30),
    )
    with database.read() as connection:
        alert = case_alert(connection, RULES, case_id, telling, NOW)
    message = from_json(alert.message)
    assert (alert.key, alert.reason, alert.case_id) == ("case:1:spread_10", "spread_10", case_id)
    assert (message.spread, message.reach, message.act_by) == (12, 4000, telling.act_by)
    assert message.news == ("传播达到 10 条，电话 138****5678",)
    assert alert.wordings["en"]["news"] == ["Spread has reached 10"]
    assert message.post is not None
    assert message.reply is not None
    assert "12 条帖子" in message.title
    assert [mention.name for mention in message.mentions] == ["林"]


def test_only_a_first_message_can_be_late(database: Database, case_id: int) -> None:
    late = T0 + timedelta(minutes=11)
    with database.read() as connection:
        first = case_alert(connection, RULES, case_id, Telling("a", "first"), late)
        later = case_alert(connection, RULES, case_id, Telling("b", "repeat"), late)
    assert (first.late, later.late) == (True, False)


def test_what_is_over_asks_for_no_reply(database: Database, case_id: int) -> None:
    with database.read() as connection:
        alert = case_alert(connection, RULES, case_id, Telling("a", "resolved", ended=True), NOW)
    message = from_json(alert.message)
    assert (message.ended, message.reply) == (True, None)


def test_each_receiver_has_their_language(database: Database, case_id: int) -> None:
    telling = Telling("a", "first", locale="en")
    with database.read() as connection:
        message = from_json(case_alert(connection, RULES, case_id, telling, NOW).message)
    assert message.locale == "en"
    assert "Told by 12 posts" in message.title


def test_a_deleted_post_leaves_a_message_without_it(database: Database, case_id: int) -> None:
    with database.write() as connection:
        connection.execute(delete(t.hit))
        alert = case_alert(connection, RULES, case_id, Telling("a", "first"), NOW)
    message = from_json(alert.message)
    assert (message.post, message.reply, alert.hit_id) == (None, None, None)
    assert (message.brand, message.case_id) == (BRAND, case_id)
    assert "12 条帖子" in message.title


def test_a_case_that_is_gone_is_an_error_alone_and_left_out_among_others(
    database: Database, case_id: int
) -> None:
    telling = Telling("a", "first")
    with database.read() as connection:
        with pytest.raises(KeyError):
            case_alert(connection, RULES, 4711, telling, NOW)
        wanted = [(4711, telling), (case_id, telling)]
        assert [a.case_id for a in case_alerts(connection, RULES, wanted, NOW)] == [case_id]
