"""Word lists by hand: what went wrong, by the topic of the complaint.

Written like those of `sentiment.cues`; `sentiment.topic` weighs them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentiment.verdict import Topic
from sentiment.wordlist import Words, words

TELLING: Mapping[Topic, Words] = {
    Topic.SAFETY: words(
        zh=r"""
            起火 着火 失火 自燃 冒烟 爆炸 漏电 触电 烫伤 烧伤 划伤 割伤 失灵.{0,6}(?:撞|险)
            安全隐患 甲醛 食物中毒 中毒 过敏 拉肚子 坏肚子 腹泻 进医院 超载 出人命 人命
        """,
        en=r"""
        caught fire
        on fire
        explod\w+
        electric shock
        electrocut\w+
        injur\w+
        (?:fire|safety|health|choking) hazard
        food poisoning
        made me (?:sick|ill)
        nearly (?:killed|died)
        """,
    ),
    Topic.PRIVACY: words(
        zh=r"""
            信息泄露 泄露(?:了)?(?:我的?|个人|用户|客户)?(?:信息|电话|手机|地址|资料|隐私)
            骚扰电话 骚扰短信 偷拍 侵犯.{0,2}隐私
            (?:保留|偷看|收集|窃取|读取)了?(?:用户|客户|我).{0,8}(?:记录|信息|数据)
        """,
        en=r"""
        data (?:breach|leak)
        leaked my
        sold my (?:data|number|details)
        shared my (?:data|number|details|email)
        spying on
        """,
    ),
    Topic.REFUND: words(
        zh=r"""
            仅退款 不给退 不退(?!出) 不能退 不让退 拒绝退 退不了 没退(?!出)
            退款.{0,8}(?:没|不|未|慢|呢|失败) 钱.{0,3}不退 索赔 退一赔三 还我钱 把钱退
        """,
        en=r"""
        (?:want|need|get|where is|where's|no|give me) (?:a |my |the |full )*refund
        money back
        charge ?back
        refus\w+ (?:to )?(?:a )?refund
        (?:still )?(?:waiting (?:for|on)) (?:a |my |the )*refund
        """,
    ),
    Topic.OUTAGE: words(
        zh=r"""
            崩了 宕机 系统(?:故障|崩溃|繁忙|异常|瘫痪|错误|维护) 打不开 闪退 连不上 登不上去
            上不去 无法(?:打开|连接|访问|加载) 断网 没信号 没网 掉线 加载不(?:出|了) 白屏 停电
            断电 停水 网(?:络|速|站)?太?(?:卡|慢|烂|差) 太卡 好卡 有点卡
            (?:订票|购票|选课|报名|抢票)系统 乱码
            (?:微博|微信|淘宝|支付宝|qq)(?:又|怎么)?(?:抽|崩|挂|卡)(?:了|风) 突然没了
            信号(?:不好|差|太差|弱) 刷不出 设备故障 服务器.{0,4}(?:崩|炸|挂|烂|卡|垃圾)
        """,
        en=r"""
        outage
        (?:is|are|was|been|gone|went|goes|site) down
        (?:website|app|server|servers|system|network|internet|service) down
        (?:down|out) again
        not loading
        (?:won't|can't|cannot|doesn't|not) (?:load|open|connect\w*)
        no (?:signal|connection|internet|reception|network|coverage)
        (?:site|website|app|server) (?:keeps |is |has |not )*(?:crash\w*|broken|failing|working)
        error (?:code|message|\d+)
        (?:slow|terrible|no) (?:internet|wi-?fi|connection|signal)
        buffering
        keeps? (?:crashing|disconnecting|dropping|buffering)
        power (?:cut|outage|is out)
        """,
    ),
    Topic.ACCOUNT: words(
        zh=r"""
            封号 盗号 被盗 被封 封了.{0,4}天 禁言 登录不(?:上|了) 登陆不(?:上|了) 自动续费
            (?:收|接收)不到验证码 注销不了 冒用 无法(?:登录|登陆|注销) 号(?:被|给).{0,6}封
        """,
        en=r"""
        locked out
        hacked
        suspended
        (?:can't|cannot|unable to|won't let me) (?:log|sign|get) ?(?:in|on|into)
        reset my password
        password reset
        (?:account|profile) (?:was |is |been |has been |got )*(?:locked|blocked|banned)
        (?:account|profile) (?:was |is |been |has been |got )*(?:closed|deleted|disabled)
        cancel my (?:account|subscription|membership)
        """,
    ),
    Topic.DELIVERY: words(
        zh=r"""
            丢件 送错 发错 漏发 少发 少送 漏送 漏单 送少 错送 没送 没有送 晚点 迟到 没收到
            没有收到 送餐慢 送货慢 不发货 没发货 未发货 发货(?:太|真|好|很)?慢
            (?:送|配送|送餐|快递|物流|送货)(?:太|超级|真|好|很|特别|实在|巨|也)+慢
            (?:小时|分钟|天|点多?|个月|周|星期)(?:多|了|后)?.{0,4}(?:才|没|还没|还不|都没|也没)(?:给)?(?:我)?(?:送|到|发|收|配)
            (?:小时|分钟)(?:多)?(?:才|后)?送(?:到|达|来) 晚了.{0,6}(?:小时|分钟|天)
            等了.{0,8}(?:小时|分钟|多钟头|天了?$|天[!,。.]) [洒撒]了 洒出 洒得 没货 缺货 催单 派件
            不送上楼 放在?门口
            (?:没|不|没有|忘了?|也不|没给|不给)(?:给|拿|带|放|送)(?:我|个|双)*(?:筷子|勺|吸管|餐具|纸巾|酱|发票)
            没(?:筷子|勺子|吸管) 结果(?:却|又|给我|就)?送(?:了|来) 送来(?:却|一看|发现)
            送到.{0,6}(?:是错|错了) 备注.{0,14}(?:还是|没|不看|当) 取消订单 慢死
            送餐员?(?:呢|没来) 不符合?.{0,2}发货 收到.{0,6}(?:少|错|缺) 少了(?:一|两|我)
        """,
        en=r"""
        never (?:arrived|came|showed|turned up|delivered|received)
        (?:not|hasn't|haven't) (?:yet )?(?:arriv\w+|deliver\w+|shipp\w+)
        (?:didn't|still not|yet to|never) (?:yet )?(?:arriv\w+|deliver\w+|shipp\w+)
        (?:not|hasn't|haven't) (?:yet )?(?:receiv\w+|turned up|show\w* up)
        (?:didn't|still not|yet to|never) (?:yet )?(?:receiv\w+|turned up|show\w* up)
        (?:lost|missing|delayed|damaged) (?:my |the |our )?(?:parcel|package|luggage|bags?)
        (?:lost|missing|delayed|damaged) (?:my |the |our )?(?:baggage|delivery|order|suitcase)
        (?:my|our|the) (?:parcel|package|luggage|bags?)s? (?:is |are |was )?(?:lost|missing)
        (?:my|our|the) (?:parcel|package|luggage|bags?)s? (?:is |are |was )?(?:late|delayed|nowhere)
        (?:my|our|the) (?:parcel|package|luggage|bags?)s? (?:were |got )?(?:lost|missing)
        (?:my|our|the) (?:parcel|package|luggage|bags?)s? (?:has been |have been )?(?:lost|missing)
        (?:my|our|the) (?:parcel|package|luggage|bags?)s? (?:were |got )?(?:late|delayed|nowhere)
        (?:my|our|the) (?:parcel|package)s? (?:has been |have been )?(?:late|delayed|nowhere)
        (?:my|our|the) (?:luggage|bags?)s? (?:has been |have been )?(?:late|delayed|nowhere)
        (?:my|our|the) (?:baggage|delivery|order|suitcase)s? (?:is |are |was )?(?:lost|missing)
        (?:my|our|the) (?:baggage|delivery)s? (?:is |are |was )?(?:late|delayed|nowhere)
        (?:my|our|the) (?:order|suitcase)s? (?:is |are |was )?(?:late|delayed|nowhere)
        (?:my|our|the) (?:baggage|delivery)s? (?:were |got |has been |have been )?(?:lost|missing)
        (?:my|our|the) (?:order|suitcase)s? (?:were |got |has been |have been )?(?:lost|missing)
        (?:my|our|the) (?:baggage|delivery)s? (?:were |got )?(?:late|delayed|nowhere)
        (?:my|our|the) (?:baggage|delivery)s? (?:has been |have been )?(?:late|delayed|nowhere)
        (?:my|our|the) (?:order|suitcase)s? (?:were |got )?(?:late|delayed|nowhere)
        (?:my|our|the) (?:order|suitcase)s? (?:has been |have been )?(?:late|delayed|nowhere)
        lost my
        wrong (?:item|order|size|address|one|product|color|colour|thing)
        (?:hours?|hrs?|minutes|mins?|days?|weeks?) (?:late|delay\w*|behind)
        late flight\w*
        flight\w* (?:is |was |has been |been |got |now |were )?(?:late|delay\w*)
        delayed flight\w*
        missed (?:my |our |the )?(?:connection|connecting|delivery|flight)
        missing (?:items?|from my order)
        on the (?:runway|tarmac|plane) for
        sitting on (?:the|a) (?:runway|tarmac|plane)
        stuck (?:on|in|at)
        where is my (?:order|parcel|package|bag|delivery|luggage)
        where's my (?:order|parcel|package|bag|delivery|luggage)
        out for delivery
        waiting (?:for|on) (?:my|our|a|the) (?:bags?|luggage|order|parcel)
        waiting (?:for|on) (?:my|our|a|the) (?:package|delivery|plane|gate|flight)
        """,
    ),
    Topic.QUALITY: words(
        zh=r"""
            (?:质量|做工|音质|材质|画质|品质|手感|口感|味道|口味|卫生|设施|环境|效果|条件|外观|内饰|设计|配置|功能|性能).{0,6}(?:差|烂|一般|不好|不行|垃圾|有问题|不合理|堪忧|陈旧|老旧|怪|重|不正常|不如|低|糟)
            (?:不|没|没有|并不|不太|不怎么|真不|没那么)好(?:吃|喝|用|看|听|穿|闻)(?!的)
            (?:不|没|没有|不如).{0,5}(?<!好)(?:好吃|好喝) 难(?:吃|喝|用|看|听|闻|穿) 不舒服 不舒适
            没味 没有味 没味道 没有.{0,4}味 变味 酸味 臭味 霉味 烟味 异味 怪味 腥味 馊 好臭 太臭
            都臭了 臭死 有味道
            (?:太|很|特别|又|好|有点)(?:咸|酸|涩|油|腻|辣|硬|甜|淡|柴|脏|破|旧|丑|吵|薄|透|糙|假)
            油腻 咸死 没放盐 没熟 没炒熟 没煮熟 夹生 不新鲜 变质 发霉 过期 烂的 是烂 是坏的 坏的
            烂了 都凉 凉透 凉的 冷的 都冷 坨了 是坨 量(?:太|很|也|好|有点)?(?:少|小) 不够吃 吃不饱
            没吃饱 (?:里|中|上).{0,4}(?:头发|毛发|虫|苍蝇|蟑螂) 虫子 头发丝 苍蝇 蟑螂
            (?:味道|口味|口感|菜|味)(?:跟|和|与)?.{0,6}(?:不一样|差(?:太|很)?多|不同)
            (?:跟|和)(?:店里|实体店|图片|照片|描述|专柜|超市|以前|之前).{0,6}(?:不一样|差|不同|不符|不一致)
            差(?:太多|好多|很多|远了|太远) 差距太?大 坏了 坏掉 又坏 老坏 损坏 死机 黑屏 花屏 蓝屏
            卡顿 卡死 自动(?:关机|重启) 重启 发热 发烫 烫手 掉漆 掉色 褪色 起球 起毛 开胶 开线
            开裂 生锈 漏水 渗水 漏油 漏机油 烧机油 漏液 断了 断裂 不灵 失灵 掉电 掉粉 充不进 没电
            异响 各种响 到处响 噪音.{0,4}(?:大|响) 噪声.{0,4}(?:大|响) 顿挫 刹不住 隔音.{0,3}差
            散热 按键 反应慢 内存.{0,4}小 像素.{0,4}(?:差|低) 假货 山寨 次品 残次 盗版 二手货 翻新
            三无 货不对板 偷工减料 不是正品 是正品吗 感觉好?假 质疑 值得怀疑 猫腻 偏小 偏大 小了点
            大了点 色差 不合身 不合脚 尺寸.{0,4}(?:小|大|不) 设计(?:不|有|缺) 太小 太弱 简陋 老旧
            陈旧 破旧 不干净 脏兮兮 脏死 脏乱 黑乎乎 热水.{0,4}(?:没|不|小)
            房间.{0,6}(?:小|差|旧|脏|破|臭|味) 无聊 不好看 烂片 剧情.{0,6}(?:烂|尬|垃圾|拖)
            (?:拍摄|剪辑|特效|演技|修音).{0,6}(?:差|烂|垃圾|无语) 不现实 没意思 毫无营养
            不值得?(?:一)?看
            (?:手机|电脑|车|系统|产品|导航|软件|东西|饭|菜|酒店|宾馆|电影|输入法|节目|衣服|鞋|货|机器|机子|苹果)(?:是|也|都|就|真|真的|尤其|这么|太|很|更|特别)*(?:烂|垃圾|差|破|坑)
            (?:垃圾|破|烂|辣鸡)(?:手机|电脑|车|系统|产品|导航|软件|东西|酒店|宾馆|电影|机子|机器|货|玩意|食品|游戏|节目|质量)
            (?:不如|还不如|没有).{0,8}(?:好吃|好用|好看|食堂|实体店|从前|以前) 没(?:什么|啥)用
            没用 毛用 不值 糊弄 无语.{0,4}(?:配置|设计)
        """,
        en=r"""
        (?:poor|bad|low|terrible|awful|shoddy|horrible|declining) (?:\w+ )?quality
        quality (?:is|was|has) (?:\w+ )?(?:poor|bad|terrible|awful|gone|shit|crap|worse)
        broke(?:n)?
        breaks
        fell apart
        falling apart
        defect\w*
        faulty
        malfunction\w*
        damaged
        cracked
        ripped
        (?:stopped|not|isn't|doesn't) (?:work|charg|turn|sync|pair|print|start)\w*
        (?:won't|never|barely|hardly|quit) (?:work|charg|turn|sync|pair|print|start)\w*
        freez\w+
        glitch\w*
        lag(?:s|gy|ging)
        dead (?:battery|on arrival|pixel\w*)
        battery (?:life )?(?:is|dies|drain\w*|sucks|dead|died|won't)
        (?:drain|kill)\w* (?:my|the) battery
        fake
        counterfeit
        knock ?off
        (?:cold|raw|burnt|dry|greasy) (?:food|fries|burger|pizza|chicken|meal|bread|meat|coffee)
        (?:undercooked|stale|soggy|rotten|moldy|mouldy|bland|inedible|tasteless)
        tast(?:es|ed|e) (?:like|bad|awful|terrible|disgusting|horrible|off|weird)
        (?:hair|bug|insect|mold|mould|plastic|metal) in (?:my|the|our)
        (?:food|meal|coffee|pizza|burger) (?:is|was|were) (?:\w+ )?(?:cold|bad|terrible|awful)
        (?:food|meal|coffee|pizza|burger) (?:is|was|were) (?:\w+ )?(?:disgusting|gross|horrible|raw)
        expired
        dirty
        filthy
        bed ?bugs
        uncomfortable
        smell(?:s|ed|y)
        piece of (?:crap|shit|junk|garbage|trash)
        (?:is|are) (?:crap|junk|garbage|trash|rubbish)
        worst (?:\w+ )?(?:phone|product|food|pizza|coffee|meal|plane)
        worst (?:\w+ )?(?:seats?|movie|film|game|room|hotel|car|update)
        (?:phone|laptop|car|watch|console) (?:\w+ )?(?:dead|died|dies|sucks|overheats?)
        (?:tv|washer|fridge|machine|tablet|printer) (?:\w+ )?(?:dead|died|dies|sucks|overheats?)
        fell off
        """,
    ),
    Topic.SERVICE: words(
        zh=r"""
            (?:服务|客服|售后|店员|店家|前台|老板|司机|师傅|员工|人员|送餐员|快递员|配送员|骑手|商家|卖家|服务员).{0,8}(?:差|烂|恶劣|不好|垃圾|一般|冷冰|不耐烦|敷衍|不理|骂|凶|拽|坑|忽悠|不周|不靠谱|傻|低|推|挂|不作为|不接|不管)
            态度 没好气 爱理不理 不耐烦 推诿 踢皮球 敷衍 甩锅 扯皮 没人(?:理|管|接|回|处理|应)
            不理人? 不理会 不回复? 不处理 不解决 不作为 不管不(?:顾|问) 没人来?管 电话打不通
            打不通 一直占线 挂我?电话 不接电话 联系不上 半天没人 职业(?:精神|素质|素养|道德)
            服务意识 霸王条款 威胁 骚扰我 要好评 强制 强迫 强行 故意刁难 刁难 排队 窗口 办事 不让
            不给(?:换|修|开|办|解决|处理|定损|我们|发票) 没给发票 不开发票
            司机.{0,6}(?:迷路|绕路|拒载|甩客) 拒载 绕路 说取消就取消 航班.{0,4}取消 取消航班
            物业.{0,6}(?:不|死|呢) 乱停 占道 不专业 不靠谱 没素质 素质(?:差|低|极) 骂人 歧视
            不道歉 没有?道歉 没有?提前通知 不提前通知 没通知 不通知 老赖 店大欺客
            (?:办理|处理|回复|受理|结账|退房|入住)(?:速度)?(?:太|真|很|好|特别|非常)*慢
            做菜.{0,6}慢 上菜.{0,6}慢 等了.{0,6}没人 推销
        """,
        en=r"""
        (?:bad|poor|terrible|worst) (?:customer )?(?:service|support|care|staff|relations)
        (?:awful|horrible|horrendous|shit) (?:customer )?(?:service|support|care|staff|relations)
        (?:shitty|crap|appalling|lousy) (?:customer )?(?:service|support|care|staff|relations)
        (?:disgusting|pathetic|no|zero|rude) (?:customer )?(?:service|support|care|staff|relations)
        customer (?:service|support|care|relations|svc)
        (?:service|support|staff|crew)s? (?:is|are|was|were|has been) (?:\w+ )?(?:bad|poor|terrible)
        (?:service|support)s? (?:is|are|was|were|has been) (?:\w+ )?(?:awful|horrible|rude)
        (?:staff|crew)s? (?:is|are|was|were|has been) (?:\w+ )?(?:awful|horrible|rude)
        (?:agent|attendant)s? (?:is|are|was|were|has been) (?:\w+ )?(?:bad|poor|terrible)
        (?:driver|employee)s? (?:is|are|was|were|has been) (?:\w+ )?(?:bad|poor|terrible)
        (?:agent|attendant)s? (?:is|are|was|were|has been) (?:\w+ )?(?:awful|horrible|rude)
        (?:driver|employee)s? (?:is|are|was|were|has been) (?:\w+ )?(?:awful|horrible|rude)
        (?:service|support)s? (?:is|are|was|were|has been) (?:\w+ )?(?:useless|unhelpful|a joke)
        (?:staff|crew)s? (?:is|are|was|were|has been) (?:\w+ )?(?:useless|unhelpful|a joke)
        (?:service|support|staff|crew)s? (?:is|are|was|were|has been) (?:\w+ )?(?:shit|crap)
        (?:service|support)s? (?:is|are|was|were|has been) (?:\w+ )?(?:the worst|ridiculous)
        (?:staff|crew)s? (?:is|are|was|were|has been) (?:\w+ )?(?:the worst|ridiculous)
        (?:agent|attendant)s? (?:is|are|was|were|has been) (?:\w+ )?(?:useless|unhelpful|a joke)
        (?:driver|employee)s? (?:is|are|was|were|has been) (?:\w+ )?(?:useless|unhelpful|a joke)
        (?:agent|attendant)s? (?:is|are|was|were|has been) (?:\w+ )?(?:shit|crap)
        (?:agent|attendant)s? (?:is|are|was|were|has been) (?:\w+ )?(?:the worst|ridiculous)
        (?:driver|employee)s? (?:is|are|was|were|has been) (?:\w+ )?(?:shit|crap)
        (?:driver|employee)s? (?:is|are|was|were|has been) (?:\w+ )?(?:the worst|ridiculous)
        rude(?:ly|ness)?
        attitude
        impolite
        disrespect\w*
        unprofessional
        unhelpful
        incompeten\w+
        (?:on|been) hold\w*
        hung up
        disconnected (?:me|us|the call|my call|\d)
        automated
        bots?
        (?:cancel\w*) (?:my|our|the) (?:flight|booking|reservation|appointment)
        (?:flight|booking|appointment) (?:was |is |got |has been |been )*cancel\w*
        long(?:est)? lines?
        (?:stand|wait)\w* in line
        (?:can't|cannot|couldn't|trying to|unable to|impossible to) (?:reach|contact|get hold)
        (?:discriminat|harass|yell|scream|swear|laugh)\w*
        stewardess\w*
        won't help
        don't care
        doesn't care
        hang(?:s|ing)? up
        call (?:back|center|centre)
        no (?:response|reply|answer|one answers?|one (?:is )?(?:help|respond|repl|pick)\w*|help)
        no (?:call ?back|communication|updates?|info(?:rmation)?|explanation|apolog\w+)
        nobody (?:answers?|replie[sd]|cares?|respond\w*|help\w*|picks? up|knows?)
        (?:not|don't|doesn't|never) (?:respond|repl|answer|call|email|help|car)\w*
        (?:didn't|won't|hasn't|haven't) (?:respond|repl|answer|call|email|help|car)\w*
        ignor\w+
        (?:answer|pick up) (?:the|your) phone
        get (?:through|a hold of|ahold of|in touch)
        speak (?:to|with) (?:a|an|some)\w*
        talk to (?:a|an|some)\w*
        waiting (?:for|on) (?:a|an|your) (?:response|reply|answer|call|email|rep\w*|agent)
        respond to (?:my|our)
        dm(?:s|ed)?
        flight attendants?
        gate agents?
        lied to
        """,
    ),
    Topic.PRICE: words(
        zh=r"""
            涨价 涨到 太贵 好贵 真贵 这么贵 很贵 贵了 贵得 乱收费 多收 多扣 多要 偷扣 扣费 扣款
            扣钱 杀熟 价保 差价 宰客 宰人 坑钱 抢钱 掉价 就降价 又降价
            降了(?:[0-9]|一|两|好几|几)*百? 降了[0-9]+ (?:天|晚上|小时|周|月)就降了?
            收.{0,6}(?:房费|手续费|停车费|服务费|开瓶费|打车费|餐具费)
            偷(?:走|跑)?了?(?:我)?(?:的)?(?:流量|话费) 流量.{0,4}(?:少了|没了|用完|不够)
            话费.{0,8}(?:没了|少了|扣|贵|倍) 价格.{0,6}(?:贵|高|不值|坑|离谱|虚高|不一)
            没有?性价比 性价比(?:太|很|极)?(?:低|差|不高) 不值.{0,2}(?:这个?)?(?:价|钱)
            实际(?:到了|付了?|收了?)是?[0-9] 凭什么.{0,8}(?:钱|元|块)
            优惠券.{0,8}(?:不能|用不|只能) (?:享受|没有|不给).{0,6}优惠
        """,
        en=r"""
        (?:too|so|very|way too|more) expensive
        overpriced
        pricey
        over ?charg\w*
        (?:double|wrongly|twice) charged
        charged (?:me )?(?:twice|double|extra|for)
        charg(?:e|es|ed|ing) me
        price (?:gouging|hike\w*|increase\w*|went up)
        prices? (?:\w+ )?(?:up|high\w*|insane|ridiculous|outrageous|doubled|went)
        hidden (?:fee|cost|charge)s?
        (?:bag|baggage|change|cancellation|booking|service|late|extra) fees?
        rip(?:ped)? ?-?off
        (?:my|the|wrong) bill
        waste of money
        """,
    ),
    Topic.ADVERTISING: words(
        zh=r"""
            虚假(?:宣传|广告|医药) 虚假.{0,4}广告 夸大宣传
            (?:宣传|广告|页面|图片|活动|详情页?)(?:上|里|中)?(?:说|写|标|所说|承诺|有).{0,14}(?:没有|却|结果|但|就是|根本|都没)
            (?:满|买).{0,8}(?:送|赠).{0,6}(?:没有|没送|没给|就没|是个坑) 赠品.{0,4}(?:没|不|少)
            标题党 弹窗 广告太多 骗人的(?:活动|广告|套路) 实物(?:与|和|跟).{0,4}(?:不符|不一样)
            与(?:宣传|描述|图片)不符
        """,
        en=r"""
        false advertis\w+
        misleading
        (?:stop|annoying|stupid|too many|hate) (?:\w+ ){0,3}(?:ads?|adverts?|commercials?)
        (?:worst|sick of|tired of|awful|terrible) (?:\w+ ){0,3}(?:ads?|adverts?|commercials?)
        (?:ads?|adverts?|commercials?) (?:is|are) (?:\w+ )?(?:annoying|awful|terrible)
        (?:ads?|adverts?|commercials?) (?:is|are) (?:\w+ )?(?:stupid|misleading|offensive|sexist)
        bait and switch
        not as (?:advertised|described|pictured)
        you advertise
        """,
    ),
}
"""Words that say what went wrong."""

FELT_BAD = words(
    zh=r"""
        垃圾 辣鸡 差劲 太差 很差 极差 真差 最差 差评 差到 太烂 真烂 烂 失望 无语 后悔 坑爹 太坑
        不推荐 再也不(?:买|吃|订|定|来|去|用|会) 不(?:会|敢)再(?:买|吃|订|定|来|去) 不要买 别买
        不买 恶心 不满意 不爽 不好 呵呵 不怎么样
    """,
    en=r"""
    worst
    terrible
    horrible
    awful
    sucks?
    disappoint\w*
    crap
    garbage
    trash
    rubbish
    useless
    junk
    pathetic
    hate
    never (?:buying|using|going|again)
    """,
)
"""Displeasure that names no cause; what is sold is then what fell short."""
