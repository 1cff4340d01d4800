"""Word lists by hand: words that tell of a harm only where the tone of the whole text is bad.

Written like those of `sentiment.cues`; `sentiment.harms` has the words that always do.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentiment.verdict import Risk
from sentiment.wordlist import Words, words

WEAK_RISKS: Mapping[Risk, Words] = {
    Risk.SELF_HARM: words(
        zh=r"""
            (?:我|真的?|只|就)想死(?!你|我|她|他) (?:我|真的?|快|快要)活不下去 想去死
            活着(?:没|真没)意思 寻死
        """,
        en=r"""
        kms
        better off dead
        don't want to (?:live|be here)
        no reason to live
        """,
    ),
    Risk.SAFETY: words(
        zh=r"""
            受伤 车祸 伤人 炸死 砸死 炸了 炸裂 烧焦 焦味 烧糊 划伤 (?:致|导致|造成|引起|引发)[^,.!?;。\n]{0,4}死亡 死亡(?:事故|案|事件) 失控 (?<!防)爆胎(?!险) 刹不住 (?:突然|自动|自己)加速 急救 鼓包 鼓起来
            死了人 死人 夹伤 砸到 伤(?:到|了)(?:我|孩子|手|人|眼) 麻手 不堪设想
            烫(?:到|了)(?:我|手|孩子|嘴|舌头) 烫(?:得|到|出)(?:不敢|没法|拿不住|起泡|了?泡|发红|手疼) 起了?水泡 (?:会|要|容易|早晚|迟早)出(?:大|人)?事(?!故障)
            (?:充电器|适配器|电源|插座|插头|电池|充电线|数据线|电线|主板)[^,.!?;。\n]{0,10}(?:烧坏|烧了|烧焦|烧毁|烧糊|烧黑|烧穿|融化|熔化|变形|打火)
            (?:孩子|宝宝|婴儿|儿子|女儿|小孩|老人|娃)[^.!?;。\n]{0,14}(?:摔|夹到|夹住|烫|磕破|砸|噎|呛|窒息|划破)
            (?<!拨)(?<!拨打)(?<!给)打(?:我|了我)(?![^,.!?;。\n]{0,4}电话|们|手机|微信|差评|的脸|广告|卡|的头)
            碎?玻璃(?:渣|碴|碎片|碎屑)[^,.!?;。\n]{0,6}(?:扎|划|掉|割)
            电(?:到|了)(?:我|手|一下) 流血 短路
        """,  # noqa: E501
        en=r"""
        injur(?:ed|y|ies)
        (?:it's|it is|it was) on fire
        blew up
        blow(?:s|ing|n)? up
        shock(?:ed|s) my (?:hand|finger|arm)s?
        (?:battery|charger|cable|adapter|plug|cord|outlet|power bank|powerbank|phone|laptop|watch) (?:\w+ ){0,3}overheat\w* (?:so |and |to the|like|badly|dangerously)
        overheat\w* (?:like|so badly|badly|dangerously|severely|charger|cable|adapter|cord)
        (?:too|so|very|extremely|dangerously|burning) hot to (?:touch|hold)
        unsafe
        dangerous(?:ly)?
        not safe
        (?:give|gives|giving|gave|got|getting|get) (?:me |us |him |her )?(?:a |an )(?:\w+ )?shock
        zap(?:s|ped|ping) (?:me|my|us)
        (?:it|charger|cable|battery|laptop|phone|engine|hood|car|dryer|oven|dishwasher|microwave|outlet|plug|cord|computer) (?:\w+ )?smoking
        (?:plane|bus|train|shuttle|taxi|cab|uber) crash(?:ed)?
        almost died?
        could have (?:killed|died|hurt)
        hurt (?:my|me|him|her|our|himself|herself)
        cut (?:my|his|her) (?:hand|finger|leg|foot|face|lip|mouth)s?
        bleeding
        sparks?
        melt(?:ed|ing)
        burn(?:ed|t) my
        """,  # noqa: E501
    ),
    Risk.HEALTH: words(
        zh=r"""
            毁容 中毒 过敏 呕吐 (?:孩子|老人|顾客|乘客|有人|我妈|我爸|当场|当街|中暑|员工)[^,.!?;。\n]{0,4}晕倒 流产 蟑螂 (?<=[有现到只条个多爬飞死活大小肉黑白毛青菜米吃咬见出是长生全着了的一])虫子?(?![草二孔洞]) 蛆 (?<=[着有只现到了大小死活])(?:苍蝇|蜘蛛|老鼠|蜈蚣|壁虎|蚂蚁) 异物 [发长上生起]霉 (?<!倒)霉(?:了|烂|掉|变|点|斑) 草菅人命 人命(?:为|当|如)草[芥菅]
            过期(?!没有|没) 甲醛 红肿 起痘 皮炎 拉肚(?!皮) 带血丝 臭味 臭的 臭了 臭臭的 发臭 恶臭 腐臭 酸臭 腥臭 腐味 致癌
        """,  # noqa: E501
        en=r"""
        poison(?:ed|ing|ous)
        rash
        (?:lost|losing|without|missing|delayed|bag(?:gage)?|luggage|important|needed?|needs|little|no|low on|out of) (?:\w+ ){0,3}(?:medications?|medicines?|meds|insulin|inhaler|epi-?pen|oxygen)
        (?:feel|feeling|felt|so|got|getting) sick
        hives
        nause\w+
        vomit(?:ed|s|ing)
        throwing up
        mou?ld
        (?:bread|food|milk|meat|cheese|product|salad)s? (?:was|were|is|are|had) expired
        expired products?
        undercooked
        raw (?:chicken|meat|pork|beef|fish|burger|eggs?|sausages?)
        (?:smell\w*|taste[sd]?) (?:like )?(?:rotten|spoiled|rancid|putrid)
        """,  # noqa: E501
    ),
    Risk.DATA_LEAK: words(
        zh=r"""
            盗号 (?:账号|帐号|号|账户|帐户|微信|qq|微博|密码|支付宝|邮箱)(?:又|都|也|就|居然|竟然)*(?:被|遭|给)(?:人|别人|黑客)*(?:盗|黑|破解|入侵)(?!刷)
            (?:侵犯|窥探|暴露|偷看|曝光|侵害|打探)(?:了|到)?(?:我们?|他人|客户|用户|顾客|个人)?的?隐私 监听 窃听 (?:在|被|被人)偷拍
        """,  # noqa: E501
        en=r"""
        hacked
        privacy
        spying on
        """,
    ),
    Risk.FRAUD: words(
        zh="骗子 跑路 被骗 骗人 黑店 冒牌 仿冒 山寨",
        en=r"""
        fake
        stole(?:n)?
        con artists?
        ripp?(?:ed|ing)? ?off
        thie(?:f|ves)
        steal(?:s|ing)?
        """,
    ),
    Risk.DISCRIMINATION: words(
        zh="侮辱 羞辱 骂(?:我|顾客|客人) 被骂 辱骂 看不起人",
        en=r"""
        slurs?
        harass\w*
        humiliat\w+
        """,
    ),
    Risk.LEGAL: words(
        zh="律师 法院 违法 犯法 工商 监管 警察 派出所 消费者权益",
        en=r"""
        lawsuits?
        lawyers?
        attorneys?
        illegal\w*
        sue
        """,
    ),
    Risk.MEDIA: words(
        zh="记者 媒体 曝光(?!率|度|量|补偿|时间|不足|过度|出来|照) 央视 电视台 上热搜",
        en=r"""
        journalists?
        reporters?
        go(?:ing|ne|es)? viral
        """,
    ),
}
"""Words that mean a harm only where the tone of the whole text is bad."""
