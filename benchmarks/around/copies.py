"""Many rows from one: the copies that measures need by the thousand, made in the database."""

from django.db import connection
from django.db.models import Model


def multiply(row: Model, count: int, **instead: str) -> None:
    """Insert `count` copies of a row, each under a key of its own. `instead` gives columns as SQL; `n` is the copy's number."""
    quote = connection.ops.quote_name
    meta, key = row._meta, row._meta.pk
    columns = {str(field.column): quote(str(field.column)) for field in meta.concrete_fields if field is not key}
    if key.get_internal_type() == "UUIDField":
        columns[str(key.column)] = "gen_random_uuid()"
    columns |= instead
    table, names = quote(meta.db_table), ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} "
            f"FROM {table}, generate_series(1, %s) AS n WHERE {quote(str(key.column))} = %s",
            [count, row.pk],
        )
