from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from privacy_app.ledger.append_only import app_role


class Command(Migrate):
    """Migrations run as the owner of the tables; the app's own role may use them, and not rewrite the ledger."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> str | None:
        owner = connections[options["database"]]
        role = owner.ops.quote_name(app_role())
        if owner.settings_dict["USER"] != app_role():
            with owner.cursor() as cursor:
                cursor.execute(
                    f"ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};"
                    f"ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {role}"
                )
        return super().handle(*args, **options)
