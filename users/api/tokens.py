"""Where API clients get access tokens: OAuth2 client credentials (RFC 6749, section 4.4), and nothing else."""

import base64
import json
from contextlib import suppress
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote_plus

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from oauth2_provider.views import TokenView
from redis.exceptions import RedisError

from privacy_app import locks
from users.client_address import client_address
from users.services.partners import share_partner_of
from users.services.quotas import QuotaSpent, count_wrong_secret, may_try_secret

_FORM = "application/x-www-form-urlencoded"
_GRANT = "client_credentials"
_DESCRIPTIONS = {
    "invalid_client": "The client is not known here, or its secret is wrong.",
    "invalid_scope": "This client may not have one of these scopes.",
}


def _answer(status: int, body: dict[str, Any], **headers: str) -> HttpResponse:
    answer = HttpResponse(json.dumps(body), status=status, content_type="application/json")
    answer["Cache-Control"] = "no-store"
    for name, value in headers.items():
        answer[name.replace("_", "-")] = value
    return answer


def _error(code: str, description: str, *, status: int = HTTPStatus.BAD_REQUEST, **headers: str) -> HttpResponse:
    return _answer(status, {"error": code, "error_description": description}, **headers)


class ClientTokenView(TokenView):
    """Checks a request strictly, then hands it to the library: what is odd never reaches its code or the database."""

    http_method_names = ["post"]

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _error("invalid_request", "Use POST.", status=HTTPStatus.METHOD_NOT_ALLOWED, Allow="POST")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            wrong = _wrong_with(request)
        except (SuspiciousOperation, BadRequest):
            wrong = _error("invalid_request", "The form cannot be read.")
        if wrong is not None:
            return wrong
        client_id, address = _client_id(request), client_address(request.META)
        try:
            may_try_secret(client_id, address, at=timezone.now())
        except QuotaSpent as spent:
            return _error(
                "invalid_client",
                "Too many wrong secrets; wait a little.",
                status=HTTPStatus.TOO_MANY_REQUESTS,
                Retry_After=str(spent.seconds),
            )
        except RedisError:
            pass  # The limit spares us work; it is not what keeps the secrets safe: it may be away.
        issued = self._issue(request, client_id)
        if issued.status_code == HTTPStatus.OK:
            return _answer(HTTPStatus.OK, json.loads(issued.content))
        return _refused(json.loads(issued.content), client_id, address)

    @locks.in_transaction
    def _issue(self, request: HttpRequest, client_id: str) -> HttpResponse:
        """Of an end of engagements and a token, one waits for the other: no token is left that an end should have taken."""
        share_partner_of(client_id)
        return cast(HttpResponse, super().post(request))


def _wrong_with(request: HttpRequest) -> HttpResponse | None:
    """The first thing that is wrong with the form of a request, if there is any. Raises where it cannot be read."""
    if request.content_type != _FORM:
        return _error("invalid_request", f"Send the parameters as {_FORM}.")
    if request.GET:
        return _error("invalid_request", "Send the parameters in the body; none in the address.")
    form = request.POST
    if any(len(values) > 1 for _, values in form.lists()):
        return _error("invalid_request", "A parameter stands twice.")
    authorization = request.headers.get("Authorization", "")
    texts = [authorization, *(text for _, values in form.lists() for text in values)]
    if not all(text.isascii() and text.isprintable() for text in texts):
        return _error("invalid_request", "Parameters are of visible ASCII characters.")
    if authorization and "client_secret" in form:
        return _error("invalid_request", "Give the secret in the header or in the body, not in both.")
    if "grant_type" not in form:
        return _error("invalid_request", "The parameter grant_type is missing.")
    if form["grant_type"] != _GRANT:
        return _error("unsupported_grant_type", f"The one grant here is {_GRANT}.")
    if "resource" in form:
        return _error("invalid_target", "Tokens are not bound to a resource here.")
    return None


def _refused(body: dict[str, Any], client_id: str, address: str) -> HttpResponse:
    """The library's refusal, in words; a wrong secret is counted."""
    code = str(body["error"])
    description = _DESCRIPTIONS.get(code, str(body.get("error_description", "The request is refused.")))
    if code != "invalid_client":
        return _error(code, description)
    with suppress(RedisError):
        count_wrong_secret(client_id, address, at=timezone.now())
    return _error(code, description, status=HTTPStatus.UNAUTHORIZED, WWW_Authenticate='Basic realm="api"')


def _client_id(request: HttpRequest) -> str:
    """The client that is named, whether it is known or not."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Basic":
        return str(request.POST.get("client_id", ""))
    try:
        return unquote_plus(base64.b64decode(credentials).decode().partition(":")[0])
    except ValueError:
        return ""
