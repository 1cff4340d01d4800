"""Word lists by hand: what shows that a word of harm tells of no harm that happened.

Written like those of `sentiment.cues`; `sentiment.risk` reads them, and only in texts that hold
such a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sentiment.wordlist import Words, words


class Context(StrEnum):
    """What may stand around a word of harm, and where."""

    FIGURATIVE = "figurative"
    """Over the word: a figure of speech or a name, and no harm at all."""
    DENIED = "denied"
    """Right before it: it did not happen, or is fought against."""
    RECEDING = "receding"
    """Shortly after it: it happens less, or the report is false."""
    ENDED = "ended"
    """Shortly after it: it is mended, or somebody else's affair, as far as one says."""
    FRAME = "frame"
    """In its sentence, or in the next if its own asks: an exercise, a rumour put right."""
    NON_EVENT = "non_event"
    """In its clause: a film, a lesson, a test."""
    PROSPECT = "prospect"
    """Right before it: it may happen, and did not yet."""
    HYPOTHESIS = "hypothesis"
    """In its clause: it is only thought of."""
    PAST = "past"
    """In its clause: it is long ago."""
    CONFIRMED = "confirmed"
    """Right before it: it did happen, whatever else the clause speaks of."""
    REPORTED = "reported"
    """Before a denial: it is what somebody else says."""
    TURN = "turn"
    """Between clauses: what follows contradicts what was said."""
    DIRT = "dirt"
    """Over the word: vermin, mould, stench, which harm in food and merely disgust in a room."""
    FOOD = "food"
    """In its clause: what is eaten or drunk, or somebody who does."""
    PREMISES = "premises"
    """Anywhere: a room or a building, and what stands in it."""


