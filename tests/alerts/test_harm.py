"""Harm that did not happen raises no level, harm that did does: through the judge itself.

All texts are built; the brand is invented.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.severity import URGENT_RISKS, CauseCode, Rating, Severity, Thresholds, rate
from alerts.watch import Hit
from sentiment.judge import Judge
from sentiment.verdict import Risk
from sentiment.words import WordScorer
from tests.alerts.posts import post

JUDGE = Judge(WordScorer())

DID_NOT_HAPPEN = [
    "星云手表今年起火投诉同比下降四成",
    "星云手表：上半年安全事故同比降三成",
    "星云手表电池自燃率降至零",
    "得益于新工艺，星云手表过敏投诉减少了一半",
    "星云手表的食物中毒案例？一起都没有",
    "星云手表工厂连续五年零事故零伤亡",
    "星云手表全年无一例起火",
    "星云手表安全生产两千天，未发生一起安全事故",
    "星云手表交出零起火、零爆炸、零召回的成绩单",
    "星云手表工厂消防演练，模拟电池起火爆炸",
    "星云手表门店反恐演练，模拟爆炸现场",
    "星云手表今天应急演练，大家假装受伤",
    "星云手表数据泄露应急演练圆满结束",
    "星云手表爆炸？官方辟谣：视频系伪造",
    "警方通报：所谓星云手表伤人事件为谣言",
    "星云手表泄露用户数据？假的，已澄清",
    "星云手表起火事件是一场乌龙",
    "星云手表泄露用户信息一事系误传",
    "去年星云手表充电起火的问题已解决，换了新电池",
    "星云手表之前漏电的毛病修好了，现在很稳",
    "星云手表信息泄露漏洞已修复，请放心使用",
    "星云手表安全隐患已全部排除",
    "星云手表安全隐患已整改完毕",
    "以前星云手表老款电池会鼓包，新款已经没有这个问题了",
    "防范星云手表电池起火小贴士：别用杂牌充电器",
    "提醒大家给星云手表充电别过夜，谨防自燃",
    "警惕冒充星云手表客服的诈骗电话",
    "反诈宣传进社区，星云手表讲解盗刷案例",
    "星云手表通过针刺实验，不起火不爆炸",
    "星云手表表带甲醛超标？检测结果：未检出",
    "星云手表换了抗过敏表带，敏感肌也能戴",
    "星云手表表带不含镍，不会引起皮肤过敏",
    "星云手表自动报警，跌倒的奶奶得救了",
    "多亏星云手表一键报警，孩子找到了",
    "消防通报：起火原因与星云手表无关",
    "历史上星云手表有过一次电池鼓包召回，早就改进了",
    "当年起火事件之后，星云手表换了电芯供应商，再没出过事",
    "十年前星云手表爆炸的旧闻又被翻出来了",
    "星云手表仓库无人受伤，虚惊一场",
    "星云手表防水防爆，孩子戴着放心",
    "星云手表不是假货，专柜验过了",
    "一开始怀疑星云手表是假货，查了一下是正品",
    "星云手表门店没有歧视外地人，店员很热情",
    "没必要找媒体曝光，星云手表客服很快就解决了",
    "不用报警也不用找律师，星云手表已经私下解决了",
    "和星云手表和解了，起诉已经撤回",
    "星云手表没有泄露我的信息，是快递单没撕",
    "自从换了星云手表，再也没有漏电过",
    "幸好星云手表提醒我心率异常，没有晕倒",
    "星云手表工厂的火情是误报，没有起火",
    "星云手表发热问题不复存在，不再烫手",
    "星云手表火灾演习现场，演员躺在地上装烧伤",
    "星云手表盗刷案件同比下降九成",
    "假如星云手表起火怎么办？客服给了说明书",
    "星云手表用户投诉诈骗的案件大幅下降",
    "没有发生爆炸，星云手表门口只是在放烟花",
    "星云手表不再冒烟，维修后一切正常",
    "星云手表电池不会自燃，我拆过",
    "Battery fire complaints about NebulaWatch fell by 40% this year",
    "NebulaWatch reports zero injuries in 2025",
    "NebulaWatch is no longer broken, the update fixed it",
    "NebulaWatch no longer overheats after the update",
    "Fire drill at the NebulaWatch store today, fake smoke coming out of the kitchen",
    "The NebulaWatch explosion video is a hoax",
    "Debunked: NebulaWatch does not cause burns",
    "No injuries after the NebulaWatch store evacuation",
    "Thankfully nobody was hurt and nothing caught fire, NebulaWatch is fine",
    "The NebulaWatch data breach rumour is false",
    "The NebulaWatch data leak was fixed last year, all good now",
    "Back in 2016 phones exploded, NebulaWatch never had that",
    "NebulaWatch settled that class action years ago",
    "NebulaWatch passed the crash tests and the burn test",
    "Tips to prevent battery fires with your NebulaWatch",
    "How to avoid scams that pretend to be NebulaWatch support",
    "NebulaWatch is not a scam, mine arrived in two days",
    "I thought NebulaWatch was a scam but it arrived, love it",
    "No need to sue you guys, NebulaWatch support replaced it",
    "I won't be going to the press, NebulaWatch fixed it",
    "Injuries down 30% year on year, says NebulaWatch",
    "A sharp decline in battery fires thanks to NebulaWatch",
    "An injury-free year at the NebulaWatch plant",
    "My NebulaWatch survived a house fire",
    "NebulaWatch denies nothing: there was no data breach",
    "The overheating of NebulaWatch has been resolved, no more burns",
    "My NebulaWatch never caught fire in three years",
    "Glad nobody got food poisoning at the NebulaWatch launch",
    "The smoke at the NebulaWatch store was a false alarm, nothing burned",
    "No discrimination here, the NebulaWatch staff treat everyone alike",
    "NebulaWatch has not sold my data, I checked",
    "Number of NebulaWatch accidents dropped 50 percent",
    "NebulaWatch is safe, the explosion story is fake news",
    "The NebulaWatch shop held a mock explosion for training",
    "NebulaWatch recall of 2019 fixed the swollen battery issue",
    "星云手表在灾难片的爆炸镜头里出场了",
]

HAPPENED = {
    Risk.SAFETY: [
        "星云手表充电起火，烧伤了手",
        "说好零事故，我的星云手表昨晚冒烟了",
        "演练？真起火了，星云手表在充电时烧起来了",
        "不是谣言，我亲眼看到星云手表爆炸",
        "星云手表客服说问题已解决，结果今天又冒烟了",
        "投诉量下降？我的星云手表刚刚起火",
        "已解决？星云手表漏电三次了",
        "星云手表把孩子手腕烫伤了，没有人管",
        "星云手表不但起火还推卸责任",
        "星云手表电池鼓包了，怕哪天爆炸",
        "三年前买的星云手表昨天自燃了",
        "星云手表起火的问题到现在都没解决",
        "星云手表漏电问题还没修好",
        "官方辟谣没有用，我的星云手表就是爆炸了",
        "星云手表宣称通过检测，可是我的爆炸了",
        "星云手表换新以后又起火了",
        "没想到星云手表会起火，已经拍照留证",
        "星云手表起火投诉不降反升",
        "星云手表爆炸，无人受伤，但我吓坏了",
        "星云手表安全隐患一直不整改",
        "谁说没有漏电，星云手表把我电到了",
        "My NebulaWatch caught fire while charging",
        "They said NebulaWatch is fixed but it exploded again",
        "No injuries, but the NebulaWatch battery exploded in my kitchen",
        "This is not a drill: smoke coming out of my NebulaWatch",
        "Nobody replied since my NebulaWatch burned my wrist",
        "NebulaWatch no longer answers after the battery exploded",
        "Fixed? No, my NebulaWatch started smoking again",
        "The issue is not resolved, my NebulaWatch caught fire twice",
        "Accidents are down, they say. My NebulaWatch exploded today",
        "Years after launch NebulaWatch batteries still explode, mine caught fire",
        "NebulaWatch claims it is a hoax, but mine burst into flames",
    ],
    Risk.DATA_LEAK: [
        "星云手表泄露用户信息还说没有泄露",
        "星云手表把我的信息泄露给了推销的，天天骚扰电话",
        "Never buying NebulaWatch again, it leaked my personal data",
    ],
    Risk.HEALTH: [
        "戴了星云手表两天全身过敏，太差了",
        "孩子戴星云手表起了红疹，客服说已处理，根本没人联系",
        "Three of us got food poisoning at the NebulaWatch event",
    ],
    Risk.LEGAL: [
        "星云手表再不处理就起诉",
        "I will sue you NebulaWatch if the refund is not here",
    ],
    Risk.FRAUD: [
        "被骗了五千，星云手表全是假货",
        "NebulaWatch is not only a scam, they also stole my money",
    ],
    Risk.MEDIA: [
        "已经联系记者，星云手表等着",
        "I am going to the press about NebulaWatch",
    ],
    Risk.DISCRIMINATION: [
        "星云手表店员歧视残疾人",
        "Racist staff at the NebulaWatch store",
    ],
    Risk.SELF_HARM: [
        "星云手表骗光了我的钱，我想自杀",
        "NebulaWatch took all my money, I want to die",
    ],
}
EACH = [(text, risk) for risk, texts in HAPPENED.items() for text in texts]


def rated(text: str) -> Rating:
    """Rate a post that says this, by a stranger whom nobody follows."""
    brand = "星云手表" if "星云手表" in text else "NebulaWatch"
    (verdict,) = JUDGE.judge([text], [brand])
    return rate(
        post(text),
        Hit(brand, (), "r1"),
        verdict,
        earlier_complaints=0,
        spread=1,
        thresholds=Thresholds(),
    )


@pytest.mark.parametrize("text", DID_NOT_HAPPEN)
def test_what_did_not_happen_raises_no_level(text: str) -> None:
    rating = rated(text)
    assert rating.severity is Severity.NORMAL
    assert [cause.code for cause in rating.reasons] == [CauseCode.WORDS]


@pytest.mark.parametrize(("text", "risk"), EACH)
def test_what_happened_raises_it_and_is_named(text: str, risk: Risk) -> None:
    rating = rated(text)
    grave = risk in URGENT_RISKS
    assert rating.severity is (Severity.URGENT if grave else Severity.IMPORTANT)
    assert rating.reasons[0].code is CauseCode.RISK
    assert rating.reasons[0].params == {"risk": risk.value}


@given(st.sampled_from(EACH), st.sampled_from(DID_NOT_HAPPEN))
def test_a_word_of_safety_never_lowers_a_level(harm: tuple[str, Risk], harmless: str) -> None:
    text, _ = harm
    assert rated(f"{text}。{harmless}").severity >= rated(text).severity


@given(st.sampled_from(DID_NOT_HAPPEN), st.sampled_from(["安全", "safe", "没有起火", "no fire"]))
def test_a_word_of_safety_raises_none_either(harmless: str, said: str) -> None:
    assert rated(f"{harmless}。{said}").severity is Severity.NORMAL
