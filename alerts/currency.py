"""The names of currencies, as they stand before and after an amount."""

from __future__ import annotations

YUAN = "CNY"

_NAMES = {
    YUAN: ("¥", "rmb¥", "cn¥", "cny¥", "rmb", "cny", "yuan", "人民币", "元", "块", "块钱"),
    "USD": ("$", "us$", "usd", "dollar", "dollars", "bucks", "美元", "美金", "刀"),
    "EUR": ("€", "eur", "euro", "euros", "欧元"),
    "GBP": ("£", "gbp", "pound", "pounds", "quid", "英镑"),
    "HKD": ("hk$", "hkd", "港元", "港币"),
    "TWD": ("nt$", "twd", "台币", "新台币"),
    "JPY": ("jpy", "yen", "日元", "日币", "円"),
    "KRW": ("krw", "won", "韩元", "韩币"),
    "SGD": ("s$", "sgd", "新元", "新币"),
    "AUD": ("a$", "aud", "澳元", "澳币"),
    "CAD": ("c$", "cad", "加元", "加币"),
    "THB": ("thb", "baht", "泰铢"),
    "INR": ("inr", "rupee", "rupees", "卢比"),
}
CODES = {name: code for code, names in _NAMES.items() for name in names}
FOREIGN = tuple(code for code in _NAMES if code != YUAN)
"""ISO codes of the currencies that are understood where their rate is known."""

SIGN = (
    r"(?:rmb|cny?)\s?¥|¥|rmb|cny|人民币|us\$|usd|hk\$|hkd|nt\$|twd|jpy|[sac]\$|[$€£]|eur|gbp|sgd"
    r"|aud|cad|inr|thb"
)
UNIT = (
    r"元(?![旦宵宝素件老首气])|块钱?|(?:rmb|cny|yuan|usd|hkd|twd|jpy|krw|eur|gbp|sgd|aud|cad|thb"
    r"|inr|dollars?|bucks|euros?|pounds?|quid|yen|won|baht|rupees?)(?![a-z])|人民币"
    r"|[美欧港日韩澳加新]元|美金|英镑|泰铢|卢比|[港日韩澳加新]币|新?台币|円|刀|[¥$€£](?!\s?\d)"
)
"""What stands before and after a figure, after NFKC, in small letters."""
