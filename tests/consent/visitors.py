"""A browser that keeps cookies as browsers do, and says where its forms come from."""

from datetime import timedelta
from http.cookies import Morsel
from typing import Any

from django.test import Client
from django.utils import timezone

from consent.cookie_choice import Choice, to_text
from consent.cookies import CHOICE, CookieClass

HOST = "http://localhost"
COOKIES, READING, HOME, POLICY = "/en/cookies/", "/en/cookies/reading/", "/en/", "/en/policy/"
FROM_HERE = {"origin": HOST}
WITH_SIGNAL = {"sec-gpc": "1"}


class Visitor(Client):
    """Deleted cookies leave its jar at once. `headers` go along with each request."""

    def __init__(self, **headers: str) -> None:
        super().__init__(SERVER_NAME="localhost", headers=headers)

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        for name in [name for name, morsel in self.cookies.items() if _is_gone(morsel)]:
            del self.cookies[name]
        return answer

    @property
    def jar(self) -> dict[str, str]:
        return {name: morsel.value for name, morsel in self.cookies.items()}

    def press(self, choice: str, *classes: CookieClass | str, next: str = "", **headers: str) -> Any:
        """A press of one of the buttons, from a page of the site unless the headers say otherwise."""
        form = {"choice": choice, "classes": list(classes), "next": next}
        return self.post(COOKIES, form, headers=headers or FROM_HERE)

    def read_as(self, size: str, colours: str, next: str = "", **headers: str) -> Any:
        return self.post(READING, {"size": size, "colours": colours, "next": next}, headers=headers or FROM_HERE)

    def remembers(self, *classes: CookieClass, ago: timedelta = timedelta(minutes=1)) -> None:
        """A choice that was made some time ago."""
        self.cookies[CHOICE] = to_text(Choice(frozenset(classes), timezone.now() - ago))


def _is_gone(morsel: "Morsel[str]") -> bool:
    return bool(morsel["max-age"] == 0)
