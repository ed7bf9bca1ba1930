"""What an endpoint raises, as a problem."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from redis.exceptions import ConnectionError as CacheAway
from redis.exceptions import TimeoutError as CacheSilent
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

from privacy_app.api.problems import AWAY, FROM_STATUS, MEDIA_TYPE, Problem


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what an endpoint raises into a problem."""
    if isinstance(error, CacheAway | CacheSilent):
        error = AWAY
    if isinstance(error, Problem):
        problem = error
    elif isinstance(error, Http404 | PermissionDenied | exceptions.APIException):
        problem = _of_the_framework(error, context)
    else:
        return None
    return Response(problem.to_json(), status=problem.status, headers=problem.headers, content_type=MEDIA_TYPE)


def _of_the_framework(error: Exception, context: dict[str, Any]) -> Problem:
    base = rest_exception_handler(error, context)
    status = base.status_code if base is not None else 500
    headers = dict(base.headers) if base is not None else {}
    headers.pop("Content-Type", None)
    type_, title = FROM_STATUS.get(status, ("error", "Something went wrong"))
    if isinstance(error, exceptions.NotAuthenticated):
        detail = "Send an access token: Authorization: Bearer …"
    else:
        detail = str(error.detail) if isinstance(error, exceptions.APIException) else ""
    return Problem(type_, title, status=status, detail=detail, headers=headers)
