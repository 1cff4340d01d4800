"""Harms to people in words that nobody listed, and figures of speech that only sound like them.

All texts are built; what ought to be urgent is told in docs/urgency-guidelines.md.
"""

from __future__ import annotations

import pytest

from sentiment.verdict import Risk
from tests.sentiment.test_risk import CALM, CROSS, read

HARMS = {
    Risk.SAFETY: [
        "新买的电热毯第二天就冒烟，床单烧了个洞",
        "电饭锅插头打火，差点把厨房点着",
        "充电宝在包里鼓得像个球，吓死我了",
        "电动车停在楼下自己烧起来了",
        "空调外机掉下来砸到楼下的车，差点砸到人",
        "新车开了三天高速上突然熄火，后面大货车差点撞上",
        "刹车踩下去没反应，闯到路口才停住",
        "方向盘打不动了，差点冲下山",
        "安全气囊没弹出来，人撞得满脸血",
        "网约车司机边开车边打瞌睡，吓得我中途下车",
        "快递员威胁我，说知道我家住哪",
        "保安把我爸推倒在地，肋骨断了两根",
        "电梯突然往下坠了三层，腿都软了",
        "商场的扶梯夹住了小孩的鞋",
        "酒店浴室玻璃门突然自爆，割了一身口子",
        "健身房器械断了，砸到脚趾骨折",
        "游泳馆没有救生员，孩子差点淹死",
        "蹦床公园摔断了腿，工作人员说自己负责",
        "燃气灶漏气，报修三天没人来",
        "家里一股煤气味，客服说等通知",
        "婴儿床栏杆断了，宝宝从里面摔下来",
        "玩具上的零件掉下来，孩子差点吞下去",
        "洗衣机一碰就麻，肯定漏电",
        "手机放枕头边突然炸了，脸烧伤",
        "玻璃锅盖自己炸裂，碎片溅到眼睛",
        "飞机上舱内冒烟，紧急备降",
        "螺丝钉掉在馄饨里，差点咽下去",
        "疫苗打完孩子高烧抽搐",
        "儿童座椅卡扣断裂，急刹车孩子飞出去了",
        "滑板车前轮脱落，门牙磕掉两颗",
        "外卖小哥闯红灯撞了我妈",
        "加油站加的油有问题，车在隧道里趴窝了，后车差点追尾",
        "店里地滑没提示，老人摔倒骨裂",
        "烤箱玻璃门爆了，满厨房碎渣",
        "剃须刀漏电电了我一下",
        "按摩店把我颈椎按伤了，半边身子麻",
        "幼儿园老师打孩子，脸上都是印子",
        "My hair dryer sparked and singed my hair, never buying again",
        "The kettle lid flew off and scalded my daughter's arm",
        "woke up to the hoverboard on fire in the garage @brand",
        "your space heater melted the outlet and nearly burned our house down",
        "Plugged in the new charger and it popped and smoked. Scared to death.",
        "the scooter's brakes gave out going downhill, I have a broken collarbone",
        "my car just died in the middle of the interstate at 70 mph, third time",
        "Steering wheel locked up while turning, could have killed us all",
        "The airbag didn't go off in the crash @carbrand",
        "Engine cut out on the freeway with my kids in the back seat",
        "the rear door of the van flew open while driving, my son almost fell out",
        "tire blew out after two weeks, almost rolled over",
        "stroller wheel came off and my baby hit the pavement",
        "high chair collapsed with my toddler in it, she needed stitches",
        "the treadmill belt jerked and threw me off, fractured wrist",
        "your driver ran a red light and almost hit a cyclist",
        "uber driver fell asleep at the wheel",
        "your driver threatened to beat me up when I asked for a refund",
        "security guard at your store shoved my elderly mother to the floor",
        "a passenger groped me and the crew did nothing",
        "stuck in your hotel elevator for two hours, panic attack",
        "ceiling tile fell on my head at your restaurant",
        "slipped on the wet floor, no sign, broke my hip",
        "the plane filled with smoke and we had to evacuate",
        "pilot had to make an emergency landing, engine on fire",
        "there's a gas smell in the apartment and maintenance won't come",
        "I got a shock every time I touch the washing machine",
        "phone battery swelled up and cracked the screen open",
        "the vape exploded in my pocket, third degree burns",
        "my e-bike battery burst into flames while charging",
        "glass bottle exploded in my hand, blood everywhere",
        "bit into a burger and chipped my tooth on a bone shard",
        "this face cream gave me chemical burns",
        "pharmacy gave me the wrong medication, could have killed me",
        "my daughter choked on a button that came off your toy",
        "the crib slats broke and my baby got trapped",
        "ladder snapped under me, concussion",
        "gym equipment broke and crushed my finger",
        "the blender blade came loose while running and cut my hand",
        "power bank got so hot it burned a hole in my bag",
        "smelled burning plastic, the dishwasher was smoking",
        "my iron shocked me twice today, dangerous junk",
    ],
    Risk.HEALTH: [
        "吃了你家的外卖，一家三口都在医院挂水",
        "喝完你们的奶茶拉了一整天",
        "火锅里捞出来一只死老鼠",
        "米饭里有好几条蛆，吐了",
        "面包咬一口里面全是绿毛",
        "奶粉里发现虫子，孩子已经喝了半罐",
        "牛奶结块发臭，日期还是新的",
        "汤里有玻璃碴，嘴都划破了",
        "鸡肉里面是红的，还带着血",
        "超市卖的酸奶已经过期半个月",
        "面膜敷完脸肿成猪头，医生说是过敏",
        "染发剂用了头皮溃烂",
        "眼药水滴完眼睛看不清了",
        "药店给我拿错了药，吃完心慌得厉害",
        "新家具味道刺鼻，测出来甲醛超标五倍",
        "海鲜不新鲜，吃完上吐下泻进了急诊",
        "凉菜是馊的，吃完肚子绞痛",
        "肉串一股臭味，肯定是坏肉",
        "矿泉水里漂着黑色的虫",
        "美甲做完手指感染化脓",
        "植发失败，头皮感染住院了",
        "吃你们家蛋糕吃出一截铁丝",
        "carbon monoxide alarm went off, your boiler is leaking",
        "found a piece of metal in my kid's cereal",
        "there was a dead mouse in my bag of chips",
        "live worms crawling in the salad you sold me",
        "found a cockroach in my soup at your restaurant",
        "the chicken was raw inside, pink and bloody",
        "milk was sour and lumpy, two weeks past the sell by date",
        "whole family has been throwing up since we ate at your place",
        "food poisoning from your sushi, 3 days in bed",
        "I was so sick after eating your tacos I ended up in the ER",
        "your baby formula gave my son a rash and diarrhea",
        "had an allergic reaction, you said there were no nuts in it",
        "waiter ignored my peanut allergy and I had to use my epipen",
        "contact lenses made my eyes swell shut",
        "there's mould all over the bread I bought today",
        "sold me expired insulin, unbelievable",
        "hotel bed full of bed bugs, covered in bites",
        "woke up with bites all over my legs, bed bugs in room 212",
        "toxic fumes from the new mattress give me headaches and nausea",
        "lead paint found in the toy according to the lab",
        "contaminated water from your tap, kids have been vomiting",
        "they served bleach instead of water at the restaurant",
    ],
    Risk.DATA_LEAK: [
        "登录进去居然是别人的账号，能看到身份证",
        "刚买完房就接到几十个装修电话，信息被卖了",
        "试衣间里发现针孔摄像头",
        "我的快递单信息被挂到网上了",
        "账号半夜被人登录，余额和聊天记录全没了",
        "客服把我的手机号发给了商家，被骚扰了一周",
        "your app shows me other people's orders and addresses",
        "I can see someone else's bank statement in my account",
        "you emailed my medical records to a stranger",
        "my account was hacked and they changed my address, no help from support",
        "Customer database leaked, my passport scan is online",
        "got spam calls minutes after ordering, you sold my number",
        "someone logged in to my account from another country and you let them",
        "employee took my number from the order and keeps texting me",
        "hidden camera in the airbnb bathroom",
    ],
    Risk.SELF_HARM: [
        "平台不退钱，我真的不想活了",
        "被你们催收逼得想跳楼",
        "you ruined my life, I can't go on, I'm going to end it",
        "if I lose this money I'll kill myself, please answer",
    ],
}
HARMS_WHERE_THE_MOOD_IS_BAD = [
    "热水壶的盖子弹开，把孩子的手烫起了泡",
    "住进去一周全家头晕咳嗽，甲醛味太重",
    "说了花生过敏还是给我放了，喉咙肿得喘不上气",
    "your airline lost my bag with my heart medication in it",
    "left my disabled mother stranded at the gate for five hours without her oxygen",
]
HARMLESS = [
    "客服态度差到爆炸，再也不买了",
    "等外卖等到饿死，两个半小时",
    "这价格简直抢钱，气死我了",
    "手机又死机了，垃圾",
    "电池不耐用，一天三充",
    "手机玩游戏有点发热",
    "新歌太炸了，循环中毒",
    "这剧虐死我了，哭晕在厕所",
    "排队排到怀疑人生",
    "游戏里又被炸死了，匹配机制有毒",
    "微博服务器又炸了",
    "笔记本风扇声音像拖拉机",
    "快递慢得要死，还不接电话",
    "酒店房间小，墙角有点发霉",
    "房间里有蚊子，睡不好",
    "宾馆隔音差，半夜骚扰电话",
    "外卖里有根头发，恶心",
    "米饭没熟，夹生的",
    "土豆丝是生的，没炒熟",
    "苹果有几个烂了，磕碰得厉害",
    "味道怪怪的，不好吃",
    "辣得胃里着火，爽",
    "房价跌得想跳楼",
    "衣服掉色，洗澡都染红了",
    "车子异响，油耗高，烧机油",
    "停车等红灯时自动启停熄火，很正常",
    "刹车有点软，习惯就好",
    "快递小哥摔了一跤还准时送到，感动",
    "你们家的广告毒害眼睛",
    "股价暴跌，血流成河",
    "这款面膜是我的救命稻草",
    "明星塌房，品牌连夜解约",
    "秒杀活动服务器崩了，优惠券过期不补",
    "优惠券过期了不给用",
    "会员自动续费，坑死人",
    "这家店的服务员脸臭得要命",
    "卖家态度伤人心",
    "买到假货，要求退一赔三",
    "手表刮花了，客服不认",
    "消防演习，商场楼下全是人",
    "听说某品牌爆炸是谣言",
    "公司年会上有人喝吐了",
    "毕业那天哭到断气",
    "我妈住院了，订的花迟到一天",
    "昨天车被追尾了，保险理赔好慢",
    "电梯坏了要爬楼，物业不管",
    "宠物医院服务真好",
    "这电影炸裂，五星推荐",
    "电脑中毒了要重装",
    "新手机屏幕摔碎了，换屏好贵",
    "this new burger is the bomb, I'm dead",
    "the queue at your store is killing me",
    "my phone died at 20% again, useless battery",
    "app crashes every time I open it, fix it",
    "your customer service makes me sick",
    "I would kill for some fries right now",
    "my feed is on fire today about the new release",
    "that guitar solo is fire",
    "the price shocked me, 300 for a haircut",
    "your website crashed during the sale and I lost my cart",
    "sick of waiting for my refund",
    "your prices are a stab in the back",
    "this season is a train wreck",
    "worst airline ever, lost my bag, three hours delay",
    "the game has a toxic community and nobody gets banned",
    "got killed by a camper, this game is broken",
    "battery drains so fast, dead by noon",
    "my laptop gets warm and the fan is loud",
    "coffee was cold and the muffin stale",
    "found a hair in my soup, gross",
    "the room had a musty smell and stains on the carpet",
    "there was a bug in the update, notifications don't work",
    "stop spamming me with emails",
    "I hate the new privacy settings page",
    "forgot my password and the reset mail never comes",
    "overpriced and overhyped, dead brand",
    "the movie where the car explodes was filmed at your hotel",
    "the recall of the toaster hurt their stock price",
    "we did a fire drill at your office today",
    "flight delayed because of a mechanical issue, again",
    "staff was rude and rolled their eyes at me",
    "driver took a longer route and overcharged me",
    "package left in the rain, box soaked",
    "the shirt shrank and the colour bled",
    "you broke my heart discontinuing that flavour",
    "I'm dying laughing at your new ad",
    "bloody awful service, never again",
    "your hold music makes me want to die",
    "the update murdered my battery",
    "keeps freezing and shutting down when I play",
    "waiting 2 hrs on hold, my phone is about to die",
    "the leaked photos of the new model look great",
    "glass screen protector arrived cracked",
    "your hot sauce is not even hot",
    "wifi is so slow it hurts",
    "they stole my wallet at your festival",
    "driver cancelled on me twice in the rain",
    "what a disaster of a launch",
    "feeling burned by this purchase, save your money",
]

