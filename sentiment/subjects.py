"""Word lists by hand: what a post is about, and what kind of post it is.

Written like those of `sentiment.cues`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentiment.verdict import Genre, Kind, Topic
from sentiment.wordlist import Words, words

GENRES: Mapping[Genre, Words] = {
    Genre.LOTTERY: words(
        zh=r"""
            抽奖 转发抽 抽[0-9一二三四五六七八九十两]{1,3}[位个名人].{0,8}送? 转发.{0,6}(?:赢|抽|送)
            (?:关注|点赞).{0,8}转发.{0,12}(?:送|抽|赢|奖) 转评赞 (?:转发|抽|接|祈福)锦鲤
            锦鲤(?:大奖|抽奖|转发) 中奖名单
        """,
        en=r"""
        giveaways?
        competition time
        win (?:a|an|one of|this|these|two|2) (?:\w+ ){0,4}(?:follow|rt|retweet|like)
        (?:rt|follow|like)(?: (?:&|and|\+) | ?\+ ?)(?:rt|follow|like|retweet|share)
        (?:rt|retweet|like|follow).{0,30}(?:to win|chance to win|to enter)
        enter (?:now )?(?:to win|our)
        sweepstakes?
        """,
    ),
    Genre.ADVERT: words(
        zh=r"""
            优惠券 满减 秒杀 限时(?:特惠|抢购|优惠|折扣) 包邮 代购 加(?:我)?(?:微信|vx|v信|wx|薇)
            (?:微信|vx|wx)[:：] 招代理 代理加盟 领券 点击(?:链接|购买|领取|下方) 戳链接 下单立减
            立减 直播间 现货 专业(?:退款|维权|投诉)代理 代(?:投诉|退款|维权) 淘口令 上新 预售 首发价
            到手价
        """,
        en=r"""
        promo code
        discount code
        use (?:my )?code
        coupon
        % off
        shop now
        buy now
        order now
        free shipping
        limited (?:time )?offer
        link in bio
        sign up (?:now|today|here)
        click (?:here|the link)
        check out (?:our|my) (?:new|latest|store|shop|channel)
        we're hiring
        now hiring
        """,
    ),
    Genre.NEWS: words(
        zh=r"""
            ^\s*【(?![^】]*(?:避雷|避坑|踩雷|求助|吐槽|维权|拔草|投诉我))[^】]{4,60}】
            据(?:报道|悉|了解|媒体|新华社|央视|通报|统计)
            记者(?:从|获悉|了解|采访|报道|[\u4e00-\u9fff]{2,3}(?:报道|摄))
            (?:新华社|中新网|央视新闻|澎湃|财联社|新京报).{0,12}(?:讯|电|报道|消息)
            (?:发布|公布)(?:了)?(?:财报|公告|通报|报告) 股价 (?:同比|环比)(?:增长|下降|上涨)
        """,
        en=r"""
        ^breaking
        according to (?:reuters|bloomberg|sources|a report|reports|the \w+)
        (?:reuters|bloomberg|afp) (?:reports|-)
        reports? (?:q[1-4]|quarterly|earnings|record)
        announce[sd]
        press release
        shares (?:of|fell|rose|drop|jump)\w*
        via @\w+
        """,
    ),
    Genre.BOT: words(
        zh=r"""
            [(](?:分享|来)自 (?:分享|来)自@ 我在.{0,12}(?:打卡|签到) 签到第[0-9]+天 超话签到
            (?:连续|累计|坚持)(?:签到|打卡).{0,4}[0-9]+天 超话.{0,8}第[0-9]+(?:天|次) 打卡第[0-9]+天
            今日(?:天气|油价|金价|汇率|行情|播报) 自动(?:发布|播报|回复)
            (?:实时|当前)(?:气温|温度|路况|行情|价格)[:为] 最高气温.{0,12}最低
            我刚刚?(?:在|用).{0,12}(?:完成|测出|获得)
            我(?:参与|参加)了.{0,16}(?:发起的|投票) 我(?:发表|发布|上传)了(?:一篇|头条|新|文章|视频)
            我(?:为|给).{0,12}(?:投了|打榜|助力|送出) 我正在(?:看|听|玩|读)《 陪伴.{0,10}第[0-9]+天
        """,
        en=r"""
        i just (?:checked in|voted|earned|unlocked|completed|ousted|became the mayor)
        i'm at .{1,40}(?:\(@|w/)
        (?:added|liked) a (?:@)?youtube video
        (?:just )?posted a (?:new )?(?:photo|video)
        (?:temp|temperature|humidity|wind|barometer):? \d+
        (?:gained|lost|have) \d+ (?:new )?(?:followers|unfollowers)
        (?:my )?stats for (?:the day|today|the week)
        (?:price|weather|traffic|earthquake) (?:alert|update):
        now playing
        auto(?:mated|matic)? (?:tweet|post|reply)
        """,
    ),
    Genre.QUESTION: words(
        zh=r"""
            (?:请问|想问|求问|问一下|有没有人|有人(?:知道|用过|买过)|求推荐|怎么样\?|好用吗|好不好|值得买吗|哪个好|哪款|推荐一下|如何(?:选|买))
            (?:吗|呢|么|嘛)\s*\?(?![?!])
        """,
        en=r"""
        does any(?:one|body)
        has any(?:one|body)
        can any(?:one|body) recommend
        any(?:one|body) (?:know|tried|used|else)
        any (?:recommendations|suggestions|thoughts|idea)
        should i (?:buy|get|go)
        is it worth
        which (?:one )?(?:is|should|do)
        """,
    ),
}
"""Tried in this order; what fits none is personal. A question is one only without a complaint."""

TOPICS: Mapping[Topic, Words] = {
    Topic.SAFETY: words(
        zh=r"""
            起火 着火 自燃 冒烟 爆炸 漏电 触电 烫伤 烧伤 划伤 割伤 受伤 刹车失灵 失控 安全隐患 甲醛
            鼓包 食物中毒 中毒 过敏 异物
        """,
        en=r"""
        caught fire
        on fire
        smok(?:e|ing)
        explod\w+
        burn(?:ed|t|s|ing)?
        electric shock
        injur\w+
        safety
        hazard
        dangerous
        overheat\w*
        food poisoning
        allergic
        """,
    ),
    Topic.PRIVACY: words(
        zh=r"""
            隐私 信息泄露 泄露(?:了)?(?:我的?|个人|用户|客户)?(?:信息|电话|手机|地址|资料) 个人信息
            骚扰电话 骚扰短信 监听 偷拍
        """,
        en=r"""
        privacy
        data (?:breach|leak)
        leaked my
        personal (?:data|information|info|details)
        sold my (?:data|number|details)
        spy\w*
        """,
    ),
    Topic.REFUND: words(
        zh=r"""
            退款 退钱 退费 退货 退换 退订 退定金 仅退款 不给退 不退 赔偿 赔付 索赔 退一赔三 返现
            保价
        """,
        en=r"""
        refund\w*
        money back
        return(?:s|ed|ing)? (?:it|my|this|the|policy|label)
        compensat\w+
        reimburs\w+
        charge ?back
        """,
    ),
    Topic.OUTAGE: words(
        zh=r"""
            崩了 宕机 服务器 系统(?:故障|崩溃|繁忙|异常|瘫痪|错误) 打不开 闪退 连不上
            无法(?:使用|打开|连接|访问) 断网 没信号 加载不(?:出|了) 白屏
        """,
        en=r"""
        outage
        (?:is|are|was|been|site|website|app|server|servers|system|network|internet) down
        not loading
        won't (?:load|open|connect)
        crash(?:es|ed|ing)?
        server(?:s)?
        offline
        no (?:signal|connection|internet)
        error (?:code|message|\d+)
        """,
    ),
    Topic.ACCOUNT: words(
        zh="账号 帐号 账户 帐户 封号 盗号 被封 登录 登陆 密码 验证码 注销 实名 解绑 会员 自动续费",
        en=r"""
        account(?:s)?
        log(?:ged)? ?in
        sign(?:ed)? ?in
        password
        verification code
        locked out
        hacked
        suspended
        subscription
        membership
        """,
    ),
    Topic.DELIVERY: words(
        zh=r"""
            快递 物流 发货 配送 派送 送货 送达 送餐 外卖 骑手 包裹 签收 丢件 到货 延误 运费 送错
            发错 漏发 少发 晚点 行李
        """,
        en=r"""
        deliver\w*
        shipp\w+
        ship(?:s|ment)?
        parcel
        package
        courier
        tracking
        arriv\w+
        late
        delay\w*
        luggage
        baggage
        bags?
        flight
        """,
    ),
    Topic.QUALITY: words(
        zh=r"""
            质量 品控 做工 坏了 坏掉 又坏 损坏 破损 瑕疵 故障 死机 黑屏 卡顿 卡死 重启 掉漆 开胶
            漏水 裂 断了 失灵 不灵 发热 发烫 续航 掉电 异响 变质 发霉 异味 难吃 假货 货不对板 返修
            维修 屏幕 电池 充不进
        """,
        en=r"""
        quality
        broke(?:n)?
        break(?:s|ing)?
        defect\w*
        faulty
        damaged
        cracked
        (?:stopped|not|isn't|doesn't|won't) work\w*
        battery
        screen
        freez\w+
        bug(?:s|gy)?
        glitch\w*
        repair\w*
        fake
        counterfeit
        """,
    ),
    Topic.SERVICE: words(
        zh=r"""
            客服 服务 态度 售后 店员 服务员 师傅 人工 推诿 踢皮球 敷衍 没人(?:理|管|接|回|处理) 不理
            不回复? 不处理 电话打不通
        """,
        en=r"""
        customer (?:service|support|care|relations)
        support
        service
        rude
        staff
        representative
        agent(?:s)?
        on hold
        no (?:response|reply|answer)
        unhelpful
        ignor\w+
        helpline
        """,
    ),
    Topic.PRICE: words(
        zh="价格 涨价 降价 太贵 好贵 乱收费 多收 多扣 扣费 扣款 杀熟 价保 差价 加价 账单 收费",
        en=r"""
        price(?:s|d|y)?
        pricing
        expensive
        overpriced
        overcharg\w*
        charged
        fee(?:s)?
        bill(?:s|ed|ing)?
        """,
    ),
    Topic.ADVERTISING: words(
        zh="虚假宣传 虚假广告 夸大 误导 广告 宣传 代言",
        en=r"""
        false advertis\w+
        mislead\w+
        (?:ad|ads|advert|adverts|commercial|commercials)
        bait and switch
        """,
    ),
}
"""Where two topics have as many words in the text, the one further up wins."""

KINDS: Mapping[Kind, Words] = {
    Kind.TECHNICAL: words(
        zh=r"""
            闪退 死机 黑屏 白屏 蓝屏 花屏 卡顿 卡死 打不开 登不上 登录不了 登陆不了 连不上 断网
            没信号 信号(?:差|不好|太差)
            网速 崩了 崩溃 宕机 服务器 系统(?:故障|崩溃|错误|更新|升级) bug 重启 充不进 充不了
            不能充电 发烫 发热 掉电 续航
            开不了机 无法(?:开机|登录|登陆|连接|使用|打开) 失灵 烧机油 漏油 异响 顿挫 故障 失控
            读不出 识别不了
        """,
        en=r"""
        crash(?:es|ed|ing)?
        bug(?:s|gy)?
        glitch\w*
        error(?:s| code| message)?
        (?:is|are|was|been|site|website|app|servers?|system|network|internet|wifi) down
        (?:stopped|not|isn't|doesn't|won't) (?:work|load|open|connect|turn on)\w*
        (?:stopped|not|isn't|doesn't|won't) (?:charg|sync|pair|updat)\w*
        (?:can't|cannot|unable to) (?:log|sign|connect|load|open|access)\w*
        no (?:signal|connection|internet|service)
        outage
        battery
        freez\w+
        """,
    ),
    Kind.AFTERSALE: words(
        zh=r"""
            退款 退货 退钱 退换 换货 仅退款 保修 质保 返修 维修 售后 快递 物流 发货 配送 派送 送货
            送餐 送达 送错 发错 漏发
            少发 少送 漏送 丢件 包裹 签收 骑手 外卖(?:员|小哥) 超时 到账 赔付
        """,
        en=r"""
        refund\w*
        money back
        return(?:s|ed|ing)? (?:it|my|this|the|policy|label)
        warranty
        repair\w*
        replacement
        deliver\w*
        shipp\w+
        parcel
        package
        courier
        tracking
        luggage
        baggage
        """,
    ),
    Kind.PRESALE: words(
        zh=r"""
            有(?:没有)?货 缺货 断货 抢不到 预售 预约不(?:到|上) 首发 下单前 咨询(?:半天|了)
            页面(?:写|标|上) 标价 虚假(?:宣传|广告) 宣传(?:说|上)
            与描述不符 到店(?:才|又)说 优惠(?:不能用|用不了)
        """,
        en=r"""
        in stock
        out of stock
        sold out
        pre-?order\w*
        advertis\w+
        promo\w*
        (?:listed|website) (?:price|says|said)
        quote(?:d)?
        """,
    ),
}
"""The desk that a complaint belongs to (docs/complaint-guidelines.md); tried in this order."""
