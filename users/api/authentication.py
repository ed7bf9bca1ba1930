"""Who calls the API: a partner's client, by an access token, within its scopes."""

from typing import Any, cast

from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from users.models import ApiClient


class ClientAuthentication(OAuth2Authentication):
    """A bearer token of the client-credentials grant."""


class ClientHasScope(BasePermission):
    """The token must carry the scope that the endpoint names as `scope`; one that names none is closed."""

    message = "The access token does not carry the scope of this call."

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = getattr(view, "scope", None)
        token: Any = request.auth
        if not isinstance(scope, str) or token is None:
            return False
        # The token may have been given before the client lost the scope.
        return scope in token.scopes and scope in token.application.scopes


def client_of(request: Request) -> ApiClient:
    """The client that calls."""
    token: Any = request.auth
    return cast(ApiClient, token.application)