PEOPLE = frozenset(HARMS)
"""The risks that make a case urgent."""


@pytest.mark.parametrize(
    ("text", "risk"), [(text, risk) for risk, texts in HARMS.items() for text in texts]
)
def test_a_harm_to_people_counts_in_any_mood(text: str, risk: Risk) -> None:
    assert read(text, CALM).risk in PEOPLE
    assert read(text, CROSS).risk is risk


@pytest.mark.parametrize("text", HARMS_WHERE_THE_MOOD_IS_BAD)
def test_a_hint_of_harm_counts_where_the_mood_is_bad(text: str) -> None:
    assert read(text, CALM).risk not in PEOPLE
    assert read(text, CROSS).risk in PEOPLE


@pytest.mark.parametrize("text", HARMLESS)
@pytest.mark.parametrize("negative", [CALM, CROSS])
def test_anger_and_figures_of_speech_harm_nobody(text: str, negative: float) -> None:
    assert read(text, negative).risk not in PEOPLE


@pytest.mark.parametrize(
    ("food", "room"),
    [
        ("汤里有蟑螂", "酒店房间里有蟑螂"),
        ("面包发霉了", "浴室天花板发霉了"),
        ("沙拉里爬着虫子", "床单上有虫子"),
        ("肉是臭的", "毛巾臭的，床也旧"),
        ("a cockroach in my soup", "a cockroach on the bathroom floor"),
        ("mould on the bread", "mould on the hotel wall"),
    ],
)
def test_vermin_and_mould_harm_in_food_and_only_disgust_in_a_room(food: str, room: str) -> None:
    assert read(food, CALM).risk is Risk.HEALTH
    reading = read(room, CROSS)
    assert reading.risk is Risk.NONE
    assert {sign.code for sign in reading.signs} <= {"non_event"}


def test_vermin_that_nobody_places_count_where_the_mood_is_bad() -> None:
    assert read("居然有蟑螂", CROSS).risk is Risk.HEALTH
    assert read("居然有蟑螂", CALM).risk is Risk.NONE


def test_a_nought_denies_and_the_end_of_a_number_does_not() -> None:
    assert read("0起火灾，0伤亡").risk is Risk.NONE
    assert read("本月发生10起火灾").risk is Risk.SAFETY
    assert read("the doctor counted 50 bug bites").risk is Risk.HEALTH
