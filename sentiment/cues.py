"""Word lists by hand: what shows that an author complains, is content, or was helped.

Entries are regular expressions matched against folded text (`sentiment.text.fold`: lower case,
simplified characters, NFKC). English entries match whole words only.
"""

from __future__ import annotations

from sentiment.wordlist import words

COMPLAINT = words(
    zh=r"""
        投诉 维权 举报 曝光 12315 黑猫 消协 差评 避雷 避坑 踩雷 踩坑 翻车 拔草 退货 退款 退钱 退费
        退定金 赔偿 索赔 赔钱 给个说法 讨个说法 要个说法 给个解释 给我解释 怎么解释
        什么时候(?:能|才|可以|给)? 到底(?:管不管|什么|怎么|还|能不能)
        (?:没|无)人(?:理|管|回|接|处理|负责|应答) 不理人 不理我 不回(?:复|消息|应) 不处理 不解决
        不给(?:退|换|修|解决|处理|说法) 不(?:予|肯|让|能|愿意?)退 拒绝(?:退|换|赔|处理|受理)
        推卸(?:责任)? 推诿 踢皮球 敷衍 糊弄 忽悠 欺骗 骗(?:人|钱|子|我|局|消费者) 上当 套路
        坑(?:人|爹|钱|死|我|消费者) 霸王条款 虚假(?:宣传|广告|发货) 乱(?:扣|收)费? 多扣 多收
        扣(?:了)?我 货不对板 以次充好 假货 假的 山寨 (?:有|出|大|质量|严重|各种|什么)问题
        问题(?:很|太|真|这么|那么)?(?:多|大|严重) 又坏 坏了 坏掉 坏的 损坏 破损 碎了 裂了 裂开 烂了
        变质 发霉 有虫 异味 掉漆 开胶 漏水 漏液 黑屏 闪退 死机 卡死 卡顿 蓝屏 重启 崩了 崩溃 打不开
        用不了 不能用 没法用 无法(?:使用|登录|登陆|打开|支付|连接|付款|充电|开机|退款) 登不上
        登录不了 连不上 充不进 充不了 开不了机
        (?:还|一直|迟迟|至今|都|也|仍|仍然|根本)(?:没有?|不|未)(?:到|收到|发货|解决|处理|回复|动静|退|更新|人|见|给|修)
        没(?:有)?(?:发货|收到|解决|处理|回复|退款|到账|下文|反应|送到)
        未(?:发货|收到|解决|处理|回复|退款|到账) 丢件 送错 发错 漏发 少发 延误 超时
        态度(?:极其|特别|非常|真|太|很|十分)?(?:差|恶劣|不好|敷衍|嚣张)
        服务(?:态度)?(?:极其|特别|非常|真|太|很|十分|真的|实在)?(?:差|烂|垃圾|不好|恶劣|不行) 垃圾
        辣鸡 太(?:差|烂|坑|慢|过分|恶心|失望) 真(?:烂|坑|差|垃圾) 差劲 极差 失望 恶心 无语 气死
        气炸 火大 过分 离谱 忍无可忍 受够 再也不(?:买|来|用|会|信|点|定|订|去|想)
        不会再(?:买|来|用|点) 不推荐 后悔 别买 别去 千万别 慎(?:买|入|重) 劝退 求(?:助|解决|处理)
        智商税 (?:太|好|真|这么|那么)慢 等了?.{0,8}(?:小时|分钟|天|周|个?月)(?!优惠) 凉(?:了|透|的)
        洒了 少(?:了|送|给) 难吃 不好(?:吃|用) 不新鲜 不值 骚扰 欺负 强制
    """,
    en=r"""
    complain(?:t|ts|ed|ing)?
    refund(?:s|ed)?
    money back
    rip(?:ped)?[ -]?off
    scam(?:s|med|mers?)?
    fraud
    broken
    (?:stopped|stops|quit|not|isn't|aren't) work(?:ing|s)?
    (?:wasn't|doesn't|does not|don't|won't|didn't|still not) work(?:ing|s)?
    (?:can't|cannot|can not) (?:even )?(?:log|sign|access|open|use|connect|get)\w*
    (?:couldn't|unable to) (?:even )?(?:log|sign|access|open|use|connect|get)\w*
    (?:won't let me|not able to) (?:even )?(?:log|sign|access|open|use|connect|get)\w*
    (?:can't|cannot|can not) (?:even )?(?:play|pay|check|load|download|order|book)\w*
    (?:couldn't|unable to) (?:even )?(?:play|pay|check|load|download|order|book)\w*
    (?:won't let me|not able to) (?:even )?(?:play|pay|check|load|download|order|book)\w*
    (?:can't|cannot|can not) (?:even )?(?:reach|update|see|cancel|reset|change|track)\w*
    (?:couldn't|unable to) (?:even )?(?:reach|update|see|cancel|reset|change|track)\w*
    (?:won't let me|not able to) (?:even )?(?:reach|update|see|cancel|reset|change|track)\w*
    (?:can't|cannot|can not) (?:even )?(?:find|talk|speak|send|watch|read|buy|turn)\w*
    (?:couldn't|unable to) (?:even )?(?:find|talk|speak|send|watch|read|buy|turn)\w*
    (?:won't let me|not able to) (?:even )?(?:find|talk|speak|send|watch|read|buy|turn)\w*
    crash(?:es|ed|ing)?
    keeps? (?:crashing|freezing|failing|saying|telling)
    keeps? (?:giving|getting|dropping|disconnecting|restarting|buffering)
    fail(?:s|ed|ing|ure)?
    error(?:s)?
    bug(?:s|gy)?
    glitch(?:es|y)?
    defect(?:ive|s)?
    faulty
    damaged
    cracked
    missing
    lost my
    (?:never|not|haven't) (?:been )?(?:arriv|receiv|deliver|show|come|got|get)\w*
    (?:hasn't|didn't|still haven't|yet to) (?:been )?(?:arriv|receiv|deliver|show|come|got|get)\w*
    (?:never|not|haven't) (?:been )?(?:heard|hear|ship|repl|respon|fix|resolv|refund)\w*
    (?:hasn't|didn't|still haven't|yet to) (?:been )?(?:heard|hear|ship|repl)\w*
    (?:hasn't|didn't|still haven't|yet to) (?:been )?(?:respon|fix|resolv|refund)\w*
    no (?:response|reply|answer|help|update)
    no (?:refund|service|signal|explanation|apology|one (?:answers|replies|responds|cares|helps))
    (?:hours?|days?|weeks?|months?|ages) (?:late|delay\w*|and (?:still|no)|waiting|later)
    (?:been|still|am|i'm|keep) waiting
    still (?:waiting|no|not|can't|haven't|isn't|broken|down|doesn't|nothing)
    waited
    on hold
    delay(?:s|ed)?
    cancel(?:l?ed|l?ing)
    overcharg\w*
    charged (?:me|my|us|twice)
    double charged
    (?:worst|terrible|awful|horrible|horrendous|atrocious|appalling|disgusting|pathetic|poor|crap)
    (?:shit|shitty|lousy|useless|ridiculous)
    (?:unacceptable|disgraceful|shocking|shameful|abysmal|dreadful)
    disappoint(?:ed|ing|ment|s)?
    frustrat(?:ed|ing|ion)
    annoy(?:ed|ing)
    fed up
    suck(?:s|ed)?
    lies
    lying
    not impressed
    disappeared
    lacking
    won't (?:print|charge|turn|start|play|update|load|sync|connect|open|let|help|pair|save|stop)
    what(?:'s| is) up with
    (?:what|why|how) the (?:hell|heck|fuck)
    how can (?:you|u|they|a company)
    (?:need|some|any|pls|please|plz|can i get) (?:\w+ )?help
    charg(?:ed|ing) me
    stopped \w+ing
    doesn't seem to
    \d+ (?:days|weeks|months) ago
    after (?:\d+|a few|only|just) (?:days|weeks|months|uses)
    nowhere to be (?:seen|found)
    (?:went|gone) out on me
    no longer (?:work|available|able)\w*
    joke of a
    what a joke
    waste of (?:time|money|my)\w*
    never (?:again|buy\w*|us(?:e|ing)|order\w*|fly\w*|shop\w*)
    rude
    unhelpful
    ignor(?:ed|ing|es)
    issue(?:s)?
    problem(?:s)?
    trouble(?:s)?
    outage
    (?:is|are|was|been|app|site|website|server|servers|system|network|internet) down
    fix (?:it|this|your|my|the)
    (?:please|can you|can someone) (?:please )?(?:fix|sort|resolve|help)
    (?:need(?:s)? to|could you|when will you|u) (?:please )?(?:fix|sort|resolve|help)
    sort (?:it|this|your\w*|out)
    get (?:it|your act|your shit) together
    how (?:do|can) i (?:get|contact|return|cancel|complain|speak)
    why (?:is|are|does|do|did|has|have) (?:it|my|your|you|the|this|i|we|u|there)
    why (?:can't|won't|isn't|am|would|the hell|tf) (?:it|my|your|you|the|this|i|we|u|there)
    what(?:'s| is) (?:going on|wrong|happening) with
    customer (?:service|support|care) (?:is|was|has been)
    """,
)
"""The author wants something put right, or says that something went wrong."""

