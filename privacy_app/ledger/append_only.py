"""Append-only by trigger, and by privilege: a migration operation for every table that must not be rewritten."""

from django.conf import settings
from django.db.migrations.operations import RunSQL


def app_role() -> str:
    """The PostgreSQL role under which the app runs."""
    return str(settings.DATABASES["default"]["USER"])


class AppendOnly(RunSQL):
    """Refuse UPDATE, DELETE and TRUNCATE on `table`, to the table's owner too.

    `unless` is an SQL condition over OLD that exempts rows from the trigger, e.g. a draft that is not yet published;
    it has no effect on TRUNCATE.
    """

    def __init__(self, table: str, *, unless: str | None = None) -> None:
        self.table, self.unless = table, unless
        condition = f"WHEN (NOT ({unless}))" if unless else ""
        forbidden = "TRUNCATE" if unless else "UPDATE, DELETE, TRUNCATE"
        super().__init__(
            sql=f"""
            CREATE OR REPLACE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege'; END $$;
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW {condition} EXECUTE FUNCTION refuse_rewrite();
            CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate;
            DO $$ BEGIN
                IF current_user <> '{app_role()}' THEN
                    REVOKE {forbidden} ON {table} FROM "{app_role()}";
                END IF;
            END $$;
            """,
            reverse_sql=f"""
            DROP TRIGGER {table}_append_only ON {table};
            DROP TRIGGER {table}_no_truncate ON {table};
            """,
        )
