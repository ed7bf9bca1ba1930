from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from privacy_app import keyrings


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = _("People and partners")

    def ready(self) -> None:
        from users import mail, overview_part, signals  # noqa: F401  registers handlers once models are there
        from users.webhooks import delivery  # noqa: F401  the same

        try:
            keyrings.data_keys(), keyrings.index_keys(), keyrings.ledger_keys()
        except ValueError as error:  # it names the ring, never a key
            raise ImproperlyConfigured(str(error)) from None
