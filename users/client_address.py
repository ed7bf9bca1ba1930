"""Where a request comes from, as far as our own proxies vouch for it."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from django.conf import settings


def client_address(meta: Mapping[str, Any]) -> str:
    """The address of who asks, normalised; empty where it cannot be told.

    Of X-Forwarded-For only what our own proxies wrote is believed: they add at the end, so that whatever a visitor sends
    along stands further in front. Fewer entries than proxies: the request came past one of them, and nobody vouches.
    """
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies and (forwarded := meta.get("HTTP_X_FORWARDED_FOR")):
        hops = forwarded.rsplit(",", proxies)
        return normalised_address(hops[-proxies]) if len(hops) >= proxies else ""
    return normalised_address(meta.get("REMOTE_ADDR") or "")


def normalised_address(text: str) -> str:
    """An IPv4 or IPv6 address in its usual form, without port, brackets or zone; empty for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)
