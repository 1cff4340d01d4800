"""Risk from terms and what stands around them. All texts are built; brands are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.lexicon import Lexicon
from sentiment.patterns import finder
from sentiment.risk import RiskReader, RiskReading
from sentiment.text import fold
from sentiment.verdict import Risk, Sign

LEXICON = Lexicon()
READER = RiskReader(LEXICON.risks, LEXICON.contexts)
CALM, CROSS = 0.1, 0.9


def read(text: str, negative: float = CALM) -> RiskReading:
    folded = fold(text)
    found = finder(tuple(LEXICON.lists())).find(folded)
    return READER.read(folded, found, negative=negative)


HARMS = {
    Risk.SAFETY: [
        "星云手表充电时突然起火，桌子都烧着了",
        "刚买三天的充电宝在包里炸了",
        "山茶茶饮的玻璃杯一倒热水就炸裂，烫伤了我妈",
        "開了不到一年，刹車失靈，差點出人命",
        "消防安全隐患没人管",
        "机器又漏电了！没人管吗？",
        "插座漏电，摸一下手麻半天",
        "电池鼓包把屏幕顶起来了",
        "客服说不会爆炸，结果真炸了",
        "卖家保证不会漏电，但是我昨天被电了",
        "说好的绝不起火，可是我家客厅呢？",
        "没想到用了两次就冒烟",
        "没过多久电池就自燃了",
        "不但漏电，客服还骂人",
        "仓库爆炸，幸好无人受伤",
        "官方说是谣言，但我亲眼看到起火",
        "不是没有起火，是起火了你们不承认",
        "差点爆炸，吓得我赶紧拔了",
        "如果不是我发现起火得早，房子就没了",
        "看电影的时候手表突然冒烟了",
        "电影院里充电宝起火",
        "哈哈哈我的耳机居然爆炸了",
        "方向盘失控撞上护栏",
        "孩子被座椅夹住，手指割伤缝了三针",
        "消防员来了才知道是你们家热水器爆炸",
        "The charger caught fire on my desk",
        "my NebulaWatch exploded while charging",
        "Smoke coming out of the battery, unbelievable",
        "The strap burned my wrist",
        "Brakes failed on the motorway twice",
        "They said it would never catch fire, but it did",
        "No one was hurt when the battery exploded",
        "the movie theater's popcorn machine caught fire",
        "I got an electric shock from the kettle",
        "My game console started smoking",
        "This is a serious safety hazard",
        "not only did it explode, support hung up on me",
        "can't believe it caught fire",
        "almost caught fire in my hand",
        "it is not a rumour: the battery exploded",
        "battery is swollen after a month",
    ],
    Risk.HEALTH: [
        "戴星云手表睡一夜，手腕红了一圈，皮肤科说是接触性过敏",
        "the strap of my NebulaWatch gave me a nasty rash",
        "喝完山茶茶饮全家上吐下泻",
        "吃完拉肚子，半夜进医院了",
        "饼干里吃出一只蟑螂",
        "用了他们的面霜全身过敏，脸肿了",
        "在你们家吃完食物中毒，医生开了诊断",
        "孩子喝了变质的牛奶住了院",
        "甲醛超标三倍还敢卖",
        "客服说没有食物中毒，可我们五个人都在急诊",
        "喝出异物了，没人管",
        "起了一身红疹",
        "Got food poisoning from Camellia Tea last night",
        "I ended up in hospital after two sips",
        "found maggots in my salad",
        "the cream made my daughter really sick",
        "Severe allergic reaction, no warning on the label",
        "been throwing up since I ate there",
    ],
    Risk.DATA_LEAK: [
        "我的手机号和住址都被你们泄露了",
        "刚下单诈骗电话就来了，订单信息肯定被卖了",
        "登录以后看到别人的订单",
        "泄露用户隐私还不道歉",
        "you leaked my personal data to strangers",
        "huge data breach at NebulaWatch, change your passwords",
        "I log in and see someone else's order",
        "my card details were stolen from your site",
        "NebulaWatch sold my email to spammers",
    ],
    Risk.DISCRIMINATION: [
        "店员歧视外地人，态度恶劣",
        "这广告辱华，抵制",
        "在店里被经理性骚扰，投诉没用",
        "性别歧视的文案是谁写的",
        "racist staff at the counter",
        "I was sexually harassed by your driver",
        "blatant discrimination against disabled customers",
    ],
    Risk.FRAUD: [
        "银行卡在你们平台被盗刷两千",
        "买到假货，鉴定都出来了",
        "健身房老板跑路，年卡没法退",
        "典型的诈骗套路，大家别信",
        "被骗了三千块",
        "total scam, they took the deposit and vanished",
        "unauthorized charges on my card again",
        "They sell counterfeit straps as genuine",
    ],
    Risk.LEGAL: [
        "再不退款我就起诉",
        "如果明天还不处理就法院见",
        "已经打12315了",
        "律师函已经寄出，等着吧",
        "我要报警了",
        "准备走法律途径",
        "集体维权的加我",
        "If I don't get my refund I will sue you",
        "see you in court, talk to my lawyer",
        "filing a class action with other buyers",
        "I reported them to the police",
    ],
    Risk.MEDIA: [
        "已经联系记者了，等着上新闻",
        "要不要我找媒体来评评理",
        "今年315晚会见",
        "这种店必须曝光一下，黑心",
        "电视台已经来采访了",
        "I'm going to the press with this",
        "contacting the local news tomorrow",
        "let's make this go viral",
    ],
    Risk.SELF_HARM: [
        "再不退钱我就跳楼",
        "被你们逼得不想活了",
        "客服冷冰冰的，我想自杀",
        "钱全没了，只能死给你们看",
        "you ruined me, I want to die",
        "I will kill myself if this is not fixed",
        "thinking of suicide because of this debt",
    ],
}

HARMLESS = [
    "爆炸好吃！强烈推荐",
    "这家奶茶好吃到爆炸",
    "新歌太炸了，全场炸裂",
    "气炸了，快递又晚点",
    "我真的要爆炸了，作业写不完",
    "评论区炸了锅",
    "朋友圈都炸了，大家都在晒星云手表",
    "微博服务器又炸了",
    "笑死我了哈哈哈",
    "热死人了，空调救命",
    "想死你了，什么时候回来",
    "累得不想活了，周一综合症",
    "笑到想死",
    "跳楼价大甩卖，最后三天",
    "去游乐园坐跳楼机",
    "嗓子都冒烟了，来杯山茶茶饮",
    "听这首歌洗脑中毒了",
    "单曲循环已经中毒",
    "我的电脑中毒了，重装系统",
    "钱包受伤了，一口气买三个",
    "有种触电的感觉，一见钟情",
    "死亡搁浅这游戏值得玩",
    "偶像房子塌了",
    "没有起火，只是水蒸气",
    "经检查没有漏电",
    "没有起火、爆炸，也没有人员伤亡",
    "本次事故未造成人员伤亡",
    "用了两年从来没有过敏",
    "不会爆炸，放心用",
    "我不担心爆炸",
    "坐着火车去看你",
    "一颗老鼠屎坏了一锅汤",
    "心情爆炸，想买包",
    "无人受伤",
    "今年投诉零事故，起火案件同比下降",
    "漏电事故大幅减少",
    "消防演练：模拟厨房起火",
    "今天公司演习，假装仓库爆炸，还有人扮演伤员",
    "官方辟谣：星云手表爆炸系谣言",
    "网传手表自燃是谣言",
    "辟谣！网上说的食物中毒纯属虚构",
    "电影里汽车爆炸的特效太真了",
    "昨晚梦见手机爆炸",
    "小说里男主自杀那段看哭了",
    "防诈骗讲座，欢迎街坊参加",
    "反诈宣传：警惕电信诈骗",
    "拒绝假货，支持正品，假一赔十",
    "安全教育课：如何预防火灾和触电",
    "新机谍照泄露，外观曝光",
    "新品配置曝光，价格感人",
    "消除性别歧视，人人有责",
    "在新媒体公司上班",
    "工商银行今天排队好久",
    "准备律师资格考试",
    "手机报警器功能很实用",
    "屏幕被划伤了一道",
    "电池续航下降了一点",
    "退款太慢",
    "",
    "😡😡😡",
    "no injuries reported, everyone is fine",
    "Nobody was injured",
    "nothing exploded and nothing caught fire",
    "It did not catch fire, just steam",
    "there was no data breach, they confirmed",
    "never had an allergic reaction to it",
    "this watch is fire",
    "This burger is the bomb",
    "I'm dead 😂 look at this strap",
    "my mind just exploded, what a watch",
    "an explosion of flavours",
    "our sales exploded in popularity this year",
    "phone is blowing up with notifications",
    "want to die laughing at this ad",
    "Suicide Squad tonight with friends",
    "fire drill at the office, pretend the kitchen is on fire",
    "The rumour that the battery exploded was debunked",
    "that scene in the movie where the car exploded was great",
    "I dreamt my phone caught fire",
    "scam awareness training for seniors",
    "call your bank's fraud department",
    "stole my heart",
    "injuries fell by 30% this year",
    "helps prevent food poisoning",
    "he was fired from his job",
    "you're killing it, love the new strap",
    "leaked specs of the new NebulaWatch",
    "he is recovering from an injury",
    "It's not a scam, I got mine",
    "her speech is exploding across the internet",
    "yoga 12.00-13.15 tomorrow, only $3.15",
]

PROSPECTS = [
    ("这充电器烫得吓人，会不会爆炸啊", Risk.SAFETY),
    ("万一起火怎么办", Risk.SAFETY),
    ("要是漏电了谁负责", Risk.SAFETY),
    ("真怕它半夜自燃", Risk.SAFETY),
    ("如果信息泄露了怎么办", Risk.DATA_LEAK),
    ("是不是诈骗啊", Risk.FRAUD),
    ("what if it catches fire at night", Risk.SAFETY),
    ("this thing could explode any minute", Risk.SAFETY),
    ("is it a scam?", Risk.FRAUD),
]

WEAK = [
    ("昨天它直接炸了", Risk.SAFETY),
    ("鞋子穿两天脚都流血", Risk.SAFETY),
    ("用完脸上红肿", Risk.HEALTH),
    ("柜子里发霉", Risk.HEALTH),
    ("我要请教律师", Risk.LEGAL),
    ("告诉大家，媒体也该看看", Risk.MEDIA),
    ("账号被盗，没人理", Risk.DATA_LEAK),
    ("就是一群骗子", Risk.FRAUD),
    ("被店员当众羞辱", Risk.DISCRIMINATION),
    ("我真的活不下去", Risk.SELF_HARM),
    ("it overheats like crazy", Risk.SAFETY),
    ("the bread was expired", Risk.HEALTH),
    ("somebody hacked me", Risk.DATA_LEAK),
    ("the box looks fake", Risk.FRAUD),
    ("I spoke with a lawyer", Risk.LEGAL),
    ("hope a reporter reads this", Risk.MEDIA),
]


@pytest.mark.parametrize(
    ("text", "risk"), [(text, risk) for risk, texts in HARMS.items() for text in texts]
)
@pytest.mark.parametrize("negative", [CALM, CROSS])
def test_a_harm_counts_whatever_the_tone(text: str, risk: Risk, negative: float) -> None:
    reading = read(text, negative)
    assert reading.risk is risk
    assert {sign.code for sign in reading.signs} == {"risk_term"}
    assert reading.doubtful is Risk.NONE


@pytest.mark.parametrize("text", HARMLESS)
def test_no_harm(text: str) -> None:
    reading = read(text)
    assert reading.risk is Risk.NONE
    assert {sign.code for sign in reading.signs} <= {"non_event"}


@pytest.mark.parametrize(("text", "risk"), PROSPECTS)
def test_what_may_happen_is_doubtful_and_counts_in_a_bad_mood(text: str, risk: Risk) -> None:
    calm = read(text, CALM)
    assert (calm.risk, calm.doubtful) == (Risk.NONE, risk)
    assert read(text, CROSS).risk is risk


@pytest.mark.parametrize(("text", "risk"), WEAK)
def test_a_weak_term_counts_only_in_a_bad_mood(text: str, risk: Risk) -> None:
    assert read(text, CALM) == RiskReading()
    assert read(text, CROSS).risk is risk


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("客服说不会爆炸", Risk.SAFETY),
        ("官方声明没有泄露用户信息", Risk.DATA_LEAK),
        ("我不会自杀的", Risk.SELF_HARM),
        ("they promised it won't catch fire", Risk.SAFETY),
    ],
)
def test_a_denial_that_may_be_wrong_is_doubtful(text: str, risk: Risk) -> None:
    reading = read(text)
    assert (reading.risk, reading.doubtful) == (Risk.NONE, risk)


def test_a_weak_word_confirms_what_others_deny() -> None:
    assert read("客服说不会爆炸。昨晚炸了").risk is Risk.SAFETY
    assert read("昨晚炸了").risk is Risk.NONE


def test_the_gravest_risk_is_named_with_its_terms_once() -> None:
    reading = read("手表起火烧伤手，起火两次，再不退款就起诉，找记者")
    assert reading.risk is Risk.SAFETY
    assert reading.signs == (Sign("risk_term", "起火"), Sign("risk_term", "烧伤"))
    assert read("我想自杀，手表还起火").risk is Risk.SELF_HARM


def test_what_was_passed_over_is_told() -> None:
    reading = read("没有起火、爆炸，也没有人受伤")
    assert reading.signs == (
        Sign("non_event", "没有 起火"),
        Sign("non_event", "没有 爆炸"),
        Sign("non_event", "也没有人 人受伤"),
    )


def test_a_harm_elsewhere_is_not_hidden_by_what_did_not_happen() -> None:
    assert read("没有起火，但是漏电了").risk is Risk.SAFETY
    assert read("no fire, but it gave me an electric shock").risk is Risk.SAFETY


def test_the_mood_that_makes_weak_terms_count_can_be_set() -> None:
    wary = RiskReader(LEXICON.risks, LEXICON.contexts, weak_from=0.05)
    text = fold("昨天它直接炸了")
    found = finder(tuple(LEXICON.lists())).find(text)
    assert wary.read(text, found, negative=CALM).risk is Risk.SAFETY


ODDMENTS = st.sampled_from(
    ["没有", "不", "会", "如果", "辟谣", "电影", "，", "。", " ", "客服说", "no ", "but "]
)


@settings(max_examples=150)
@given(st.lists(ODDMENTS, max_size=5).map("".join), st.sampled_from(["起火", "exploded", "自杀"]))
def test_what_another_sentence_says_never_hides_a_harm(before: str, term: str) -> None:
    assert read(f"{before}。我的手表在家 {term} 了", CROSS).risk is not Risk.NONE


@settings(max_examples=150)
@given(st.text(st.characters(exclude_categories=()), max_size=60), st.floats(0, 1))
def test_any_text_is_read(text: str, negative: float) -> None:
    reading = read(text, negative)
    assert (reading.risk is not Risk.NONE) == any(s.code == "risk_term" for s in reading.signs)


def test_a_long_article_is_read_in_time() -> None:
    assert read("客服说不会爆炸，没有起火。如果起火怎么办，" * 200).risk is Risk.NONE
