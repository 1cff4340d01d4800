"""Word lists by hand: praise that is meant the other way around.

Written like those of `sentiment.cues`, but for `QUOTED`, `EMOTICONS` and `MARKS`, which are
searched as they stand.
"""

from __future__ import annotations

from sentiment.wordlist import Words, words

_GOOD = "(?:great|good|nice|amazing|fantastic|brilliant|stellar|top)"
_HARMING = (
    "(?:ruin|break|los|wast|ignor|delet|charg|leav|cancel|cancell|destroy|screw|mess|hang"
    "|kill|forgett|overcharg)ing"
)

PLAIN = Words(
    zh=words(
        r"""
        (?<!\[)呵呵(?![哒哈嘿\]]) 我(?:可)?(?:真是|真的|真)?谢谢[你您](?!们?的?帮) 谢谢[你您]全家
        我可?真是?谢了
        真是太?谢谢[你您]了 可真行 真行啊 真有你的 没谁了 也是醉了 栓q 手动狗头 \(反讽\) \(狗头\)
        大开眼界 开了眼了 长见识了 涨姿势了 赢麻了 给跪了
        好一个[^,.!?;。\s]{1,8}(?:服务|客服|售后|品质|体验|质量)
        可太(?:贴心|良心|优秀|专业|高效|负责|会做生意)了 真会做生意
        (?:所谓|号称)的?.{0,4}(?:贴心|优质|良心|专业|高效|极速|售后|服务|品质|质保|无理由)
        感谢[^,.!?;。]{0,14}[让使害把给]我[^,.!?;。]{0,8}(?:等|白|浪费|损失|错过|没了|多花)
        [谢多](?:谢|亏)[^.!?;。]{0,14}[让使害把给]我[^,.!?;。]{0,8}(?:等|白|浪费|损失|错过|没了|多花)
        """
    ).zh,
    en=(
        "thanks for nothing",
        (
            rf"thanks (?:(?:a lot|so much|a bunch|@?\w+) )?for (?:{_HARMING}|making me"
            r"|keeping (?:me|us)|the (?:wait|runaround|headache|delay))"
        ),
        rf"{_GOOD} (?:job|work) (?:\w+ )?{_HARMING}",
        (
            "(?:love|enjoy|adore)s? (?:wait|be|sitt|pay|hold|talk|gett|reboot|restart|call|repeat"
            "|spend)ing"
        ),
        r"(?:love|adore)s? (?:it when|how) (?:you|u|they|it|my|your|the|this|nobody|every)",
        "gotta love|have to love|don't you(?: just)? love",
        "so much for",
        "slow clap",
        r"so-called (?:\w+ )?(?:support|service|care|quality|warranty|upgrade|premium|help)",
        "how (?:lovely|nice|wonderful|convenient|thoughtful|kind|generous) of",
        "just what i (?:needed|wanted)",
        "can't wait to (?:wait|be on hold|call|spend|sit|talk to|do this)",
        "yeah,? right",
    ),
)
"""These say by themselves that the praise is none."""

PLAIN_HINT = (
    "thanks|great |good |nice |amazing|fantastic|brilliant|stellar|top |love|enjoy|adore"
    "|so much for|slow clap|so-called|how |just what|can't wait|yeah"
)
"""Without one of these no English entry of `PLAIN` is there."""

MARKS = r"(?:^|\s)/s\s*$|#(?:sarcasm|irony|not)(?![a-z])"
"""What writers put there themselves."""

QUOTED = words(
    zh=r"""
        贴心 优质 良心 专业 高效 优秀 人性化 热情 周到 完美 尊贵 极速 高端 负责 耐心 靠谱 旗舰 品质
        豪华 尽快 好评 售后
        服务 诚信 正品 无理由
    """,
    en=r"""
    premium|excellent|quality|great|amazing|helpful|service|support|fast|quick|express|guaranteed?
    reliable|professional|priority|luxury|care|caring|best|vip|improved?|upgraded?|fixed|experts?
    seamless|easy|customer first|world[- ]class|award[- ]winning
    """,
)
"""Praise that its author does not believe, where quotation marks hold little else."""