DENIED = words(
    zh=r"""
        (?:没有?|没啥|没什么|无|毫无)(?:任何|一点|出现|什么|啥|过|遇到|质量)*问题
        不是(?:什么)?(?:大)?问题 问题不大 不成问题 投诉(?:量|率)?.{0,6}(?:下降|减少|降低) 不投诉
        没(?:有)?投诉 零投诉 零差评 没(?:有)?(?:坏|破损|翻车|踩雷|失望|卡顿|后悔)
        不(?:会|用|需要|想|打算)(?:投诉|退货|退款) 不后悔 不(?:垃圾|失望|坑|卡顿|离谱|敷衍)
        (?:从|并)(?:来|未|没)?(?:没有?|不)(?:失望|翻车|坏过|卡顿)
    """,
    en=r"""
    (?:no|without|zero) (?:problem|issue|complaint|trouble)s?
    (?:not any) (?:problem|issue|complaint|trouble)s?
    (?:(?:never|haven't|hasn't) had (?:a|any)) (?:problem|issue|complaint|trouble)s?
    (?:(?:don't|didn't) have any) (?:problem|issue|complaint|trouble)s?
    (?:no|without) (?:bug|glitch|delay|error|crash)(?:e?s)?
    (?:zero) (?:bug|glitch|delay|error|crash)(?:e?s)?
    (?:not any|(?:never|haven't|hasn't) had (?:a|any)) (?:bug|glitch|delay|error|crash)(?:e?s)?
    can(?:'t|not) complain
    nothing to complain about
    not (?:complaining|broken|disappointed|bad|a scam)
    never (?:broken|failed|disappoints?|disappointed|crashed|crashes)
    not a problem
    no refund needed
    """,
)
"""Words of complaint that are denied; they hide the complaint words inside them."""

