from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "disclosure"

    def ready(self) -> None:
        from disclosure import margin_notes, overview_part  # noqa: F401  registers its parts once models are there
