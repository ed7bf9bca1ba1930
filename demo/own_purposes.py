"""The marketplace's own purposes, as people read them."""

from consent.models import Action, Basis
from consent.services.purposes import Wording
from demo.purposes import Sketch

PARCEL_DELIVERY = Sketch(
    key="parcel-delivery",
    term="DeliveryOfGoods",
    basis=Basis.CONTRACT,
    fields=("identity.name", "contact.phone", "contact.address"),
    recipients=("northwind",),
    en=Wording(
        title="Bringing you your parcels",
        summary="The courier gets your name, telephone number and address for each parcel you ordered.",
        reason="Without them the courier cannot find you. We give them only while a delivery you asked for is open.",
        method="The courier reads them through a reference, which we check at each reading. It gets no copy from us.",
        duration="From your order until the parcel is delivered or returned.",
    ),
    zh=Wording(
        title="为您配送包裹",
        summary="您每下一单，快递公司可以读取您的姓名、电话号码和地址。",
        reason="没有这些信息，快递员无法找到您。只有在您所要求的配送尚未结束时，我们才会提供。",
        method="快递公司凭读取凭据读取，每次读取我们都重新核查；我们不提供副本。",
        duration="自您下单起，至包裹送达或退回为止。",
    ),
)

CARD_PAYMENT = Sketch(
    key="card-payment",
    term="PaymentManagement",
    basis=Basis.CONTRACT,
    fields=("identity.name", "payment.bank_account"),
    recipients=("harbourpay",),
    en=Wording(
        title="Taking your payment",
        summary="The payment company gets your name and bank account number when you pay by bank card.",
        reason="It needs them to take the payment you ordered. A bank account number is sensitive: if it became known, "
        "money could be lost. That is why we ask for your separate consent to passing it on.",
        method="Read once for each payment, over an encrypted connection.",
        duration="From your order until the payment is settled.",
    ),
    zh=Wording(
        title="处理您的付款",
        summary="您使用银行卡付款时，支付公司可以读取您的姓名和银行账号。",
        reason="支付公司需要这些信息来完成您的付款。银行账号属于敏感个人信息，一旦泄露可能造成财产损失，"
        "因此向其提供银行账号须取得您的单独同意。",
        method="每笔付款读取一次，通过加密连接进行。",
        duration="自您下单起，至付款结清为止。",
    ),
)

CUSTOMER_SUPPORT = Sketch(
    key="customer-support",
    term="CustomerCare",
    basis=Basis.CONTRACT,
    fields=("identity.name", "contact.email", "preference.language"),
    countries=("CN", "SG"),
    recipients=("lanterncare",),
    en=Wording(
        title="Answering your questions",
        summary="Our support company sees your name, e-mail address and language while it works on your question.",
        reason="It needs to know whom it is answering, where to, and in which language.",
        method="Its staff see the data on a screen while your question is open.",
        duration="From your question until it is closed.",
        abroad="At night the answers come from Singapore. Seeing your data there counts as a transfer abroad; it rests "
        "on a certification for the protection of personal information.",
    ),
    zh=Wording(
        title="解答您的问题",
        summary="客服公司在处理您的问题期间，可以看到您的姓名、电子邮箱和所用语言。",
        reason="客服人员需要知道向谁答复、发往何处、使用哪种语言。",
        method="您的问题尚未关闭时，客服人员在屏幕上查看。",
        duration="自您提出问题起，至问题关闭为止。",
        abroad="夜间由新加坡的客服人员答复。在境外查看视为向境外提供，以个人信息保护认证为依据。",
    ),
)

CROSS_BORDER_ORDERS = Sketch(
    key="cross-border-orders",
    term="CustomerOrderManagement",
    basis=Basis.CONTRACT,
    fields=("identity.name", "contact.phone", "contact.address"),
    countries=("JP",),
    recipients=("hanamachi",),
    en=Wording(
        title="Orders from sellers in Japan",
        summary="If you order from Japan, the marketplace there gets your name, telephone number and address.",
        reason="The seller in Japan has to address the parcel and fill in the customs form.",
        method="Read for each order through a reference that ends with the order.",
        duration="From your order until the parcel has arrived.",
        abroad="The data goes to Japan, under the standard contract for transfers abroad.",
    ),
    zh=Wording(
        title="向日本卖家下单",
        summary="您向日本卖家下单时，当地的交易平台可以读取您的姓名、电话号码和地址。",
        reason="日本卖家需要填写收件信息和海关申报单。",
        method="每笔订单凭读取凭据读取，凭据随订单结束而失效。",
        duration="自您下单起，至包裹送达为止。",
        abroad="信息将提供至日本，以个人信息出境标准合同为依据。",
    ),
)

TAX_RECORDS = Sketch(
    key="tax-records",
    term="LegalCompliance",
    basis=Basis.LAW,
    fields=("identity.name", "contact.address", "payment.tax_number"),
    recipients=("lanterncloud",),
    en=Wording(
        title="Keeping invoices",
        summary="Invoices are archived for as long as tax law demands.",
        reason="Tax law obliges us to keep invoices, and with them the name, address and tax number on them.",
        method="Kept in an archive that our affiliate runs for us, on our instructions.",
        duration="Ten years from the end of the year of the invoice.",
    ),
    zh=Wording(
        title="保存发票",
        summary="发票在税法要求的期限内归档保存。",
        reason="税法要求我们保存发票，以及发票上的姓名、地址和纳税人识别号。",
        method="保存在关联公司按照我们的指示运营的档案系统中。",
        duration="自开票当年年末起十年。",
    ),
)

