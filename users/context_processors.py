"""What every page shows: the site's name and address, and the same page in the other languages."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language_info

from privacy_app.languages import CODES, current


def site(request: HttpRequest) -> dict[str, Any]:
    language = current()
    return {
        "site_name": settings.SITE_NAME[language],
        "contact_email": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "language_links": [
            {
                "code": code,
                "name": get_language_info(code)["name_local"],
                "url": translate_url(request.path, code),
                "current": code == language,
            }
            for code in CODES
        ],
    }
