"""Sections `escalation` and `heartbeat`: the table of domain.md, and every mistake explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from alerts.rungs import Level, Trigger
from alerts.severity import Severity
from monitor.config import Config, ConfigError, load, parse
from tests.conftest import ROOT

NORMAL, IMPORTANT, URGENT = Severity
LEVEL = {"name": "boss", "zh": "老板", "en": "boss", "act_within_s": 60}


def config(**sections: Any) -> Config:
    return parse(yaml.safe_dump(sections, allow_unicode=True), "my.yaml", {})


def problem(**sections: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        config(**sections)
    (sentence,) = caught.value.problems
    return sentence


def test_the_default_is_the_table_of_the_domain() -> None:
    for settings in (Config().escalation, load(ROOT / "config.yaml", {}).escalation):
        ladder = settings.ladder()
        assert ladder.levels == (
            Level("lead", "组长", "team lead", 15 * 60),
            Level("manager", "经理", "manager", 30 * 60),
            Level("director", "总监", "director", 10 * 60),
        )
        assert ladder.triggers == {
            NORMAL: Trigger("lead", 30 * 60),
            IMPORTANT: Trigger("manager"),
            URGENT: Trigger("director"),
        }
        lives = [settings.ack_life_s(severity) for severity in Severity]
        assert lives == [3600, 3600, 900]


def test_another_ladder_may_be_written() -> None:
    settings = config(
        people=[{"name": "林夏"}],
        rotas=[{"name": "r", "people": ["林夏"], "start": "2026-01-05 09:00"}],
        calendars=[{"name": "day", "week": {"mon-fri": ["09:00-18:00"]}}],
        channels=[{"kind": "console", "name": "here"}],
        receivers=[{"name": "default", "channels": ["here"]}],
        escalation={
            "normal": {"level": "boss", "after_s": 60, "calendar": "day"},
            "important": {"level": "boss"},
            "urgent": {"level": "boss", "after_s": 30},
            "levels": [{**LEVEL, "rota": "r", "receiver": "default"}],
            "ack_s": {"urgent": 60},
        },
    ).escalation
    ladder = settings.ladder()
    assert ladder.levels == (Level("boss", "老板", "boss", 60, "r", "default"),)
    assert ladder.triggers[NORMAL] == Trigger("boss", 60, "day")
    assert ladder.triggers[URGENT] == Trigger("boss", 30)
    assert [ladder.ack_life_s(severity) for severity in Severity] == [3600, 3600, 60]


def test_without_receivers_there_is_one_called_default() -> None:
    levels = [{**LEVEL, "receiver": "default"}]
    triggers = {key: {"level": "boss"} for key in ("normal", "important", "urgent")}
    assert config(escalation={**triggers, "levels": levels}).escalation.levels[0].receiver


@pytest.mark.parametrize(
    ("escalation", "place", "mend"),
    [
        ({"levels": [LEVEL, LEVEL]}, "my.yaml:1: escalation", "two levels have one name"),
        ({"normal": {"level": "chief"}}, "escalation", "there is no level 'chief'; write lead, m"),
        ({"urgent": {"level": "lead"}}, "escalation", "must not begin at a lower level"),
        ({"urgent": {"level": "director", "calendar": "day"}}, "calendar", "unknown key"),
        ({"levels": []}, "escalation", "levels: write 1 to 10 levels"),
        (
            {"levels": [{**LEVEL, "name": "Big Boss"}]},
            "escalation.levels[0].name",
            "write up to 32",
        ),
        ({"levels": [{**LEVEL, "act_within_s": 0}]}, "act_within_s", "greater than or equal"),
        ({"ack_s": {"urgent": 1}}, "escalation.ack_s.urgent", "greater than or equal to 60"),
        (
            {"normal": {"level": "lead", "calendar": "day"}},
            "escalation.normal.calendar",
            "there is no calendar 'day'; add it, or leave this empty",
        ),
    ],
)
def test_a_mistake_names_its_place_and_its_mend(
    escalation: dict[str, Any], place: str, mend: str
) -> None:
    sentence = problem(escalation=escalation)
    assert place in sentence
    assert mend in sentence


@pytest.mark.parametrize(
    ("key", "mend"),
    [
        ("rota", "there is no rota 'x'; add it, or leave this empty"),
        ("receiver", "there is no receiver 'x'; write one of default"),
    ],
)
def test_a_level_names_only_what_is_there(key: str, mend: str) -> None:
    levels = [level.model_dump() for level in Config().escalation.levels]
    levels[1][key] = "x"
    sentence = problem(escalation={"levels": levels})
    assert f"escalation.levels[1].{key}: {mend}" in sentence


def test_a_file_without_a_default_receiver_is_told_so_and_nothing_worse() -> None:
    sentence = problem(
        channels=[{"kind": "console", "name": "here"}],
        receivers=[{"name": "bosses", "channels": ["here"]}],
    )
    assert "none is called default" in sentence


def test_a_heartbeat_needs_an_address_that_keeps_it_secret() -> None:
    heartbeat = config(heartbeat={"url": "https://hc.example/5b1c", "sent_by": "audit"}).heartbeat
    assert (heartbeat.url, heartbeat.sent_by) == ("https://hc.example/5b1c", "audit")
    assert "5b1c" not in repr(heartbeat)
    sentence = problem(heartbeat={"url": "http://hc.example/5b1c"})
    assert "heartbeat.url: this is not possible: write https://" in sentence
    assert "5b1c" not in sentence


def test_an_override_of_the_environment_reaches_the_ladder(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("{}", encoding="utf-8")
    found = load(path, {"SHIFEN__ESCALATION__ACK_S__URGENT": "600"})
    assert found.escalation.ack_life_s(URGENT) == 600