PRAISE = Words(
    zh=words(
        r"""
        真棒 太棒 好棒 棒棒 太好了 真好 真不错 真是不错 感谢 谢谢 多谢 厉害 牛啊 牛[逼批] 绝了 服了
        6{3,} 优秀
        贴心 良心 人性化 高效 真专业 太专业 给力 不愧是 恭喜 祝贺 点赞 好评 干得漂亮 完美 了不起
        惊喜
        [很太真好]有?(?:诚意|意思|赞|开心|快乐|幸福) 真快 可以的 好家伙
        """
    ).zh,
    en=(
        "bravo",
        "way to go",
        "who needs",
        "what a (?:surprise|shock|joy|treat|pleasure|time)",
        "(?:how|so|very|really|super) (?:helpful|classy|smooth|convenient|impressive|professional)",
        "another (?:great|fine|wonderful|fantastic|stellar|amazing|brilliant)",
        (
            "(?:oh|wow|well|yay|ah),? (?:that's |just |how )?(?:great|good|joy|wonderful|lovely"
            "|fantastic|nice|perfect|awesome|brilliant|amazing|impressive)"
        ),
        (
            "(?:great|awesome|amazing|fantastic|wonderful|brilliant|excellent|perfect|lovely|stellar)"
            "(?:[,.!:]| (?:service|support|start|quality|customer|job)(?![a-z]))"
        ),
        "(?:best|finest) (?:customer )?(?:service|support|app|airline|company|update) ever",
        r"congrat\w*",
        "well done",
        r"(?:thanks|thank you|kudos)(?: to)? @?\w+",
        "so (?:glad|happy|thankful|grateful|excited) (?:that|to|i|for)",
        "always (?:a (?:pleasure|joy|treat)|fun|nice)",
        "(?:five|5) stars?",
    ),
)
"""Praise that is irony where it stands beside harm."""

EMOTICONS = r"\[(?:微笑|拜拜|doge|鼓掌|good|赞|给力|二哈|笑cry|吃瓜|作揖)\]|[👏👍🙂🙃🙏😊🥰]"
"""Smiles that stand beside harm in few honest posts."""

HARM = Words(
    zh=words(
        r"""
        等[了到我]?[^,.!?;。]{0,6}(?:小时|分钟|天|周|个月|年) 排队
        又(?:坏|崩|卡|死|黑|闪|延|断|重启|漏|罢工|涨|掉|取消|失联)
        第[二三四五六七八九十\d]+次(?:了|坏|返修|维修|投诉|报修|延|换) 没有?人[理管接回应负] 坏了
        坏掉 崩了 崩溃 死机
        黑屏 闪退 卡死 卡顿 重启 退款 退货 不(?:退|理|回复|发货|处理|解决|认账) 投诉 打不开 用不了
        连不上 登不上
        起火 冒烟 着火 爆炸 过敏 变质 发霉 有虫 虫子 扣[了我费] 涨价 停电 断网 延误 取消 丢[了件失]
        碎 裂 烂 报废
        掉线 掉漆 返修 维修 白[等跑买交] 浪费 假货 骗 坑 转人工 机器人 敷衍 踢皮球 说辞 借口 差评
        受伤 住院
        拉肚子 断了 失灵 漏电 漏液 三个月 半个月
        """
    ).zh,
    en=(
        (
            r"(?:\d+|two|three|four|five|six|ten|several|few|couple of|an|half an) (?:more )?"
            r"(?:hours?|days|weeks|months|mins?|minutes)"
        ),
        "on hold",
        r"wait(?:ed|ing)?|broken?|break(?:s|ing)?|crash\w*|dead|died|dies|lost|losing|stuck",
        r"delay\w*|cancel\w*|ignor\w*|refund",
        r"never (?:arriv|show|work|repl|answer|came|call|got)\w*",
        (
            r"(?:won't|doesn't|didn't|isn't|not|stopped) (?:even )?(?:work|turn|charg|load|sync"
            r"|connect|open|answer|repl|respon)\w*"
        ),
        "still (?:no|not|waiting|broken|down|nothing|haven't|hasn't|can't)",
        r"(?:overcharg|freez|froz|fail|brick|stranded|hung up|disconnect|delet)\w*",
        "no (?:one|response|reply|answer|help|refund|service|signal)",
        "(?<!thanks )(?<!you )again",
        "error|wrong|outages?",
        "(?:is|are|was|been|went|goes|server|app) down",
    ),
)
"""Harm and waiting, which nobody praises."""

RELIEF = words(
    zh=r"""
        解决了 已解决 帮我 修好 秒退 (?<!闪)退了 到账 及时 耐心 换新 补发 赔了 补偿
        终于(?:好|修|解决|到|收) 很快
        马上(?:就)?(?:处理|解决|回复) 没有?再?(?:坏|卡|出过?问题) 虚惊 恢复(?:了|正常) 满意
    """,
    en=r"""
    fixed|sorted|resolved|solved|replaced|refunded
    help(?:ed|ing) me
    works? (?:again|now|great|fine|perfectly)
    working (?:again|now)
    quick(?:ly)?
    so fast
    no longer
    saved
    to spare
    keeping (?:us|me|everyone) (?:informed|updated|posted)
    never (?:fails|failed|crash\w*|broke|disappoint\w*|let me down)
    (?:hasn't|not|never) (?:once )?(?:broken|crashed|died)
    """,
)
"""Somebody helped, so the thanks are meant."""

TURNS = words(
    zh="但 可是 不过 然而 就是 除了 只是 虽然",
    en="but|however|though|although|except|until|yet|despite|then",
)
"""Praise on one side of these and harm on the other is a balanced opinion, not irony."""
