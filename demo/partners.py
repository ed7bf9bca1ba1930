"""The eight partners of the demo's marketplace, in four countries, and the marketplace's own website."""

from dataclasses import dataclass
from datetime import datetime

from privacy_app.ledger.actors import Actor
from users.models import ApiClient, Partner
from users.models.partners import Scope
from users.services.partners import add_partner, issue_client
from users.services.reference import OPERATOR

_READS = (Scope.DECISIONS, Scope.DISCLOSURES, Scope.EVENTS)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A partner; its addresses are under `{key}.example`."""

    key: str
    legal_name: str
    address: str
    country: str
    description_en: str
    description_zh_hans: str
    is_affiliate: bool = False
    scopes: tuple[Scope, ...] = _READS


WEBSITE = "lantern"
PARTNERS = (
    Sketch(
        "northwind",
        "Northwind Delivery Co., Ltd.",
        "8 Ginkgo Street, Shanghai",
        "CN",
        "Collects parcels from sellers and brings them to buyers all over China.",
        "在全国范围内向卖家揽收包裹，并送达买家。",
        scopes=(Scope.DECISIONS, Scope.DISCLOSURES, Scope.CONTRIBUTIONS, Scope.EVENTS),
    ),
    Sketch(
        "harbourpay",
        "Harbour Pay Co., Ltd.",
        "21 Harbour Road, Shenzhen",
        "CN",
        "Takes payments from buyers and pays sellers.",
        "代收买家货款，并向卖家付款。",
    ),
    Sketch(
        "brightleaf",
        "Brightleaf Advertising Co., Ltd.",
        "5 Moon Street, Beijing",
        "CN",
        "Sells advertising space and chooses who sees which advertisement.",
        "销售广告位，并决定向谁展示哪些广告。",
    ),
    Sketch(
        "meridian",
        "Meridian Travel Insurance Pte. Ltd.",
        "40 Straits View, Singapore",
        "SG",
        "Insures journeys and makes quotes for them.",
        "承保旅行保险，并提供报价。",
    ),
    Sketch(
        "kestrel",
        "Kestrel Institute for Allergy Research gGmbH",
        "Lindenweg 12, Heidelberg",
        "DE",
        "A non-profit institute that studies how allergies come about.",
        "研究过敏成因的非营利机构。",
    ),
    Sketch(
        "hanamachi",
        "Hanamachi Market K.K.",
        "3-14 Hanamachi, Osaka",
        "JP",
        "An online marketplace in Japan whose sellers also offer their goods here.",
        "日本的网上交易平台，其卖家也在本站出售商品。",
    ),
    Sketch(
        "lanterncloud",
        "Lantern Cloud Co., Ltd.",
        "2 Lakeside Road, Hangzhou",
        "CN",
        "Runs the servers and archives of the Lantern group.",
        "负责运营灯笼集团的服务器和档案系统。",
        is_affiliate=True,
    ),
    Sketch(
        "lanterncare",
        "Lantern Care Pte. Ltd.",
        "17 Orchard Close, Singapore",
        "SG",
        "Answers customers' questions for the Lantern group, by day from China, by night from Singapore.",
        "为灯笼集团解答客户咨询，白天在中国境内，夜间在新加坡。",
        is_affiliate=True,
    ),
    Sketch(
        WEBSITE,
        OPERATOR,
        "1 Lantern Street, Shanghai",
        "CN",
        "The marketplace's own website, which records what people do there.",
        "本交易平台自己的网站，负责记录用户在网站上的操作。",
        is_affiliate=True,
        scopes=(Scope.PLATFORM,),
    ),
)


def settle(sketch: Sketch, *, by: Actor, at: datetime) -> tuple[Partner, ApiClient, str]:
    """Enter the partner and give it an API client; returns both, and the client's secret."""
    partner = add_partner(
        legal_name=sketch.legal_name,
        contact_email=f"privacy@{sketch.key}.example",
        contact_address=sketch.address,
        country=sketch.country,
        is_affiliate=sketch.is_affiliate,
        description_en=sketch.description_en,
        description_zh_hans=sketch.description_zh_hans,
        privacy_url=f"https://{sketch.key}.example/privacy",
        by=by,
        at=at,
    )
    client, secret = issue_client(partner, scopes=sketch.scopes, name=sketch.legal_name, by=by, at=at)
    return partner, client, secret
