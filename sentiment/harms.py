"""Word lists by hand: which harm beyond an unhappy customer a post tells of.

Written like those of `sentiment.cues`. Words that mean a harm only now and then are in
`sentiment.hints`, what stands around a term is in `sentiment.harmless`; `sentiment.risk` weighs
all three. What counts as a harm to people is told in docs/urgency-guidelines.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentiment.verdict import Risk
from sentiment.wordlist import Words, words

RISKS: Mapping[Risk, Words] = {
    Risk.SELF_HARM: words(
        zh=r"""
            自杀 轻生 不想活 跳河 割腕
            (?<=[我就要想去得都从工生子主户客孩])跳楼(?!价|机|大?甩)
            结束(?:自己的?)?生命 死给(?:你|他)们?看
            写(?:好)?(?:了)?遗书 死在(?:你们|他们|店|门店|公司|总部)
        """,
        en=r"""
        (?:commit\w*|attempt\w*|consider\w*|contemplat\w*|threaten\w*) suicide
        (?:think\w*|thought|thoughts|talk\w*|driven|drives?|drove|push\w*|close) (?:\w+ )?(?:of|about|to) suicide
        suicidal(?:ly)?
        kill(?:ing)? myself
        end my (?:own )?life
        want(?:ed)? to die
        (?:end|ending) it all
        (?:can't|cannot|can not) go on(?: anymore| any more| like this| living|,)
        wanna die
        self[- ]harm\w*
        """,  # noqa: E501
    ),
    Risk.SAFETY: words(
        zh=r"""
            起火(?!车) 着火(?!腿|车|锅|机|柴|把|药|候|焰|红|影|星|炬) 失火 自燃 冒烟 冒火 爆炸 漏电
            触电(?!影|视) 电击 烫伤(?!膏|药) 烧伤(?!膏|药) 烧(?:了起来|起来了|坏了手(?!机)|到手|着了) 割伤
            致伤 伤亡 身亡 致死 出人命 炸伤 (?:烧|电|毒|烫)死 刹车(?:失灵|失效|没反应|踩不动)
            (?:车|汽车|车辆|电动车|方向盘|油门|电机|车子)(?:突然)?失控 安全(?:隐患|事故) 坍塌
            (?:导?致|造成|使|令|害|弄|手|脚|脸|头|孩子|老人|人员?|全身|身体|眼睛?|腿|摔|撞|严重|轻|重|多处|乘客|顾客|[0-9一二三四五六七八九十]人)(?:都|也|又|了|被|他|我|名|顾客)*受伤
            玻璃伤人 电池(?:都|又|也|已经|严重|突然)*(?:鼓包|鼓起来|膨胀|漏液|爆)
            (?:手机|充电宝|充电器|电池|耳机|插座|插头|烤箱|锅|灶|热水器|玻璃|轮胎|杯子?|水壶|屏幕?|机器|电视|手表|空调|冰箱|洗衣机|平板|电脑|电动车|车)(?:都|就|又|突然|居然|竟然?|直接|自己|当场|真的?|给|在.{0,6})*(?:炸了|爆了|炸裂|爆裂)
            结果(?:真的?|还是|居然|竟然?|就)(?:炸|爆|烧|着|漏)了
            (?:发热|发烫|烫手|鼓包|焦味|糊味|火花)[^.!?;。\n没不未无零]{0,14}(?:炸|着火|起火|自燃)
            (?:高速|国道|高架|隧道|行驶|行车|开着|路上|路中间|半路).{0,8}熄火 熄火.{0,8}(?:追尾|撞上|差点撞)
            气囊(?:都|也|却|居然|竟然|一个)*(?:没有?|未|不)(?:弹|爆|打?开)(?!过|开过) 安全带(?:断|失效|扣不上|松脱)
            方向盘(?:突然)?(?:锁死|抱死|卡死|失灵) 转向(?:突然)?(?:失灵|失效|锁死|卡死) 断轴
            (?:轮胎|车轮|轮子|轮毂)(?:突然|直接|自己)*(?:掉了|脱落|飞了|飞出)
            电梯.{0,6}(?:坠|急降|往下掉|下坠|夹人|夹到|夹住|困人)
            困在?(?:了)?电梯 (?:天花板|吊灯|吊顶|灯具|货架).{0,4}(?:砸|塌|掉下来|倒下来) (?:招牌|广告牌).{0,4}(?:掉下来|倒下来|砸到|砸中)
            (?:安全门|逃生门|安全出口|消防通道|逃生通道|消防门|紧急出口)[^,.!?;。\n]{0,8}(?:锁|堵|封|打不开)
            (?:店员|保安|司机|员工|老师|骑手|服务员|工作人员|外卖员|快递员|店长|经理|老板)[^,.!?;。\n]{0,10}(?:打人|动手|打我|打了我|殴打|推我|持刀)
            (?:被|遭|遭到)[^,.!?;。\n]{0,8}(?:打伤|殴打|咬伤|砸伤|撞伤|烫伤|夹伤|刺伤|打骨折) 骨折 脑震荡 缝了?(?:[0-9]+|[一二两三四五六七八九十几]+)针
            (?:插座|插头|充电|电线|电器|主机|空调|机器)[^.!?;。\n]{0,14}(?:焦糊味|焦味|糊味) 充电[^,.!?;。\n]{0,4}(?:炸|爆了|冒烟|着了) 往外喷火
            (?:安全压?杆|安全绳|安全扣|保险带)[^,.!?;。\n]{0,6}(?:没系|没扣|弹开|断|松|脱) 绳子[^,.!?;。\n]{0,3}没系 轮胎[^,.!?;。\n]{0,6}鼓(?:了|个|起|大|出)*包
            把(?:我|孩子|老人|我妈|我爸|客人)[^,.!?;。\n]{0,6}(?:拉伤|扭伤|按伤|弄伤|打伤|撞伤|压伤|烫伤|刮伤) 磕[^,.!?;。\n]{0,4}包(?!子|装|裹) 血肉模糊 磨(?:出|破|得)[^,.!?;。\n]{0,4}(?:血|水?泡)
            撞(?:到|倒|上|了)(?:了)?(?:乘客|行人|路人|老人|孩子|小孩)
            (?:差点|险些)儿?(?:就|又|没)*(?:把[^,.!?;。\n]{1,8})?(?:被)?(?:点着|烧着|烧没|着火|起火|冲下|冲进|冲出|撞上|撞到|撞死|砸到|砸中|砸死|摔下|摔死|翻车|追尾|出车祸|撞车|淹死|噎死|噎到|呛死|呛到|窒息|吞下|咽下|掉下去|出事|出人命|没命|丧命|夹到|夹住|触电|电死|毒死)
            (?:插头|插座|开关|电线|线路|电表|微波炉|电饭锅|充电头|充电器|电热毯|电机|接线板|排插)[^,.!?;。\n]{0,4}(?:打火(?!机)|火花|烧黑|烧焦|炸|冒火|烧穿)
            (?:电池|充电宝|后盖|移动电源)[^,.!?;。\n]{0,8}鼓(?:起|得|了|成|胀|出)
            刹车[^,.!?;。\n]{0,6}(?:没反应|没刹住|不灵|踩不下去|不好使|断了)
            方向盘[^,.!?;。\n]{0,4}(?:打不动|转不动|掉)
            (?:司机|师傅|骑手|外卖员|快递员|小哥)[^,.!?;。\n]{0,8}(?:打瞌睡|睡着|疲劳驾驶|酒驾|喝了?酒|酒味|闯红灯|逆行|玩手机|摸我|尾随|锁车门|撞(?:了|到|上|伤)(?:我|人|行人|老人|孩子|路人))
            知道(?:我|你)家?住(?:哪|在哪|址) 弄死(?:我|你) [把被][^,.!?;。\n]{0,6}推倒 推搡 拳打脚踢 掐(?:我|住|着)?脖子 扇(?:我|了|他|孩子)*(?:耳光|巴掌) 打(?:孩子|小孩|老人|顾客|客人|学生)(?![^,.!?;。\n]{0,4}电话|的脸|广告|卡)
            (?:肋骨|骨头|腿|胳膊|手臂|脚趾|手指|锁骨|颈椎|脚踝|手腕|鼻梁|门牙|牙齿?)(?:都|被|给|摔|压|砸|撞|夹|按|磕|崩|硌)*(?:骨裂|断了|断成|折了|裂了|碎了|崩掉|崩了|磕掉|按伤|砸伤|压伤|磕了|硌掉)
            (?:摔|撞|砸|压|夹)(?:得|到|出|成|了|断了?)*(?:我|孩子|老人|头|手|腿|膝盖|脚|脚趾)*(?:骨折|骨裂|脑震荡|脱臼|断了[腿手胳脚])
            (?:割|划|扎|刺|磕|碰|咬|戳|剐|刮|拉)(?:了|出|到|得|开|伤)*(?:我|手|脚|腿|嘴|脸|头|孩子|满|全)*(?:一|几|两|好几|一个|一道)?(?:身|手|脸|道|个|条|大|小)*(?:口子|流血|出血|都?是血|破流血)
            (?:满脸|满手|满头|一手|一脸|一身)(?:都?是|的)?血(?!汗|书|肉|统|脉|性) 血流不止 喇破 流了[^,.!?;。\n]{0,4}血
            夹(?:住|到|伤|断)(?:了)?(?:我|孩子|小孩|小朋友|宝宝|手|脚|头|人|脚趾|手指)
            (?:玻璃门?|锅盖?|浴室门|淋浴房|烤箱门?|灶台|茶几|杯子?|保温杯|瓶子?)[^,.!?;。\n]{0,5}(?:自爆|自己爆|爆开|炸开|炸裂|炸碎|爆了)
            (?:煤气|燃气|天然气|液化气|燃气灶|热水器)[^,.!?;。\n]{0,6}(?:味|漏气?|泄漏|泄露)
            (?:孩子|宝宝|婴儿|儿子|女儿|小孩|小朋友|老人|我妈|我爸|乘客|老太太)[^.!?;。\n]{0,10}(?:摔下来|摔倒|飞出|掉下来|压住|压到|淹到|噎到|噎住|呛到|吞下|窒息|抽搐|烫伤|卡住|磕掉|骨裂)
            (?:滑板车|平衡车|婴儿车|推车|自行车|电动车|卡扣|座椅|护栏|栏杆|扶手|床板|梯子)[^,.!?;。\n]{0,6}(?:断裂|断了|脱落|散架|塌)
        """,  # noqa: E501
        en=r"""
        c(?:aught|atch(?:es|ing)?) (?:on )?fire
        (?:go|goes|going|went|gone) (?:up in flames|on fire)
        (?:burst|bursting|erupt(?:ed|ing)?) in(?:to)? flames
        (?:phone|car|battery|watch|charger|house|laptop|kitchen|oven|cable|adapter|hoverboard|scooter|vape|toaster|dryer|heater|kettle)(?:'s| is| was)? on fire
        (?:engine|plane|bus|bike|tv|fridge|computer|device|unit|microwave|stove|grill|console|truck|van|wing|outlet)(?:'s| is| was)? on fire
        set (?:my|the|our|his|her) (?!world|stage|internet|night|place|tone)\w+ on fire
        (?:electrical|house|kitchen|battery|car) fire
        there was a fire
        (?:started|starting|starts|began|begins) (?:smoking|to smoke|sparking|to spark|a fire)
        smok(?:e|ing) (?:coming|came|pouring|poured|everywhere|filled|in the (?:cabin|plane|bus|car))
        filled with smoke
        popped and (?:smoked|sparked)
        sparks (?:flew|flying|came|coming|shot|shooting) (?:out|from|off)
        explo(?:ded?|des|ding|sions?)
        (?:burn(?:ed|t|s|ing)|scald(?:ed|s|ing)|singed|crushed|severed|slashed|sliced|fractured|bruised|smashed|shattered|pinched) (?:my|his|her|our|the) (?:\w+ )?(?:hand|face|arm|leg|skin|finger|wrist|thigh|mouth|tongue|neck|eye|head|hair|toe|foot|back|lip|tooth|knee|ankle|nose|throat|chest)s?
        (?:burn(?:ed|t|s|ing)|scald(?:ed|s|ing)) (?:me|us|through (?:the|its|his|her)|a hole|my (?:son|daughter|baby|child|kid|wife|house|kitchen|carpet|bed|desk|lap)|our house)
        burn(?:ed|t|s) (?:down|the (?:house|kitchen|carpet|bed))
        (?:burn(?:ed|t|ing)?|scald(?:ed|s)?|crushed|slammed|trapped|cut|sliced|injured|hurt) (?:my|our) (?:\w+ )?(?:son|daughter|baby|child|kid|toddler|mom|mother|dad|father|wife|husband)
        scalded (?:my|me|us|our|him|her)
        (?:first|second|third|1st|2nd|3rd)[- ]degree burns?
        (?:chemical|skin|severe) burns?
        (?:chipped|broke|cracked|lost|dislocated|sprained|fractured) (?:a |my |his |her )(?:\w+ )?(?:tooth|teeth|hip|leg|arm|wrist|ankle|toe|rib|ribs|nose|collarbone|finger|kneecap)
        fractured (?:wrist|arm|leg|ankle|hip|nose|rib|finger|skull)s?
        broken (?:wrist|arm|leg|ankle|hip|nose|rib|finger|collarbone)s? (?:\w+ ){0,2}(?:because|after|from|thanks)
        concuss\w+
        (?:needed|got|took|needs|required) (?:\w+ )?stitches
        blood everywhere
        (?:smell(?:s|ed|ing)?|stinks?|reeks?) (?:of |like )?(?:gas|smoke|burning|fuel|burnt|something burning)
        (?:burning|burnt|smoke|smoky|gas|fuel) smells?
        electric(?:al)? shocks?
        electrocut\w+
        (?:got|get|getting|gives? me) (?:a |an )?(?:\w+ )?shock(?:s|ed)? (?:every|each|from|by|off|when i touch|whenever)
        shocked me (?:twice|again|when i (?:touched|plugged)|while)
        injur(?:ed|es|ing) (?:me|my|our|him|her|us|someone|people|customers?|by|\d+)
        (?:i|we|son|daughter|child|kids?|wife|husband|m[ou]m|dad) (?:\w+ ){0,2}injur(?:ed|y|ies)
        (?:people|customers?|baby|someone|passengers?|workers?|\d+) (?:\w+ ){0,2}injur(?:ed|y|ies)
        (?:serious|severe|burn|facial|eye)(?:ly)? injur(?:ed|y|ies)
        brakes? (?:\w+ ){0,2}(?:fail\w*|gave out|went out|give out|stopped working|don't work|didn't work)
        (?:car|truck|jeep|suv|van|vehicle|engine) (?:\w+ ){0,2}(?:shuts? (?:off|down)|stall(?:s|ed|ing)|turn(?:s|ed) off|cuts? out|died|quit) (?:\w+ ){0,5}(?:while|when i|when my|highway|freeway|motorway|driving|traffic|interstate)
        (?:stall(?:s|ed|ing)|shuts? (?:off|down)) (?:\w+ )?(?:while|when) (?:i'm |i was |i am )?driving
        airbags? (?:\w+ ){0,3}(?:fail\w*|not deploy\w*|didn't (?:deploy|open|go off|work)|never (?:deployed|opened))
        (?:steering|wheel) (?:\w+ ){0,2}(?:locked up|lock(?:s|ed)? (?:while|on me)|came off|fell off|flew off)
        (?:tire|tyre)s? (?:\w+ )?(?:blew|burst|exploded|came off)
        (?:door|hood|lid|blade|panel|window|hatch)s? (?:\w+ ){0,4}(?:flew (?:open|off)|came loose|came off while|blew off)
        accelerat\w+ (?:by itself|on its own|suddenly|uncontrollabl\w+)
        (?:unintended|sudden|uncontrolled) acceleration
        (?:fire|choking) hazard
        safety (?:hazard|risk|issue|concern|problem)s?
        (?:nearly|almost) killed
        (?:nearly|almost) (?:had|caused|got in(?:to)?|was in|were in) (?:a |an )?(?:\w+ ){0,2}(?:accident|crash|wreck|collision)
        (?:we|i) (?:just |almost |nearly )+had (?:a |an )?(?:\w+ ){0,2}(?:accident|crash|wreck|collision)
        (?:nearly|almost) (?:died?|choked|drowned|fell (?:out|off|down|through)|hit (?:a|an|my|me|us|the) (?:\w+ )?(?:cyclist|pedestrian|car|kid|child|truck|person|head)|ran (?:me|us|over)|run over|crashed|rolled over|flipped|rear)(?! laughing)
        rear[- ]ended (?:\w+ ){0,3}(?:because|cause|cuz|due)
        (?:emergency|crash|forced|hard) landing
        (?:fuel|carbon monoxide) leak\w*
        engine (?:fire|failure|failed|exploded|blew)
        (?:had to|were|was|been|got|being) evacuat\w+
        (?:sexual(?:ly)? |physical(?:ly)? )?assa?ult(?:s|ed|ing)?
        grop(?:ed|ing)
        molest(?:ed|ing)
        (?:felt|feel|feeling|made to feel) (?:so |very |completely |really |extremely |physically )*(?:threatened|unsafe|endangered)
        threaten(?:ed|ing|s) (?:to (?:hit|hurt|kill|punch|shoot|beat|attack)|my life|our lives|me with)
        (?:hit|punched|pushed|shoved|slapped|grabbed|kicked|dragged|attacked|beat) (?:me (?:in the|to the|with)|(?:me|my|our|an?) (?:(?:elderly|old|disabled|little|pregnant|other) )?(?:son|daughter|wife|husband|child|kid|mother|mom|father|dad|grand\w+|passenger|customer|woman|lady|face|arm|head|throat))
        (?:punched|shoved|slapped|attacked|dragged) me
        driver (?:\w+ ){0,3}(?:fell asleep|falling asleep|was drunk|is drunk|ran (?:a|the) red|texting|swerv\w+|crashed|hit (?:a|my|me|someone)|grabbed|touched|harassed|locked me)
        (?:like|thought) a bomb (?:just )?(?:went|had gone|was going|going) off
        chok(?:ed|ing) on (?:a|an|the|some|his|her|my)
        my (?:\w+ )?(?:son|daughter|baby|child|kid|toddler)(?: \w+){0,2} (?:trapped|choked|fell (?:out|off|down|through|from|into)|got hurt|got burned|got shocked|swallowed|stuck in (?:the|an?) (?:crib|door|elevator))
        (?:kid|child|son|daughter|baby|mother|hand|arm|leg|finger)(?:'s \w+)? (?:\w+ )?(?:caught|stuck|trapped) in (?:the|a|your) (?:door|escalator|gate|machine|elevator)
        (?:stuck|trapped) in (?:\w+ ){0,3}(?:elevator|lift)
        (?:tile|ceiling|shelf|shelves|sign|mirror|roof|branch|light|box|boxes|rack)s? (?:\w+ ){0,2}(?:fell|collapsed|came down|crashed down) (?:on|onto) (?:my|me|his|her|our|a|someone)
        (?:chair|crib|ladder|bunk|stool|swing|deck|balcony|stairs?|railing|stroller|pram|ride|slats) (?:\w+ )?(?:collapsed|snapped|gave way|tipped over)
        slipped (?:and fell|on (?:the|a|your) (?:wet |icy |greasy )?(?:floor|ice|stairs))
        threw me off
        swollen battery
        (?:exposed|live) wires?
        rusty nails?
        seat ?belts? (?:\w+ )?(?:wouldn't|won't|didn't|doesn't|failed|came (?:loose|undone))
        (?:closed|slammed|shut|fell|landed) on my (?:\w+ )?(?:hand|face|arm|leg|finger|foot|toe|head|neck)s?
        (?:passengers?|people|kids|children|riders?|customers?|workers?) (?:were |got |are |have been )?hurt
        sprayed (?:\w+ ){1,3}in(?:to)? my (?:eyes?|face)
        (?:left|leaving) my (?:\w+ )?(?:toddler|baby|infant|child|son|daughter|kid|mother|grand\w+) (?:\w+ )?(?:outside|alone|unattended|stranded)
        (?:scalp|gums?|nose|hands?|lips?|ears?|foot|feet|knee|finger) (?:\w+ )?bleed(?:s|ing)?
        (?:boy|girl|son|daughter|kid|baby|child|he|she|i)(?:'s|'m| is| was| am) bleeding
        battery (?:is |has |was )?(?:swollen|swelling|swelled|bulging|bloated|leaking)
        gas leak
        """,  # noqa: E501
    ),
    Risk.HEALTH: words(
        zh=r"""
            (?:食物|集体|煤气|一氧化碳|酒精|农药|铅|甲醇)中毒
            (?:吃|喝|用)(?:完|了|得|出|到).{0,6}中毒(?!就) 拉肚子 拉稀 腹泻 上吐下泻 又吐又[拉泻] 又[拉泻]又吐 闹肚子
            拉了(?:一|两|三|好几|整整)(?:整|个)?(?:天|晚|夜|宿|次|趟) 坏肚子 窜稀 蹿稀 跑肚 (?:吃|喝)[^.!?;。\n]{0,16}(?:(?:肚子|胃|胃里)(?:就|都|一直|开始|还|很|特别|疼|痛)*(?:疼|痛|难受|不舒服|绞痛)|肠胃?炎|吐了一|吐了[两二三四五六几]|恶心想吐|心慌|发麻|手抖|胸闷|呼吸困难|喘不[上过]气|肝功能|跑厕所|挂水|挂点滴|洗胃|住院|拉了一|拉了[两二三四五六几整好])
            (?:吃|喝完)(?:的|得|到|完)?(?:我|他|她|孩子|全家|大家|两个人|两人|我们|人)*(?:都|就|直接|全)*吐(?:了|血|得|到)(?!槽) 吐了(?:一|半|好几)(?:晚|夜|宿|天|次|整)
            (?:一直|开始|全家|孩子|不停|疯狂|狂|又)呕吐
            (?:全身|皮肤|严重|脸|吃|喝|用|涂|擦|孩子|急性|说是)(?:完|了|得|都|就|也|又|后)*过敏
            过敏(?:休克|反应|住院|进|到|红肿|烂|性(?:皮炎|休克))
            接触性(?:过敏|皮炎) (?:痒|红)得不行
            进(?:了)?(?:医院|icu|急诊|抢救)
            送(?:医|急诊|进?医院|去医院) (?<=[去进送挂看上跑到院])急诊 (?<=都在|还在|正在|人在)急诊 住(?:进|了)(?:医)?院
            (?:吃|喝|嚼|咬)(?:出|坏|到)(?:了|来)?(?:一|半|个|小|大|好多|好几|几)*[只条个根块颗枚截]?(?:小|大|死|活|碎|肉|黑)?(?:肚子|虫|蟑螂|异物|玻璃|塑料(?!袋|膜|纸)|老鼠|苍蝇|创可贴|铁|钢丝|钉|刀片|针|石头|石子|沙子|螺丝|蛆|别针)
            (?:饭|菜|粥|面|汤|馒头|包子|饼|肉|米|奶|饮料)(?:里面?|中)[^,.!?;。\n]{0,10}(?:铁丝|钢丝|铁钉|钉子|玻璃|刀片|别针|创可贴|针头|石头|石子|螺丝|金属|铁片|铁屑|订书钉)
            (?:死|活)(?:老鼠|苍蝇|蟑螂|青蛙|蜘蛛|虫子?)(?!似|一样) 绿毛 (?:漂|泡|爬|粘|飞)(?:着|满|出)[^,.!?;。\n]{0,6}虫 虫[^,.!?;。\n]{0,3}(?:漂|泡|爬)
            [拿开发配给用]错了?药 药[拿开发配给用]错 别人的药 (?:戴|打|做|敷|纹|植|洗)[^.!?;。\n]{0,8}(?:发炎|感染) [肝肾]功能(?:异常|损伤|衰竭) 全身发麻 打错针 (?:伤口|手指|头皮|皮肤|脸|眼睛|鼻子|耳洞|牙龈|植发|美甲|纹身|打完|做完|术后)[^,.!?;。\n]{0,8}(?:感染|化脓|溃烂|流脓)
            (?:药|疫苗|打针|打完针|眼药水)[^.!?;。\n]{0,8}(?:高烧|抽搐|看不清|心慌|休克|晕倒|浑身)
            (?:甲醛|气味|刺鼻|异味|油漆味|化学味|塑料味)[^.!?;。\n]{0,14}(?:头晕|头疼|咳嗽|胸闷|喘|流泪|嗓子|睁不开眼)
            (?:肉|鸡|翅|排|蹄|鱼|虾|肠|牛排)[^,.!?;。\n]{0,8}(?:带着?血|血淋淋|还有血|是红的|冒血)
            (?<!蚊)(?<!蚊子)咬(?:了|出|得|的)[^,.!?;。\n]{0,8}(?:疙瘩|包(?!子)|红点) 吃坏 老鼠屎 馊(?!主意|点子|招) 变质(?!的?(?:爱|感情|友|关系|婚姻)) 地沟油 黄曲霉 三聚氰胺 苏丹红 瘦肉精 塑化剂 吊白块 福尔马林 工业(?:盐|酒精|明胶)
            (?:甲醛|细菌|农残|农药|重金属|大肠杆菌|防腐剂|毒素|菌落|添加剂|亚硝酸盐)[^,.!?;。\n]{0,6}(?:超标|过高|太高|很高|超高) 烂脸 休克
            (?:肉|鸡|鸭|翅|翅根|腿|排|蹄|鱼|虾|蟹|蛋|豆角|扁豆|四季豆|里脊|牛肉|羊肉|烤串|五花|丸子?|肠)[^,.!?;。\n]{0,6}(?:没有?(?:烤|煮|炸|炒|做|全|完全)?熟|不熟|夹生|半熟|半生|里面?(?:还|都)*是?生的?|是生的|带血丝|有?血丝|血水|生豆)
            (?:洗|用|穿|戴|抹|涂|敷|贴)(?:完|了|过|着|上)[^.!?;。\n]{0,14}(?:刺痛|起疙瘩|起小疙瘩|流脓|脱皮|掉皮|烧脸|烂脸|肿了|火辣辣) 身上(?:全是|都是|起)(?:红疹|疙瘩|红点|包)
            昏迷 起(?:了)?(?:一身|满身|全身)?(?:疹子?|红疹|湿疹)
            (?:过期|变质|发霉|发臭)的?(?:食品|食物|肉|奶|牛奶|面包|药|疫苗|奶粉|菜)
            (?:吃|喝|奶|肉|菜|面包|饭|酸奶|蛋糕|饮料|食材|水果).{0,4}(?:发霉|长毛)
            (?:牛奶|酸奶|奶粉|面包|食品|食物|零食|饮料|啤酒|罐头|面膜|化妆品|护肤品|洗护用品|药|疫苗|蛋糕|饼干|火腿|肉)[^,.!?;。\n]{0,6}(?:过期|过了保质期|过保质期)(?!没有|没)
        """,  # noqa: E501
        en=r"""
        food poisoning
        (?:been|was|were|started|kept?|keeps|am|i'm|is|and|kids?) (?:vomiting|throwing up)
        (?:threw up|vomited)
        allergic reaction
        hospitali[sz]ed
        (?:called|call|calling) (?:911|999|112|an ambulance|the paramedics)
        (?:sent|put|landed) (?:me|him|her|us|my \w+) (?:\w+ )?(?:in|to|into) (?:the )?(?:hospital|er|emergency room|icu|a&e)
        (?:nights?|days?|hours) in (?:the )?(?:hospital|er|emergency room|icu)
        (?:got|is|was|became|badly|wound|tattoo|piercing) infected
        infection (?:from|after) (?:the|your|my|their|a|using|getting)
        (?:eyes?|skin|face|lips?|scalp|throat|gums?) (?:are|is|was|were|got) (?:\w+ )?(?:swollen|burning|bleeding|infected|burned|burnt|blistered|numb)
        (?:slime|fuzz|sludge|mou?ld) (?:in|on|under|floating|inside)
        (?:band-?aid|needle|fingernail|tooth|staple|screw) in (?:it|my|the|her|his)
        sewage
        (?:ended up|rushed|taken|went|admitted|landed) (?:\w+ )?(?:in|to) (?:the )?(?:hospital|er|a&e|emergency)
        (?:made|making) (?:me|us|my \w+|our \w+|people|customers) (?:\w+ )?(?:sick|ill)(?! of)
        sick (?:from|after) (?:eating|drinking|the food|your food|their food|your \w+)
        so sick after (?:eating|drinking|using)
        anaphyla\w+
        epi-?pen
        (?:eyes?|face|lips?|throat|tongue|hand|arm|leg)s? (?:\w+ )?(?:swell(?:s|ed|ing)?|swollen) (?:up|shut)?
        bed ?bugs?
        bites all over
        (?:wrong|expired) (?:\w+ ){0,2}(?:medications?|medicines?|prescriptions?|doses?|dosage|drugs?|pills?|insulin|meds)
        contaminated
        lead (?:paint|levels?)
        bleach (?:instead|in (?:my|the|our))
        (?:live|dead) (?:mouse|mice|rat|worm|bug|fly|flies|insect|roach|cockroach|frog|spider|lizard|maggot)s?
        (?:past|after|over|beyond) (?:\w+ ){0,2}(?:sell|use|best)[- ](?:by|before)
        (?:milk|cream|yogh?urt|meat|chicken|fish) (?:was|is|were) (?:\w+ )?(?:sour|curdled|lumpy|rotten|rancid|spoiled|slimy|mou?ldy)
        health (?:hazard|risk|code violation|violation)s?
        (?:toxic|poisonous|noxious) (?:fumes?|gas|chemicals?|substances?|smoke|ingredients?|vapou?rs?)
        carcinogen\w*
        (?:cancer[- ]causing|causes? cancer|asbestos|lead poisoning|carbon monoxide)
        (?:bed ?bug|bug|mite|flea|insect|spider) bites?
        bitten by
        expired (?:\w+ )?(?:beer|food|milk|meat|cheese|bread|chicken|yogh?urt|formula|juice|drinks?|medicines?|chips|candy|chocolate|eggs?|soda|mustard|sauce|snacks?|cookies|salad|vaccines?)
        (?:beer|food|milk|meat|cheese|bread|chicken|yogh?urt|formula|juice|chips|candy|eggs?|soda|salad|dough)s? (?:\w+ ){0,3}(?:past|after) (?:its|their|the) (?:\w+[- ]){0,2}(?:date|expir\w+)
        (?:piece|shard|bit|chunk|sliver)s? of (?:glass|wire|bone|razor|needle|metal in)
        (?:glass|metal|needle|nail|screw|wire|razor|tooth|rat|mouse|worm|cockroach|roach|bug|insect|fly|spider|maggot)s? in (?:my|our|her|his|the|a|your|this) (?:\w+ )?(?:food|meal|burger|salad|soup|drink|sandwich|pizza|chicken|beer|cereal|rice|coffee|fries|bag of|bottle|can|milk|pasta|noodles|taco|burrito|wrap)
        (?:chicken|burger|meat|pork|fish|wings?|turkey|beef|sausages?) (?:was|is|were|are|came|arrived|still|served) (?:\w+ )?(?:raw|pink inside|undercooked|bloody|spoiled|rotten|off|rancid)
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
            (?:泄露|泄漏|贩卖|倒卖|出卖|盗取|窃取|(?<![热售外买拍叫贱])卖)(?:[^,.!?;。\n]{0,8})(?:信息|数据|隐私|资料|电话|手机号|地址|身份证)
            (?:窃取|盗取|偷看|偷取|读取|监控)[^.!?;。\n]{0,10}(?:照片|通话记录|短信|通讯录|相册|聊天记录|位置|麦克风|摄像头)
            (?:拿到|得到|掌握|知道)(?:了)?(?:客人|顾客|用户|客户|我们?)的?[^,.!?;。\n]{0,4}(?:入住|订单|个人|联系)信息
            骚扰电话[^.!?;。\n]{0,16}(?:信息|泄|知道我) (?:信息|号码|手机号)[^.!?;。\n]{0,12}骚扰电话 黑客(?:入侵|攻击|盗|窃)
            (?:针孔|摄像头|厕所|试衣间|更衣室)[^,.!?;。\n]{0,8}偷拍
            (?:登录|登陆|进去|打开|点开|登上)[^,.!?;。\n]{0,8}别人的(?:账号|账户|订单|信息|资料|名字|头像|页面|地址)
            (?:信息|照片|号码|资料|单号|地址|快递单)[^,.!?;。\n]{0,6}(?:挂到|挂在|发到|传到|晒到|公开到)[^,.!?;。\n]{0,3}(?:网|群|朋友圈)
            (?:账号|帐号|账户|微信|支付宝)[^,.!?;。\n]{0,6}(?:被人|异地|别人|被别人)(?:登录|登陆)
            把(?:我们?|顾客|客户|用户|客人|买家|乘客|病人)的?(?:手机号?|电话|号码|地址|个人信息|信息|照片|隐私|身份证|资料|聊天记录|流水|账单|病历|简历)[^,.!?;。\n]{0,3}(?:发给|给了|卖给|透露|告诉|转给|公布|发到|挂)
            (?:信息|数据|资料)[^,.!?;。\n]{0,4}(?:打包|被?出售|被?倒卖) 摄像头[^.!?;。\n]{0,8}陌生人 针孔 拖库 撞库 (?:被|遭|给)[^,.!?;。\n]{0,4}开盒(?!子) 开盒(?:挂人|网暴|信息) 看到(?:了)?别人的(?:订单|账号|信息|地址|资料)
        """,  # noqa: E501
        en=r"""
        data (?:breach|leak)(?:es|s)?
        leak(?:ed|ing|s)? (?:my|our|customers?'?|user|personal|private)
        s(?:old|ell|elling) (?:my|our|your|user|customer) (?:\w+ )?(?:data|number|details|info\w*|email)
        privacy (?:breach|violation)
        (?:someone|somebody|another (?:customer|passenger|person|user)) ?(?:else)?(?:'s)? (?:account|orders?|details|data|name|address|info\w*|passport|booking|reservation|itinerary|boarding pass|bill|statement|medical records?|photos?|emails?|messages?)
        (?:my|our|his|her|your) (?:\w+ ){0,2}(?:account|acct|card|data|info\w*|details|password|email|profile) (?:\w+ )?(?:was|were|got|been|being|is|gets) (?:hacked|leaked|compromised|breached)
        (?:my|our|his|her) (?:\w+ )?(?:account|card|data|info\w*|details|password|email) (?:\w+ )?(?:was|were|got|been) (?:stolen|exposed)
        (?:account|acct|email|profile) (?:has |have |had |is |was |got |been |being )+(?:hacked|compromised)
        (?:see|access|read|view|open|upload(?: \w+){0,2} to) (?:other|another|others'?|someone)(?: \w+){0,2}(?:'s|s')? (?:data|files?|accounts?|orders?|emails?|photos?|buckets?|messages?)
        (?:leak|breach|theft) of (?:\w+ )?(?:data|information|passwords|records)
        (?:other|another|strangers?'?|someone else's|somebody else's) ?(?:people|customer|person|user|passenger|patient|guest|client)?(?:'s|s'|s)? (?:\w+ )?(?:orders|addresses|bank statements?|accounts?|medical records?|private messages|personal (?:data|info\w*|details))
        (?:emailed|sent|gave|given|shared|exposed|mailed|handed|forwarded) (?:out )?my (?:\w+ ){0,2}(?:records?|details|data|info\w*|number|address|statement|passport|photos?|file) to (?:(?:a|the) )?(?:wrong|stranger\w*|some\w*|another|third|other|random|different|driver|seller)
        (?:database|server|records|passwords) (?:\w+ )?(?:leaked|breached|exposed|stolen)
        logged in(?:to)? (?:to )?my account (?:from|without)
        (?:took|got|used|saved|stole) my (?:phone )?number (?:from|off) (?:the|my|your|his)
        hidden camera
        strangers? (?:can|could|had|to) (?:open|access|see|message|log|get into|contact|view|watch)
        stranger's (?:camera|account|photos?|messages|feed|order)
        posted my (?:\w+ ){0,2}(?:address|number|photo|details|phone)
        (?:used|copied|stole|took) my (?:\w+ )?(?:credit card details|card details|private (?:pictures|photos|pics))
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