CONTEXTS: Mapping[Context, Words] = {
    Context.FIGURATIVE: words(
        zh=r"""
            (?:笑|气|急|吓|烦|累|热|冷|困|饿|丑|贵|坑|雷|土|甜|美|萌|羡慕|吵|难受|无聊|恶心|好吃|好看|帅|可爱|香|酸|尴尬|感动|高兴|开心|激动|磕|嗑|辣|忙|爽|馋)死(?:人|我|了|个人)*
            (?:可)?想死(?:你|它|他|她|这|那|妈妈|家|我(?:了|家|的))
            (?:累|热|困|丑|尴尬|社|冷|蠢|笑|饿|无聊|忙)(?:得|到|的)(?:都|就|快|真|简直|只)*(?:想死|不想活|活不下去)
            (?:气|蠢|丑|累|困|烦|微信|学校|论文|肺都?|美|帅|甜|燃|酷|靓|可爱|好吃|好看|好听|开心|兴奋|激动|幸福|爽|香|嗨|嗑|磕|演技|舞台|颜值|全场|现场|气氛|场面|心态|心情|情绪|脾气|杀伤力|原子弹|头|脑袋|脑子|评论区?|弹幕|朋友圈|热搜|群里?|微博|网上|全网|网友|粉丝|饭圈|后台|私信|消息|论坛|服务器|系统|客服电话|电话|歌|专辑|(?:我|我们|整个人|人)(?!的))(?:们)?(?:都|要|快|直接|彻底|瞬间|又|真的?|到|得|的|就|已经|被|原地|当场|简直|能|给|会)*(?:爆炸|炸裂|炸了|爆了|炸开|失控)
            (?:太|好|巨|超|贼)炸(?:了|裂)? (?:股价?|房价|基金|股票|跌|涨|亏|加班|考试|工作|作业)[^,.!?;。\n]{0,6}想跳楼 (?:年会|聚会|酒局|喝酒|应酬|喝多)[^,.!?;。\n]{0,8}吐
            (?:等|忙|急|气|烦|吵|饿|累)(?:得|的)(?:都|要|快|我|人)*炸了 手感[^,.!?;。\n]{0,3}爆炸 爆炸似的 [像象跟如]爆炸 启动[^,.!?;。\n]{0,4}着火 [打点憋围守伴带趁玩挂烤冒忍压]着火 (?:计划|假期?|寒假|暑假|活动|聚会|旅行|项目)[^,.!?;。\n]{0,8}流产 (?:爱情?|恋爱)的酸臭
            (?:电脑|系统|机器)[^.!?;。\n]{0,14}中毒 (?:油液?|机油|变速箱)[^,.!?;。\n]{0,10}变质
            饿[^,.!?;。\n]{0,2}出人命 (?:菜|饭|肉|鸡|饼|面|锅巴|粥|豆腐)[^,.!?;。\n]{0,6}(?:焦味|烧焦|烧糊)
            原地爆炸 (?:到|得)(?:要|快|快要|就要)?(?:爆炸|炸裂) (?<!会)(?<!能)(?:饿|丢|慢|咸|辣|苦|酸|腻|齁|堵|熏|臭|恶心|冻|憋|等|挤|吵|爱|难吃|难看|臊|郁闷|坑|气)死人
            (?:像|跟|和|个个|一个个)死人 死人(?:一样|似的|般|脸|堆)
            (?:真|太|好|很|挺|这么|那么|这样|最|怪|言语|话|嘴|态度|能|别)伤人 伤人(?:的)?(?:心|话|感情|自尊|家)
            (?:果子|果实|水果|苹果|橘子|桃子?|包装|外壳|纸箱|箱子|货)(?:都|也|还|又)*受伤 (?:最近|本来|之前|前几天|前阵子)[^,.!?;。\n]{0,4}受伤 受伤的(?:为什么|怎么|还|又|都|就)*(?:是|会是)我 为什么受伤
            (?:慢性|属于|等于|等同于?|简直是|简直|无异于|就是|就像|算是|是在|=)自杀 自杀行为
            (?:在家|宅|闲|躺|快要?|人都?|我都?|宿舍|太阳)(?:都|得|要|快|里|着|是|会)*(?:发霉|长毛) 臭(?:小子|男人|美|屁|脸|名|豆腐|鳜鱼|弟弟|丫头|宝|家伙|棋)
            (?:不够|螺[蛳狮]粉|榴莲|豆腐|豆汁)[^,.!?;。\n]{0,4}臭 (?:名声|名气|服务|态度|人品|口碑)[^,.!?;。\n]{0,6}臭 (?:裤子?|衣服|鞋子?|袜子?|毛巾|布料|面料|被子|头发|身上)[^,.!?;。\n]{0,8}臭 老鼠屎坏 [驱打杀除防灭](?:过|了)?虫 (?:网虫|害虫|寄生虫|懒虫|可怜虫|跟屁虫|应声虫|米虫|书虫|虫洞|昆虫|爬虫|甲壳虫|虫草)
            (?:优惠券|券|卡|会员|积分|签证|证件|护照|链接|订单|活动|流量|账号|验证码|票)[^,.!?;。\n]{0,4}过期
            (?:撑|胀|憋|忙|累|吃|烦|压力大|激动|高兴)(?:得|到|的)?(?:肚子|胃|头|我)?(?:都|要|快|快要|就要|想|直接)*(?:爆炸|炸了|炸)
            爆炸(?:好|盒|性|式|级|头|糖|贴|盐|消息|新闻|香|多|大|贵|甜|美|帅|可爱|喜欢|期待|开心|快乐|增长|输出|累|忙|难|无聊|胖|酷|蛋|鱼|酱|辣|鸡|虾|薯|小|厉害|棒|赞|强|爽|舒服|浓|鲜|嫩|推荐)
            (?:知识|信息|人口|流量|数据|宇宙|口感|味道|口味|汁水|味蕾|颜色|大|生命|寒武纪)爆炸
            爆炸(?:的)?(?:美味|口感|味道) 核爆炸? 爆炸物
            (?:帅|美|好看|可爱|开心|高兴|好听|甜|酷|嗨|燃)(?:到|得)(?:我|手机|屏幕|让人|你|全场)*(?:爆炸|炸裂|炸了|炸)
            一[颗粒只]老鼠屎 炸了锅 炸裂(?:好|推荐|的(?:演技|舞台|效果|音效|歌))
            (?:演出|现场|舞台|演技|音效)炸裂
            (?:卖|火|大|红|刷|热|挤|全线|销量|票房|收视率?)(?:到|得)?爆了 爆了(?:单|款|冷门|料)
            太爆了 火爆 笑到(?:快|要|想)?(?:死|不想活|住院|晕倒)
            (?:嗓子|喉咙|心里|后院|眉毛|嘴里?|胃里?|屁股|头顶|七窍|祖坟|脑子|键盘|眼睛)(?:都|像|要|快|好像|跟|简直|里|热得|辣得|干得|在|渴得|疼得)*(?:着火|起火|冒火|冒烟|着了)
            (?:心灵?|感情|情感|内心|心里|钱包|自尊|玻璃心|信用卡|味蕾)(?:都|又|再次|也|真的?|好|很|有点|一次次)*受伤
            (?:好|很|有点|太|感觉)受伤 受伤的(?:总是|心|灵魂|感觉|世界)
            (?:循环|洗脑|单曲|听|看|刷|玩|追|已经|彻底|完全|真的?|有点|颜值|文字|音乐|旋律|歌|剧|少女心|安利|网络|手机|颜)(?:到|得|播放|循环|都|已经|又|完全|有点)*中毒
            中毒(?:了)?(?:一样|似的|般|性|太深|至深|已深)
            (?:电脑|系统|网站|u盘|文件|硬盘|服务器)(?:又|也|被|是不是|可能|都|好像)*中毒
            触电(?:般|的感觉|一样的心动|反应)
            死亡(?:凝视|搁浅|率|游戏|笔记|之组|周|滤镜|打光|角度|芭比粉|直男|行军)
            跳楼(?:价|机|大?甩卖) 自杀(?:小队|式|率|游戏)
            (?:大型|唱歌|直播|翻唱|演技|假唱|秀恩爱|拍照)车祸
            车祸现场(?:级)?(?:的)?(?:演唱|唱功|演技|穿搭|妆) 房子?塌了 塌房
            (?:人设|滤镜|信仰|期待)(?:都|全|又)?塌了
            (?:屏幕?|漆面|车漆|镜片|表盘|表面|外壳|机身|玻璃|皮面|镜头|膜|边框|表带)(?:被|有|都|上|轻微|容易|给|一点)*划伤
            急救(?:面膜|包|站|箱|精华) (?:危险|致命)(?:的)?(?:诱惑|美|关系|人物|游戏|浪漫)
            (?:新机|新品|谍照|剧透|规格|配置|设计图|渲染图|跑分|剧情|行程|节目单|新歌|新车|价格|成绩|定档|路透)(?:[^,.!?;。\n]{0,4})(?:泄露|泄漏|曝光|流出|外泄)
            (?:爱情|感情|大)骗子 小骗子 骗子(?:酒馆|大师) 骗(?:我)?(?:眼泪|感情|人眼泪|我生女儿|氪)
            (?:社交|自?媒|流|多|新|全|融)媒体 媒体(?:矩阵|人|平台|账号|运营) 律师(?:资格|考试|证|节)
            法律(?:知识|考试|专业|系|学) 曝光(?:率|度|量) 过度曝光 歧视链 工商(?:银行|管理|大学|联)
            死人不偿命 警察(?:局|叔叔|故事) 对(?:你|他|她|人类|爱情|工作|数学|上班|愚蠢)过敏
            (?:香|破|稀|灿|腐|懒|霉|软|溶|摆)烂 烂(?:漫|尾|熟|醉|片|剧|人|番)
            医院(?:实习|上班|工作|体检) (?:头发|底妆|眼影|好看|妆)(?:都)?炸了 火花塞
            (?:擦出|爱的|思想)(?:的)?火花 假的(?:吧|睫毛|一样) 吃了炸药
        """,  # noqa: E501
        en=r"""
        (?:head|brain|mind|heart|ovaries|bladder|stomach|belly|internet|twitter|facebook|instagram|reddit|newsfeed|timeline|tl|feed|notifications)(?:'s| is| are| was| will| just| almost| about to| gonna| going to| literally| nearly| legit| fully| might)* (?:explo\w+|blow\w* up|blew up|overheat\w*|melt\w*)
        (?:mentions|inbox|dms|replies|group chat|chat|comments|sales|popularity|career|crowd|venue|market|demand)(?:'s| is| are| was| have| has| will| just| almost| about to| gonna| going to| literally| really)* (?:explo\w+|blow\w* up|blew up)
        (?:phone|watch)(?:'s| is| was| has| been| just| keeps?)* (?:explo\w+|blow\w* up|blew up) (?:with|from) (?:\w+ )?(?:notifications|messages|texts|mentions|calls|alerts|likes)
        explo\w+ (?:across|over|all over|on) (?:the )?(?:internet|twitter|web|social|news|youtube|scene)
        explo\w+ (?:in|with|of|into) (?:\w+ )?(?:popularity|flavou?rs?|colou?rs?|joy|taste|sales|laughter|growth|happiness|excitement|tears|applause|creativity|love)
        (?:flavou?r|taste|colou?r|population|traffic|sales|sugar|spice|big|data|job|content|pop) explo\w+
        (?:i|i'm|im|we|gonna|about to|could|might|just) (?:just |literally |might |gonna |about to |could |will |'m |am |going to )*explode(?:d)? (?:from|with|because|lol|of)
        blow(?:s|ing|n)? up (?:on|the charts|my phone|all over|balloons?|in popularity)
        blew up (?:on|the charts|my phone|all over|overnight|in popularity)
        (?:want(?:ed)?|wanna|going) (?:to )?die (?:of|from|laughing|lol|lmao|cuz|because)(?: \w+)?
        kill(?:ing)? myself (?:laughing|lol|lmao|over)
        suicide (?:squad|doors?|boys|prevention|squeeze|missions?|drink|notes?|rates?|hotline|awareness|silence|bomb\w*|attacks?)
        (?:bill|price|fare|sticker|culture) shock
        shock (?:when|at|to|of my life)
        assault (?:on (?:the|my|our) (?:senses?|ears?|eyes|wallet)|weapons?|rifles?|course)
        dangerous(?:ly)? (?:woman|liaisons?|good|close|addictive|low|cute|game|combo|love|mind|territory)
        elite:? dangerous
        (?:no|quit|stop(?:ped)?|non|chain|cigarette|weed|hot|pot)[- ]smoking
        smoking (?:hot|gun|area|section|ban|room|lounge|weed|pot|cigs?|cigarettes?|deals?|some)
        (?:reek\w*|smell\w*|stink\w*|stank) (?:of|like) (?:\w+ )?(?:vomit|puke|throw up)
        vomit(?:ing)? emoji
        (?:make|makes|making) me (?:\w+ )?(?:want to|wanna) die
        privacy (?:settings?|polic\w+|page|terms|changes|options?)
        (?:session|points?|miles|vouchers?|code|card|ticket|password|link|offer|warranty|license) (?:has |have |is |are |was |were |had |just )*expired
        die laughing
        (?:almost|nearly) (?:died|killed) (?:of|from|laughing|me|lol|with)(?: \w+)?
        (?:break|broke|breaks|breaking|fit|fits) the mou?ld
        (?:throwing|throw) up (?:gang )?(?:signs|peace)
        rash (?:decision|move|choice|judg\w+)
        stole(?:n)? (?:my|our) (?:heart|hearts|look|idea|thunder|soul|joke|tweet|style|attention|girl|man|sleep)
        steal (?:of|my heart|the show|my look|at)
        (?:what|such|absolute|total) a steal
        (?:is|was|it's) a steal
        scam likely
        fraud (?:alert|department|protection|prevention|team|detection|squad)s?
        fake (?:nails|lashes|tan|news|smile|friends|plants?|id)
        (?:bath|photo|glitter|cherry|sex|da|the) bombs?
        sick (?:beat|beats|burn|tune|design|moves?|deal|of)
        so sick(?: of)?
        (?:poison|food) (?:ivy|oak)
        (?:animal|teaching|children's|play|pet) hospital
        hospital (?:drama|playlist|shift|bag)
        supreme court
        (?:tennis|food|basketball|squash) courts?
        police (?:officer|academy|story)
        new reporters?
        sparks? (?:joy|fly|flying|notes?|interest|creativity|plug)
        (?:bleeding|cutting) (?:edge|heck|obvious|love)
        melt(?:ed|ing)? (?:in my mouth|my heart|cheese|butter|in your mouth)
        heart (?:is |was |just )*melt(?:ed|ing)
        (?:crash|stress) tests?
        shocked me (?:how|that|with|by)
        (?:leak(?:ed|s|ing)?|hacked) (?:specs?|photos?|images?|renders?|pics?|trailer|album|song|track|benchmarks?)
        growth hack\w*
        sports injur\w+
        (?:injury|accident)[- ]free
        insult to injury
        injury (?:time|list|report|update|prone|crisis|break)
        (?:out|doubtful|questionable|sidelined|return\w*|recover\w*|back) (?:with|from) (?:an? |his |her )?(?:\w+ )?injur\w+
        """,  # noqa: E501
    ),
    Context.NON_EVENT: words(
        zh=r"""
            模拟 彩排 电影(?!院|票) 电视剧 连续剧 小说 剧情 剧[里中] 片中 影片 动漫 番剧
            游戏(?:里|中|剧情|角色) 剧本 特效 漫画 歌词 梦见 梦到 梦里 做梦 段子 预告片 小品 科幻
            男主 女主 科普 讲座 培训 纪念(?!品) 周年 安全教育 应急预案
            消防(?:宣传|知识|安全(?!隐患)|栓|器材) 宣传(?:周|月|日|片|册|活动|栏) 反诈 反欺诈 防骗
            防范 防火 防爆 知识 零(?:事故|伤亡|投诉|召回) 历史上 保险(?:条款|公司|责任) 假一赔 阻燃
            检测 测试 试验 实验 针刺 挑战赛 悬疑 破案 综艺 讲解 典型案例
            (?:灾难|战争|恐怖|动作|警匪|谍战)片
        """,
        en=r"""
        awareness
        movies?(?! theat)
        films?
        novels?
        tv show
        episode
        season finale
        trailer
        video games?
        (?:in|this|the|playing(?: a)?|new) (?:\w+ )?game
        in-game
        fiction
        anime
        netflix
        dream(?:t|ed|ing|s)?
        nightmare
        anniversary
        memorial
        simulat\w+
        mock
        training
        tested
        stress test\w*
        fire (?:drill|safety|department|fighters?|alarm|extinguisher|retardant|resistant)s?
        """,
    ),
    Context.FRAME: words(
        zh=r"""
            (?<!不是)演练 (?<!不是)演习 (?<!所谓的)(?<!别信)(?<!不信)辟谣
            (?<!不是)(?<!并非)谣言 谣传 造谣 传言不实 误传 误报 以讹传讹
            不实(?:信息|传言|消息|报道) 纯属虚构 虚构 已经?澄清 澄清(?:称|说|声明|公告)
            子虚乌有 (?:一场|是个?|闹了?个?|摆)乌龙(?!茶|面|球) (?:一场|是个?)误会 未检出
            一[起例个]都没有
        """,
        en=r"""
        (?<!not a )drills?
        (?<!not a )(?<!no )rumou?rs?
        (?<!not a )hoax
        debunk\w*
        false alarm
        fake news
        satire
        """,
    ),
    Context.DENIED: words(
        zh=r"""
            (?:没|无)必要 用不着 犯不着 懒得
            (?<!有)(?<!不是)(?<!并非)(?<!怕)(?<!谁说)(?:并|从来?|还|也|都)?(?:没有?|未曾?|尚未)(?:再|发生|出现|造成|导致|引发|引起|任何|一[起个例次]|过|人员?|什么|真的?|听说|见过?|看到|发现|被|因此|收到|其他|明火|受到|有|出|会|因|去|想|用户|顾客|关于|一丝|半点|那种|所谓的?|要)*
            (?<!有)无(?:任何|人员?|一[例起宗桩]|一|一人|明火|需|须|再|明显)* 零 (?<![0-9.])0(?![0-9])
            (?<!是)(?<!要)(?<!还)(?<!就)(?<!岂)(?<!怎么)(?<!难道)(?<!莫非)不是(?!.{1,6}[吗么嘛吧])
            (?<!会)(?<!能)(?<!是)(?<!要)(?<!用)(?<!可)不(?:存在|可能|会|易|容易|再|怕|担心|用担心|必担心|含|涉及|构成|造成|引起|导致|想|打算|需要|用|必|能|敢|让|准|许|致|应|该|至于)(?:任何|有|再|发生|出现|被|真的?|什么|轻易|突然|引起|导致|造成|去|会|人|人员|因此|让人|使人)*
            (?<!会)(?<!能)(?<!是)(?<!要)(?<!用)(?<!动)(?<!可)不 (?:并)?非
            (?:(?<!消)(?<!国)防止?|预防|避免|杜绝|消除|禁止|反对?|抵制|拒绝|谨防|严防|严打|打击|远离|阻止|减少|降低|抗|免|告别|排除|排查|遏制)(?!再)(?:任何|发生|出现|一切|电信|网络|人员|造成|各类|潜在|误伤|电池|被|因|假冒|各种|网路)*
            安然无恙 虚惊一场
        """,  # noqa: E501
        en=r"""
        (?:no(?: one|body|ne|thing| longer| more)?|not|never|without|zero|nor|cannot|can not)(?: (?:was|were|is|are|be|been|being|got|get|gets|getting|has|have|had|any|anyone|anybody|anything|ever|a|an|the|single|reported|reports?|signs?|of|to|going|gonna|about|really|actually|serious|major|minor|known|risk|danger|chance|kind|sort|evidence|people|customers?|users?|did|do|does|heard|seen|want|wanna|just|yet|else|even|trying|planning|need|more|cause|caused|such))*
        (?:did|do|does|is|was|were|has|have|had|wo|ca|could|would|should|are|ai)n'?t(?: (?:was|were|is|are|be|been|being|got|get|gets|getting|has|have|had|any|anyone|ever|a|an|the|of|to|going|gonna|about|really|actually|even|heard|seen|want|wanna|just|yet|trying|planning|need|cause|caused))*
        (?<!i )(?<!we )(?<!barely )survived (?:an?|the|my|our)
        (?:prevent\w*|avoid\w*|against|anti|fewer|reduc\w+|lower\w*|less|stop(?:s|ping)?|protect\w* (?:\w+ )?from|free (?:of|from)|(?:drop|decline|decrease|reduction|fall) in)(?: (?:any|the|a|of|from|risk|serious|further|more|online|credit|card|battery|your|you|phone|being|getting))*
        """,  # noqa: E501
    ),
    Context.RECEDING: words(
        zh=r"""
            下降 减少 降低 下滑 为零 归零 清零 减半 减轻 大降 降了 率低 双降 零增长 [同环]比再?降
            降[至到为][^,.!?;。\n]{0,6}(?:零|0|%|成|起|例) 撤(?:回|销|诉)
            得到(?:有效)?(?:遏制|控制) 是假的?
        """,
        en=r"""
        (?:fell|fall|falls|drop|drops|dropped|down|decreas\w+|declin\w+|reduced) (?:by|to|from|sharply|again|in|this|last|since|over|\d+)
        (?:is|are|was|were) (?:down|false|fake|untrue|made up|not true)
        """,  # noqa: E501
    ),
    Context.ENDED: words(
        zh=r"""
            已(?:经|被|全部|彻底|完全|及时|妥善|得到)*(?:解决|修复|修好|排除|消除|改进|改善|根治|整改(?:完|好|到位)|处理(?:完毕|好|妥当))
            (?<!没)(?<!没有)(?<!不)(?<!未)(?<!能)(?:解决|修复|修好|排除|消除|根治|处理好|整改(?:完毕|完成|好|到位))了(?![吗么没])
            早就?(?:解决|修复|修好|改进|改善) (?:和|与|跟)[^,.!?;。\n]{1,8}无关 无关
        """,
        en=r"""
        (?:is|are|was|were|been|got|now|all|already|finally|fully)(?: (?:now|been|all|already|finally|fully|since))* (?:fixed|resolved|solved|sorted|patched|mended|cured|settled)
        (?:is|was|are|were) unrelated
        (?:has|have|had) nothing to do with
        """,  # noqa: E501
    ),
    Context.PROSPECT: words(
        zh=r"""
            (?:怕|担心|害怕|会不会|可能|也许|万一|以防|小心|当心)(?:它|他|手机|自己|突然|半夜|真的?|又|会|要|哪天|什么时候|有|被|发生|有人|我|我们|被|孩子|真|就|引发|出现|造成)+
            会 将 要 快 快要 就要 可能 可能会 容易 应该 能 想 会不会 能不能 是不是 是否 有没有
            要不要 怕 担心 害怕 生怕 小心 当心 警惕 等 等到 等着 直到 (?:还|本|原)?以为是?
            (?<!没)(?<!没有)(?<!不)(?<!未)(?:解决|修复|修好|整改|改善|改掉)了?(?:之前|以前|原来|老款|的)*
        """,
        en=r"""
        thought (?:\w+ )?(?:was|were|is|might be)(?: (?:a|an|just|another|some|going|to|all|total|the))*
        (?<!never )(?<!not )(?<!n't )fix(?:ed|es) (?:the|my|this|that|all|those)
        (?:will|'ll|can|could|may|might|would|should|gonna|going to|about to|risk of|afraid of|fear of|danger of|scared of|potential(?:ly)?|possible|possibly|in case of|supposed to|likely to|waiting for)(?: (?:it|be|get|just|even|a|an|the|to|someone|somebody|people|literally|actually|have|cause|being|getting))*
        """,  # noqa: E501
    ),
    Context.HYPOTHESIS: words(
        zh=r"""
            如果(?!不是) 要是(?!不是) 假如 倘若 假设 万一 若是 要么是 假使 了吗 了没(?=\?) 了么
            难道要 非要等 是不是要 担心 害怕 生怕 好奇 请问 想问 警惕(?!这) 谨防 提防
            (?:一开始|开始|起初|原本|本来|曾经?)还?(?:怀疑|担心|以为)
        """,
        en=r"""
        if(?! not for)
        in case
        what if
        unless
        maybe
        perhaps
        imagine
        worried
        afraid
        suppose
        would you
        is it
        does it
        """,
    ),
    Context.PAST: words(
        zh=r"""
            [0-9一二两三四五六七八九十几多好]+年(?:以)?前(?![^,.!?;。\n]{0,6}[买购]|[^,.!?;。\n]*(?:昨|今天|刚|前天|突然|现在))
            当年(?![^,.!?;。\n]*(?:昨|今天|刚|前天|突然|现在)) 早年间? 往年 旧闻 旧事
        """,
        en=r"""
        (?:\d+|two|three|five|ten|several|many|few)? ?years ago
        (?:a )?decades? ago
        back in (?:19|20)\d\d
        """,
    ),
    Context.CONFIRMED: words(
        zh=r"""
            (?:没想到|想不到|不料|怎么|居然|竟然?)[^,.!?;。\n]{0,8}会
            真的? 居然 竟然? 果然 果真 又 再次 再度 确实 当场 突然 亲眼 亲身 差点(?:就|没)? 险些
            已经 还是
        """,
        en=r"""
        actually
        really
        indeed
        suddenly
        almost
        nearly
        in real life
        """,
    ),
    Context.REPORTED: words(
        zh="说 称 保证 承诺 宣传 表示 回应 忽悠 信誓旦旦 告诉 号称 告知 写着 标着 声明 通报",
        en=r"""
        s(?:aid|ays)
        told
        claim(?:s|ed|ing)?
        promis\w+
        swore
        guarantee\w*
        assur\w+
        advertis\w+
        statement
        den(?:y|ies|ied)
        """,
    ),
    Context.DIRT: words(
        zh="虫 蟑螂 苍蝇 蚂蚁 老鼠 蜘蛛 蛆 霉 臭 腐味 异物",
        en=r"""
        (?:cock)?roach\w*
        (?<!bed )bugs?(?! bites?)
        insects?(?! bites?)
        worms?
        maggots?
        mou?ld\w*
        vomit\w*
        """,
    ),
    Context.FOOD: words(
        zh=r"""
            吃 喝(?!彩) 咬 嚼 饭(?!店) 菜 早餐 午餐 晚餐 套餐 订餐 肉 鸡 鸭 鱼 虾 蛋 奶 粥 汤 面条 面包 拉面 冷面
            凉面 米线 米粉 粉丝 凉皮 饺 馄饨 丸子 香肠 火锅 麻辣烫 沙拉 水果 果子 苹果 橙子? 桃 葡萄 柚 橘 食 饮料
            外卖 蛋糕 饼 馒头 包子 豆 猪手 猪蹄
        """,  # noqa: E501
        en=r"""
        (?:eat|ate|eats|eating|eaten|drink|drank|drinking|bite|bit into|swallow\w*)
        (?:food|meals?|burgers?|salads?|soup|sandwich(?:es)?|pizza|chicken|beer|cereal|rice|coffee|tea|fries|milk|pasta|noodles|tacos?|burritos?|bread|cheese|meat|fruit|candy|chocolate|lunch|dinner|breakfast|snacks?|formula|yogh?urt)
        """,
    ),
    Context.PREMISES: words(
        zh=r"""
            房间 酒店 宾馆 旅馆 客栈 民宿 入住 客房 床 卫生间 厕所 洗手间 浴室 地毯 墙 天花 走廊 大堂 窗 被子
            宿舍 马桶 衣柜 标间 大床房 前台 屋子 屋里 地板 被套 床单 浴 洗澡 家里
        """,  # noqa: E501
        en=r"""
        (?:hotel|motel|room|bathroom|toilet|shower|carpet|wall|floor|lobby|gate|apartment|bed|mattress|cabin|terminal)s?
        """,
    ),
    Context.TURN: words(
        zh="但是 但 可是 然而 结果 不过 没想到 谁知 谁想到 却 反而 可我 才怪 打脸 呵呵 骗鬼",
        en=r"""
        but
        however
        yet
        then
        though
        except
        liars?
        """,
    ),
}
