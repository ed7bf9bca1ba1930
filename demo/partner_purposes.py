"""The purposes of partners, as people read them."""

from consent.models import Action, Basis
from consent.services.purposes import Wording
from demo.purposes import Sketch

DELIVERY_UPDATES = Sketch(
    key="delivery-updates",
    term="CommunicationForCustomerCare",
    owner="northwind",
    basis=Basis.CONSENT,
    fields=("contact.email", "contact.phone"),
    actions=(Action.SHARE,),
    recipients=("northwind",),
    valid_days=365,
    en=Wording(
        title="Word of your parcels from the courier",
        summary="The courier writes or rings to tell you when a parcel will come.",
        reason="So that you need not wait at home all day. Parcels come without it too.",
        method="The courier reads your e-mail address and telephone number on the day before a delivery.",
        duration="A year, then you are asked again.",
    ),
    zh=Wording(
        title="快递公司的配送通知",
        summary="快递公司通过邮件或电话告知您包裹何时送达。",
        reason="您不必整天在家等候。不同意也不影响配送。",
        method="快递公司在配送前一天读取您的电子邮箱和电话号码。",
        duration="一年，期满后会再次询问您。",
    ),
)

INTEREST_PROFILES = Sketch(
    key="interest-profiles",
    term="TargetedAdvertising",
    owner="brightleaf",
    basis=Basis.CONSENT,
    fields=("preference.interests", "location.city", "device.cookie_id"),
    actions=(Action.SELL,),
    recipients=("brightleaf",),
    valid_days=180,
    en=Wording(
        title="Selling your interests to advertisers",
        summary="An advertising company buys your interests, your city and a cookie's identifier from us.",
        reason="It shows you advertisements on other sites that fit your interests. We are paid for it.",
        method="It reads the data through a reference and compares the cookie when you visit other sites. Selling "
        "needs your separate consent.",
        duration="Half a year, then you are asked again.",
    ),
    zh=Wording(
        title="向广告公司出售您的兴趣信息",
        summary="广告公司向我们购买您的兴趣爱好、所在城市和 Cookie 标识符。",
        reason="广告公司据此在其他网站向您展示符合您兴趣的广告，我们因此获得报酬。",
        method="广告公司凭读取凭据读取，并在您访问其他网站时比对 Cookie。出售须取得您的单独同意。",
        duration="半年，期满后会再次询问您。",
    ),
)

INSURANCE_QUOTES = Sketch(
    key="insurance-quotes",
    term="EstablishContractualAgreement",
    owner="meridian",
    basis=Basis.CONSENT,
    fields=("identity.name", "identity.birth_date", "contact.email"),
    actions=(Action.SHARE,),
    countries=("SG",),
    recipients=("meridian",),
    valid_days=365,
    en=Wording(
        title="Quotes for travel insurance",
        summary="An insurer in Singapore makes you a quote when you buy a journey here.",
        reason="What insurance costs depends on your age; the quote goes to you by e-mail, under your name.",
        method="The insurer reads name, date of birth and e-mail address when you look at a journey.",
        duration="A year, then you are asked again.",
        abroad="The data goes to Singapore, under the standard contract for transfers abroad. It needs your separate "
        "consent.",
    ),
    zh=Wording(
        title="旅行保险报价",
        summary="您在本站购买旅行产品时，新加坡的保险公司为您报价。",
        reason="保险费用取决于您的年龄，报价以您的姓名通过电子邮件发送给您。",
        method="您查看旅行产品时，保险公司读取您的姓名、出生日期和电子邮箱。",
        duration="一年，期满后会再次询问您。",
        abroad="信息将提供至新加坡，以个人信息出境标准合同为依据，须取得您的单独同意。",
    ),
)

INSURANCE_QUOTES_BY_PHONE = Sketch(
    key="insurance-quotes",
    term="EstablishContractualAgreement",
    owner="meridian",
    basis=Basis.CONSENT,
    fields=("identity.name", "identity.birth_date", "contact.email", "contact.phone"),
    actions=(Action.SHARE,),
    countries=("SG",),
    recipients=("meridian",),
    valid_days=365,
    day=345,
    en=Wording(
        title="Quotes for travel insurance",
        summary="An insurer in Singapore makes you a quote when you buy a journey here, by e-mail or by telephone.",
        reason="What insurance costs depends on your age; the quote goes to you under your name, by e-mail or, where it "
        "is urgent, by telephone.",
        method="The insurer reads name, date of birth, e-mail address and telephone number when you look at a journey.",
        duration="A year, then you are asked again.",
        abroad="The data goes to Singapore, under the standard contract for transfers abroad. It needs your separate "
        "consent.",
    ),
    zh=Wording(
        title="旅行保险报价",
        summary="您在本站购买旅行产品时，新加坡的保险公司通过电子邮件或电话为您报价。",
        reason="保险费用取决于您的年龄，报价以您的姓名通过电子邮件发送给您；时间紧迫时，也会致电告知。",
        method="您查看旅行产品时，保险公司读取您的姓名、出生日期、电子邮箱和电话号码。",
        duration="一年，期满后会再次询问您。",
        abroad="信息将提供至新加坡，以个人信息出境标准合同为依据，须取得您的单独同意。",
    ),
)

ALLERGY_STUDY = Sketch(
    key="allergy-study",
    term="ScientificResearch",
    owner="kestrel",
    basis=Basis.CONSENT,
    fields=("health.allergies", "identity.birth_date", "location.city"),
    actions=(Action.SHARE,),
    countries=("DE",),
    recipients=("kestrel",),
    valid_days=180,
    en=Wording(
        title="A study of allergies in cities",
        summary="A research institute in Germany learns your allergies, your date of birth and your city.",
        reason="The institute studies which allergies come with which climate. You gain nothing from it yourself. "
        "Health data is sensitive: known to others, it could lead to unequal treatment. It needs your separate consent.",
        method="Read once a quarter. The institute gets neither your name nor your address from us.",
        duration="Half a year for each round of the study.",
        abroad="The data goes to Germany, under the standard contract for transfers abroad. It needs your separate "
        "consent.",
    ),
    zh=Wording(
        title="城市过敏状况研究",
        summary="德国的研究机构可以读取您的过敏史、出生日期和所在城市。",
        reason="该机构研究不同气候与过敏之间的关系，您本人不会从中获益。健康信息属于敏感个人信息，"
        "他人知悉后可能使您受到差别对待，因此须取得您的单独同意。",
        method="每季度读取一次。我们不向该机构提供您的姓名和地址。",
        duration="每一轮研究为期半年。",
        abroad="信息将提供至德国，以个人信息出境标准合同为依据，须取得您的单独同意。",
    ),
)

PARTNER_PURPOSES = (DELIVERY_UPDATES, INTEREST_PROFILES, INSURANCE_QUOTES, INSURANCE_QUOTES_BY_PHONE, ALLERGY_STUDY)
