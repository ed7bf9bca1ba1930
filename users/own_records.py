"""Access records in words: what was asked for, and by what: "Firefox 140 on Windows, in Chinese, from 203.0.113.7"."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from users.access.reading import Record
from users.wording import listed

_LOOKS = ("GET", "HEAD", "OPTIONS", "")


@dataclass(frozen=True, slots=True)
class Line:
    """One record as it is read. `page` is empty for an address that leads nowhere; `refused` is the number of an answer that was not what was asked for."""

    id: UUID
    at: datetime
    person_id: UUID | None
    is_readable: bool
    page: str
    referrer: str
    client: str
    is_sent: bool
    refused: int
    who: str

    @property
    def day(self) -> date:
        return timezone.localtime(self.at).date()


def line_of(record: Record) -> Line:
    content = record.content or {}
    query, status = content.get("query", ""), content.get("status", 0)
    return Line(
        id=record.id,
        at=record.at,
        person_id=record.person_id,
        is_readable=record.content is not None,
        page=content.get("page", "") + (f"?{query}" if query else ""),
        referrer=content.get("referrer", ""),
        client=content.get("client", ""),
        is_sent=content.get("method", "") not in _LOOKS,
        refused=status if status >= 400 else 0,
        who=_who(content),
    )


def _who(content: dict[str, Any]) -> str:
    """The browser, its language and its address, as far as they were told."""
    parts = [_browser_words(content)]
    if language := content.get("language"):
        parts.append(pgettext("a browser", "in %(language)s") % {"language": _language_name(language)})
    if address := content.get("address"):
        parts.append(_("from %(address)s") % {"address": address})
    return listed(parts)


def _browser_words(content: dict[str, Any]) -> str:
    browser, system, device = (content.get(name, "") for name in ("browser", "system", "device"))
    where = f"{system} ({device})" if system and device and device != "mobile" and device not in system else system
    if browser and where:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": where}
    return browser or where or _("a browser that does not say its name")


def _language_name(tag: str) -> str:
    """The language in that of the page; the tag itself where it is not known."""
    for known in (tag.lower(), tag.partition("-")[0].lower()):
        try:
            return str(get_language_info(known)["name_translated"])
        except KeyError:
            continue
    return tag
