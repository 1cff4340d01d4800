"""The command line as people and scripts use it: words in, lines and exit status out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from monitor.cli import config_first
from monitor.storage.database import Database
from monitor.version import VERSION
from tests.monitor.commands import Said, Shifen, lines, refused

POST = {
    "platform": "weibo",
    "id": "1",
    "text": "星云手表买了三天就坏了，客服一直不理人，我要投诉，要求退款！",
    "created_at": "2026-11-01T12:00:00+08:00",
    "author": {"id": "7", "name": "阿林", "followers": 1},
}


# Words


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["plan", "--json", "--config", "a"], ["--config", "a", "plan", "--json"]),
        (["--config", "a", "plan"], ["--config", "a", "plan"]),
        (["plan", "--config=a"], ["--config=a", "plan"]),
        (["--config", "a", "plan", "--config", "b"], ["--config", "a", "--config", "b", "plan"]),
        (["plan", "--config"], ["--config", "plan"]),
        (["ingest", "--", "--config", "a"], ["ingest", "--", "--config", "a"]),
        ([], []),
    ],
)
def test_the_configuration_may_be_named_anywhere(given: list[str], meant: list[str]) -> None:
    assert config_first(given) == meant


def test_without_a_word_help_is_shown(shifen: Shifen) -> None:
    said = shifen()
    for command in ("run", "demo", "check", "plan", "ingest", "score", "evaluate", "db", "user"):
        assert re.search(rf"\b{command}\b", said.out + said.err)


def test_an_unknown_word_is_refused(shifen: Shifen) -> None:
    said = shifen("runn")
    assert said.status == 2
    assert "No such command" in said.err


def test_the_version_is_told(shifen: Shifen) -> None:
    assert shifen("version") == Said(0, f"{VERSION}\n", "")


# Configuration and other known errors


@pytest.mark.parametrize("order", ["before", "after", "variable", "working folder"])
def test_the_configuration_is_found(
    shifen: Shifen, config: Path, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["db", "current"]
    if order != "working folder":
        config = config.rename(config.with_name("my.yaml"))
        refused(shifen(*words), "config.yaml: there is no such file")
    if order == "variable":
        monkeypatch.setenv("SHIFEN_CONFIG", str(config))
    option = ["--config", str(config)] if order in {"before", "after"} else []
    said = shifen(*option, *words) if order == "before" else shifen(*words, *option)
    assert (said.status, said.out.split()[:2]) == (0, ["schema", "empty,"])


COMMANDS = [
    ("run",),
    ("check",),
    ("plan",),
    ("ingest", "-"),
    ("score", "-"),
    ("evaluate", "labelled.jsonl"),
    ("db", "upgrade"),
    ("db", "current"),
    ("user", "add", "lin", "--role", "pr"),
    ("token", "create", "bot", "--role", "analyst"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_wrong_configuration_is_one_sentence(
    shifen: Shifen, config: Path, words: tuple[str, ...]
) -> None:
    config.write_text("promse: {}\n", encoding="utf-8")
    refused(shifen(*words), "config.yaml:1: promse: unknown key; did you mean promise?")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_missing_secret_file_is_one_sentence(
    shifen: Shifen, config: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIFEN_SLACK_BOT_TOKEN_FILE", "none")
    refused(shifen(*words), "SHIFEN_SLACK_BOT_TOKEN_FILE names none")


WITH_DATABASE = [c for c in COMMANDS if c[0] not in {"check", "score", "evaluate"}]


@pytest.mark.parametrize("words", WITH_DATABASE, ids=" ".join)
def test_a_database_that_is_away_is_one_sentence_without_its_password(
    shifen: Shifen, config: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIFEN__DATABASE_URL", "postgresql://someone:hush@127.0.0.1:1/none")
    said = shifen(*words, stdin=b"correct horse battery\n")
    refused(said, "127.0.0.1")
    assert "hush" not in said.err


def test_a_file_that_is_no_database_is_one_sentence(
    shifen: Shifen, config: Path, tmp_path: Path
) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "shifen.db").write_bytes(b"nothing of the kind" * 100)
    refused(shifen("plan"), "file is not a database")


def test_an_unknown_log_level_is_one_sentence(
    shifen: Shifen, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIFEN_LOG_LEVEL", "loud")
    refused(shifen("plan"), "write debug, info, warning or error")
    refused(shifen("demo", "--for", "5"), "write debug, info, warning or error")


def test_a_term_that_fits_no_query_is_one_sentence(
    shifen: Shifen, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIFEN__BRANDS", f"[{{name: 星云, aliases: [{'很' * 600}]}}]")
    refused(shifen("plan"), "很很很")


# Plan and check


def test_a_plan_is_shown_to_people_and_to_programs(
    shifen: Shifen, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = shifen("plan")
    assert shown.status == 0
    assert "worst-case detection delay" in shown.out
    monkeypatch.setenv("SHIFEN__LOCALE", "zh-CN")
    assert "最坏发现延迟" in shifen("plan").out
    plans = json.loads(shifen("plan", "--json").out)
    assert [plan["source"] for plan in plans] == ["weibo", "twitter"]
    assert all(plan["holds"] for plan in plans)


def test_check_says_what_is_wrong_and_fails(
    shifen: Shifen, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = "{weibo: {enabled: false}, twitter: {enabled: false}}"
    monkeypatch.setenv("SHIFEN__SOURCES", off)
    fine = shifen("check")
    assert fine.status == 0
    assert re.search(r"✓ database .*schema", fine.out)
    assert re.search(r"! channels .*→", fine.out)
    monkeypatch.setenv("SHIFEN__CHANNELS", '[{kind: slack, name: pr, channel: "#pr"}]')
    wrong = shifen("check")
    assert wrong.status == 1
    assert re.search(r"✗ channel pr .*SHIFEN_SLACK_BOT_TOKEN.*→", wrong.out)


def test_check_reports_a_database_that_is_away(
    shifen: Shifen, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = "{weibo: {enabled: false}, twitter: {enabled: false}}"
    monkeypatch.setenv("SHIFEN__SOURCES", off)
    monkeypatch.setenv("SHIFEN__DATABASE_URL", "postgresql://someone:hush@127.0.0.1:1/none")
    said = shifen("check")
    assert said.status == 1
    assert "✗ database" in said.out
    assert "✓ model" in said.out
    assert "hush" not in said.out + said.err


# Ingest


def test_ingest_reads_a_file_and_ends_with_its_summary(
    shifen: Shifen, config: Path, tmp_path: Path
) -> None:
    (tmp_path / "posts.jsonl").write_bytes(lines(POST, POST | {"id": "2", "text": "x"}, POST))
    said = shifen("ingest", "posts.jsonl")
    assert said.status == 0
    assert said.out.count("\n") == 1
    expected = {"read": 3, "new": 2, "duplicates": 1, "hits": 1, "cases": 1, "rejected": 0}
    assert said.summary.items() >= expected.items()
    assert not (tmp_path / "rejects.jsonl").exists()
    again = shifen("ingest", "posts.jsonl")
    expected = {"read": 3, "new": 0, "duplicates": 3, "hits": 0, "cases": 0, "rejected": 0}
    assert again.summary.items() >= expected.items()


def test_ingest_reads_standard_input_with_whatever_bytes(
    shifen: Shifen, config: Path, tmp_path: Path
) -> None:
    given = b"\xef\xbb\xbf" + lines(POST, "", '{"text": "caf\udce9"}', "bad", POST | {"id": "2"})
    said = shifen("ingest", "-", stdin=given)
    assert said.status == 0
    assert (said.summary["read"], said.summary["new"], said.summary["rejected"]) == (4, 2, 2)
    assert "2 lines rejected, kept in rejects.jsonl" in said.err
    assert "line 4: not JSON" in said.err
    kept = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text().splitlines()]
    assert [one["line"] for one in kept] == [3, 4]
    assert kept[0]["raw"].encode("utf-8", "surrogateescape") == b'{"text": "caf\xe9"}'


def test_rejects_go_where_they_are_told_and_leave_a_former_file_alone(
    shifen: Shifen, config: Path, tmp_path: Path
) -> None:
    (tmp_path / "rejects.jsonl").write_text("of another day\n")
    assert shifen("ingest", "-", "--rejects", "bad.jsonl", stdin=b"bad\n").status == 0
    assert shifen("ingest", "-", stdin=lines(POST)).status == 0
    assert (tmp_path / "bad.jsonl").read_text().count("\n") == 1
    assert (tmp_path / "rejects.jsonl").read_text() == "of another day\n"


def test_the_file_that_is_read_is_never_written_over(
    shifen: Shifen, config: Path, tmp_path: Path
) -> None:
    (tmp_path / "rejects.jsonl").write_text("bad\n")
    refused(shifen("ingest", "./rejects.jsonl"), "give --rejects another file")
    assert (tmp_path / "rejects.jsonl").read_text() == "bad\n"


@pytest.mark.parametrize("file", ["none.jsonl", "."])
def test_a_file_that_cannot_be_read_is_one_sentence(
    shifen: Shifen, config: Path, file: str
) -> None:
    refused(shifen("ingest", file), f"{file}: cannot be read")


def test_rejects_that_cannot_be_kept_are_one_sentence(shifen: Shifen, config: Path) -> None:
    refused(shifen("ingest", "-", "--rejects", "no/such/file", stdin=b"bad\n"), "give --rejects")


# Administration


def test_the_schema_is_upgraded_and_told(shifen: Shifen, config: Path) -> None:
    newest = Database("sqlite://").newest_version()
    assert shifen("db", "current").out == f"schema empty, needed {newest}\n"
    for _ in range(2):
        assert shifen("db", "upgrade").out == f"schema {newest}\n"
    assert shifen("db", "current").out == f"schema {newest}, needed {newest}\n"


def test_a_person_is_added_with_the_password_of_standard_input(
    shifen: Shifen, config: Path
) -> None:
    words = ("user", "add", "lin", "--role", "pr")
    said = shifen(*words, stdin=b"correct horse battery\n")
    assert (said.status, said.out) == (0, "lin added as pr\n")
    refused(shifen(*words, stdin=b"correct horse battery\n"), "lin")


@pytest.mark.parametrize("password", [b"", b"\n", b"short\n"])
def test_a_weak_password_is_refused(shifen: Shifen, config: Path, password: bytes) -> None:
    said = shifen("user", "add", "lin", "--role", "pr", stdin=password)
    refused(said, "a password needs at least 10 characters")


def test_an_unknown_role_is_refused(shifen: Shifen, config: Path) -> None:
    said = shifen("user", "add", "lin", "--role", "boss")
    assert said.status == 2
    assert "'boss'" in said.err


def test_a_token_is_printed_once_and_alone(shifen: Shifen, config: Path) -> None:
    said = shifen("token", "create", "bot", "--role", "analyst")
    assert (said.status, said.err) == (0, "")
    assert re.fullmatch(r"\S{20,}\n", said.out)
    refused(shifen("token", "create", "bot", "--role", "analyst"), "bot")


# Run


def test_a_second_service_on_the_same_embedded_database_is_refused(
    shifen: Shifen, config: Path, tmp_path: Path
) -> None:
    first = Database(f"sqlite:///{tmp_path}/var/shifen.db")
    with first.alone():
        refused(shifen("run"), "another service runs on this database")
    with first.alone():
        first.close()


def test_files_may_be_ingested_while_the_service_runs(
    shifen: Shifen, config: Path, tmp_path: Path
) -> None:
    first = Database(f"sqlite:///{tmp_path}/var/shifen.db")
    with first.alone():
        assert shifen("ingest", "-", stdin=lines(POST)).summary["new"] == 1
    first.close()


@pytest.mark.parametrize("option", [("--for", "1"), ("--port", "70000"), ("--for", "soon")])
def test_the_demonstration_refuses_what_cannot_be(shifen: Shifen, option: tuple[str, str]) -> None:
    said = shifen("demo", *option)
    assert said.status == 2
    assert option[0] in said.err
