"""What every installation needs before it can hold data: the registry of elements, and a place to store it.

Rows that are there already keep what an administrator made of them.
"""

from datetime import datetime

from django.conf import settings

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import Category, DataElement, StorageLocation, ValueFormat
from users.services.places import add_location

OPERATOR = "Lantern Market Co., Ltd."

_MONTH, _YEAR = 30, 365
# Network logs are kept for at least six months (Cybersecurity Law 21), transactions for three years (E-Commerce Law 31).
_LOG, _TRANSACTION = 184, 3 * _YEAR


def _element(
    key: str,
    title_en: str,
    title_zh_hans: str,
    term: str,
    *,
    format: str = ValueFormat.TEXT,
    sensitive: bool = False,
    excluded_by: str = "",
    days: int | None = None,
) -> DataElement:
    """An element of the registry. `term` is one of DPV's Personal Data extension; its category is what its key begins with."""
    return DataElement(
        key=key,
        title_en=title_en,
        title_zh_hans=title_zh_hans,
        category=Category(key.partition(".")[0]),
        dpv_term=f"dpv-pd:{term}",
        format=format,
        is_sensitive=sensitive,
        excluded_by=excluded_by,
        retention_days=days,
    )


def elements() -> list[DataElement]:
    """The registry as shipped. Without days, a value is kept for as long as the account."""
    return [
        _element("identity.name", "Name", "姓名", "Name"),
        _element("identity.birth_date", "Date of birth", "出生日期", "BirthDate", format=ValueFormat.DATE),
        _element("identity.gender", "Gender", "性别", "Gender"),
        _element("identity.nationality", "Nationality", "国籍", "Nationality", format=ValueFormat.COUNTRY),
        _element(
            "identity.national_id", "Identity card number", "身份证件号码", "OfficialID", sensitive=True, days=3 * _YEAR
        ),
        _element("contact.email", "E-mail address", "电子邮箱", "EmailAddress", format=ValueFormat.EMAIL),
        _element("contact.phone", "Telephone number", "电话号码", "TelephoneNumber", format=ValueFormat.PHONE),
        _element("contact.address", "Postal address", "通信地址", "PhysicalAddress"),
        _element("preference.interests", "Interests", "兴趣爱好", "Interest", days=2 * _YEAR),
        _element("preference.language", "Language", "语言", "Language"),
        _element(
            "payment.bank_account", "Bank account number", "银行账号", "BankAccount", sensitive=True, days=2 * _YEAR
        ),
        _element("payment.tax_number", "Tax number", "纳税人识别号", "Tax", days=10 * _YEAR),
        _element("location.country", "Country or region", "国家或地区", "Country", format=ValueFormat.COUNTRY),
        _element("location.city", "City", "所在城市", "City"),
        _element("location.precise", "Precise location", "精确位置", "GPSCoordinate", sensitive=True, days=_MONTH),
        _element("health.allergies", "Allergies", "过敏史", "MedicalHealth", sensitive=True, days=2 * _YEAR),
        _element(
            "health.access_needs", "Accessibility needs", "无障碍需求", "Disability", sensitive=True, days=2 * _YEAR
        ),
        _element("device.ip_address", "IP address", "IP 地址", "IPAddress", days=_LOG),
        _element("device.browser", "Browser", "浏览器", "UserAgent", days=_LOG),
        _element("device.system", "Hardware and software", "硬件和软件", "DeviceOperatingSystem", days=_LOG),
        _element("device.language", "Language of the browser", "浏览器语言", "Language", days=_LOG),
        _element("device.access_time", "Time of access", "访问时间", "BrowsingBehavior", days=_LOG),
        _element("device.pages", "Pages requested", "请求的页面", "BrowsingBehavior", days=_LOG),
        _element("device.cookie_id", "Cookie identifier", "Cookie 标识符", "UID", days=_YEAR),
        # As long as the cookies that gather them last (consent/cookies.py).
        _element("device.reading", "Text size and colours", "文字大小与颜色", "Preference", days=180),
        _element("device.campaign", "Campaign you came through", "引您前来的活动", "BrowsingReferral", days=90),
        _element(
            "activity.search_keywords", "Search keywords", "搜索关键词", "Intention", excluded_by="EXC-a", days=90
        ),
        _element("activity.transactions", "Transactions", "交易", "Purchase", excluded_by="EXC-b", days=_TRANSACTION),
        _element("activity.reviews", "Reviews", "评价", "Opinion", excluded_by="EXC-b", days=_TRANSACTION),
        _element(
            "activity.participation",
            "Participation",
            "参与情况",
            "ServiceConsumptionBehavior",
            excluded_by="EXC-b",
            days=_TRANSACTION,
        ),
        _element(
            "enforcement.violations", "Violations", "违规记录", "Behavioral", excluded_by="EXC-c", days=_TRANSACTION
        ),
        _element(
            "enforcement.measures",
            "Measures taken",
            "处理措施",
            "DisciplinaryAction",
            excluded_by="EXC-c",
            days=_TRANSACTION,
        ),
    ]


@locks.in_transaction
def add_missing_elements(*, by: Actor, at: datetime) -> list[str]:
    """Register the shipped elements that the registry lacks; returns their keys."""
    known = set(DataElement.objects.values_list("key", flat=True))
    missing = [element for element in elements() if element.key not in known]
    if not missing:
        return []
    DataElement.objects.bulk_create(missing)
    keys = [element.key for element in missing]
    append(kind="registry.extended", pseudonym=None, actor=by, body={"fields": keys}, at=at)
    return keys


@locks.in_transaction
def add_missing_location(*, by: Actor, at: datetime) -> StorageLocation | None:
    """Add the place where new data goes, unless there is one; returns it if it was added."""
    if StorageLocation.objects.filter(is_default=True).exists():
        return None
    return add_location(
        name="Main servers", affiliate=OPERATOR, country=settings.HOME_COUNTRY, is_default=True, by=by, at=at
    )
