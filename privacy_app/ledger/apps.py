from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "privacy_app.ledger"
    label = "ledger"
