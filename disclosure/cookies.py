"""The cookies of an authority's page, for the register."""

from django.utils.translation import gettext_lazy as _

from consent.cookies import Cookie, CookieClass, registers
from privacy_app.languages import CODES


def released_cookie(language: str) -> str:
    """The cookie's name. A cookie has one path, and the language is part of it."""
    return f"released-{language}"


registers(
    *(
        Cookie(
            released_cookie(language),
            CookieClass.NECESSARY,
            _(
                "For authorities: lets the browser in which a link was opened first open it again. It lives there alone."
            ),
            "DIS-c",
            until=_("until the link expires"),
        )
        for language in CODES
    )
)
