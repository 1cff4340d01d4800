"""Word lists by hand: what a complaint is about.

Written like those of `sentiment.cues`. Those that say what went wrong are in `sentiment.faults`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentiment.verdict import Topic
from sentiment.wordlist import Words, words

TOPICS: Mapping[Topic, Words] = {
    Topic.SAFETY: words(
        zh="安全 危险 受伤 刹车失灵 失控 烫到 鼓包 异物 事故",
        en=r"""
        safety
        unsafe
        burn(?:ed|t|s|ing)?
        smok(?:e|ing)
        dangerous
        overheat\w*
        allergic
        """,
    ),
    Topic.PRIVACY: words(
        zh="隐私 个人信息 聊天记录 身份信息 监听",
        en=r"""
        privacy
        personal (?:data|information|info|details)
        my (?:data|number|details)
        spy\w*
        """,
    ),
    Topic.REFUND: words(
        zh="退款 退钱 退费 退货 退换 退订 退定金 赔偿 赔付 返现 保价 押金",
        en=r"""
        refund\w*
        return(?:s|ed|ing)? (?:it|my|this|the|policy|label)
        compensat\w+
        reimburs\w+
        voucher
        deposit
        """,
    ),
    Topic.OUTAGE: words(
        zh="服务器 系统 网站 网络 网速 断网 信号 宽带 wifi 页面",
        en=r"""
        crash(?:es|ed|ing)?
        server(?:s)?
        website
        app
        wi-?fi
        internet
        broadband
        network
        offline
        error
        """,
    ),
    Topic.ACCOUNT: words(
        zh="账号 帐号 账户 帐户 登录 登陆 密码 验证码 注销 实名 解绑 会员 禁言",
        en=r"""
        account(?:s)?
        log(?:ged)? ?in
        sign(?:ed)? ?in
        password
        verification code
        subscription
        membership
        """,
    ),
    Topic.DELIVERY: words(
        zh=r"""
            快递 物流 发货 配送 派送 送货 送达 送餐(?!员|大哥|小哥) 外卖 骑手 包裹 签收 到货 运费
            邮政 行李 送到 送来 收到 订单 下单 延误 催单
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
        delay\w*
        late
        order(?:ed)?
        waiting
        waited
        (?:hours?|hrs?)
        plane
        runway
        tarmac
        gate
        connect(?:ion|ing)
        luggage
        baggage
        bags?
        """,
    ),
    Topic.QUALITY: words(
        zh=r"""
            质量 品控 做工 材质 设计 配置 故障 裂 维修 返修 屏幕 像素 摄像头 内存 待机 续航 音质
            音响 噪音 噪声 内饰 刹车 变速箱 发动机 机油 味道 口味 口感 食物 分量 份量 房间 设施
            设备 卫生 隔音 早餐 味儿 产品 颜色 尺码 尺寸 手感 包装 剧情 拍摄 剪辑 游戏体验 导航
            操作系统 输入法 软件 功能 效果 正品 瑕疵 破损 空调
        """,
        en=r"""
        quality
        battery
        screen
        keyboard
        speaker
        camera
        headphones?
        charger
        device
        product
        food
        meal
        room
        seats?
        movie
        phone (?:is|was|has|keeps|just)
        tast(?:e|es|ed)
        software
        repair\w*
        design
        bug(?:s|gy)?
        """,
    ),
    Topic.SERVICE: words(
        zh=r"""
            客服 服务 售后 店员 服务员 工作人员 师傅 人工 前台 司机 老板 中介 物业 柜台 窗口 经理
            保安 护士 医生 老师 空姐 乘务员 营业厅 银行 航班取消 素质 投诉 审核 效率
        """,
        en=r"""
        service
        support
        staff
        employee\w*
        manager
        driver
        representative
        agent(?:s)?
        call(?:ed|ing)?
        phone
        reps?
        desk
        line
        email(?:s|ed)?
        human
        reservations?
        crew
        contact\w*
        helpline
        """,
    ),
    Topic.PRICE: words(
        zh="价格 价钱 降价 收费 账单 话费 流量 费用 加价 便宜 性价比 优惠",
        en=r"""
        price(?:s|d)?
        pricing
        charged
        fee(?:s)?
        bill(?:s|ed|ing)?
        cost(?:s|ing)?
        fare(?:s)?
        """,
    ),
    Topic.ADVERTISING: words(
        zh="夸大 误导 广告 宣传 代言 赠品 活动规则",
        en=r"""
        mislead\w*
        (?:ad|ads|advert|adverts|commercial|commercials)
        promo(?:tion)?(?:s)?
        advertis\w+
        """,
    ),
}
"""Words that belong to a topic, whatever is said of it."""
