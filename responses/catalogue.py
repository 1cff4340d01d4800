"""The wording of the first public reply, in Chinese and English.

Each text greets, says that we noticed the post, apologises, asks for details by direct
message only, and says who handles it with priority. It never argues and holds no link (on X
a link makes a reply twenty times dearer). Weibo refuses repeated texts (errors 20017, 20019),
hence several variants. Variables: `{name}` the author, `{brand}` the brand.
"""

from __future__ import annotations

from collections.abc import Mapping

GENERAL = "general"
URGENT = "urgent"


def _paragraphs(block: str, joint: str) -> tuple[str, ...]:
    """Read texts parted by blank lines; `joint` replaces the line breaks within one."""
    paragraphs = block.strip().split("\n\n")
    return tuple(joint.join(line.strip() for line in each.splitlines()) for each in paragraphs)


# fmt: off
CHINESE: Mapping[str, tuple[str, ...]] = {
    GENERAL: _paragraphs("""
    {name}您好，这里是{brand}客服。我们看到了您的反馈，让您有不好的体验，非常抱歉。请把订单号私
    信给我们，客服专员会优先为您跟进。

    {name}您好，我们是{brand}客服团队，已留意到您说的情况，给您添麻烦了，抱歉。麻烦您私信订单号
    ，我们安排专人优先处理。

    {name}您好！您的意见{brand}客服已经看到，很抱歉没有让您满意。请私信我们订单号，值班专员会第
    一时间与您对接、优先处理。

    {name}您好，感谢您告诉我们这件事，{brand}客服向您致歉。请通过私信发来订单号，由专员优先核实
    ，进展也在私信里同步给您。
    """, ""),
    "refund": _paragraphs("""
    {name}您好，这里是{brand}客服。看到您还在等退款的消息，让您久等了，抱歉。请私信订单号，售后
    专员会优先核对退款进度。

    {name}您好，您提到的退款情况{brand}客服已留意到，给您带来不便，深表歉意。麻烦私信订单号，我
    们请售后专人优先跟进。

    {name}您好，退款的事让您费心了，{brand}客服向您致歉。请把订单号私信给我们，退款专员优先核实
    ，并在私信里回复您进展。
    """, ""),
    "delivery": _paragraphs("""
    {name}您好，这里是{brand}客服。看到您的包裹不顺利，让您久等了，抱歉。请私信订单号，物流专员
    会优先查询并跟进。

    {name}您好，配送的情况{brand}客服已经留意到，给您添麻烦了，抱歉。麻烦您私信订单号，我们安排
    专人优先与物流核实。

    {name}您好，没能让您顺利收到商品，{brand}客服向您致歉。请把订单号私信给我们，物流专员优先处
    理，进展在私信里告诉您。
    """, ""),
    "quality": _paragraphs("""
    {name}您好，这里是{brand}客服。看到您使用中遇到了故障，非常抱歉。请私信订单号和现象，售后工
    程师会优先为您检查。

    {name}您好，您反映的产品情况{brand}客服已留意到，影响了您使用，抱歉。麻烦私信订单号，我们安
    排售后专人优先处理。

    {name}您好，产品没有达到您的期待，{brand}客服向您致歉。请把订单号私信给我们，技术专员优先核
    实，并在私信里回复您方案。
    """, ""),
    "service": _paragraphs("""
    {name}您好，这里是{brand}客服主管。看到您对服务的意见，让您感到不被重视，非常抱歉。请私信订
    单号，由我们主管优先跟进。

    {name}您好，我们已留意到您的服务体验，{brand}向您诚恳致歉。麻烦您私信订单号，我们安排专人优
    先核实并与您联系。

    {name}您好，这次服务没有做好，{brand}客服向您道歉。请把订单号私信给我们，客服主管会优先了解
    经过，在私信里回复您。
    """, ""),
    "price": _paragraphs("""
    {name}您好，这里是{brand}客服。看到您对费用有疑问，给您带来困扰，抱歉。请私信订单号，专员会
    优先为您逐项核对。

    {name}您好，您说的收费情况{brand}客服已留意到，让您费心了，抱歉。麻烦私信订单号，我们请专人
    优先核实每一笔费用。

    {name}您好，费用的事让您不愉快，{brand}客服向您致歉。请把订单号私信给我们，账务专员优先核查
    ，结果在私信里告诉您。
    """, ""),
    "account": _paragraphs("""
    {name}您好，这里是{brand}客服。看到您的账号使用不顺，给您添麻烦了，抱歉。请私信说明情况，账
    号专员会优先为您核实。

    {name}您好，您提到的账号情况{brand}客服已留意到，抱歉。麻烦您私信联系我们，专员优先处理；账
    号信息请不要公开发布。

    {name}您好，账号的事影响了您使用，{brand}客服向您致歉。请私信订单号或说明现象，账号专员优先
    跟进，在私信里回复您。
    """, ""),
    "outage": _paragraphs("""
    {name}您好，这里是{brand}客服。看到您暂时用不了，影响到您了，抱歉。请私信说明现象和时间，技
    术专员会优先排查。

    {name}您好，您遇到的异常{brand}客服已留意到，给您带来不便，深表歉意。麻烦私信订单号或现象，
    技术团队优先核实。

    {name}您好，没能让您正常使用，{brand}客服向您致歉。请把出现的提示私信给我们，技术专员优先跟
    进，进展在私信里同步。
    """, ""),
    "safety": _paragraphs("""
    {name}您好，这里是{brand}客服。看到您说的情况，我们非常重视，也很抱歉让您受惊。请先停止使用
    、确保安全，并马上私信我们，安全专员即刻与您联系。

    {name}您好，{brand}已看到您的反馈，您的安全最重要，十分抱歉。请先远离产品、停止使用，尽快私
    信联系方式，安全负责人优先处理。

    {name}您好，我们是{brand}安全专员，得知此事非常抱歉。请先停止使用、照顾好自己，并私信订单号
    ，我们会立刻与您联系，优先核实。
    """, ""),
    "privacy": _paragraphs("""
    {name}您好，这里是{brand}客服。您对个人信息的担心我们非常重视，抱歉让您不安。请私信说明情况
    ，信息安全专员会优先核实。

    {name}您好，您反映的隐私情况{brand}客服已留意到，深表歉意。麻烦您私信联系我们，信息安全专人
    优先处理；请不要公开个人资料。

    {name}您好，让您为个人信息担忧，{brand}向您致歉。请通过私信告诉我们经过，信息安全专员优先跟
    进，进展在私信里回复您。
    """, ""),
    URGENT: _paragraphs("""
    {name}您好，这里是{brand}客服负责人。您的反馈我们非常重视，十分抱歉。请马上私信订单号，由负
    责人亲自跟进，优先处理。

    {name}您好，{brand}已看到您说的情况，向您诚恳致歉。请尽快私信订单号，我们的负责人会即刻与您
    联系，优先核实处理。

    {name}您好，我们是{brand}值班负责人，对此深表歉意。麻烦您私信订单号，我们立刻安排专人与您对
    接，优先解决。
    """, ""),
}

