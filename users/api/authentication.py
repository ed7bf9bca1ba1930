"""Who calls the API: a partner's client, by an access token, within its scopes."""

import hashlib
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from oauth2_provider.models import get_access_token_model
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from users.models import ApiClient
from users.services.errors import ScopeWithheld
from users.withheld import withheld_from

# By every call. Whatever else a call looks at, of its client or partner, is read when it does.
_NEEDED = (
    "expires",
    "scope",
    "application__client_id",
    "application__scopes",
    "application__partner__legal_name",
)
CHALLENGE = 'Bearer realm="api"'


def _bearer_of(request: Request) -> str | None:
    """The bearer token of the Authorization header and of nowhere else: addresses end up in logs (RFC 9700)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


class ClientAuthentication(BaseAuthentication):
    """A bearer token of the client-credentials grant. One query, and the body is not touched before it is known."""

    def authenticate(self, request: Request) -> tuple[None, Any] | None:
        bearer = _bearer_of(request)
        if bearer is None:
            return None
        checksum = hashlib.sha256(bearer.encode()).hexdigest()
        tokens = get_access_token_model().objects.select_related("application__partner").only(*_NEEDED)
        try:
            token = tokens.get(token_checksum=checksum, application__isnull=False)
        except ObjectDoesNotExist:
            raise AuthenticationFailed("The access token is not known here.") from None
        if token.is_expired():
            raise AuthenticationFailed("The access token has run out; fetch a new one.")
        return None, token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE if _bearer_of(request) is None else f'{CHALLENGE}, error="invalid_token"'


class ClientHasScope(BasePermission):
    """The token must carry the scope that the endpoint names as `scope`; one that names none is closed.

    Raises ScopeWithheld where the client was granted it and may not use it now, whatever its token carries.
    """

    message = "The access token does not carry the scope of this call."

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = getattr(view, "scope", None)
        token: Any = request.auth
        if not isinstance(scope, str) or token is None:
            return False
        client = token.application
        if scope not in client.scopes:
            # The token may have been given before the client lost the scope.
            return False
        if scope in withheld_from(client.partner_id, at=timezone.now()):
            raise ScopeWithheld
        return scope in token.scope.split()


def client_of(request: Request) -> ApiClient:
    """The client that calls."""
    token: Any = request.auth
    return cast(ApiClient, token.application)
