"""Word lists by hand: which harm beyond an unhappy customer a post tells of.

Written like those of `sentiment.cues`. What stands around a term is in `sentiment.harmless`;
`sentiment.risk` weighs both.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentiment.verdict import Risk
from sentiment.wordlist import Words, words

RISKS: Mapping[Risk, Words] = {
    Risk.SELF_HARM: words(
        zh=r"""
            自杀 轻生 不想活 跳楼(?!价|机|大?甩) 跳河 割腕 结束(?:自己的?)?生命 死给(?:你|他)们?看
            写(?:好)?(?:了)?遗书 死在(?:你们|他们|店|门店|公司|总部)
        """,
        en=r"""
        suicid(?:es?|al|ally)
        kill(?:ing)? myself
        end my (?:own )?life
        want(?:ed)? to die
        wanna die
        self[- ]harm\w*
        """,
    ),
    Risk.SAFETY: words(
        zh=r"""
            起火 着火(?!车|锅|机|柴|把|药|候|焰|红|影|星|炬) 失火 自燃 冒烟 冒火 爆炸 漏电
            触电(?!影|视) 电击 烫伤(?!膏|药) 烧伤(?!膏|药) 烧(?:了起来|起来了|坏了手|到手|着了) 割伤
            致伤 伤亡 身亡 致死 出人命 炸伤 (?:烧|电|毒|烫)死 刹车(?:失灵|失效|没反应|踩不动) 刹不住
            (?:车|汽车|车辆|电动车|方向盘|油门|电机|车子)(?:突然)?失控 安全(?:隐患|事故) 坍塌
            (?:导?致|造成|使|令|害|弄|手|脚|脸|头|孩子|老人|人员?|全身|身体|眼睛?|腿|摔|撞|严重|轻|重|多处|乘客|顾客|[0-9一二三四五六七八九十]人)(?:都|也|又|了|被|他|我|名|顾客)*受伤
            玻璃伤人 电池(?:都|又|也|已经|严重|突然)*(?:鼓包|鼓起来|膨胀|漏液|爆)
            (?:手机|充电宝|充电器|电池|耳机|插座|插头|烤箱|锅|灶|热水器|玻璃|轮胎|杯子?|水壶|屏幕?|机器|电视|手表|空调|冰箱|洗衣机|平板|电脑|电动车|车)(?:都|就|又|突然|居然|竟然?|直接|自己|当场|真的?|给|在.{0,6})*(?:炸了|爆了|炸裂|爆裂)
            结果(?:真的?|还是|居然|竟然?|就)(?:炸|爆|烧|着|漏)了
        """,
        en=r"""
        c(?:aught|atch(?:es|ing)?) (?:on )?fire
        (?:burst|bursting|went up|goes up) in(?:to)? flames
        (?:phone|car|battery|watch|charger|house|laptop|kitchen|oven|cable|adapter)(?:'s| is| was)? on fire
        (?:engine|plane|bus|scooter|bike|tv|fridge|computer|dryer|device|unit)(?:'s| is| was)? on fire
        set (?:my|the|our|his|her) (?!world|stage|internet|night|place|tone)\w+ on fire
        (?:electrical|house|kitchen|battery|car) fire
        there was a fire
        (?:started|starting|starts|began|begins) (?:smoking|to smoke|sparking|a fire)
        smok(?:e|ing) (?:coming|came|pouring|poured)
        explo(?:ded?|des|ding|sions?)
        burn(?:ed|t|s) (?:me|down|through|a hole)
        burn(?:ed|t|s) (?:my|his|her|our|the) (?:\w+ )?(?:hand|face|arm|leg|skin|finger|wrist|thigh)s?
        burn(?:ed|t|s) (?:my|his|her|our|the) (?:\w+ )?(?:mouth|tongue|house|kitchen|carpet|bed|desk|neck)s?
        electric(?:al)? shocks?
        electrocut\w+
        injur(?:ed|es|ing) (?:me|my|our|him|her|us|someone|people|customers?|by|\d+)
        (?:i|we|son|daughter|child|kids?|wife|husband|m[ou]m|dad) (?:\w+ ){0,2}injur(?:ed|y|ies)
        (?:people|customers?|baby|someone|passengers?|workers?|\d+) (?:\w+ ){0,2}injur(?:ed|y|ies)
        (?:serious|severe|burn|facial|eye)(?:ly)? injur(?:ed|y|ies)
        brakes? (?:\w+ )?fail\w*
        (?:fire|choking) hazard
        safety (?:hazard|risk|issue|concern|problem)s?
        (?:nearly|almost) killed
        battery (?:is |has |was )?(?:swollen|swelling|swelled|bulging|bloated|leaking)
        swollen battery
        gas leak
        """,  # noqa: E501
    ),
    Risk.HEALTH: words(
        zh=r"""
            (?:食物|集体|煤气|一氧化碳|酒精|农药|铅|甲醇)中毒
            (?:吃|喝|用)(?:完|了|得|出|到).{0,6}中毒 拉肚子 拉稀 腹泻 上吐下泻
            (?:一直|开始|全家|孩子|不停|疯狂|狂|又)呕吐
            (?:全身|皮肤|严重|脸|吃|喝|用|涂|擦|孩子|急性|说是)(?:完|了|得|都|就|也|又|后)*过敏
            过敏(?:休克|反应|住院|进|到|红肿|烂|性(?:皮炎|休克))
            接触性(?:过敏|皮炎) (?:痒|红)得不行
            进(?:了)?(?:医院|icu|急诊|抢救)
            送(?:医|急诊|进?医院|去医院) 急诊 住(?:进|了)(?:医)?院
            吃(?:出|坏|到)(?:了)?(?:一[只条个根块])?(?:肚子|虫|蟑螂|异物|头发|玻璃|塑料|老鼠|苍蝇|铁|钉|刀片)
            吃坏 异物 有虫 老鼠屎 (?:甲醛|细菌|农残|重金属|大肠杆菌|防腐剂)(?:严重)?超标 烂脸 休克
            昏迷 起(?:了)?(?:一身|满身|全身)?(?:疹子?|红疹|湿疹)
            (?:过期|变质|发霉|发臭)的?(?:食品|食物|肉|奶|牛奶|面包|药|疫苗|奶粉|菜)
            (?:吃|喝|奶|肉|菜|面包|饭|酸奶|蛋糕|饮料|食材|水果).{0,4}(?:变质|发霉|长毛|馊了)
        """,
        en=r"""
        food poisoning
        (?:been|was|were|started|kept?|keeps|am|i'm|is|and|kids?) (?:vomiting|throwing up)
        (?:threw up|vomited)
        allergic reaction
        hospitali[sz]ed
        (?:ended up|rushed|taken|went|admitted|landed) (?:\w+ )?(?:in|to) (?:the )?(?:hospital|er|a&e|emergency)
        made (?:me|us|my \w+|our \w+) (?:\w+ )?(?:sick|ill)
        diarrh?o?ea
        (?:salmonella|e\. ?coli|listeria|norovirus)
        (?:mou?ldy|mou?ld (?:in|on|inside|all over)|maggots?|cockroach\w*|worms? in|bugs? in my|glass in my|metal in my)
        (?:broke|breaking|came) out in (?:a )?(?:rash|hives|spots)
        (?:gave|giving|left) (?:me|my \w+|us) (?:with )?(?:an? )?(?:\w+ )?(?:rash|hives|blisters?|burn mark)
        """,  # noqa: E501
    ),
    Risk.DATA_LEAK: words(
        zh=r"""
            (?:信息|数据|隐私|资料|手机号码?|电话|身份证号?|住?地址|住址|人脸|聊天记录|订单|照片)(?:[^,.!?;。\n]{0,6})(?:泄露|泄漏|被卖|外泄|曝光|流出|挂在?网上)
            (?:泄露|泄漏|贩卖|倒卖|出卖|盗取|窃取|卖)(?:[^,.!?;。\n]{0,8})(?:信息|数据|隐私|资料|电话|手机号|地址|身份证)
            拖库 撞库 开盒 看到(?:了)?别人的(?:订单|账号|信息|地址|资料)
        """,
        en=r"""
        data (?:breach|leak)(?:es|s)?
        leak(?:ed|ing|s)? (?:my|our|customers?'?|user|personal|private)
        s(?:old|ell|elling) (?:my|our|your|user|customer) (?:\w+ )?(?:data|number|details|info\w*|email)
        privacy (?:breach|violation)
        (?:someone|somebody) else(?:'s)? (?:account|order|details|data|name|address|info)
        my (?:account|card|data|info\w*|details|password|email) (?:\w+ )?(?:was|were|got|been) (?:hacked|leaked)
        my (?:account|card|data|info\w*|details|password|email) (?:\w+ )?(?:was|were|got|been) (?:stolen|exposed)
        (?:account|data|details|passwords?) (?:has |have |had )?(?:been )?compromised
        """,  # noqa: E501
    ),
    Risk.FRAUD: words(
        zh=r"""
            诈骗 盗刷 骗(?:钱|局|我钱|老人|老年人|消费者|我[0-9]+) 欺诈 传销 卷款 卷钱 假货 刷单
            非法集资 庞氏
            (?:老板|商家|平台|店家|公司|健身房|卖家|机构)(?:都|已经?|直接|就|居然|竟然|突然)*(?:跑路|失联)
            被骗(?:了)?[0-9一二两三四五六七八九十百千万几]+ 偷(?:偷)?(?:扣|刷|转)(?:了|走)?我?
        """,
        en=r"""
        scam(?:s|med|mers?|ming)?
        fraud(?:s|ulent\w*|sters?)?
        swindl\w+
        stole(?:n)? (?:my|our) (?:\w+ )?(?:money|cards?|account|deposit|identity|package|luggage|savings)
        stolen from my (?:\w+ )?(?:account|card|bag|luggage|suitcase|room)
        unauthori[sz]ed (?:charge|transaction|payment|purchase|withdrawal)s?
        counterfeit
        ponzi
        """,  # noqa: E501
    ),
    Risk.DISCRIMINATION: words(
        zh=r"""
            (?:种族|性别|地域|年龄|残疾|女性|男性|国人|中国人|外地人|同性恋|农村)(?:[^,.!?;。\n]{0,3})歧视
            歧视(?!链) 辱华 性骚扰 侮辱(?:中国|女性|顾客|消费者|残疾|国人|农民|我) 区别对待
        """,
        en=r"""
        discriminat\w+
        racis[mt]s?
        racial(?:ly)? (?:slur|abuse|profil)\w*
        sexis[mt]
        homophobic
        transphobic
        anti-?semiti\w+
        sexual(?:ly)? (?:harass|assault)\w*
        """,
    ),
    Risk.LEGAL: words(
        zh=r"""
            起诉 律师函 法院传票 法院见 法庭(?:上)?见 立案 报案
            (?<!自动)(?<!一键)报警(?!器|灯|声|音|系统|功能|装置)
            12315 12345 消协 工商(?:局|部门|投诉|举报|所) 市场监管 市监局 监管局 食药监
            集体(?:维权|诉讼) 告你们 告到(?:底|法院) 打官司 诉讼 法律途径 走法律 仲裁
            (?:找|请|咨询|问|委托|联系)(?:了|过|好)?(?:我的?|个)?律师 律师(?:已经?|会|将|正在|跟|来)
        """,
        en=r"""
        (?:fil(?:e|ed|ing)|start\w*|join\w*|bring\w*) (?:a |the )?(?:class action )?(?:law)?suit
        su(?:e|es|ed|ing) (?:you|them|u|the|your|these|this)
        (?:my|our|talk(?:ing)? to a|call(?:ing)? (?:my|a)|contact(?:ing)? (?:my|a)) (?:lawyer|attorney|solicitor)s?
        (?:see you|see u|take (?:you|them)|taking (?:you|them)) (?:in|to) court
        legal action
        class action
        small claims
        trading standards
        ombudsman
        better business bureau
        (?:to|with|the) bbb
        (?:called|call|calling|went to|going to|report\w* (?:it|this|you|them) to) the (?:police|cops)
        police report
        """,  # noqa: E501
    ),
    Risk.MEDIA: words(
        zh=r"""
            (?:联系|找|投稿|打给|告诉|发给|通知|约|爆料给|捅给|联络|叫)(?:了|过|给|好)?(?:各大|本地|当地|多家)?(?:记者|媒体|电视台|央视|报社|新闻)
            (?:记者|媒体|电视台|央视)(?:已经?|来|都|也|跟进|要)*(?:采访|介入|曝光|跟进|暗访)
            (?<![0-9.$])3\.?15(?:晚会|曝光|打假|投诉|消费者|维权|见) 焦点访谈
            (?:送|让|把)(?:你们|他们|这家|它|贵司|你)?.{0,4}上热搜
            曝光(?:你们|他们|这家|该|黑心|无良|一下|它) 给(?:你们|他们|这家)曝光
            (?:找|让|请)(?:大v|博主|媒体)曝光 小莉帮忙 帮忙栏目
        """,
        en=r"""
        (?:going to|go to|call\w*|contact\w*|tell\w*|told|email\w*|tip\w* off) the (?:press|media|news)
        (?:going to|go to|call\w*|contact\w*|tell\w*|told|email\w*) (?:the |a |my )?(?:local )?(?:news|reporter|paper)s?
        (?:going to|go to|call\w*|contact\w*|tell\w*|told|email\w*) (?:the |a |my )?(?:local )?journalists?
        (?:bbc )?watchdog
        make (?:this|it|you|u) (?:go )?viral
        consumer affairs
        """,  # noqa: E501
    ),
}
"""In order of gravity: a text with several risks gets the first of these."""

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
            受伤 车祸 伤人 炸死 砸死 炸了 炸裂 烧焦 焦味 糊味 烧糊 划伤 死亡 失控 急救 鼓包 鼓起来
            发烫 烫手 死了人 死人 夹伤 砸到 伤(?:到|了)(?:我|孩子|手|人|眼) 麻手
            电(?:到|了)(?:我|手|一下) 流血 短路 触目惊心
        """,
        en=r"""
        injur(?:ed|y|ies)
        (?:it's|it is|it was) on fire
        blew up
        blow(?:s|ing|n)? up
        shock(?:ed|s) my (?:hand|finger|arm)s?
        overheat\w*
        (?:too|so|very|extremely|dangerously|burning) hot to (?:touch|hold)
        unsafe
        almost died
        could have (?:killed|died|hurt)
        hurt (?:my|me|him|her|our|himself|herself)
        cut (?:my|his|her) (?:hand|finger|leg|foot|face|lip|mouth)s?
        bleeding
        sparks?
        melt(?:ed|ing)
        burn(?:ed|t) my
        """,
    ),
    Risk.HEALTH: words(
        zh=r"""
            毁容 中毒 过敏 呕吐 住院 晕倒 流产 蟑螂 虫子 变质 发霉 过期 异味 甲醛 红肿 起痘 皮炎
            头发丝 馊 拉肚
        """,
        en=r"""
        poison(?:ed|ing|ous)
        rash
        (?:feel|feeling|felt|so|got|getting) sick
        hives
        nause\w+
        vomit\w*
        throwing up
        mou?ld
        (?:bread|food|milk|meat|cheese|product|salad)s? (?:was|were|is|are|had) expired
        expired (?:bread|food|milk|meat|cheese|product|salad)s?
        undercooked
        raw (?:chicken|meat|pork)
        hair in (?:my|the)
        """,
    ),
    Risk.DATA_LEAK: words(
        zh="盗号 被盗(?!刷) 骚扰电话 隐私 监听 偷拍",
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
