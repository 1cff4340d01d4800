"""Brands and words change while the service runs; a broken file changes nothing."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.config import Config, load
from monitor.live_config import LiveConfig
from scrapers.post import Author, Platform, Post

FIRST = "brands: [{name: 星云手表}]\ncomplaint_words: [退款]\n"
POST = Post(
    Platform.WEIBO,
    "1",
    Author("7", "阿林"),
    "月光耳机坏了，我要维权",
    datetime(2026, 11, 22, tzinfo=UTC),
    "",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(FIRST, encoding="utf-8")
    return file


@pytest.fixture
def live(path: Path) -> LiveConfig:
    made = LiveConfig(path, {}, load(path, {}))
    made.current()
    return made


def edit(path: Path, text: str) -> None:
    """Write the file, with a time of its own even where the clock ticks slowly."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


def test_an_edit_of_brands_and_words_holds_at_the_next_call(live: LiveConfig, path: Path) -> None:
    before = live.current()
    assert before.watch.match(POST) == ()
    edit(path, "brands: [{name: 星云手表}, {name: 月光耳机}]\ncomplaint_words: [维权]\n")
    after = live.current()
    (hit,) = after.watch.match(POST)
    assert hit.brand == "月光耳机"
    assert hit.rules_version == after.version != before.version


def test_thresholds_change_too_and_leave_the_version(live: LiveConfig, path: Path) -> None:
    before = live.current()
    edit(path, FIRST + "severity: {kol_followers: 7}\n")
    assert live.current().thresholds.kol_followers == 7
    assert live.current().version == before.version


def test_an_edit_of_the_same_length_is_seen(live: LiveConfig, path: Path) -> None:
    edit(path, FIRST.replace("退款", "维权"))
    assert live.current().config.complaint_words == ("维权",)


def test_a_file_put_in_its_place_is_seen_though_time_and_size_are_the_same(
    live: LiveConfig, path: Path
) -> None:
    other = path.with_name("other.yaml")
    other.write_text(FIRST.replace("退款", "维权"), encoding="utf-8")
    os.utime(other, ns=(path.stat().st_mtime_ns,) * 2)
    other.replace(path)
    assert live.current().config.complaint_words == ("维权",)


def test_an_edit_between_reading_and_starting_is_seen(path: Path) -> None:
    start = load(path, {})
    edit(path, FIRST.replace("退款", "维权"))
    live = LiveConfig(path, {}, start)
    assert live.current().config.complaint_words == ("维权",)


def test_the_same_rules_object_serves_until_the_file_changes(live: LiveConfig, path: Path) -> None:
    before = live.current()
    assert live.current() is before
    edit(path, FIRST + "# a remark\n")
    assert live.current() is before


def test_other_settings_wait_for_a_restart(live: LiveConfig, path: Path) -> None:
    edit(path, FIRST + "promise: {alert_within_s: 900}\nconsole: {port: 1}\n")
    config = live.current().config
    assert (config.promise.alert_within_s, config.console.port) == (600, 8000)


def test_variables_override_the_changed_file_as_well(path: Path) -> None:
    environment = {"SHIFEN__COMPLAINT_WORDS": "[投诉]"}
    live = LiveConfig(path, environment, load(path, environment))
    edit(path, FIRST.replace("退款", "维权"))
    assert live.current().config.complaint_words == ("投诉",)


@pytest.mark.parametrize(
    "broken",
    ["brands: [", "brnds: []", "brands: [{name: ''}]", "complaint_words: ['']", "promise:\n"],
)
def test_a_broken_edit_keeps_the_old_rules_and_says_so_until_mended(
    live: LiveConfig, path: Path, broken: str
) -> None:
    before = live.current()
    edit(path, broken)
    assert live.current() is before
    assert live.problem.startswith(f"{path}:")
    edit(path, FIRST.replace("退款", "维权"))
    assert live.current().config.complaint_words == ("维权",)
    assert live.problem == ""


class Saving(type(Path())):  # type: ignore[misc]
    """A path whose file is being saved while it is read: empty at first, then whole."""

    def read_text(self, *args: Any, **kwargs: Any) -> str:
        text = super().read_text(*args, **kwargs)
        if not text:
            edit(Path(self), FIRST.replace("退款", "维权"))
        return str(text)


def test_a_file_that_is_being_saved_is_not_taken_for_an_empty_one(path: Path) -> None:
    live = LiveConfig(Saving(path), {}, load(path, {}))
    live.current()
    edit(path, "")
    config = live.current().config
    assert [brand.name for brand in config.brands] == ["星云手表"]
    assert config.complaint_words == ("维权",)


def test_a_file_that_went_away_keeps_the_rules_until_it_is_back(
    live: LiveConfig, path: Path
) -> None:
    before = live.current()
    away = path.with_name("away.yaml")
    path.rename(away)
    assert live.current() is before
    assert "no such file" in live.problem
    away.rename(path)
    assert live.current() is before
    assert live.problem == ""


def test_without_a_file_the_rules_stay() -> None:
    live = LiveConfig(None, {}, Config())
    assert live.current() is live.current()
    assert live.problem == ""


def test_threads_see_whole_rules(live: LiveConfig, path: Path) -> None:
    words = [f"维权{number}" for number in range(20)]
    seen: set[tuple[str, ...]] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            rules = live.current()
            seen.add((*rules.config.complaint_words, rules.version))

    watchers = [threading.Thread(target=watch) for _ in range(3)]
    for watcher in watchers:
        watcher.start()
    for word in words:
        fresh = path.with_name(word)
        fresh.write_text(FIRST.replace("退款", word), encoding="utf-8")
        fresh.replace(path)
        live.current()
    done.set()
    for watcher in watchers:
        watcher.join()
    assert live.current().config.complaint_words == (words[-1],)
    assert len({word for word, _ in seen}) == len({version for _, version in seen})
