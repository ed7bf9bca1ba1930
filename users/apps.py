from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"

    def ready(self) -> None:
        from users import mail, overview_part, signals  # noqa: F401  registers handlers once models are there
