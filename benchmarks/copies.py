"""Copies of posts as people make them, and other people's posts that look like copies.

Everything is drawn from a `random.Random`, so the same seed gives the same texts.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeAlias

import opencc

Edit: TypeAlias = Callable[[random.Random, str], str | None]
"""Changes a text; None where the edit does not apply to it."""

MOST_TYPOS = 0.05
"""Share of letters that typing errors change at most."""

_FACES = ("[怒]", "[泪]", "[疑问]", "[允悲]", "😡", "😭", "🤬", "💔", "👎", "🙏", "‼️")
_FACE = re.compile(r"\[[^\[\]\s]{1,8}\]|[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")
_LINK = re.compile(r"https?://\S+")
_HAN = re.compile("[\u4e00-\u9fff]")
_SENTENCE = re.compile(r".+?(?:[。！？!?；;\n]+|\.+\s+|$)", re.DOTALL)
_CLAUSE = re.compile(r".+?(?:[，,。！？!?；;\n]+|\.+\s+|$)", re.DOTALL)
_WHOLE = re.compile(rf"{_LINK.pattern}|{_FACE.pattern}|[@#]\S+")
"""What nobody types anew."""
_MOVABLE = 60
"""Nobody takes apart a text of fewer characters."""
_PREFIXES_ZH = (
    *("转发：", "转发微博 ", "【求扩散】", "【曝光】", "转：", "帮转！", "RT @小周在路上: "),
    *("转自@阿林爱跑步：", "【网友投诉】", "看看这个："),
)
_PREFIXES_EN = (
    "RT @lin_runs: ",
    "RT: ",
    "Repost: ",
    "via @lin_runs: ",
    "[thread] ",
    "PSA: ",
    "👇 ",
)
_SUFFIXES_ZH = (
    *(
        "太过分了",
        "，大家帮忙转发",
        " 求回应！",
        "，有没有人管管",
        "（转）",
        " 支持维权",
        "，扩散！",
    ),
    *(" 同感", "，心疼博主", " 避雷了", "，官方出来说句话啊", " 我也遇到过类似的事，太气人了"),
)
_SUFFIXES_EN = (
    *(
        " smh",
        " please share",
        " wow.",
        " this is so wrong",
        " (copied)",
        " same here",
        " thoughts?",
    ),
    *(" pass it on!", " via a friend", " somebody fix this please"),
)
_TOPICS_ZH = ("#315曝光#", "#维权#", "#消费投诉#", "#避雷#", "#今日热议#")
_TOPICS_EN = ("#fail", "#customerservice", "#boycott", "#help", "#consumerrights")
_MENTIONS_ZH = ("@人民网 ", "@黑猫投诉 ", "@小周在路上 ", "@消费者报道 ")
_MENTIONS_EN = ("@lin_runs ", "@consumerhelp ", "@newsdesk ", "@somebody ")
_MARKS = {
    "。": "！",
    "，": " ",
    "！": "！！！",
    "？": "？？",
    ".": "!",
    ",": "",
    "!": "!!",
    "、": "，",
}
_CONTRACTIONS = {
    "do not": "don't",
    "does not": "doesn't",
    "did not": "didn't",
    "is not": "isn't",
    "can not": "can't",
    "cannot": "can't",
    "will not": "won't",
    "i am": "i'm",
    "it is": "it's",
    "you are": "you're",
    "have not": "haven't",
    "i have": "i've",
}


def copied(
    draw: random.Random, text: str, edits: Sequence[str] = ()
) -> tuple[str, tuple[str, ...]]:
    """Return a copy of `text` and the names of the edits that made it, one to three of them.

    `edits` names those to choose from, all by default. Cutting comes last: the platform does it.
    """
    wanted = draw.choices((1, 2, 3), (5, 3, 2))[0]
    names = draw.sample(list(edits or EDITS), k=len(edits or EDITS))
    done: list[str] = []
    for name in sorted(names[: len(names)], key=lambda n: n == "cut"):
        if len(done) == wanted:
            break
        changed = EDITS[name](draw, text)
        if changed is not None and changed != text:
            text = changed
            done.append(name)
    return text, tuple(done)


def _chinese(text: str) -> bool:
    return len(_HAN.findall(text)) * 4 > len(text)


def _faces(draw: random.Random, text: str) -> str:
    bare = _FACE.sub("", text)
    if bare != text and draw.random() < 0.5:
        return bare
    return _inserted(draw, text, "".join(draw.choices(_FACES, k=draw.randint(1, 3))))


def _inserted(draw: random.Random, text: str, piece: str) -> str:
    places = [0, len(text), *(m.end() for m in _SENTENCE.finditer(text))]
    place = draw.choice(places)
    return text[:place] + piece + text[place:]


def _link(draw: random.Random, text: str) -> str:
    bare = _LINK.sub("", text)
    if bare != text and draw.random() < 0.5:
        return bare
    code = "".join(draw.choices(string.ascii_letters + string.digits, k=8))
    return f"{bare} {draw.choice(('http://t.cn/', 'https://t.co/'))}{code} "


def _mention(draw: random.Random, text: str) -> str:
    name = draw.choice(_MENTIONS_ZH if _chinese(text) else _MENTIONS_EN)
    return f"{name}{text}" if draw.random() < 0.5 else f"{text} {name}"


def _prefix(draw: random.Random, text: str) -> str:
    return draw.choice(_PREFIXES_ZH if _chinese(text) else _PREFIXES_EN) + text


def _suffix(draw: random.Random, text: str) -> str:
    return text + draw.choice(_SUFFIXES_ZH if _chinese(text) else _SUFFIXES_EN)


def _punctuation(draw: random.Random, text: str) -> str:
    # A point or comma between figures is part of a number.
    return "".join(
        _MARKS[char]
        if char in _MARKS
        and draw.random() < 0.6
        and not (text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit())
        else char
        for at, char in enumerate(text)
    )


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def _script(draw: random.Random, text: str) -> str:
    return str(_converter(draw.choice(("s2t", "s2tw", "s2hk"))).convert(text))


def _width(_: random.Random, text: str) -> str:
    return _retyped(
        text, lambda piece: piece.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    )


def _retyped(text: str, change: Callable[[str], str]) -> str:
    """Change a text but for its links, names, topics and faces."""
    whole = [*_WHOLE.finditer(text)]
    starts = [0, *(match.end() for match in whole)]
    ends = [*(match.start() for match in whole), len(text)]
    kept = [*(match[0] for match in whole), ""]
    return "".join(
        change(text[start:end]) + piece
        for start, end, piece in zip(starts, ends, kept, strict=True)
    )


def _typos(draw: random.Random, text: str) -> str | None:
    whole = {at for match in _WHOLE.finditer(text) for at in range(*match.span())}
    letters = [at for at, char in enumerate(text) if char.isalpha() and at not in whole]
    wrong = round(len(letters) * draw.uniform(0.01, MOST_TYPOS))
    if not wrong:
        return None
    typed = list(text)
    for at in draw.sample(letters, k=wrong):
        other = draw.choice("的了是我不在就也都啊" if _HAN.match(text[at]) else "etaoinshr")
        typed[at] = draw.choice((other, text[at] + other, text[at] * 2, ""))
    return "".join(typed)


def _sentences(text: str) -> list[str]:
    parts = _SENTENCE.findall(text)
    return parts if len(parts) > 2 else _CLAUSE.findall(text)


def _reordered(draw: random.Random, text: str) -> str | None:
    parts = _sentences(text)
    if len(parts) < 3 or len(text) < _MOVABLE:
        return None
    at = draw.randrange(len(parts) - 1)
    parts[at], parts[at + 1] = parts[at + 1], parts[at]
    return "".join(parts)


def _dropped(draw: random.Random, text: str) -> str | None:
    parts = _sentences(text)
    small = [at for at, part in enumerate(parts) if len(part) <= len(text) // 4]
    if len(parts) < 3 or len(text) < _MOVABLE or not small:
        return None
    del parts[draw.choice(small)]
    return "".join(parts)


def _cut(draw: random.Random, text: str) -> str | None:
    limit = draw.choice((140, 280))
    if len(text) <= limit:
        return None
    return text[:limit] + draw.choice(("…", "...", "...全文", "…… 展开全文"))


def _topic(draw: random.Random, text: str) -> str:
    topic = draw.choice(_TOPICS_ZH if _chinese(text) else _TOPICS_EN)
    return f"{topic} {text}" if draw.random() < 0.5 else f"{text} {topic}"


def _case(draw: random.Random, text: str) -> str:
    return _retyped(text, draw.choice((str.upper, str.lower, str.title)))


def _contractions(_: random.Random, text: str) -> str:
    changed = text
    for whole, short in _CONTRACTIONS.items():
        changed = re.sub(rf"\b{whole}\b", short, changed, flags=re.IGNORECASE)
    if changed != text:
        return changed
    for whole, short in _CONTRACTIONS.items():
        changed = re.sub(rf"\b{short}\b", whole, changed, flags=re.IGNORECASE)
    return changed


EDITS: dict[str, Edit] = {
    "faces": _faces,
    "link": _link,
    "mention": _mention,
    "prefix": _prefix,
    "suffix": _suffix,
    "punctuation": _punctuation,
    "script": _script,
    "width": _width,
    "typos": _typos,
    "reordered": _reordered,
    "dropped": _dropped,
    "cut": _cut,
    "topic": _topic,
    "case": _case,
    "contractions": _contractions,
}
LIGHT = (
    *("faces", "link", "mention", "prefix", "suffix", "punctuation", "script", "width", "topic"),
    "case",
)
"""What leaves the words as they are."""
