"""Which OAuth2 scopes a client may ask for: those its row names, but for what is withheld; no others by default either."""

from typing import Any

from django.utils import timezone
from oauth2_provider.scopes import SettingsScopes

from users.withheld import withheld_from


class ClientScopes(SettingsScopes):
    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        if application is None:
            return []
        withheld = withheld_from(application.partner_id, at=timezone.now())
        return [scope for scope in application.scopes if scope not in withheld]

    def get_default_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        """Where all is withheld, what was granted: it is refused, rather than a token given that opens nothing."""
        available = self.get_available_scopes(application=application, request=request)
        return available or (list(application.scopes) if application is not None else [])
