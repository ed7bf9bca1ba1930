"""The database and its two roles: one owns and migrates, the other is the app's at run time."""

import psycopg
from psycopg import sql

OWNER = "privacy_owner"
APP = "privacy_app"
DATABASE = "privacy"


def ensure(superuser_url: str, *, owner_password: str, app_password: str) -> None:
    """Make roles and database. The database comes last: where it is, all is."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            return
        _ensure_role(connection, OWNER, owner_password, sql.SQL("LOGIN CREATEDB"))
        _ensure_role(connection, APP, app_password, sql.SQL("LOGIN"))
        # The owner may end the app's connections, as dropping a database does.
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(OWNER)))
    with psycopg.connect(superuser_url, dbname="template1") as connection:
        _let_the_app_use_what_the_owner_creates(connection)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        create = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
        connection.execute(create)


def _ensure_role(connection: psycopg.Connection, name: str, password: str, options: sql.SQL) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    connection.execute(
        sql.SQL("{} ROLE {} WITH {} PASSWORD {}").format(
            sql.SQL("ALTER" if known else "CREATE"), sql.Identifier(name), options, sql.Literal(password)
        )
    )


def _let_the_app_use_what_the_owner_creates(connection: psycopg.Connection) -> None:
    """In template1, so that every database made later, those of tests included, is like this."""
    for grant in (
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES",
        "GRANT USAGE, SELECT ON SEQUENCES",
    ):
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} {} TO {}").format(
                sql.Identifier(OWNER), sql.SQL(grant), sql.Identifier(APP)
            )
        )
