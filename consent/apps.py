from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        from consent import margin_notes, overview_part  # noqa: F401  registers its parts once models are there
