"""What makes a verdict uncertain, and what does not."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.doubt import Doubted, Measured, doubts, irony
from sentiment.scorer import Score
from sentiment.text import fold
from sentiment.verdict import Doubt, Sign

PLEASED = Score(0.05, 0.1, 0.85)
CALM = Score(0.1, 0.8, 0.1)
CROSS = Score(0.9, 0.08, 0.02)
SURE_PRAISE = Measured(PLEASED, 0.05)
SURE_COMPLAINT = Measured(CROSS, 0.95, complaint_words=2)
HARMLESS = "今天给星云手表换了条新表带"


def doubted(text: str, measured: Measured = SURE_PRAISE) -> Doubted:
    return doubts(fold(text), measured)


IRONIC = [
    # thanks for harm
    "感谢星云手表让我等了三个小时",
    "谢谢星云客服让我白跑一趟",
    "多亏了星云，害我错过了闹钟",
    "感谢星云手表，又黑屏了",
    "我谢谢你，星云，刚买三天就开胶",
    "真是谢谢您了，表带又断",
    "Thanks for nothing, NebulaWatch",
    "thanks a lot for deleting my running history",
    "Thanks NebulaWatch for making me miss my alarm",
    "thanks for the runaround, support",
    "Thank you NebulaWatch, my watch died in the middle of the race",
    # praise for harm
    "真棒，刚买三天就黑屏",
    "太好了，第三次返修",
    "厉害了星云，充一次电只用半天还自动重启",
    "星云手表绝了，洗个手就进水报废",
    "客服服了，转了五个人没人管",
    "不愧是星云，退款拖了三个月",
    "恭喜星云手表，成功把我的数据弄丢了",
    "星云售后真有诚意，等了两周一句话没有",
    "666，更新完直接变砖打不开",
    "Great job breaking the sync again",
    "Nice work losing my data, NebulaWatch",
    "Great service: two weeks and no reply",
    "Oh great, the update bricked my watch",
    "wow, impressive, it crashed on day one",
    "Congrats NebulaWatch, you lost a customer after 3 days",
    "another wonderful update, another dead battery",
    "Bravo. Five calls, no answer.",
    "5 stars for keeping me on hold",
    "well done, my order got cancelled",
    "what a surprise, it won't turn on",
    # love for what nobody loves
    "I love waiting 3 hours for support",
    "love how you ignore my emails",
    "gotta love a watch that dies at noon",
    "love being put on hold",
    "so much for waterproof",
    "just what I needed on a Monday, a dead watch",
    "can't wait to be on hold for another hour",
    "how generous of you, a 2 euro voucher",
    "yeah right, waterproof",
    # quotes
    "这“贴心”服务我真是没话说",
    "等了两周的“极速”发货",
    "「优质售后」就是让我自己修",
    "所谓的终身质保",
    'So their "premium support" is a chatbot',
    "my 'reliable' watch is off again",
    "so-called quality, the strap snapped",
    # set phrases and marks
    "呵呵，客服说让我自己想办法",
    "星云手表可真行，下雨天就罢工",
    "售后真有你的",
    "这续航也是没谁了",
    "这客服我也是醉了",
    "星云可太会做生意了，修一次四百",
    "好一个金牌售后",
    "用得很开心，手动狗头",
    "best watch I ever owned /s",
    "charging twice a day is so relaxing #sarcasm",
    # smiles
    "客服说明天处理，等了两周[微笑]",
    "又闪退了[拜拜]",
    "退款三次被拒[鼓掌]",
    "第四次返修[doge]",
    "strap broke on day two 👏👏👏",
    "still waiting for my order 🙃",
]  # fmt: skip
MEANT = [
    HARMLESS,
    "感谢客服帮我解决了闪退问题，太好了",
    "谢谢星云售后，退款很快到账",
    "等了三天终于收到了，太好了，真好看",
    "屏幕真棒，但是电池三天就坏了",
    "手表很好看[赞]",
    "星云手表真不错，用了两年没坏过",
    "星云手表厉害了，步数很准",
    "客服服务很贴心",
    "恭喜星云新品发布",
    "这个表盘绝了，太美",
    "哈哈呵呵哒",
    "买了“星云手表”，很喜欢",
    "表带断了，客服不理我",
    "Great watch, I love it",
    "Thanks NebulaWatch, sync works again",
    "thank you for replacing my strap so quickly",
    "love my NebulaWatch, it never fails me",
    "great job keeping us informed",
    "Great screen, but the battery died after two days",
    "well done NebulaWatch team",
    "so happy that I bought it",
    'they said "see you tomorrow" and left',
    "my friend's watch isn't waterproof",
    "it's broken, I want a refund",
    "w/screen protector",
]  # fmt: skip


@pytest.mark.parametrize("text", IRONIC)
def test_mockery_is_doubted_where_praise_was_heard(text: str) -> None:
    found = doubted(text)
    assert found.doubts == (Doubt.IRONY,)
    assert found.signs
    assert all(sign.code == "irony" and sign.text in fold(text) for sign in found.signs)


@pytest.mark.parametrize("text", MEANT)
def test_honest_words_are_taken_at_their_word(text: str) -> None:
    assert doubted(text) == Doubted((), ())


def test_irony_in_a_sure_complaint_is_a_sign_and_no_doubt() -> None:
    found = doubted("感谢星云手表让我等了三个小时，退款！", SURE_COMPLAINT)
    assert found.doubts == ()
    assert [sign.code for sign in found.signs] == ["irony"]
    heard_as_praise = replace(SURE_COMPLAINT, score=PLEASED)
    assert Doubt.IRONY in doubted("感谢星云手表让我等了三个小时", heard_as_praise).doubts


def test_praise_beside_words_of_complaint_that_are_not_listed_here() -> None:
    text = "星云售后真有诚意，偏偏把我的表弄得不成样子"
    assert irony(fold(text), complains=True)
    assert not irony(fold(text))
    assert not irony(fold("[赞]星云售后，表弄得不成样子"), complains=True)


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (SURE_PRAISE, ()),
        (SURE_COMPLAINT, ()),
        (Measured(CALM, 0.1), ()),
        # two parts about the brand
        (Measured(CALM, 0.1, parts=(0.7, -0.7)), (Doubt.CONTRADICTION,)),
        (Measured(CALM, 0.1, parts=(0.7, 0.1, -0.5)), ()),
        (Measured(CALM, 0.1, parts=(0.9, 0.8)), ()),
        (Measured(CALM, 0.1, parts=()), ()),
        # own words and those passed on
        (Measured(PLEASED, 0.1, passed_on=-0.9), (Doubt.CONTRADICTION,)),
        (Measured(CROSS, 0.9, passed_on=0.9), ()),
        (Measured(CALM, 0.1, passed_on=-0.9), ()),
        # praise with words of complaint
        (Measured(PLEASED, 0.2, complaint_words=1), (Doubt.CONTRADICTION,)),
        (Measured(PLEASED, 0.8), (Doubt.CONTRADICTION,)),
        (Measured(CALM, 0.1, complaint_words=1), ()),
        # never seen
        (Measured(CALM, 0.1, coverage=0.29), (Doubt.UNKNOWN_DOMAIN,)),
        (Measured(CALM, 0.1, coverage=0.3), ()),
        (Measured(CALM, 0.1, language="other"), (Doubt.UNKNOWN_DOMAIN,)),
        (Measured(CROSS, 0.9, language="other"), ()),
        # close
        (Measured(CALM, 0.34), ()),
        (Measured(CALM, 0.35), (Doubt.CLOSE_CALL,)),
        (Measured(CROSS, 0.65), (Doubt.CLOSE_CALL,)),
        (Measured(CROSS, 0.66), ()),
        (Measured(Score(0.45, 0.4, 0.15), 0.2), (Doubt.CLOSE_CALL,)),
        (Measured(Score(0.4, 0.15, 0.45), 0.2), (Doubt.CLOSE_CALL,)),
        (Measured(Score(0.45, 0.4, 0.15), 0.9), ()),
        (Measured(Score(0.04, 0.46, 0.5), 0.05), ()),
        (
            Measured(Score(0.4, 0.1, 0.5), 0.5, language="other", complaint_words=1),
            (Doubt.CONTRADICTION, Doubt.UNKNOWN_DOMAIN, Doubt.CLOSE_CALL),
        ),
    ],
)
def test_measures_that_make_a_verdict_uncertain(
    measured: Measured, expected: tuple[Doubt, ...]
) -> None:
    found = doubted(HARMLESS, measured)
    assert found.doubts == expected
    assert found.signs == ((Sign("contradiction"),) if Doubt.CONTRADICTION in expected else ())


@pytest.mark.parametrize("text", ["", "   ", "🙃🙃", "[怒]"[:1], "12315", "?!。", "好"])
def test_too_little_to_read_is_not_judged(text: str) -> None:
    assert doubted(text, Measured(CALM, 0.1)) == Doubted((Doubt.NOT_JUDGED,), ())


def test_two_characters_of_a_sure_complaint_are_enough() -> None:
    assert doubted("退款", SURE_COMPLAINT).doubts == ()
    assert doubted("refund", SURE_COMPLAINT).doubts == ()


SCORES = st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 1)).map(
    lambda p: Score(p[0] / sum(p), p[1] / sum(p), p[2] / sum(p))
)
MEASURES = st.builds(
    Measured,
    score=SCORES,
    complaint=st.floats(0, 1),
    language=st.sampled_from(["zh", "en", "other"]),
    complaint_words=st.integers(0, 3),
    coverage=st.floats(0, 1),
    parts=st.lists(st.floats(-1, 1), max_size=4).map(tuple),
    passed_on=st.none() | st.floats(-1, 1),
)
PIECES = ["感谢", "真棒", "黑屏", "等了3小时", "“贴心”", "但", "thanks", "great", "again", "/s", "'", '"', "[微笑]", "👏", " ", ","]  # fmt: skip  # noqa: E501
TEXTS = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@given(TEXTS, MEASURES)
def test_any_text_is_doubted_or_not(text: str, measured: Measured) -> None:
    found = doubts(text, measured)
    assert found == doubts(text, measured)
    assert len(found.doubts) == len(set(found.doubts))
    assert all(sign.text in text for sign in found.signs)
    assert len(found.signs) <= 4
    assert (Doubt.NOT_JUDGED not in found.doubts) or found == Doubted((Doubt.NOT_JUDGED,), ())


@pytest.mark.parametrize(
    "piece", ["感谢", "感谢让我", "真棒坏了,", "thanks @a for ", '"great ', "👏"]
)
def test_a_long_post_of_nothing_but_praise_is_read_in_time(piece: str) -> None:
    text = piece * (5_000 // len(piece))
    began = perf_counter()
    doubts(text, SURE_PRAISE)
    assert perf_counter() - began < 0.3
