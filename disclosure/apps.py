from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisclosureConfig(AppConfig):
    name = "disclosure"
    verbose_name = _("Engagements and disclosures")

    def ready(self) -> None:
        from disclosure import (  # noqa: F401  registers its parts once models are there
            cookies,
            filing_mail,
            filing_overview_part,
            mail,
            margin_notes,
            overview_part,
            partner_mail,
            receivers,
            withheld,
        )
        from disclosure.services import erasing  # noqa: F401  the same
