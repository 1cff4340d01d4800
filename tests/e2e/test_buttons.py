"""The whole service: people act on a case in Slack, and read there what became of it."""

from __future__ import annotations

from monitor.demo.slack import SlackMessage
from tests.e2e.stage import Running, Stage, running, wait_for

LIN, STRANGER = "U0LINXIA1", "U0STRANGER"


def press(stage: Stage, shifen: Running, alert: SlackMessage, *what: str, choice: str = "") -> None:
    pressed = stage.slack.press(alert, *what, choice=choice)
    answer = shifen.http.post("/hooks/slack", content=pressed.body, headers=pressed.headers)
    assert (answer.status_code, answer.content) == (200, b"")


def state(shifen: Running, case_id: int) -> str:
    found: str = shifen.http.get(f"/api/v1/cases/{case_id}").json()["state"]
    return found


def test_a_case_is_taken_on_and_ended_where_people_read_of_it(stage: Stage) -> None:
    stage.settings["people"] = [{"name": "林夏", "handles": {"slack": LIN}}]
    with running(stage) as shifen:
        post = stage.publish()
        wait_for(lambda: stage.told(post))
        (alert,) = stage.told(post)
        (case,) = shifen.http.get("/api/v1/cases").json()["items"]

        press(stage, shifen, alert, "ack", STRANGER)
        wait_for(lambda: stage.slack.whispers)
        assert STRANGER in stage.slack.whispers[0].text
        assert state(shifen, case["id"]) == "firing"

        press(stage, shifen, alert, "ack", LIN)
        assert state(shifen, case["id"]) == "acked"

        press(stage, shifen, alert, "false_alarm", LIN, choice=f"{case['id']}:joke")
        assert state(shifen, case["id"]) == "false_alarm"

        def thread() -> list[SlackMessage]:
            return [m for m in stage.messages if m.thread_ts == alert.ts]

        wait_for(lambda: len(thread()) == 3)
        told = "".join(m.said for m in thread())
        assert "林夏 已接手" in told
        assert "标为误报" in told
        (end,) = [m for m in thread() if m.blocks]
        assert "误报，无需再处理" in end.said
        assert '"action_id": "ack"' not in end.said
        assert len(stage.messages) == 4


def test_without_a_signature_nothing_is_done(stage: Stage) -> None:
    stage.settings["people"] = [{"name": "林夏", "handles": {"slack": LIN}}]
    with running(stage) as shifen:
        post = stage.publish()
        wait_for(lambda: stage.told(post))
        (alert,) = stage.told(post)
        pressed = stage.slack.press(alert, "ack", LIN)

        answer = shifen.http.post("/hooks/slack", content=pressed.body)

        assert answer.status_code == 403
        (case,) = shifen.http.get("/api/v1/cases").json()["items"]
        assert case["state"] == "firing"
