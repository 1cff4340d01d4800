"""Word lists by hand: which harm beyond an unhappy customer a post tells of.

Written like those of `sentiment.cues`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentiment.verdict import Risk
from sentiment.wordlist import Words, words

RISKS: Mapping[Risk, Words] = {
    Risk.SELF_HARM: words(
        zh=r"""
            自杀 轻生 不想活 活不下去 跳楼 跳河 割腕 结束(?:自己的?)?生命 死给(?:你|他)们?看
        """,
        en=r"""
        suicid\w+
        kill(?:ing)? myself
        end my life
        want to die
        self[- ]harm
        """,
    ),
    Risk.SAFETY: words(
        zh=r"""
            起火 着火 失火 自燃 冒烟 爆炸(?!好|性|式|级|头|糖|贴|盐|消息|新闻|香) 炸了(?!锅|群)
            漏电 触电 电击 烫伤 烧伤 烧(?:了起来|起来了|坏了手|到手) 划伤 割伤 受伤 致伤 伤人 死亡
            身亡 刹车(?:失灵|失效) 失控 安全隐患 安全事故 鼓包 坍塌 塌了 车祸 急救
        """,
        en=r"""
        caught (?:on )?fire
        burst into flames
        (?:phone|car|battery|watch|charger|house|it|it's) (?:is |was )?on fire
        (?:started|starting|began) smoking
        smoke (?:coming|came)
        explod(?:ed|es|ing)
        explosion
        burn(?:ed|t) (?:my|me|his|her|our|down|through)
        electric(?:al)? shock
        electrocut\w+
        injur(?:ed|y|ies)
        brakes? fail\w*
        fire hazard
        safety (?:hazard|risk|issue)
        nearly killed
        """,
    ),
    Risk.HEALTH: words(
        zh=r"""
            中毒(?!性价) 拉肚子 腹泻 上吐下泻 呕吐 过敏 住院 进(?:了)?医院 送医 急诊
            吃(?:出|坏)(?:了)?(?:肚子|虫|蟑螂|异物|头发|玻璃|塑料)? 异物 蟑螂 有虫 虫子 变质 发霉
            甲醛超标 烂脸 流产 休克 昏迷
        """,
        en=r"""
        food poisoning
        poisoned
        made me (?:sick|ill)
        (?:vomit|throwing up|threw up)\w*
        allergic reaction
        hospital(?:i[sz]ed)?
        (?:mold|mould|moldy|mouldy|maggots?|cockroach\w*|bugs? in my|glass in my)
        rash
        """,
    ),
    Risk.DATA_LEAK: words(
        zh=r"""
            (?:信息|数据|隐私|资料|手机号|电话|身份证|地址)(?:[^,.!?;。]{0,6})(?:泄露|泄漏|被卖|外泄|曝光)
            (?:泄露|泄漏|贩卖|倒卖)(?:[^,.!?;。]{0,8})(?:信息|数据|隐私|资料|电话|手机号|地址)
        """,
        en=r"""
        data (?:breach|leak)
        leak(?:ed|ing|s)? (?:my|our|customer|customers'|user|personal)
        sold my (?:data|number|details|info\w*)
        privacy (?:breach|violation)
        (?:someone|somebody) else(?:'s)? (?:account|order|details|data)
        """,
    ),
    Risk.FRAUD: words(
        zh=r"""
            诈骗 盗刷 骗子 骗钱 骗局 欺诈 传销 跑路 卷款 假货 刷单
        """,
        en=r"""
        scam(?:s|med|mers?|ming)?
        fraud\w*
        swindl\w+
        stole(?:n)? (?:my|from)
        unauthori[sz]ed (?:charge|charges|transaction|transactions|payment)
        counterfeit
        """,
    ),
    Risk.DISCRIMINATION: words(
        zh=r"""
            歧视 辱华 侮辱 区别对待 性骚扰
        """,
        en=r"""
        discriminat\w+
        racis[mt]
        sexis[mt]
        homophobic
        sexual(?:ly)? harass\w+
        """,
    ),
    Risk.LEGAL: words(
        zh=r"""
            起诉 律师函 律师 法院 立案 报警 12315 消协 工商局? 市场监管 监管局 集体(?:维权|诉讼)
            告你们 法律途径 走法律 仲裁
        """,
        en=r"""
        lawsuit
        su(?:e|ing) (?:you|them|u|the)
        (?:my|a|our|talk to|call) (?:lawyer|attorney|solicitor)
        legal action
        class action
        small claims
        trading standards
        ombudsman
        better business bureau
        bbb
        (?:called|call|calling|went to|report\w* (?:it|this|you|them) to) the police
        """,
    ),
    Risk.MEDIA: words(
        zh=r"""
            记者 媒体 曝光 央视 315晚会 3\.15 电视台 焦点访谈 上热搜
        """,
        en=r"""
        journalist
        reporter
        (?:local|going to the|call(?:ing)? the|contact(?:ed|ing)? the) (?:press|media|news)
        watchdog
        go(?:ing|ne|es)? viral
        """,
    ),
}
"""In order of gravity: a text with several risks gets the first of these."""

NON_EVENTS = words(
    zh=r"""
        演练 演习 辟谣 谣言 谣传 不实 下降 减少 零(?:事故|伤亡|投诉|召回) 无人(?:员)?(?:受伤|伤亡)
        没有?(?:人)?(?:受伤|伤亡|起火|着火|中毒|过敏|泄露|爆炸)
        不会(?:起火|着火|爆炸|中毒|过敏|漏电) 防(?:止|范|爆|盗|诈|骗|火) 预防 避免 反诈 反欺诈
        科普 宣传 讲座 纪念 电影 电视剧 小说 剧情 笑死 如果 万一
    """,
    en=r"""
    drill
    no(?:body|t| one)? (?:was |were |got |been )?(?:injur\w+|hurt|fire|explosion|recall|leak|breach)
    no injuries
    zero (?:incidents?|accidents?|injuries|complaints)
    rumou?rs?
    hoax
    debunk\w*
    prevent\w*
    (?:fell|drop|dropped|down|decreas\w+) (?:by )?\d+
    awareness
    movie
    film
    novel
    game
    """,
)
"""A risk word in the same clause tells of no harm that happened."""
