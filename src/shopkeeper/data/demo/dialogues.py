"""What is asked and answered at the service desk, and the help centre's articles."""

from __future__ import annotations

from dataclasses import dataclass

from shopkeeper.data.demo.phrases import cut


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One reason to write: ways to ask, to answer, to ask on and to close."""

    intent: str
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    followed: tuple[str, ...]
    closed: tuple[str, ...]
    greetings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """One help article in one language."""

    kind: str
    language: str
    title: str
    text: str


_HELLO_ZH = cut("您好，我是智能助手小掌，请问有什么可以帮您？|欢迎光临，人工客服正在接入。")
_BYE_ZH = cut("不客气，祝您生活愉快。|好的，有问题随时找我们。|感谢您的理解，再见。")
_HELLO_EN = cut(
    "Hi, I am the shop's assistant. How can I help?|Welcome, an agent will be with you shortly."
)
_BYE_EN = cut(
    "You are welcome, have a nice day.|Any time. Write to us again if you need anything.|Thank you for your patience."
)


def _zh(intent: str, asked: str, answered: str, followed: str) -> Dialogue:
    return Dialogue(intent, cut(asked), cut(answered), cut(followed), _BYE_ZH, _HELLO_ZH)


def _en(intent: str, asked: str, answered: str, followed: str) -> Dialogue:
    return Dialogue(intent, cut(asked), cut(answered), cut(followed), _BYE_EN, _HELLO_EN)


DIALOGUES: dict[str, tuple[Dialogue, ...]] = {
    "zh": (
        _zh(
            "where_is_my_order",
            "我的快递怎么还没到|物流好几天没动了，帮我看看|什么时候能送到啊，急用|显示已发货但是查不到物流|都超过承诺时间了还没收到|帮忙催一下快递",
            "已经帮您催了快递，预计两天内送达。|查到包裹在中转站，我们正在联系快递公司。|非常抱歉，天气原因有延误，到了会短信通知您。",
            "好的，麻烦尽快|再不到我就退款了|延误有赔偿吗",
        ),
        _zh(
            "return",
            "我想退货，怎么操作|不喜欢可以退吗|尺码不对，想换一件|退货运费谁出|拆了包装还能退吗|收到的是坏的，要退",
            "七天无理由可退，请在订单页申请退货。|质量问题运费由我们承担，请拍照上传。|可以换货，您把想要的尺码告诉我。",
            "申请了，什么时候退款|运费险能报多少|地址发我一下",
        ),
        _zh(
            "size_advice",
            "身高170体重60公斤穿什么码|平时穿M，这款要买大一号吗|脚背高，38码买多大|这个尺寸放得下A4纸吗|给三岁宝宝买多大的",
            "建议您选M码，这款版型正常。|脚背高建议大一码。|可以放下，内径有30厘米。",
            "那我拍M了|不合适能换吗|好的谢谢",
        ),
        _zh(
            "refund_status",
            "退款什么时候到账|已经退回去五天了，钱还没退|退款金额不对吧|为什么只退了一部分",
            "仓库签收后48小时内退款，请留意原支付账户。|帮您查了，已经原路退回，银行一般一到三天到账。",
            "还没收到|收到了，谢谢",
        ),
        _zh(
            "coupon",
            "优惠券用不了怎么回事|满减是跨店的吗|刚买就降价，能退差价吗|新人券在哪里领",
            "这张券满199可用，您的订单还差一点。|七天内降价可以申请价保，已为您登记。",
            "好的我再凑一下|谢谢，多久能到账",
        ),
        _zh(
            "invoice",
            "能开发票吗|发票抬头写错了能改吗|电子发票发到哪里",
            "可以的，请在订单详情里填写抬头。|已重新开具，请查收邮箱。",
            "收到了|要专票",
        ),
        _zh(
            "product_question",
            "这个是正品吗|保质期到什么时候|有没有现货，今天能发吗|可以机洗吗|充满电能用多久|敏感肌能用吗",
            "我们是官方授权，支持验货。|生产日期都是近三个月的。|有现货，下午四点前付款当天发。",
            "那我下单了|再考虑一下|有优惠吗",
        ),
        _zh(
            "cancel",
            "不想要了，帮我取消订单|拍错了，能取消吗|改一下地址行吗|能改成别的颜色吗",
            "还没发货，已经帮您取消。|已经出库，改不了了，可以拒收。",
            "好的|那我拒收吧",
        ),
    ),
    "en": (
        _en(
            "where_is_my_order",
            "Where is my parcel?|The tracking has not moved for days|When will my order arrive? I need it|It says shipped but I cannot track it|It is already later than promised|Can you chase the courier please",
            "We have contacted the courier, it should arrive within two days.|Your parcel is at the sorting centre.|Sorry for the delay, bad weather held it up.",
            "Ok, please hurry|I will ask for a refund otherwise|Is there any compensation?",
        ),
        _en(
            "return",
            "How do I return this?|Can I send it back if I don't like it?|Wrong size, I want to exchange it|Who pays for return shipping?|It arrived broken, I want my money back",
            "You can return it within 7 days, please open a return in your account.|We cover the shipping for faulty items, please send a photo.|Sure, which size would you like instead?",
            "Done, when will I be refunded?|Which address?|Thanks",
        ),
        _en(
            "size_advice",
            "I am 170 cm and 60 kg, which size?|I usually wear M, should I size up?|Is it big enough for A4 paper?|Which size for a three year old?",
            "We suggest M, it is true to size.|We would size up for a high instep.|Yes, the inside is 30 cm wide.",
            "Great, I'll take M|Can I exchange it if it does not fit?",
        ),
        _en(
            "refund_status",
            "When will I get my refund?|I sent it back five days ago and nothing happened|Why was I only refunded a part?",
            "Refunds are made within 48 hours after the warehouse received the parcel.|It went back to your card, banks take one to three days.",
            "Still nothing|Got it, thanks",
        ),
        _en(
            "coupon",
            "My coupon does not work|The price dropped after I bought it, can I get the difference?|Where is the newcomer coupon?",
            "The coupon needs an order of at least 199.|Within 7 days we refund the difference, I have registered it.",
            "Ok, thanks|How long does it take?",
        ),
        _en(
            "invoice",
            "Can I have an invoice?|The name on the invoice is wrong|Where is my e-invoice?",
            "Please fill in the name on the order page.|It has been issued again, please check your mail.",
            "Received, thank you|I need a VAT invoice",
        ),
        _en(
            "product_question",
            "Is this genuine?|What is the expiry date?|Is it in stock, can it ship today?|Is it machine washable?|How long does the battery last?|Is it ok for sensitive skin?",
            "Yes, we are an authorised seller.|All batches are less than three months old.|In stock, it ships today if paid before 4 pm.",
            "Then I'll order|Let me think about it|Any discount?",
        ),
        _en(
            "cancel",
            "I don't want it any more, please cancel|Ordered by mistake, can I cancel?|Can I change the address?|Can I switch to another colour?",
            "It has not shipped yet, I have cancelled it.|It has left the warehouse, you can refuse the parcel.",
            "Ok|I will refuse it then",
        ),
    ),
}

_PAIRS: tuple[tuple[str, tuple[str, str], tuple[str, str]], ...] = (
    (
        "policy",
        ("Returns within 7 days", "七天无理由退货"),
        (
            "Unused goods can be returned within 7 days after delivery. We pay the shipping for faulty goods, you pay it otherwise. Food and opened cosmetics are excluded.",
            "签收后七天内，未使用的商品可无理由退货。质量问题运费由本店承担，其他情况由顾客承担。食品和已拆封的化妆品除外。",
        ),
    ),
    (
        "policy",
        ("When refunds are paid", "退款时效"),
        (
            "Refunds go back to the original payment within 48 hours after the warehouse has received the parcel. Banks take one to three working days.",
            "仓库签收退货后 48 小时内原路退款，银行到账需一至三个工作日。",
        ),
    ),
    (
        "policy",
        ("Delivery times", "配送时效"),
        (
            "Orders paid before 16:00 ship the same day. Delivery is promised within four days after the order day.",
            "16:00 前付款当天发货，承诺下单后四天内送达。",
        ),
    ),
    (
        "policy",
        ("If a parcel is late", "延误赔付"),
        (
            "If a parcel arrives after the promised day, ask for a coupon of 5 yuan within 15 days.",
            "超过承诺时间送达，可在 15 天内申请 5 元优惠券补偿。",
        ),
    ),
    (
        "policy",
        ("Price protection", "价格保护"),
        (
            "If the price drops within 7 days after payment, we refund the difference once.",
            "付款后七天内降价，可申请一次差价退还。",
        ),
    ),
    (
        "policy",
        ("Shipping fee", "运费说明"),
        (
            "Shipping is free from 99 yuan, below that it costs 8 yuan.",
            "订单满 99 元包邮，不足收 8 元运费。",
        ),
    ),
    (
        "policy",
        ("Privacy", "隐私政策"),
        (
            "We use your address and telephone number for delivery only, and delete them on request.",
            "您的地址和电话仅用于配送，可随时申请删除。",
        ),
    ),
    (
        "faq",
        ("How do I choose a size?", "如何选择尺码？"),
        (
            "Compare your measurements with the size chart on the product page. Most clothes are true to size; size up for a high instep.",
            "请对照商品页的尺码表。多数服饰为标准码；脚背高建议大一码。",
        ),
    ),
    (
        "faq",
        ("How do I get an invoice?", "如何开发票？"),
        (
            "Open the order and fill in the name; the e-invoice is mailed within a day.",
            "在订单详情填写抬头，电子发票一天内发送至邮箱。",
        ),
    ),
    (
        "faq",
        ("Why does my coupon not work?", "优惠券为什么用不了？"),
        (
            "Check its minimum amount, its dates and its categories. Coupons cannot be combined.",
            "请检查使用门槛、有效期和适用类目。优惠券不可叠加。",
        ),
    ),
    (
        "faq",
        ("Can I change or cancel my order?", "可以修改或取消订单吗？"),
        (
            "Yes, until it has shipped. After that, refuse the parcel or return it.",
            "发货前可以修改或取消；发货后请拒收或申请退货。",
        ),
    ),
    (
        "faq",
        ("Are the goods genuine?", "商品是正品吗？"),
        (
            "All goods come from the brand or an authorised dealer; the security code can be checked on the label.",
            "所有商品来自品牌方或授权经销商，可凭标签上的防伪码查询。",
        ),
    ),
)
ARTICLES: tuple[Article, ...] = tuple(
    Article(kind, language, title[index], text[index])
    for kind, title, text in _PAIRS
    for index, language in enumerate(("en", "zh"))
)
