"""Kinds of posts; all texts are built, brands are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.genre import GenreReading, read, skeleton
from sentiment.lexicon import Lexicon
from sentiment.patterns import finder
from sentiment.text import fold
from sentiment.verdict import Genre, Sign

LEXICON = Lexicon()


def kind(text: str, repeats: int = 0) -> GenreReading:
    found = finder(tuple(LEXICON.lists())).find(fold(text))
    complaints = len({span.text for span in found.get("complaint", ())})
    return read(text, found, LEXICON.genres, complaints=complaints, repeats=repeats)


POSTS = {
    Genre.LOTTERY: [
        "转发抽奖，抽3位送星云手表",
        "关注@星云手表 并转发，揪五个小伙伴送表带",
        "【转发有奖】抽十个人送山茶茶饮券，投诉无效哦，不退款",
        "中奖名单公布，请私信地址",
        "Giveaway! Follow + RT to win a NebulaWatch",
        "Win a NebulaWatch! Just like and share, no broken hearts",
        "RT & follow for a chance to win",
    ],
    Genre.ADVERT: [
        "优惠券限时抢购，点击链接领取",
        "星云手表新品首发，限时优惠，点击链接下单立减，告别死机",
        "专业退款代理，加微信详聊",
        "正品代购，支持专柜验货，包邮",
        "Use promo code NEBULA at checkout, free shipping",
        "Shop now: our straps are 20% off",
        "We're hiring a support agent in Leeds",
    ],
    Genre.NEWS: [
        "【星云手表发布三季度财报】据报道同比增长",
        "【消协：智能手表投诉量上升】退款难、维修慢成投诉热点",
        "据新华社消息，多地开展食品抽检",
        "记者从市场监管局获悉，三款产品质量不合格",
        "Breaking: NebulaWatch announces earnings",
        "According to Reuters the maker recalls faulty chargers",
    ],
    Genre.QUESTION: [
        "请问这款手表怎么样？",
        "星云手表能游泳戴吗？",
        "有没有人用过山茶茶饮的会员卡",
        "Does anyone know a good watch?",
        "Should I get the NebulaWatch or wait?",
    ],
    Genre.BOT: [
        "我读完了《三分钟学会看表》（分享自@某某阅读）",
        "我在山茶茶饮(中心店)打卡",
        "超话签到，今天是连续签到第128天",
        "今日油价：92号 7.45元，95号 7.93元",
        "我刚刚在某某测试完成了性格测试",
        "I'm at Camellia Tea (@ Harbour Street)",
        "I liked a @YouTube video about watches",
        "Temp: 12.3 Wind: 4 mph Humidity 80",
        "gained 12 new followers and lost 3 unfollowers",
        "#星云手表# #山茶茶饮# #远光手机# #热门话题# 顶",
        "#watch #nebula #sale #deal #today",
        "http://a.example/1 http://a.example/2 http://a.example/3 看",
        "BTC $43,210.5 (+2.3%) ETH $2,310.1 (-0.4%) 24h",
        "气温 12℃~19℃ 湿度 40% 风力 3级",
    ],
    Genre.PERSONAL: [
        "手表坏了",
        "请问你们的客服为什么没人理，退款呢？",
        "【避雷】星云手表黑屏，退款没人理，垃圾",
        "【避雷星云手表】黑屏退款没人理",
        f"终于吃到了，{'排队、下雨、人挤人，味道和去年一样，' * 5}下次还来。我在老街面馆打卡",
        "满减之后多扣了我的钱，客服不处理",
        "我领了优惠券，结果用不了",
        "抽奖骗人，我中了奖一直不发货，客服不理人",
        "还有人性吗？？？",
        "#星云手表# #客服# #退款# #维权# 充电就黑屏，客服三天没人理",
        "#星云手表# 今天收到，戴着很舒服，推荐给大家",
        "26号广州，27号佛山，28、29号韶关，我想静静",
        "跑了 5 公里，用时 27 分 30 秒，心率 150",
        "I bought it with a coupon and love it",
        "the watch costs $20 and I like it",
        "",
    ],
}


@pytest.mark.parametrize(
    ("text", "genre"), [(text, genre) for genre, texts in POSTS.items() for text in texts]
)
def test_the_kind_of_a_post_and_its_reasons(text: str, genre: Genre) -> None:
    reading = kind(text)
    assert reading.genre is genre
    assert bool(reading.signs) == (genre is not Genre.PERSONAL)
    assert all(sign.code == genre and sign.text for sign in reading.signs)


def test_reasons_are_words_or_shapes() -> None:
    assert Sign("advert", "优惠券") in kind("优惠券限时抢购，点击链接领取").signs
    assert kind("#a #b #c #d go").signs == (Sign("bot", "# × 4"),)


def test_a_text_that_comes_again_and_again_is_a_machine_unless_it_complains() -> None:
    post = "第 12 次为星云打气"
    assert kind(post, repeats=2).genre is Genre.PERSONAL
    assert kind(post, repeats=3) == GenreReading(Genre.BOT, (Sign("bot", "× 4"),))
    assert kind("退款三天没到账", repeats=50).genre is Genre.PERSONAL


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("第12次为星云打气 http://t.cn/A1", "第 3,071 次为星云打气 http://t.cn/B2", False),
        ("第12次为星云打气 http://t.cn/A1", "第3,071次为星云打气 http://t.cn/B2", True),
        ("@小李 温度 12.5", "@阿云 温度 9", True),
        ("Hello #one WORLD 1:20", "hello #two world 13:05", True),
        ("温度 12", "湿度 12", False),
    ],
)
def test_posts_of_one_template_share_a_skeleton(one: str, other: str, same: bool) -> None:
    assert (skeleton(one) == skeleton(other)) is same


@given(st.text(st.characters(exclude_categories=()), max_size=80), st.integers(0, 9))
def test_any_text_is_of_some_kind(text: str, repeats: int) -> None:
    reading = kind(text, repeats)
    assert (reading.genre is Genre.PERSONAL) == (not reading.signs)
