"""Many rows at once: COPY cannot write into a table behind row-level security, so it fills a
temporary table first, and one INSERT carries the rows over, wall and all."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import sql


@contextmanager
def staged(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
    """Give a cursor that finds `rows` in the temporary table ``staging``, typed as in `table`."""
    fields = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE staging ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(
                fields, sql.Identifier(table)
            )
        )
        # Django does not know this call, so it leaves the driver's own errors as they are
        with (
            connection.wrap_database_errors,
            cursor.copy(sql.SQL("COPY staging ({}) FROM STDIN").format(fields)) as copy,
        ):
            for row in rows:
                copy.write_row(row)
        yield cursor
        cursor.execute("DROP TABLE staging")


def insert_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows as they are."""
    with staged(table, columns, rows) as cursor:
        cursor.execute(
            sql.SQL("INSERT INTO {table} ({fields}) SELECT {fields} FROM staging").format(
                table=sql.Identifier(table),
                fields=sql.SQL(", ").join(map(sql.Identifier, columns)),
            )
        )
