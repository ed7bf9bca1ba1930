"""Who answers for the data, as notices and receipts name them (PIPL 17, GDPR 13)."""

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings

from privacy_app.languages import current


@dataclass(frozen=True, slots=True)
class Controller:
    name: str
    contact: str
    country: str


def controller() -> Controller:
    """The website itself, in the language of the page."""
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Controller(settings.SITE_NAME[current()], address, settings.HOME_COUNTRY)
