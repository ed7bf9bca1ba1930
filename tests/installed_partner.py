"""`python -m tests.installed_partner`: in an installation, a website and a partner that is engaged for its news.

Prints the API client of each as JSON.
"""

import json
import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_app.settings")
    django.setup()

from django.utils import timezone

from consent.services.purposes import Wording, add_purpose, publish_version
from disclosure.services.engagements import engage
from privacy_app.ledger.actors import SYSTEM
from users.services.partners import add_partner, issue_client

FIELDS = ["contact.email"]


def main() -> None:
    now = timezone.now()
    clients = {}
    for word, scopes in {"website": ["platform"], "northwind": ["decisions", "disclosures"]}.items():
        partner = add_partner(
            legal_name=word.title(),
            contact_email=f"dpo@{word}.example",
            contact_address="1 Lantern Street",
            country="CN",
            is_affiliate=False,
            description_en="Installed.",
            description_zh_hans="已安装。",
            privacy_url=f"https://{word}.example/privacy",
            by=SYSTEM,
            at=now,
        )
        client, secret = issue_client(partner, scopes=scopes, name=word, by=SYSTEM, at=now)
        clients[word] = {"partner": str(partner.pk), "client_id": client.client_id, "client_secret": secret}
    purpose = add_purpose(key="news", dpv_term="dpv:CommunicationManagement", owner=None, by=SYSTEM, at=now)
    wording = Wording("News", "Summary.", "Reason.", "Method.", "Duration.")
    publish_version(
        purpose,
        basis="consent",
        fields=FIELDS,
        actions=["share"],
        countries=["CN"],
        recipients=[partner],
        wordings={"en": wording, "zh-hans": wording},
        valid_days=365,
        by=SYSTEM,
        at=now,
    )
    engage(
        partner=partner,
        role="third_party",
        valid_from=now,
        valid_until=None,
        purposes=[purpose],
        fields=FIELDS,
        actions=["share"],
        countries={"CN": ("", "")},
        by=SYSTEM,
        at=now,
    )
    print(json.dumps(clients))


if __name__ == "__main__":
    main()
