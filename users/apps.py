from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"

    def ready(self) -> None:
        from users import mail, signals  # noqa: F401  registers handlers once models are there
