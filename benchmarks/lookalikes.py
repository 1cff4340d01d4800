"""Other people's posts that look like copies: form letters, other figures, other products."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable
from typing import TypeAlias

Slot: TypeAlias = Callable[[random.Random], str]

_DIGITS = re.compile(r"(?<![\w./:@#&])\d{1,}(?![\w./:;@#])|\d{2,}(?=[元块年月天岁%号点])")
_GOODS_ZH = (
    *(("葡萄汁", "蜜桃汁", "橙汁"), ("手机", "平板", "耳机", "充电宝"), ("牛奶", "酸奶", "奶粉")),
    *(("轮胎", "刹车", "方向盘", "变速箱"), ("裤子", "鞋子", "外套"), ("房间", "餐厅", "游泳池")),
    *(("北京", "上海", "广州", "成都"), ("面膜", "口红", "洗发水"), ("空调", "冰箱", "洗衣机")),
)
_GOODS_EN = (
    *(
        ("iphone", "ipad", "macbook"),
        ("phone", "laptop", "tablet"),
        ("boston", "denver", "chicago"),
    ),
    *(
        ("washer", "dryer", "dishwasher"),
        ("shoes", "jacket", "jeans"),
        ("burger", "pizza", "salad"),
    ),
    *(("jfk", "lax", "ord"), ("android", "windows"), ("monday", "friday", "sunday")),
)
FORMS_ZH = (
    "我在{place}买的{good}，订单号{order}，付款{yuan}元，到现在都没有发货，客服一直说在处理，要求退款",
    "{good}用了{few}天就坏了，找售后推来推去，要求退一赔三",
    "订单{order}申请退款{few}天了没人理，再不处理就投诉到12315",
    "{date}在{place}门店充值{yuan}元，现在门店关门跑路，电话打不通，希望有关部门帮帮消费者",
    "本人{date}购买的{good}，花费{yuan}元，收到后发现是假货，联系商家拒绝退货，平台客服也不作为，请求曝光",
    "{good}里面喝出异物，联系厂家说只能赔{yuan}块，太欺负人了",
    "扣了我{yuan}块会员费，从来没有开通过，客服说退不了，这不是抢钱吗",
    "快递单号{order}，显示签收但是我根本没收到，客服让我等{few}个工作日，已经等了很久了",
    "投诉编号{order}，{date}提交，至今没有人联系我，请尽快处理",
    "{place}的{good}质量太差了，{few}天开裂，客服说是人为损坏，不给换也不给退，以后再也不买了，大家千万别上当，花{yuan}块买个教训",
    "给大家避雷，{good}千万别买，掉色起球，客服态度恶劣",
    "官方旗舰店买的{good}，保质期到{date}，打开就发霉了，联系客服只给一张{few}元优惠券",
)
FORMS_EN = (
    "Order {order} still not delivered after {few} weeks, customer service keeps hanging up on me",
    "My {good} broke after {few} days and you refuse to replace it. Worst company ever",
    "You charged me ${yuan} twice on {date} and nobody answers my emails, case {order}",
    "Flight {flight} from {city} cancelled again and no hotel, stuck here for {few} hours",
    "Case number {order}: I was promised a call back within {few} days and heard nothing since",
    "Paid ${yuan} for a {good} that does not even turn on. Support says wait {few} weeks",
    "Why does my {good} keep crashing since the last update? Fix this please, so annoying",
    "Waited {few} hours on hold about my booking {order} and then got disconnected, unbelievable",
)
FORMS = (*FORMS_ZH, *FORMS_EN)
PHRASES = (
    *(
        "客服态度太差了，再也不会买了",
        "质量太差了，大家千万不要买",
        "垃圾产品，谁买谁后悔，退款退款",
    ),
    *(
        "太坑了，客服一直不回复消息",
        "客服电话永远打不通，太气人了",
        "东西收到了，质量很差，要求退货",
    ),
    *("这个质量真的太差了，后悔买了", "用了几天就坏了，售后也不管", "客服态度非常差，以后不会再买"),
    *(
        "质量很差，大家不要买，会后悔",
        "售后太差了，客服一直不回消息",
        "收到货了，质量太差，要求退款",
    ),
    *("Worst customer service ever, never again", "Worst customer service I have ever had"),
    *("Your customer service is the worst ever", "Still waiting for my refund, please help"),
    *("Still waiting for a reply, please help", "Never buying from you again, worst service"),
    *("Terrible service, never flying with you again", "Terrible service, I want my money back"),
    *("I want my money back, this is a scam", "Still no reply about my refund, not happy"),
)
_SLOTS: dict[str, Slot] = {
    "order": lambda d: "".join(d.choices(string.digits, k=d.choice((6, 8, 11, 12)))).lstrip("0"),
    "yuan": lambda d: str(
        d.choice((d.randint(20, 99), d.randint(100, 999), d.randint(1000, 9999)))
    ),
    "few": lambda d: str(d.randint(2, 30)),
    "date": lambda d: f"{d.randint(1, 12)}月{d.randint(1, 28)}日",
    "flight": lambda d: f"{d.randint(100, 4999)}",
    "place": lambda d: d.choice(("北京", "上海", "广州", "成都", "武汉", "西安", "重庆", "杭州")),
    "good": lambda d: d.choice([good for kinds in _GOODS_ZH[:6] for good in kinds]),
    "city": lambda d: d.choice(("Boston", "Denver", "Chicago", "Dallas", "Miami", "Seattle")),
}
_SLOTS_EN = _SLOTS | {
    "good": lambda d: d.choice([good for kinds in _GOODS_EN[:2] for good in kinds]),
    "date": lambda d: f"{d.choice(('Jan', 'Mar', 'May', 'Jul', 'Oct'))} {d.randint(1, 28)}",
}


def form_letters(draw: random.Random, form: str, people: int) -> list[str]:
    """Return the form as so many people fill it in, no two alike.

    Each differs from the first in every slot or in one alone.
    """
    slots = _SLOTS if form in FORMS_ZH else _SLOTS_EN
    names = re.findall(r"\{(\w+)\}", form)
    first = {name: slots[name](draw) for name in names}
    letters = {form.format(**first)}
    tries = 0
    while len(letters) < people and tries < 50 * people:
        tries += 1
        changed = names if draw.random() < 0.5 else [draw.choice(names)]
        letters.add(form.format(**(first | {name: slots[name](draw) for name in changed})))
    return sorted(letters)


def other_figures(draw: random.Random, text: str) -> str | None:
    """Return the text with other figures, as another person would have; None where it has none."""
    figures = list(_DIGITS.finditer(text))
    if not figures:
        return None
    chosen = draw.sample(figures, k=draw.randint(1, len(figures)))
    for match in sorted(chosen, key=lambda m: -m.start()):
        old = match[0]
        new = old
        while new == old or int(new) == int(old):
            new = str(draw.randint(10 ** (len(old) - 1) if len(old) > 1 else 1, 10 ** len(old) - 1))
            if draw.random() < 0.2:
                new += "0"
        text = text[: match.start()] + new + text[match.end() :]
    return text


def other_good(draw: random.Random, text: str) -> str | None:
    """Return the text about another product or place; None where it names none that we know."""
    found = [
        (good, kinds)
        for kinds in (*_GOODS_ZH, *_GOODS_EN)
        for good in kinds
        if _word(good).search(text)
    ]
    if not found:
        return None
    good, kinds = draw.choice(found)
    return _word(good).sub(draw.choice([kind for kind in kinds if kind != good]), text)


def _word(good: str) -> re.Pattern[str]:
    return re.compile(rf"\b{good}\b" if good.isascii() else good, re.IGNORECASE)
