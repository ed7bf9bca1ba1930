from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = _("People and partners")

    def ready(self) -> None:
        from users import mail, overview_part, signals  # noqa: F401  registers handlers once models are there
