"""Names of well-known makers and shops, so that a post about another one is told apart.

A help, no register: whoever watches brands names their own competitors. Written folded
(`sentiment.text.fold`). Words that are mostly something else stand not here (理想, 光明, target,
shell, gap), for a post about the watched brand must not lose a clause to a common word.
"""

from __future__ import annotations

FAMILIES: tuple[tuple[str, ...], ...] = tuple(
    tuple(name.strip() for name in line.split(","))
    for line in """
    苹果, apple, iphone, iphones, ipad, macbook, airpods, apple watch
    小米, 红米, xiaomi, redmi
    华为, huawei
    荣耀手机, honor phone
    三星, samsung, galaxy
    oppo, 一加, oneplus
    vivo, iqoo
    魅族, meizu
    诺基亚, nokia
    索尼, sony, playstation
    谷歌, google, pixel
    微软, microsoft, xbox
    联想, lenovo, thinkpad
    戴尔, dell
    惠普, hewlett packard
    华硕, asus
    安卓, android
    佳明, garmin
    fitbit
    戴森, dyson
    格力
    美的空调
    海尔, haier
    海信, hisense
    松下, panasonic
    飞利浦, philips
    京东, jd.com
    淘宝, taobao
    天猫, tmall
    拼多多, pinduoduo, temu
    唯品会
    亚马逊, amazon
    ebay
    walmart, 沃尔玛
    costco, 开市客
    ikea, 宜家
    美团, meituan
    饿了么
    doordash
    deliveroo
    uber, 优步
    lyft
    滴滴, didi
    携程, ctrip
    去哪儿
    飞猪
    airbnb, 爱彼迎
    booking.com
    expedia
    顺丰
    圆通快递, 圆通速递
    中通快递
    申通快递
    韵达
    fedex, 联邦快递
    ups store
    dhl
    星巴克, starbucks
    瑞幸, luckin
    库迪咖啡
    costa coffee
    喜茶
    奈雪
    蜜雪冰城
    茶百道
    霸王茶姬
    麦当劳, mcdonald's, mcdonalds
    肯德基, kfc
    汉堡王, burger king
    必胜客, pizza hut
    domino's, dominos, 达美乐
    wendy's, wendys
    海底捞
    蒙牛, mengniu
    伊利
    可口可乐, coca cola, coca-cola
    百事可乐, pepsi
    农夫山泉
    怡宝
    特斯拉, tesla
    比亚迪, byd
    蔚来
    小鹏汽车, xpeng
    理想汽车
    丰田, toyota
    本田, honda
    大众汽车, volkswagen
    宝马, bmw
    奔驰, mercedes
    奥迪, audi
    福特汽车
    南航, 南方航空, china southern
    国航, 中国国航, air china
    东航, 东方航空
    海航, 海南航空
    春秋航空
    delta airlines
    american airlines, americanair
    united airlines
    southwest airlines, southwestair
    jetblue
    british airways
    ryanair
    easyjet
    lufthansa
    中国移动
    中国联通
    中国电信
    verizon
    t-mobile, tmobile
    at&t
    comcast, xfinity
    vodafone
    netflix
    spotify
    爱奇艺
    优酷
    腾讯视频
    哔哩哔哩
    抖音, 西瓜视频
    快手
    网易云
    支付宝, alipay
    paypal
    耐克, nike
    阿迪达斯, adidas
    安踏
    李宁
    优衣库, uniqlo
    zara
    h&m
    """.strip().splitlines()
)
"""One maker a line: all the names that mean it."""
