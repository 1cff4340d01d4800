from __future__ import annotations

import re

import pytest

from responses.catalogue import CHINESE, ENGLISH, GENERAL, URGENT
from responses.length import weighted_length
from responses.templates import Template, every_template, variants
from responses.wording import lint
from scrapers.post import Platform

TEMPLATES = [pytest.param(template, id=template.id) for template in every_template()]
ASKS_PRIVATELY = {"zh": re.compile("私信"), "en": re.compile(r"\bDM\b")}
APOLOGISES = {"zh": re.compile("歉"), "en": re.compile(r"\b(?:sorry|apologise)\b", re.IGNORECASE)}
GREETS = {"zh": re.compile(r"^\{name\}您好"), "en": re.compile(r"^(?:Hi|Hello) \{name\}, ")}
HANDLES = {
    "zh": re.compile("优先|立刻|即刻|第一时间"),
    "en": re.compile(r"priority|at once|right away", re.IGNORECASE),
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_first_reply_greets_apologises_and_moves_to_direct_messages(template: Template) -> None:
    for pattern in (GREETS, APOLOGISES, ASKS_PRIVATELY, HANDLES):
        assert pattern[template.language].search(template.text)
    assert "http" not in template.text
    assert set(re.findall(r"\{(\w+)\}", template.text)) == {"name", "brand"}


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("names", [("星云手表", "小李"), ("NebulaWatch", "Lee"), ("", "")])
def test_no_remark_of_any_kind_on_our_own_wording(
    template: Template, names: tuple[str, str]
) -> None:
    assert lint(template.fill(*names), template.language) == ()


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_longest_names_fit_both_platforms(template: Template) -> None:
    text = template.fill("星" * 20, "云" * 30)
    assert weighted_length(text, Platform.TWITTER) <= 280
    assert weighted_length(text, Platform.WEIBO) <= 140


@pytest.mark.parametrize("catalogue", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_there_are_three_different_texts_or_more_on_everything(
    catalogue: dict[str, tuple[str, ...]],
) -> None:
    assert set(CHINESE) == set(ENGLISH)
    assert all(len(texts) >= 3 for texts in catalogue.values())
    every = [text for texts in catalogue.values() for text in texts]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize(
    ("topic", "urgent", "group"),
    [
        ("refund", False, "refund"),
        ("refund", True, URGENT),
        ("other", False, GENERAL),
        ("advertising", False, GENERAL),
        ("", False, GENERAL),
        ("other", True, URGENT),
        ("safety", False, "safety"),
        ("safety", True, "safety"),
        ("privacy", True, "privacy"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_variants_fit_topic_and_urgency(
    language: str, topic: str, urgent: bool, group: str
) -> None:
    catalogue = {"zh": CHINESE, "en": ENGLISH}[language]
    found = variants(language, topic, urgent=urgent)
    assert tuple(template.text for template in found) == catalogue[group]
    assert found[0].id == f"first_public_reply.{language}.{group}.1"


def test_ids_are_unique() -> None:
    ids = [template.id for template in every_template()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("language", "brand", "name", "start"),
    [
        ("zh", "星云手表", "小李", "小李您好，这里是星云手表客服。"),
        ("zh", "", "", "您好，这里是官方客服。"),
        ("en", "NebulaWatch", "Lee", "Hi Lee, NebulaWatch support here."),
        ("en", "", "", "Hi there, customer support here."),
        ("zh", "{name}", "小李", "小李您好，这里是{name}客服。"),
    ],
)
def test_fill(language: str, brand: str, name: str, start: str) -> None:
    general = variants(language, "other", urgent=False)[0]
    assert general.fill(brand, name).startswith(start)
