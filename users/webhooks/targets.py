"""Which addresses may be called: HTTPS to the public internet, so that nobody reaches through us into networks of ours.

What counts is the address that is connected to: a name is looked up once, every answer is checked, and the connection
goes to one of those that were checked. A name that leads elsewhere a moment later (DNS rebinding) gains nothing.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Address = IPv4Address | IPv6Address
Lookup = Callable[..., Sequence[tuple[Any, ...]]]

LONGEST = 500
_VISIBLE = re.compile(r"[!-~]+")
_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")

# The special-purpose registries of IANA, and what leads on to another address. Some of it is global; no partner is there.
_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and the metadata of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which leads to an IPv4 address
        "3fff::/20",  # documentation
    )
)
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_PUBLIC_IPV6 = ip_network("2000::/3")
"""All of IPv6 that is routed. So mapped and translated IPv4 (::ffff:0:0/96, 64:ff9b::/96), ULA, and link-local lie outside."""


class TargetRefused(Exception):
    """An address that is not called. `words` tell staff why."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__()
        self.words = words


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts. `host` is a name or the literal of an IP address, without brackets."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"


def is_public(address: Address) -> bool:
    """Whether it is an address of the public internet, and of nothing else."""
    if isinstance(address, IPv6Address) and (address.scope_id is not None or address not in _PUBLIC_IPV6):
        return False
    return not any(address.version == network.version and address in network for network in _NOT_PUBLIC)


def parsed(url: str) -> Target:
    """The parts of an address that may be called as far as its text tells. Raises TargetRefused."""
    if len(url) > LONGEST:
        raise TargetRefused(_("The address is too long."))
    if not _VISIBLE.fullmatch(url) or "\\" in url:
        raise TargetRefused(
            _("An address has neither spaces nor letters beyond A to Z: write a name of others as xn--…")
        )
    try:
        parts = urlsplit(url)
        port = parts.port
        if port == 0:
            raise ValueError
    except ValueError:
        raise TargetRefused(_("This is not an address.")) from None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("https", "http") or not host:
        raise TargetRefused(_("Enter an address that begins with https://"))
    if "@" in parts.netloc:
        raise TargetRefused(_("Leave user name and password out: calls are known by their signature."))
    if "#" in url:
        raise TargetRefused(_("Leave out what follows the #: it is not sent."))
    if not _NAME.fullmatch(host) and not _literal(host):
        raise TargetRefused(_("This is not the name of a server."))
    target = Target(
        is_secure=parts.scheme == "https",
        host=host,
        port=port if port is not None else 443 if parts.scheme == "https" else 80,
        path=_path(parts),
    )
    _check(target)
    return target


def _check(target: Target) -> None:
    literal = _literal(target.host)
    if _may_be_loopback(target.host):
        return
    if not target.is_secure:
        raise TargetRefused(_("Calls go out encrypted: the address begins with https://"))
    if settings.PRODUCTION and target.port != 443:
        raise TargetRefused(_("Only the port 443 is called: leave the port out."))
    if literal is not None and not is_public(literal):
        raise TargetRefused(_NOT_ON_THE_INTERNET)


_NOT_ON_THE_INTERNET = _("This leads to an address that is not on the public internet.")


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _may_be_loopback(host: str) -> bool:
    """Whether the host is this machine by its own words, where that may be called."""
    literal = _literal(host)
    is_here = host == "localhost" or (literal is not None and _is_loopback(literal))
    return is_here and bool(settings.WEBHOOK_ALLOW_LOOPBACK)


def _is_loopback(address: Address) -> bool:
    return any(address.version == network.version and address in network for network in _LOOPBACK)


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def resolved(target: Target, *, seconds: float, lookup: Lookup = socket.getaddrinfo) -> list[Address]:
    """Every address the host leads to, each of them one that may be called; looked up once.

    Raises TargetRefused if any of them may not, OSError where the host is not known, TimeoutError.
    """
    found = [ip_address(answer[4][0]) for answer in _looked_up(target, seconds, lookup)]
    addresses = list(dict.fromkeys(found))
    loopback = _may_be_loopback(target.host)
    if not addresses or not all(map(_is_loopback if loopback else is_public, addresses)):
        raise TargetRefused(_NOT_ON_THE_INTERNET)
    return addresses


def _looked_up(target: Target, seconds: float, lookup: Lookup) -> Sequence[tuple[Any, ...]]:
    """What the resolver says. It has a patience of its own, so it is asked in a thread that need not be waited for."""
    answers: SimpleQueue[Any] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(lookup(target.host, target.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    if isinstance(answer, UnicodeError):
        raise TargetRefused(_("This is not the name of a server."))
    found: Sequence[tuple[Any, ...]] = answer
    return found
