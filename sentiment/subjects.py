"""Word lists by hand: what kind of post it is, and what desk a complaint belongs to.

Written like those of `sentiment.cues`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentiment.verdict import Genre, Kind
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

KINDS: Mapping[Kind, Words] = {
    Kind.TECHNICAL: words(
        zh=r"""
            闪退 死机 黑屏 白屏 蓝屏 花屏 卡顿 卡死 打不开 登不上 登录不了 登陆不了 连不上 断网
            没信号 信号(?:差|不好|太差) 自动关机 关机了 开不了机 不开机 散热 按键 刹不住
            刹车(?:有问题|失灵) 网速 崩了 宕机 服务器 系统(?:故障|崩溃|错误|更新|升级|不稳定) bug
            重启 充不进 充不了 不能充电 发烫 发热 掉电 待机 续航 没反应 反应慢 运行.{0,3}慢 乱码
            死循环 更新.{0,6}(?:后|完|就|到) 无法(?:开机|登录|登陆|连接|使用|打开) 失灵 烧机油
            漏(?:机)?油 异响 到处响 各种响 顿挫 失控 故障 读不出 识别不了
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
        malfunction\w*
        overheat\w*
        (?:black|blue|blank|frozen) screen
        lag(?:s|gy|ging)
        (?:keeps? )(?:restarting|rebooting|dropping|disconnecting)
        """,
    ),
    Kind.AFTERSALE: words(
        zh="退款 退货 退钱 退换 换货 仅退款 保修 质保 返修 维修 售后 赔付 包换 拿去换",
        en=r"""
        refund\w*
        money back
        return(?:s|ed|ing)? (?:it|my|this|the|policy|label)
        warranty
        repair\w*
        replacement
        replace (?:it|my|the)
        """,
    ),
    Kind.PRESALE: words(
        zh=r"""
            有(?:没有)?货 缺货 断货 抢不到 预售 预约不(?:到|上) 首发 下单前 咨询(?:半天|了)
            页面(?:写|标|上) 标价 报价 虚假(?:宣传|广告) 宣传(?:说|上) 与描述不符 到店(?:才|又)说
            优惠(?:不能用|用不了) 没有?性价比 机票
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
"""The desk that a complaint belongs to where its topic leaves that open (`sentiment.topic`)."""
