"""Secrets come from the environment or from files that it names, and are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.channels.secrets import ChannelSecrets, channel_variable
from monitor.secrets import SecretError, Secrets, single_secrets, variable

NAMES = single_secrets()
PARTS = ChannelSecrets.__slots__


def test_the_variables_are_those_that_the_deployments_know() -> None:
    assert {variable(name) for name in NAMES} == {
        "SHIFEN_WEIBO_COOKIE",
        "SHIFEN_WEIBO_ACCESS_TOKEN",
        "SHIFEN_WEIBO_APP_SECRET",
        "SHIFEN_TWITTER_BEARER_TOKEN",
        "SHIFEN_TWITTER_CONSUMER_KEY",
        "SHIFEN_TWITTER_CONSUMER_SECRET",
        "SHIFEN_TWITTER_ACCESS_TOKEN",
        "SHIFEN_TWITTER_ACCESS_TOKEN_SECRET",
        "SHIFEN_SLACK_BOT_TOKEN",
        "SHIFEN_SLACK_SIGNING_SECRET",
        "SHIFEN_WEBHOOK_SECRET",
        "SHIFEN_SCORER_API_KEY",
        "SHIFEN_SECRET_KEY",
    }


@pytest.mark.parametrize("name", NAMES)
def test_each_is_read_from_its_variable(name: str) -> None:
    secrets = Secrets.from_environment({variable(name): " s3cret\n", "OTHER": "x"})
    assert {n: getattr(secrets, n) for n in NAMES if getattr(secrets, n)} == {name: "s3cret"}


@pytest.mark.parametrize("name", NAMES)
def test_each_is_read_from_the_file_that_its_variable_names(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    environment = {f"{variable(name)}_FILE": str(tmp_path / "secret"), variable(name): "other"}
    assert getattr(Secrets.from_environment(environment), name) == "from a file"


def test_an_empty_file_variable_counts_as_absent() -> None:
    environment = {"SHIFEN_SECRET_KEY_FILE": "", "SHIFEN_SECRET_KEY": "here"}
    assert Secrets.from_environment(environment).secret_key == "here"


def test_none_is_set_without_variables() -> None:
    assert Secrets.from_environment({}) == Secrets()


def test_a_file_that_cannot_be_read_names_variable_and_file(tmp_path: Path) -> None:
    environment = {"SHIFEN_SECRET_KEY_FILE": str(tmp_path / "none")}
    with pytest.raises(SecretError, match=r"SHIFEN_SECRET_KEY_FILE names .*none, which cannot"):
        Secrets.from_environment(environment)


def test_a_file_that_is_no_text_does_not_show_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"hunter22\xff")
    with pytest.raises(SecretError) as caught:
        Secrets.from_environment({"SHIFEN_SECRET_KEY_FILE": str(tmp_path / "key")})
    assert "hunter22" not in str(caught.value)


def test_no_secret_is_printed_with_the_object() -> None:
    channel = ChannelSecrets(**dict.fromkeys(PARTS, "hunter22"))
    secrets = Secrets(**dict.fromkeys(NAMES, "hunter22"), channels={"PR": channel})
    assert "hunter22" not in f"{channel!r} {channel}"
    assert "hunter22" not in repr(secrets)
    assert "hunter22" not in f"{secrets}"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ["PR_ROOM", "ROOM2", "URL", "PR_KEY", "SECRET_FILE"])
def test_channels_have_secrets_of_their_own(name: str, part: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" s3cret\n")
    variable_ = channel_variable(name, part)
    assert variable_ == f"SHIFEN_CHANNEL_{name}_{part.upper()}"

    for environment in (
        {variable_: "s3cret\n"},
        {f"{variable_}_FILE": str(tmp_path / "secret"), variable_: "other"},
    ):
        read = Secrets.from_environment(environment)
        assert read.channels[name] == ChannelSecrets(**{part: "s3cret"})
        assert (variable_, "s3cret") in read.values()


def test_each_channel_has_its_secrets_by_its_name() -> None:
    environment = {
        "SHIFEN_CHANNEL_PR_KEY": "a",
        "SHIFEN_CHANNEL_PR_SECRET": "b",
        "SHIFEN_CHANNEL_NIGHT_KEY": "c",
    }
    expected = {"PR": ChannelSecrets(key="a", secret="b"), "NIGHT": ChannelSecrets(key="c")}
    assert Secrets.from_environment(environment).channels == expected


@pytest.mark.parametrize(
    "name", ["SHIFEN_CHANNEL_KEY", "SHIFEN_CHANNEL_pr_KEY", "SHIFEN_CHANNEL_PR", "CHANNEL_PR_KEY"]
)
def test_what_only_looks_like_a_channels_secret_is_none(name: str) -> None:
    assert Secrets.from_environment({name: "x"}) == Secrets()


def test_every_secret_that_is_set_is_told_with_its_variable() -> None:
    secrets = Secrets(secret_key="k", channels={"PR": ChannelSecrets(password="p")})
    assert dict(secrets.values()) == {"SHIFEN_SECRET_KEY": "k", "SHIFEN_CHANNEL_PR_PASSWORD": "p"}
