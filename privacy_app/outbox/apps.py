from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "privacy_app.outbox"
    label = "outbox"
