"""Word lists by hand: contentment, displeasure, and what turns a word around.

Written like those of `sentiment.cues`.
"""

from __future__ import annotations

from sentiment.wordlist import words

PRAISE = words(
    zh=r"""
        点赞 好评 (?:值得|强烈|真心|必须|良心|吐血)推荐 推荐(?:给|大家|购买|入手) 很棒 真棒 太棒
        好棒 棒棒 给力 良心 贴心 好用 好吃 好看
        (?:很|真|太|挺|超|非常|超级)(?:好|赞|喜欢|开心|香|方便|快|稳|舒服|值|漂亮|可爱|耐用|耐心)
        满意 喜欢 爱了 惊喜 完美 靠谱 优秀 物美价廉 划算 性价比高 回购 好喝 开心 幸福 感动 感谢
        感恩 谢谢 哈哈 支持 加油 厉害 真香 不错 业界良心
    """,
    en=r"""
    love(?:d|s|ly)?
    loving
    great
    awesome
    amazing
    excellent
    fantastic
    wonderful
    brilliant
    perfect(?:ly)?
    impressed
    kudos
    shout ?out
    well done
    good (?:job|work)
    best
    happy
    beautiful
    recommend(?:ed)?
    thanks?
    thank you
    thx
    appreciate(?:d)?
    lol
    haha\w*
    enjoy(?:ed|ing)?
    nice
    cool
    excited
    congrat\w*
    """,
)
"""Contentment and thanks."""

BAD_MOOD = words(
    zh=r"""
        难过 伤心 生气 愤怒 讨厌 烦死 烦人 郁闷 崩溃 绝望 可恶 可恨 该死 去死 滚 傻逼 傻x 垃圾 恶心
        失望 难吃 难用 难看 难喝 心累 心塞 委屈 害怕 担心 可怕 悲伤 痛苦 可怜 无奈 糟糕 倒霉 坑爹
        太差 很差 真差 差劲 不爽 不好(?!意思) 不满 不行 不值 不推荐
        \[(?:怒|怒骂|泪|抓狂|衰|悲伤|失望|吐|鄙视|微笑|拜拜|生病|委屈|可怜|汗|晕|弱|伤心|黑线|费解|裂开|苦涩)\]
    """,
    en=r"""
    bad
    hate(?:d|s)?
    sucks?
    sad
    angry
    upset
    worse
    worst
    terrible
    awful
    horrible
    annoy(?:ed|ing)
    disappoint(?:ed|ing)
    frustrat(?:ed|ing)
    useless
    ugh
    wtf
    fuck\w*
    shit\w*
    damn
    stupid
    pathetic
    ridiculous
    unacceptable
    disgust(?:ed|ing)
    fail(?:s|ed|ure)?
    never again
    poor
    slow
    rude
    """,
)
"""Displeasure, whatever its cause."""

NEGATIONS = words(
    zh=r"""
        不 没 没有 别 不是 不太 不够 并不 不怎么 无
    """,
    en=r"""
    not
    no
    never
    n't
    without
    isn't
    wasn't
    don't
    didn't
    doesn't
    can't
    won't
    """,
)
"""Turn the word that follows them."""
