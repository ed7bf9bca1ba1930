from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = _("Texts and purposes")

    def ready(self) -> None:
        from consent import (  # noqa: F401  registers its parts once models are there
            invalidation_steps,
            mailing_steps,
            margin_notes,
            overview_part,
            signals,
        )
        from consent.services import erasing  # noqa: F401  the same
