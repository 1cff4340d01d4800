"""What a complaint is about and which desk it belongs to; texts, brands and people are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.lexicon import Lexicon
from sentiment.patterns import Finder, Findings, finder
from sentiment.text import fold
from sentiment.topic import kind_of, topic_of
from sentiment.verdict import Kind, Topic


@pytest.fixture(scope="module")
def words() -> Finder:
    return finder(tuple(Lexicon().lists()))


def read(words: Finder, text: str) -> tuple[Topic, Findings]:
    found = words.find(fold(text))
    return topic_of(found, found.get("denied", ())), found


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("这碗面不好吃，还偏贵", Topic.QUALITY),
        ("米线端到手里都凉透了", Topic.QUALITY),
        ("汤太咸，青菜没炒熟", Topic.QUALITY),
        ("汤里有头发，恶心", Topic.QUALITY),
        ("耳机戴了两天就断了", Topic.QUALITY),
        ("客房一股霉味，床单不干净", Topic.QUALITY),
        ("新外套起球，颜色和图片不一样", Topic.QUALITY),
        ("手表发烫，自动关机", Topic.QUALITY),
        ("买到山寨充电头", Topic.QUALITY),
        ("星云手表真烂", Topic.QUALITY),
        ("外卖超级难吃", Topic.QUALITY),
        ("奶茶两个小时才送到", Topic.DELIVERY),
        ("骑手把汤洒了", Topic.DELIVERY),
        ("漏送了一份米饭", Topic.DELIVERY),
        ("下单一周还不发货", Topic.DELIVERY),
        ("物流太慢，催单也没用", Topic.DELIVERY),
        ("包裹丢件了", Topic.DELIVERY),
        ("骑手迟到半个钟头", Topic.DELIVERY),
        ("前台爱理不理，态度恶劣", Topic.SERVICE),
        ("送餐员态度极差", Topic.SERVICE),
        ("客服电话打不通", Topic.SERVICE),
        ("司机中途拒载", Topic.SERVICE),
        ("快递员敷衍，还骂人", Topic.SERVICE),
        ("刚买三天就降价", Topic.PRICE),
        ("停车两小时收我八十，乱收费", Topic.PRICE),
        ("性价比太低", Topic.PRICE),
        ("话费莫名其妙少了", Topic.PRICE),
        ("宣传说送表带，根本没有", Topic.ADVERTISING),
        ("赠品没给", Topic.ADVERTISING),
        ("订单退款一直没到", Topic.REFUND),
        ("押金不给退", Topic.REFUND),
        ("星云App打不开，白屏", Topic.OUTAGE),
        ("小区又停电", Topic.OUTAGE),
        ("微博崩了", Topic.OUTAGE),
        ("会员自动续费，注销不了", Topic.ACCOUNT),
        ("无缘无故封号", Topic.ACCOUNT),
        ("天天接到骚扰电话，信息泄露", Topic.PRIVACY),
        ("吃完拉肚子", Topic.SAFETY),
        ("插座冒烟漏电", Topic.SAFETY),
        ("今天心里堵得慌", Topic.OTHER),
        ("the soup was cold and bland", Topic.QUALITY),
        ("battery dies before noon, piece of junk", Topic.QUALITY),
        ("found a hair in my salad", Topic.QUALITY),
        ("the zip broke after one trip", Topic.QUALITY),
        ("@nebula your watch sucks", Topic.QUALITY),
        ("still waiting for my parcel, never arrived", Topic.DELIVERY),
        ("you sent me the wrong size", Topic.DELIVERY),
        ("three hours late and lost my luggage", Topic.DELIVERY),
        ("been on hold for an hour, nobody answers", Topic.SERVICE),
        ("such a rude gate agent", Topic.SERVICE),
        ("terrible customer service", Topic.SERVICE),
        ("charged me twice this month", Topic.PRICE),
        ("your new plan is way too expensive", Topic.PRICE),
        ("sick of your stupid ads", Topic.ADVERTISING),
        ("not as described, bait and switch", Topic.ADVERTISING),
        ("I want my money back", Topic.REFUND),
        ("wifi keeps dropping, no connection again", Topic.OUTAGE),
        ("is the app down? getting error 503", Topic.OUTAGE),
        ("my account was suspended for nothing", Topic.ACCOUNT),
        ("you sold my data", Topic.PRIVACY),
        ("this salad gave me food poisoning", Topic.SAFETY),
        ("what a morning", Topic.OTHER),
    ],
)
def test_topic(words: Finder, text: str, topic: Topic) -> None:
    assert read(words, text)[0] is topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("快递小哥，客服，外卖，都见过，鞋子开胶", Topic.QUALITY),
        ("staff, manager, agent, all there, but the meal was undercooked and raw", Topic.QUALITY),
    ],
)
def test_what_went_wrong_outweighs_what_is_mentioned(
    words: Finder, text: str, topic: Topic
) -> None:
    assert read(words, text)[0] is topic


def test_of_two_topics_with_as_many_points_the_first_named_wins(words: Finder) -> None:
    assert read(words, "骑手和前台")[0] is Topic.DELIVERY
    assert read(words, "前台和骑手")[0] is Topic.SERVICE


def test_the_same_word_again_adds_nothing(words: Finder) -> None:
    assert read(words, "快递，快递，快递，客服和师傅")[0] is Topic.SERVICE


def test_what_is_praised_is_not_the_topic(words: Finder) -> None:
    assert read(words, "物流和客房")[0] is Topic.DELIVERY
    assert read(words, "物流不错，早餐")[0] is Topic.QUALITY
    assert read(words, "the courier was great, the room")[0] is Topic.QUALITY


def test_what_is_denied_is_not_the_topic(words: Finder) -> None:
    found = words.find("死机")
    assert topic_of(found) is Topic.QUALITY
    assert topic_of(found, found["telling.quality"]) is Topic.OTHER


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("奶茶两个小时才送到", Kind.AFTERSALE),
        ("押金不给退", Kind.AFTERSALE),
        ("鞋子返修两次，还在开胶", Kind.AFTERSALE),
        ("小区又停电", Kind.TECHNICAL),
        ("手表死机，自动关机", Kind.TECHNICAL),
        ("外卖超级难吃", Kind.COMPLAINT),
        ("送餐员态度极差", Kind.COMPLAINT),
        ("吃完拉肚子", Kind.COMPLAINT),
        ("标价三百，到店才说要五百", Kind.PRESALE),
        ("今天心里堵得慌", Kind.COMPLAINT),
        ("still waiting for my parcel", Kind.AFTERSALE),
        ("no refund after the repair", Kind.AFTERSALE),
        ("my tablet freezes and won't charge", Kind.TECHNICAL),
        ("is the app down?", Kind.TECHNICAL),
        ("such a rude gate agent", Kind.COMPLAINT),
        ("the listed price was fifty, the bill says eighty", Kind.PRESALE),
    ],
)
def test_kind(words: Finder, text: str, kind: Kind) -> None:
    topic, found = read(words, text)
    assert kind_of(found, topic) is kind


def test_every_topic_has_words_of_what_went_wrong() -> None:
    lexicon = Lexicon()
    assert set(lexicon.telling) == set(lexicon.topics)


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_any_text_has_a_topic_and_a_desk(words: Finder, text: str) -> None:
    topic, found = read(words, text)
    assert kind_of(found, topic) in Kind
