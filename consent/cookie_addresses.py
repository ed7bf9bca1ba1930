"""The state that lives in addresses, since no cookie may hold it: `?cookies=none` goes along from link to link."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme

from consent.standing import FLAG, NONE
from privacy_app.languages import CODES

_LINK = re.compile(rf'(<a\b[^>]*?\shref=")(/(?:(?:{"|".join(CODES)})/[^"]*)?)"')
_LONGEST = 2000


def flagged(address: str, value: str) -> str:
    """A path of ours with the flag, and without the one it had. An empty value takes the flag away."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != FLAG]
    return urlunsplit(("", "", parts.path, urlencode([*query, *([(FLAG, value)] if value else [])]), parts.fragment))


def own_path(address: str, request: HttpRequest, *, default: str) -> str:
    """The address if it is a page of ours, without its flag; otherwise the default."""
    is_ours = (
        len(address) <= _LONGEST
        and address.startswith("/")
        and url_has_allowed_host_and_scheme(address, None)
        and urlsplit(address).path.startswith("/")
    )
    return flagged(address if is_ours else default, "")


def carry_flag_on(response: HttpResponse) -> None:
    """Let every link of a page, or the redirect, lead on without cookies."""
    if location := response.headers.get("Location"):
        if location.startswith("/") and not location.startswith("//"):
            response["Location"] = flagged(location, NONE)
    elif response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        response.content = _LINK.sub(_with_flag, response.content.decode()).encode()
        if "Content-Length" in response.headers:
            response["Content-Length"] = str(len(response.content))
    response["X-Robots-Tag"] = "noindex"


def _with_flag(match: "re.Match[str]") -> str:
    address = match[2].replace("&amp;", "&")
    return f'{match[1]}{escape(flagged(address, NONE))}"'