ENGLISH: Mapping[str, tuple[str, ...]] = {
    GENERAL: _paragraphs("""
    Hi {name}, {brand} support here. We saw your post and are sorry about this. Please DM us
    your order number and a specialist will look into it with priority.

    Hello {name}, thanks for telling us. We are sorry for the trouble. Please send {brand} your
    order number by DM; our support lead will handle it with priority.

    Hi {name}, we noticed your post and apologise for the experience. Please DM {brand} your
    order number so a specialist can take it up with priority.

    Hello {name}, this is {brand} support. Sorry we let you down. Please DM us the order number
    and the agent on duty will follow up with priority.
    """, " "),
    "refund": _paragraphs("""
    Hi {name}, {brand} support here. We saw you are waiting for a refund and are sorry. Please
    DM us your order number; our refunds team will check it with priority.

    Hello {name}, we noticed your post about the refund and apologise for the wait. Please DM
    {brand} your order number and a specialist will take priority care of it.

    Hi {name}, sorry about the trouble with your refund. Please send {brand} the order number by
    DM; a refunds specialist will follow up with priority.
    """, " "),
    "delivery": _paragraphs("""
    Hi {name}, {brand} support here. We saw your delivery has gone wrong and are sorry. Please
    DM us your order number; our delivery team will trace it with priority.

    Hello {name}, we noticed your post and apologise for the wait. Please DM {brand} your order
    number and a specialist will check with the carrier with priority.

    Hi {name}, sorry your order has not reached you as it should. Please send {brand} the order
    number by DM; a specialist will follow up with priority.
    """, " "),
    "quality": _paragraphs("""
    Hi {name}, {brand} support here. We saw your product is letting you down and are sorry.
    Please DM us your order number; a technician will look at it with priority.

    Hello {name}, we noticed your post and apologise for the fault. Please DM {brand} your order
    number and our after-sales team will handle it with priority.

    Hi {name}, sorry the product is not what you expected. Please send {brand} the order number
    by DM; a technical specialist will follow up with priority.
    """, " "),
    "service": _paragraphs("""
    Hi {name}, {brand} support lead here. We saw your post and are sorry for the service you
    had. Please DM us your order number; I will follow up with priority.

    Hello {name}, we noticed your post and apologise for how this was handled. Please DM {brand}
    your order number; a team lead will review it with priority.

    Hi {name}, sorry our service fell short. Please send {brand} the order number by DM and a
    supervisor will look into it with priority.
    """, " "),
    "price": _paragraphs("""
    Hi {name}, {brand} support here. We saw your question about the charge and are sorry. Please
    DM us your order number; our billing team will check it with priority.

    Hello {name}, we noticed your post and apologise for the confusion over the price. Please DM
    {brand} your order number; a specialist will review it with priority.

    Hi {name}, sorry about the trouble with the cost. Please send {brand} the order number by
    DM; a billing specialist will follow up with priority.
    """, " "),
    "account": _paragraphs("""
    Hi {name}, {brand} support here. We saw you have trouble with your account and are sorry.
    Please DM us what happens; a specialist will check it with priority.

    Hello {name}, we noticed your post and apologise. Please contact {brand} by DM and keep
    account details off public posts; we will handle it with priority.

    Hi {name}, sorry your account is not working as it should. Please DM {brand} what you see;
    an account specialist will follow up with priority.
    """, " "),
    "outage": _paragraphs("""
    Hi {name}, {brand} support here. We saw you are unable to use the service and are sorry.
    Please DM us what you see and when; our engineers check it with priority.

    Hello {name}, we noticed your post and apologise for the interruption. Please DM {brand}
    what happens; our technical team will look into it with priority.

    Hi {name}, sorry the service is not working for you. Please send {brand} the error message
    by DM; a specialist will follow up with priority.
    """, " "),
    "safety": _paragraphs("""
    Hi {name}, {brand} safety team here. We are very sorry. Please stop using the product, stay
    safe, and DM us right away; we will contact you at once.

    Hello {name}, we saw your post and are deeply sorry. Your safety comes first: please stop
    using it and DM {brand} now; our safety lead will contact you at once.

    Hi {name}, so sorry to read this. Please keep away from the product and DM {brand} the order
    number; a safety specialist will reach you at once.
    """, " "),
    "privacy": _paragraphs("""
    Hi {name}, {brand} support here. We take your concern seriously and are sorry. Please DM us
    what happened; our data protection team will check it with priority.

    Hello {name}, we noticed your post and apologise for the worry. Please DM {brand} and keep
    personal details off public posts; a specialist takes it with priority.

    Hi {name}, sorry to give you cause for concern about your data. Please tell {brand} by DM
    what happened; our privacy team will follow up with priority.
    """, " "),
    URGENT: _paragraphs("""
    Hi {name}, the {brand} duty manager here. We saw your post and are very sorry. Please DM us
    your order number now; I will take care of it with priority.

    Hello {name}, we noticed your post and sincerely apologise. Please DM {brand} your order
    number; our duty manager will contact you at once.

    Hi {name}, we are very sorry. Please send {brand} your order number by DM right away; a
    manager will handle it personally and with priority.
    """, " "),
}
# fmt: on
