"""The judge through its outer interface; brands and people are invented."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.judge import Judge
from sentiment.lexicon import Lexicon
from sentiment.scorer import Evidence, Score
from sentiment.verdict import Genre, Label, Risk, Sign, Topic, Verdict
from sentiment.words import WordScorer

BRAND = "星云手表"


class Fixed:
    """A scorer that gives every text the same polarity."""

    version = "fixed-1"

    def __init__(self, negative: float, neutral: float, positive: float) -> None:
        self.polarity = Score(negative, neutral, positive)
        self.seen: list[str] = []

    def score(self, texts: Sequence[str]) -> list[Score]:
        self.seen.extend(texts)
        return [self.polarity] * len(texts)

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        return [()] * len(texts)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(WordScorer())


def one(judge: Judge, text: str, brand: str = BRAND) -> Verdict:
    (verdict,) = judge.judge([text], [brand])
    return verdict


def codes(verdict: Verdict) -> set[str]:
    return {sign.code for sign in verdict.signs}


@pytest.mark.parametrize(
    "text",
    [
        "@星云手表 买了三天就黑屏，客服没人理，什么时候退款！",
        "星云手表太垃圾了，再也不买了",
        "請問退貨怎麼處理？客服都不理人",
        "说已经解决，结果还是坏了，退款一直没到账",
        "星云手表表带断了，问题还没解决",
        "之前很满意，但是这次表冠坏了，售后拒绝退款",
        "充电时手表起火了，烧伤了手",
        "谢谢你们的服务，三天没人理，退款也不给",
        "My NebulaWatch is broken and nobody replies, I want a refund",
        "@NebulaSupport my watch won't charge, three days and no reply",
        "It was fixed but it stopped working again, worst service",
        "NebulaWatch leaked my personal data, unacceptable",
        "双11买的，满减算错了多扣了我200，客服不处理",
    ],
)
def test_a_complaint(judge: Judge, text: str) -> None:
    assert one(judge, text).complaint > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😀",
        "星云手表没有问题，很好用",
        "退款问题已解决，客服很耐心，点赞",
        "转发抽奖，抽3位送星云手表，投诉无效哦",
        "星云手表新品首发，限时优惠，点击链接下单立减，告别死机",
        "请问星云手表这款好用吗？",
        "今天投诉量下降，零事故",
        "消防演练现场模拟起火",
        "远光手机这次真的翻车了，还是星云手表香",
        "No problem at all, love my NebulaWatch",
        "Thanks for sorting my refund so quickly!",
        "Giveaway! Retweet to win a NebulaWatch, no broken hearts",
    ],
)
def test_no_complaint(judge: Judge, text: str) -> None:
    assert one(judge, text).complaint < 0.5


def test_a_solved_complaint_is_less_of_one_until_it_breaks_again(judge: Judge) -> None:
    broken = one(judge, "表冠坏了")
    solved = one(judge, "表冠坏了，已经解决")
    again = one(judge, "表冠坏了，已经解决，但是又坏了")
    assert solved.complaint < broken.complaint
    assert solved.complaint < again.complaint
    assert "resolved" in codes(solved)
    assert "resolved" not in codes(again)


def test_what_an_other_brand_did_counts_less(judge: Judge) -> None:
    text = "远光手机翻车了，还是星云手表香"
    ours, theirs = one(judge, text, "星云手表"), one(judge, text, "远光手机")
    assert ours.complaint < theirs.complaint
    assert Sign("better_than_other", "还是星云手表香") in ours.signs
    assert Sign("other_brand", "远光手机翻车了") in ours.signs
    assert Sign("other_brand", "还是星云手表香") in theirs.signs
    assert "worse_than_other" in codes(theirs)


def test_a_brand_name_is_no_pattern(judge: Judge) -> None:
    assert "better_than_other" not in codes(one(judge, "还是abc香，退款", "a.c"))
    assert "better_than_other" in codes(one(judge, "还是A.C香，退款", "A.C"))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("退款还不到账，退货也不给退", Topic.REFUND),
        ("快递三天没发货，物流不动", Topic.DELIVERY),
        ("屏幕碎裂，质量太差", Topic.QUALITY),
        ("客服态度恶劣，没人理", Topic.SERVICE),
        ("又涨价，太贵，乱收费", Topic.PRICE),
        ("虚假宣传，夸大续航", Topic.ADVERTISING),
        ("账号被封，登录不了", Topic.ACCOUNT),
        ("服务器崩了，打不开", Topic.OUTAGE),
        ("手表充电自燃", Topic.SAFETY),
        ("泄露我的个人信息", Topic.PRIVACY),
        ("星云手表让人生气", Topic.OTHER),
        ("where is my refund", Topic.REFUND),
        ("parcel never arrived, courier lost it", Topic.DELIVERY),
        ("the strap is faulty and cracked", Topic.QUALITY),
        ("rude staff, customer service ignored me", Topic.SERVICE),
        ("I was overcharged on my bill", Topic.PRICE),
        ("false advertising, misleading ads", Topic.ADVERTISING),
        ("locked out of my account, password reset fails", Topic.ACCOUNT),
        ("the site is down, servers offline", Topic.OUTAGE),
        ("my watch caught fire", Topic.SAFETY),
        ("they leaked my personal data", Topic.PRIVACY),
        ("", Topic.OTHER),
    ],
)
def test_topic(judge: Judge, text: str, topic: Topic) -> None:
    assert one(judge, text).topic is topic


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("充电宝爆炸，烫伤了孩子", Risk.SAFETY),
        ("喝完就拉肚子，进医院了", Risk.HEALTH),
        ("我要起诉你们，12315见", Risk.LEGAL),
        ("我的手机号和地址都被泄露了", Risk.DATA_LEAK),
        ("泄露了我的电话", Risk.DATA_LEAK),
        ("店员歧视外地人", Risk.DISCRIMINATION),
        ("银行卡被盗刷", Risk.FRAUD),
        ("已经联系记者曝光", Risk.MEDIA),
        ("再不退款我就不想活了", Risk.SELF_HARM),
        ("不想活了，手表还起火", Risk.SELF_HARM),
        ("充電時手錶起火", Risk.SAFETY),
        ("the charger exploded and burned my hand", Risk.SAFETY),
        ("got food poisoning from your shop", Risk.HEALTH),
        ("see you in court, talk to my lawyer", Risk.LEGAL),
        ("huge data breach", Risk.DATA_LEAK),
        ("racist staff", Risk.DISCRIMINATION),
        ("it is a scam", Risk.FRAUD),
        ("I am going to the press", Risk.MEDIA),
        ("I want to die", Risk.SELF_HARM),
        ("仓库爆炸，幸好无人受伤", Risk.SAFETY),
        ("消防演练现场模拟起火", Risk.NONE),
        ("官方辟谣手表爆炸", Risk.NONE),
        ("没有起火，虚惊一场", Risk.NONE),
        ("我们防诈骗", Risk.NONE),
        ("爆炸好吃", Risk.NONE),
        ("笑死我了，这手表火了", Risk.NONE),
        ("fire drill, nothing is on fire", Risk.NONE),
        ("no injuries reported", Risk.NONE),
        ("he was fired", Risk.NONE),
        ("退款太慢", Risk.NONE),
        ("", Risk.NONE),
    ],
)
def test_risk(judge: Judge, text: str, risk: Risk) -> None:
    verdict = one(judge, text)
    assert verdict.risk is risk
    assert ("risk_term" in codes(verdict)) == (risk is not Risk.NONE)


def test_a_harm_that_did_not_happen_is_told(judge: Judge) -> None:
    assert Sign("non_event", "演练 起火") in one(judge, "消防演练现场模拟起火").signs


@pytest.mark.parametrize(
    ("text", "genre"),
    [
        ("转发抽奖，抽3位送手表", Genre.LOTTERY),
        ("Giveaway: RT and follow to win", Genre.LOTTERY),
        ("优惠券限时抢购，点击链接领取", Genre.ADVERT),
        ("Use promo code NEBULA, free shipping", Genre.ADVERT),
        ("【星云手表发布三季度财报】据报道同比增长", Genre.NEWS),
        ("Breaking: NebulaWatch announces earnings", Genre.NEWS),
        ("请问这款手表怎么样？", Genre.QUESTION),
        ("Does anyone know a good watch?", Genre.QUESTION),
        ("请问你们的客服为什么没人理，退款呢？", Genre.PERSONAL),
        ("【避雷】星云手表黑屏，退款没人理，垃圾", Genre.PERSONAL),
        ("满减之后多扣了我的钱，客服不处理", Genre.PERSONAL),
        ("手表坏了", Genre.PERSONAL),
        ("", Genre.PERSONAL),
    ],
)
def test_genre(judge: Judge, text: str, genre: Genre) -> None:
    assert one(judge, text).genre is genre


@pytest.mark.parametrize(
    ("polarity", "label", "confidence"),
    [
        ((0.7, 0.2, 0.1), Label.NEGATIVE, 0.7),
        ((0.1, 0.3, 0.6), Label.POSITIVE, 0.6),
        ((0.2, 0.5, 0.3), Label.NEUTRAL, 0.5),
        ((0.4, 0.4, 0.2), Label.NEUTRAL, 0.4),
    ],
)
def test_polarity_comes_from_the_scorer(
    polarity: tuple[float, float, float], label: Label, confidence: float
) -> None:
    verdict = one(Judge(Fixed(*polarity)), "手表到了")
    assert (verdict.label, verdict.confidence) == (label, confidence)
    assert verdict.negative == polarity[0]
    assert (Sign("negative_tone") in verdict.signs) == (label is Label.NEGATIVE)


def test_a_worse_tone_is_more_of_a_complaint() -> None:
    complaints = [
        one(Judge(Fixed(*polarity)), "退款").complaint
        for polarity in ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
    ]
    assert complaints == sorted(set(complaints))


def test_the_scorer_sees_cleaned_texts() -> None:
    scorer = Fixed(0, 1, 0)
    Judge(scorer).judge(["@星云手表 退\u200b款 https://example.com/x"])
    assert scorer.seen == ["退款"]


def test_signs_name_the_words_once_and_not_too_many(judge: Judge) -> None:
    verdict = one(judge, "退款退款！投诉，垃圾，黑屏，闪退，死机，差评，没人理")
    words = [sign.text for sign in verdict.signs if sign.code == "complaint_word"]
    assert words[0] == "退款"
    assert len(words) == len(set(words)) == 5


def test_one_verdict_per_text_in_order(judge: Judge) -> None:
    texts = ["退款没人理", "", "love it", "退款没人理"]
    together = judge.judge(texts)
    assert together == [judge.judge([text])[0] for text in texts]
    assert judge.judge([]) == []


def test_brands_are_one_per_text(judge: Judge) -> None:
    with pytest.raises(ValueError, match="1 brands for 2 texts"):
        judge.judge(["a", "b"], [BRAND])


def test_the_version_names_scorer_and_lists() -> None:
    plain, more = Judge(Fixed(0, 1, 0)), Judge(Fixed(0, 1, 0), complaint_words=["掉色"])
    assert plain.version == f"fixed-1+words-{Lexicon().version}"
    assert one(plain, "掉色").model_version == plain.version
    assert more.version != plain.version
    assert Judge(Fixed(0, 1, 0), complaint_words=["", " "]).version == plain.version


@pytest.mark.parametrize("word", ["掉色", "Wobbles", "c++ (beta)"])
def test_further_words_of_complaint(word: str) -> None:
    text = f"手表{word}了"
    assert one(Judge(Fixed(0, 1, 0)), text).complaint < 0.5
    assert one(Judge(Fixed(0, 1, 0), complaint_words=[word]), text).complaint > 0.5


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=()), max_size=120), st.text(max_size=10))
def test_any_text_gets_a_verdict_with_probabilities(text: str, brand: str) -> None:
    verdict = one(Judge(Fixed(0.2, 0.5, 0.3)), text, brand)
    assert 0 < verdict.complaint < 1
    assert all(len(sign.text) <= 60 for sign in verdict.signs)


def test_a_long_article_is_judged_in_time(judge: Judge) -> None:
    article = "客服说已经解决，但是手表又坏了，退款还没到账。" * 800
    assert one(judge, article).complaint > 0.5


def test_several_threads(judge: Judge) -> None:
    texts = ["退款没人理", "My watch caught fire", "请问好用吗？"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: judge.judge(texts), range(8)))
    assert answers == [judge.judge(texts)] * 8