RESOLVED = words(
    zh=r"""
        (?<!没)(?<!未)(?:已|已经|都|顺利|完美|圆满|帮我|给我|终于|马上|很快|立马|秒)解决(?!不)
        解决了(?!吗|没) (?:退款|退货|赔款|钱)(?:已经?|都|很快|秒|马上|终于)?(?:到账|到了|收到) 秒退
        (?:已|已经)(?:收到|到账|处理|修好|换新|退款|退了) 修好了 换了新的
        处理(?:得)?(?:很|非常|挺|真)?(?:及时|快|满意|妥当|好) (?:很|非常|挺|十分|比较)满意
    """,
    en=r"""
    (?:problem|issue|everything|it|now) (?:is |was |has been )*(?:solved|fixed|sorted|refunded)
    (?:problem|issue|everything|it|now) (?:got |all |now |been )*(?:solved|fixed|sorted|refunded)
    (?:been|was|finally|already|quickly) (?:is |was |has been )*(?:solved|fixed|sorted|refunded)
    (?:been|was|finally|already|quickly) (?:got |all |now |been )*(?:solved|fixed|sorted|refunded)
    resolved
    sorted (?:out )?(?:now|quickly|thanks)
    thanks for (?:fixing|sorting|resolving)
    thanks for the (?:quick|fast|great) (?:refund|help|response|reply|fix)
    got my (?:refund|money back)
    works? (?:again|now|perfectly|great|fine)
    back up(?: and running)?
    """,
)
"""What went wrong has been put right."""

ADVERSATIVE = words(
    zh=r"""
        但是 可是 然而 结果 不过 没想到 谁知 谁想到 却 但 又(?:坏|出|开始|不) 还是(?:坏|不|没|有)
    """,
    en=r"""
    but
    however
    yet
    still
    although
    unfortunately
    then
    """,
)
"""After one of these, what was good before does not count."""

ADDRESSED = words(
    zh=r"""
        @[\w-]*(?:客服|售后|服务|投诉|维权)
    """,
    en=r"""
    @\w*(?:support|help|cares?|service|assist|cs)
    """,
)
"""The post is put before a company's desk."""

FIRST_PERSON = words(
    zh=r"""
        我 本人 咱 俺 自己 亲身
    """,
    en="""
    i
    i'm
    i've
    me
    my
    mine
    we
    our
    us
    """,
)
"""The author speaks of what happened to them."""
