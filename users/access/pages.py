"""The page requested, cut down before anything is stored: no parameters of the path, no query but a named few (EXC-a)."""

import re
from functools import lru_cache

from django.contrib.admindocs.views import simplify_regex

CUT = "…"
"""Stands for each part of a path that names something or somebody."""

# Which page of a list is seen, and nothing that could be a word.
_KEPT = re.compile(r"(?:^|&)(page|p)=(\d{1,6})(?=&|$)", re.ASCII)
_PARAMETER = re.compile(r"<[^>]*>")
_ORIGIN = re.compile(r"(https?)://([^/?#\\]*)", re.ASCII | re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9._-]{1,253}(?::\d{1,5})?|\[[0-9a-f:.]{2,45}\](?::\d{1,5})?", re.ASCII)
_LONGEST_QUERY = 2000


@lru_cache(maxsize=1024)
def page_of(route: str) -> str:
    """The address of a route, with `…` for each parameter: `/en/released/…/`. There are as many as routes."""
    return _PARAMETER.sub(CUT, simplify_regex(route))


def query_of(query: str) -> str:
    """What of a query string may be kept: `page=2`. Search keywords never are, nor is what merely looks like a number's name."""
    if not query:
        return ""
    return "&".join(f"{name}={number}" for name, number in dict(_KEPT.findall(query[:_LONGEST_QUERY])).items())


def origin_of(referrer: str, *, own: str) -> str:
    """Which site led here, without any of its addresses; empty for our own (`own` is the host asked for) and for none."""
    match = _ORIGIN.match(referrer) if referrer else None
    if match is None:
        return ""
    host = match[2].rpartition("@")[2].lower()
    if host == own.lower() or not _HOST.fullmatch(host):
        return ""
    return f"{match[1].lower()}://{host}"