PRODUCT_NEWS = Sketch(
    key="product-news",
    term="DirectMarketing",
    basis=Basis.POLICY_OPT_OUT,
    fields=("contact.email", "preference.interests"),
    en=Wording(
        title="News from us",
        summary="We write to you about new things on the marketplace. You can switch it off.",
        reason="We think that you want to know what is new in the fields that interest you.",
        method="We send an e-mail, once a week at most. Nobody else gets your data for it.",
        duration="Until you switch it off.",
    ),
    zh=Wording(
        title="我们的产品资讯",
        summary="我们会向您介绍平台上的新内容，您可以随时关闭。",
        reason="我们认为，您希望了解自己感兴趣的领域有哪些新内容。",
        method="由我们发送电子邮件，每周至多一封，不为此向任何人提供您的信息。",
        duration="至您关闭为止。",
    ),
)

RECOMMENDATIONS = Sketch(
    key="recommendations",
    term="ProvideProductRecommendations",
    basis=Basis.CONSENT,
    fields=("preference.interests", "device.cookie_id"),
    valid_days=180,
    en=Wording(
        title="A start page made for you",
        summary="We choose what stands on your start page by your interests and by what you looked at.",
        reason="So that you find sooner what you like.",
        method="Our own servers compare your interests with our goods. Nobody outside is involved.",
        duration="Half a year, then we ask again.",
    ),
    zh=Wording(
        title="为您定制的首页",
        summary="我们根据您的兴趣和浏览情况，选择首页展示的内容。",
        reason="让您更快找到喜欢的商品。",
        method="由我们自己的服务器将您的兴趣与商品进行匹配，不涉及任何外部机构。",
        duration="半年，期满后我们会再次询问您。",
    ),
)

RECOMMENDATIONS_BY_CITY = Sketch(
    key="recommendations",
    term="ProvideProductRecommendations",
    basis=Basis.CONSENT,
    fields=("preference.interests", "device.cookie_id", "location.city"),
    valid_days=180,
    day=210,
    en=Wording(
        title="A start page made for you",
        summary="We choose what stands on your start page by your interests, what you looked at, and your city.",
        reason="So that you find sooner what you like, from sellers near you first.",
        method="Our own servers compare your interests and your city with our goods. Nobody outside is involved.",
        duration="Half a year, then we ask again.",
    ),
    zh=Wording(
        title="为您定制的首页",
        summary="我们根据您的兴趣、浏览情况和所在城市，选择首页展示的内容。",
        reason="让您更快找到喜欢的商品，并优先看到附近卖家的商品。",
        method="由我们自己的服务器将您的兴趣和所在城市与商品进行匹配，不涉及任何外部机构。",
        duration="半年，期满后我们会再次询问您。",
    ),
)

_OFFERS_EN = Wording(
    title="Offers from partners",
    summary="A partner you choose gets your e-mail address and interests, and writes to you about its offers.",
    reason="Some of our partners have offers that may suit you. They write only to those who asked for it.",
    method="The partner reads your e-mail address and interests before each mailing. You choose each partner by itself.",
    duration="Nine months, then we ask again.",
)
_OFFERS_ZH = Wording(
    title="合作方的推广",
    summary="您所选择的合作方可以读取您的电子邮箱和兴趣爱好，并向您发送推广信息。",
    reason="部分合作方可能有适合您的优惠，他们只向主动选择接收的用户发送。",
    method="合作方在每次发送之前读取您的电子邮箱和兴趣爱好。每个合作方都由您单独选择。",
    duration="九个月，期满后我们会再次询问您。",
)

PARTNER_OFFERS = Sketch(
    key="partner-offers",
    term="DirectMarketing",
    basis=Basis.CONSENT,
    fields=("contact.email", "preference.interests"),
    actions=(Action.SHARE,),
    recipients=("northwind", "brightleaf"),
    valid_days=270,
    en=_OFFERS_EN,
    zh=_OFFERS_ZH,
)

PARTNER_OFFERS_WITH_PAYMENT = Sketch(
    key="partner-offers",
    term="DirectMarketing",
    basis=Basis.CONSENT,
    fields=("contact.email", "preference.interests"),
    actions=(Action.SHARE,),
    recipients=("northwind", "brightleaf", "harbourpay"),
    valid_days=270,
    day=120,
    en=_OFFERS_EN,
    zh=_OFFERS_ZH,
)

OWN_PURPOSES = (
    PARCEL_DELIVERY,
    CARD_PAYMENT,
    CUSTOMER_SUPPORT,
    CROSS_BORDER_ORDERS,
    TAX_RECORDS,
    PRODUCT_NEWS,
    RECOMMENDATIONS,
    RECOMMENDATIONS_BY_CITY,
    PARTNER_OFFERS,
    PARTNER_OFFERS_WITH_PAYMENT,
)
