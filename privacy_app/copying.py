"""Writing rows with COPY: a batch of them costs the server and us a fraction of what an INSERT does, one no more."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg import sql


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write these rows of `columns`, in one statement. Values go as they are, past what a model field would do to them."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    # Django wraps the errors of all that a cursor does but of this.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement.as_string()) as copy:
        for row in rows:
            copy.write_row(row)


def insert(rows: Sequence[Model]) -> None:
    """Write new rows of one model, as `bulk_create` does but for what a field may do to its value on the way."""
    if not rows:
        return
    meta = rows[0]._meta
    names, columns = zip(*(field.get_attname_column() for field in meta.concrete_fields), strict=True)
    copy_in(meta.db_table, columns, ([getattr(row, name) for name in names] for row in rows))
