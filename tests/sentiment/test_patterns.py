"""The fast finder against the plain expressions: it finds the same, whatever the lists."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sentiment.lexicon import Lexicon
from sentiment.literals import Literals, literals
from sentiment.patterns import Finder, Span, finder
from sentiment.text import fold
from sentiment.wordlist import Words, words

LISTS = dict(Lexicon().lists())

ATOMS = st.sampled_from(
    ["退", "款", "没", "a", "b", "ab", ".", r"\d", r"\w", "[ab没]", "[^a]", "[0-3]", " ", r"\s"]
)


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(parts, min_size=1, max_size=3).map("".join),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
        st.tuples(parts, st.sampled_from(["?", "*", "+", "{1,3}", "{0,2}?", "??", "{2}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.tuples(parts, st.sampled_from(["(?!{})", "(?={})", "(?<!{})", "^{}", "(?i:{})"])).map(
            lambda pair: pair[1].format("退") + pair[0]
        ),
    )


def valid(entry: str) -> bool:
    try:
        compiled = re.compile(entry)
    except re.error:
        return False
    return not any(match.group() == "" for text in SAMPLES for match in compiled.finditer(text))


SAMPLES = ("", "退款没ab", "a b ab0123  b没没退退款", "ab ab")
ENTRIES = st.lists(st.recursive(ATOMS, joined, max_leaves=6).filter(valid), max_size=4)
TEXTS = st.text(st.sampled_from("退款没abAc01 9z"), max_size=24)
PIECES = st.one_of(
    st.sampled_from(
        sorted(
            {
                string
                for table in LISTS.values()
                for entry in (*table.zh, *table.en)
                for string in (literals(entry).whole or literals(entry).starts)[:2]
            }
        )
    ),
    st.text(max_size=4),
    st.sampled_from(["了", "的", " ", ",", "ing", "s", "3天", "it's", "我", "。", "没", "有"]),
)


def plainly(lists: Mapping[str, Words], text: str) -> dict[str, tuple[tuple[int, int, str], ...]]:
    found = {
        name: tuple((*match.span(), match.group()) for match in table.pattern().finditer(text))
        for name, table in lists.items()
    }
    return {name: spans for name, spans in found.items() if spans}


@settings(max_examples=300)
@given(ENTRIES, ENTRIES, TEXTS)
@example([r"没.{0,3}款", "款没"], [], "没款没退款")
@example(["退款", "退"], ["a", "ab?"], "退退款 ab a abc")
@example(["退(?!款)", "(?<!没)退"], [], "退款没退退")
def test_any_entries_find_what_one_expression_finds(
    zh: list[str], en: list[str], text: str
) -> None:
    lists = {"one": Words(tuple(zh), tuple(en)), "other": Words(tuple(en), tuple(zh))}
    assert Finder(lists).find(text) == plainly(lists, text)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_the_lexicon_finds_what_its_expressions_find(text: str) -> None:
    folded = fold(text)
    assert finder(tuple(LISTS.items())).find(folded) == plainly(LISTS, folded)


def test_findings_are_spans_of_the_text_under_the_name_of_the_list() -> None:
    lists = {"money": words(zh="退款 退", en="refund(?:s|ed)?"), "late": words(en="late")}
    assert Finder(lists).find("退款refunded, refundable 退") == {
        "money": (Span(0, 2, "退款"), Span(2, 10, "refunded"), Span(23, 24, "退"))
    }
    assert Finder(lists).find("") == {}
    assert Finder({}).find("退款") == {}


def test_a_wrong_entry_is_refused() -> None:
    with pytest.raises(re.error):
        Finder({"broken": Words(zh=("(退",))})


@pytest.mark.parametrize(
    ("expression", "bound"),
    [
        ("退款", Literals(whole=("退款",))),
        ("没有?人(?:理|管)", Literals(whole=("没有人理", "没有人管", "没人理", "没人管"))),
        ("a??b", Literals(whole=("b", "ab"))),
        ("炸了(?!锅)", Literals(starts=("炸了",))),
        (r"(?<!没)(?:has|had) been \w+", Literals(starts=("has been ", "had been "))),
        (r"\d+ (?:days|weeks) ago", Literals(needed=(" days ago", " weeks ago"))),
        (r"\w*(?:ab+|cd)\d", Literals(needed=("a", "cd"))),
        (r"\d+", Literals()),
        ("(?i)refund", Literals()),
        ("x(?i:refund)", Literals(starts=("x",))),
        ("(?:ab|)", Literals()),
    ],
)
def test_what_strings_an_expression_is_bound_to(expression: str, bound: Literals) -> None:
    assert literals(expression) == bound


@pytest.mark.parametrize("expression", ["[一-龥]款", "(?:a|b){9}", "(?:a|b|c|d){2,8}款"])
def test_what_stands_for_too_many_strings_is_not_written_out(expression: str) -> None:
    bound = literals(expression)
    assert not bound.whole
    assert len(bound.starts) + len(bound.needed) <= 256


@pytest.mark.parametrize(
    ("others", "within"),
    [
        ((Span(4, 6, ""),), True),
        ((Span(0, 3, ""),), False),
        ((Span(5, 9, ""),), False),
        ((), False),
    ],
)
def test_spans_overlap(others: tuple[Span, ...], within: bool) -> None:
    assert Span(3, 5, "").within(others) is within
