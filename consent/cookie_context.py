"""What every page shows of cookies: the question, or a line; and the text as whoever reads it likes it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from consent import reading
from consent.cookie_addresses import flagged
from consent.cookie_choice import Standing
from consent.cookies import READING
from consent.standing import FLAG, KEPT, is_page, standing_of


@dataclass(frozen=True, slots=True)
class Line:
    """What stands below the head of a page, and where a choice leads back to."""

    standing: Standing
    came_back: bool
    here: str

    @property
    def state(self) -> str:
        """`without` cookies, a choice just `kept` or `lost` by the browser, the question (`asks`), or nothing."""
        if self.standing.without:
            return "without"
        if self.came_back:
            return "kept" if self.standing.choice else "lost"
        return "" if self.standing.choice else "asks"


def cookies(request: HttpRequest) -> dict[str, Any]:
    if not is_page(request):
        return {}
    standing = standing_of(request)
    here = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("home")
    return {
        "cookies": Line(standing, request.GET.get(FLAG) == KEPT, flagged(here, "")),
        "reading": reading.from_text(request.COOKIES.get(READING, "")) if standing.has_personalised else None,
    }
