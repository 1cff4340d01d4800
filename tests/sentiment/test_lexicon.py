"""The word lists are data written by hand: what a slip of the pen would break."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

import pytest

from sentiment.harmless import Context
from sentiment.lexicon import Lexicon
from sentiment.moods import BAD_MOOD, NEGATIONS
from sentiment.text import simplify
from sentiment.verdict import Genre, Risk, Topic
from sentiment.wordlist import Words, words


def lists() -> Iterator[tuple[str, Words]]:
    yield "bad_mood", BAD_MOOD
    yield "negations", NEGATIONS
    lexicon = Lexicon()
    for each in fields(lexicon):
        value = getattr(lexicon, each.name)
        if isinstance(value, Words):
            yield each.name, value
        else:
            yield from ((f"{each.name}.{key}", part) for key, part in value.items())


LISTS = [pytest.param(value, id=name) for name, value in lists()]


@pytest.mark.parametrize("table", LISTS)
def test_every_entry_is_a_pattern_for_folded_text(table: Words) -> None:
    assert table.zh
    assert table.en
    for entry in (*table.zh, *table.en):
        # Escapes such as \S and \W are the only capitals; folded text has none to match.
        assert not re.search(r"(?<!\\)[A-Z]", entry.replace("(?P<", "")), entry
        assert simplify(entry) == entry
        assert not re.compile(entry).match("")
    assert all(entry.isascii() for entry in table.en)
    assert len(set(table.zh)) == len(table.zh)
    assert len(set(table.en)) == len(table.en)


def test_every_topic_risk_and_genre_has_words() -> None:
    lexicon = Lexicon()
    assert set(lexicon.topics) == set(Topic) - {Topic.OTHER}
    assert set(lexicon.risks) == set(lexicon.weak_risks) == set(Risk) - {Risk.NONE}
    assert set(lexicon.contexts) == set(Context)
    assert set(lexicon.genres) == set(Genre) - {Genre.PERSONAL}


def test_english_entries_match_whole_words_chinese_ones_anywhere() -> None:
    pattern = words(zh="退款 坏了", en="error\nlog ?in").pattern()
    found = [match.group() for match in pattern.finditer("我退款error login terrors 手表坏了")]
    assert found == ["退款", "error", "login", "坏了"]


def test_an_empty_list_finds_nothing() -> None:
    assert not words().pattern().search("anything 什么")
