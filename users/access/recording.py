"""What of a request and its answer goes into its record, and nothing else (COL-a, EXC-a)."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from privacy_app.crypto import Unreadable
from users.access import visits
from users.access.pages import origin_of, page_of, query_of
from users.access.spool import spool_in
from users.access.storing import store
from users.access.visits import Visit
from users.client_address import client_address

ACCEPT_CH = "Sec-CH-UA, Sec-CH-UA-Mobile, Sec-CH-UA-Platform"
"""The Client Hints that are recorded: brand, kind of device, system. None of them tells one person from another."""

_LONGEST, _LONGEST_HINT = 400, 200
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}", re.ASCII)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.get_logger(__name__)


def visit_of(request: HttpRequest, response: HttpResponseBase, *, person: UUID | None, at: datetime) -> Visit:
    """What is recorded of this request. Its path counts for nothing but the route that it led to; its body for nothing."""
    meta, match = request.META, request.resolver_match
    page = page_of(match.route) if match else ""
    method = request.method if request.method in _METHODS else ""
    token = getattr(request, "auth", None)
    if person is None and token is not None:
        # A partner's program: whose it is says all, and no person stands behind its address.
        client = str(token.application.client_id)
        return Visit(id=uuid4(), at=at, method=method, page=page, status=response.status_code, client=client)
    language = _LANGUAGE.match(meta.get("HTTP_ACCEPT_LANGUAGE", ""))
    return Visit(
        id=uuid4(),
        at=at,
        person=person,
        address=client_address(meta),
        user_agent=meta.get("HTTP_USER_AGENT", "")[:_LONGEST],
        brands=meta.get("HTTP_SEC_CH_UA", "")[:_LONGEST_HINT],
        platform=meta.get("HTTP_SEC_CH_UA_PLATFORM", "")[:_LONGEST_HINT],
        is_mobile=meta.get("HTTP_SEC_CH_UA_MOBILE") == "?1",
        language=language[0] if language else "",
        method=method,
        page=page,
        query=query_of(meta.get("QUERY_STRING", "")) if match else "",
        status=response.status_code,
        referrer=origin_of(meta.get("HTTP_REFERER", ""), own=meta.get("HTTP_HOST", "")),
    )


def record(visit: Visit) -> None:
    """Put the visit where a killed process cannot take it along. Never raises: a page does not fail for its record.

    Where the spool cannot be written (a full disk, say), the database takes the record at once; it is lost only where
    that fails, too, and an error in the log says so.
    """
    try:
        spool_in(settings.ACCESS_SPOOL_DIR).write(_encoded(visit))
    except OSError as error:
        log.error("access.spool_failed", error=type(error).__name__)
        try:
            store([visit], at=visit.at)
        except (DatabaseError, Unreadable) as failed:
            log.error("access.not_recorded", error=type(failed).__name__)


def _encoded(visit: Visit) -> bytes:
    try:
        return visits.encode(visit)
    except UnicodeEncodeError:
        # Half a character, of a server that hands headers on as they came.
        whole: dict[str, Any] = {
            name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
            for name in visit.__struct_fields__
            for value in (getattr(visit, name),)
        }
        return visits.encode(Visit(**whole))
