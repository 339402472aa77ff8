"""Many rows at once: COPY cannot write into a table behind row-level security, so it fills a
temporary table first, and one INSERT carries the rows over, wall and all."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from django.db import connection, transaction
from psycopg import sql

COPY_BYTES = 1 << 18
SIGNATURE, END = b"PGCOPY\n\xff\r\n\x00" + bytes(8), b"\xff\xff"
"""In front of the rows and behind them in the binary form of COPY."""
DROP = "DROP TABLE IF EXISTS pg_temp.staging, pg_temp.staging_hash"
"""Also before it is made: one that was interrupted while it cleaned up may have left it."""
MIDDLES = (
    "ALTER TABLE staging ADD COLUMN middle geometry"
    " GENERATED ALWAYS AS (ST_Transform(ST_Centroid(geom), 3857)) STORED"
)
"""Where each feature lies on the web map: worked out while the file is still being read."""
DIGEST = sql.SQL(
    "SELECT encode(sha256(coalesce(string_agg(hash, ''::bytea ORDER BY ref COLLATE \"C\"), '')),"
    " 'hex'), count(*) FROM {}"
)
SORTING_MB = 64
"""So much is sorted in memory before the disk is used."""


@contextmanager
def staged(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
    """Give a cursor that finds `rows` in the temporary table ``staging``, typed as in `table`."""
    fields = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor:
        cursor.execute(DROP)
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


class Staging:
    """The temporary table ``staging``, filled with the rows of a file while the file is being read.

    Its first column is ``row_no``, the number of the row in the file that a person brought. Each
    part is a short transaction of its own: nothing is locked, and no transaction is open, however
    long the reading takes. The table belongs to the session and goes with it, or with the block.
    """

    def __init__(self, table: str, columns: Sequence[str], fingerprinted: Sequence[str]) -> None:
        self.table, self.columns, self.fingerprinted = table, columns, fingerprinted
        self.fingerprint: tuple[str, int] | None = None
        """Of the rows as they came, and their number; None if no columns were named for it."""
        self._is_there = False
        self._hashed_to = "(0,0)"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_there:
            with connection.cursor() as cursor:
                cursor.execute(DROP)

    def take(self, spool: Path, start: int, end: int) -> None:
        """Add the rows that stand between two bytes of a file, in the binary form of COPY."""
        fields = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        statement = sql.SQL("COPY staging (row_no, {}) FROM STDIN (FORMAT binary)").format(fields)
        with transaction.atomic(), connection.cursor() as cursor:
            self._make(cursor)
            # Django does not know this call, so it leaves the driver's own errors as they are
            with (
                connection.wrap_database_errors,
                spool.open("rb") as rows,
                cursor.copy(statement) as copy,
            ):
                copy.write(SIGNATURE)
                rows.seek(start)
                while block := rows.read(min(COPY_BYTES, end - rows.tell())):
                    copy.write(block)
                copy.write(END)
            if self.fingerprinted:
                self._hash_new_rows(cursor)

    def all_taken(self) -> None:
        """Make the fingerprint, while the reader compares the rows with each other."""
        with transaction.atomic(), connection.cursor() as cursor:
            self._make(cursor)
            if self.fingerprinted:
                sort_in_memory(cursor)
                cursor.execute(DIGEST.format(sql.SQL("staging_hash")))
                self.fingerprint = _digest(cursor)

    def _hash_new_rows(self, cursor: Any) -> None:
        """Hash the rows of the last part while the reader makes the next one."""
        cursor.execute(
            sql.SQL("INSERT INTO staging_hash {} WHERE ctid > %s").format(
                _hashes(self.fingerprinted)
            ),
            [self._hashed_to],
        )
        cursor.execute("SELECT max(ctid) FROM staging WHERE ctid > %s", [self._hashed_to])
        self._hashed_to = cursor.fetchone()[0] or self._hashed_to

    def _make(self, cursor: Any) -> None:
        if self._is_there:
            return
        fields = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        cursor.execute(DROP)
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE staging AS SELECT 0::bigint AS row_no, {} FROM {} LIMIT 0")
            .format(fields, sql.Identifier(self.table))
        )  # fmt: skip
        cursor.execute(MIDDLES)
        cursor.execute("CREATE TEMP TABLE staging_hash (ref text, hash bytea)")
        self._is_there = True


def sort_in_memory(cursor: Any) -> None:
    """Let this transaction sort more in memory than others."""
    cursor.execute(sql.SQL("SET LOCAL work_mem = {}").format(sql.Literal(f"{SORTING_MB}MB")))


def drop_double_refs(cursor: Any) -> list[tuple[int, str]]:
    """Take out rows whose id stood before; return their numbers and ids."""
    cursor.execute("ANALYZE staging (row_no, ref)")
    cursor.execute(
        """
        DELETE FROM staging s USING (
            SELECT row_no, ref, min(row_no) OVER (PARTITION BY ref) AS first FROM staging
            WHERE ref IN (SELECT ref FROM staging GROUP BY ref HAVING count(*) > 1)
        ) d
        WHERE s.row_no = d.row_no AND d.row_no > d.first
        RETURNING s.row_no, s.ref
        """
    )
    return sorted(cursor.fetchall())


def double_shapes(cursor: Any, limit: int) -> tuple[int, list[list[int]]]:
    """Return how many rows repeat the shape of an earlier one, and some groups of rows."""
    cursor.execute(
        """
        WITH groups AS (
            SELECT (array_agg(row_no ORDER BY row_no))[1:5] AS rows, count(*) AS n
            FROM staging GROUP BY md5(ST_AsBinary(geom)) HAVING count(*) > 1
        )
        SELECT coalesce((SELECT sum(n - 1) FROM groups), 0),
               to_json(ARRAY(SELECT to_json(rows) FROM groups ORDER BY rows LIMIT %s))::text
        """,
        [limit],
    )
    count, groups = cursor.fetchone()
    return int(count), json.loads(groups)


def overlapping(
    cursor: Any, smallest_m2: float, limit: int
) -> tuple[int, float, list[tuple[str, str, float]]]:
    """Return the pairs of areas that overlap, their common area [m2], and the largest ones."""
    _find_by_place(cursor)
    cursor.execute(
        """
        WITH near AS MATERIALIZED (
            SELECT a.ref AS one, b.ref AS two, a.geom AS g, b.geom AS h
            FROM staging a JOIN staging b ON a.geom && b.geom AND a.row_no < b.row_no
            WHERE ST_Dimension(a.geom) = 2 AND ST_Dimension(b.geom) = 2
              AND ST_Relate(a.geom, b.geom, '2********')
        ), pairs AS MATERIALIZED (
            SELECT one, two, ST_Area(ST_Intersection(g, h)) AS area FROM near
        )
        SELECT count(*), coalesce(sum(area), 0),
               to_json(ARRAY(SELECT json_build_array(one, two, round(area::numeric, 1)) FROM pairs
                             WHERE area > %s ORDER BY area DESC LIMIT %s))::text
        FROM pairs WHERE area > %s
        """,
        [smallest_m2, limit, smallest_m2],
    )
    count, area, pairs = cursor.fetchone()
    return int(count), float(area), [tuple(pair) for pair in json.loads(pairs)]


def loose_ends(cursor: Any, reach_m: float, limit: int) -> tuple[int, list[str]]:
    """Return ends of lines that nearly touch another line, but do not."""
    _find_by_place(cursor)
    cursor.execute(
        """
        WITH ends AS (
            SELECT ref, row_no, unnest(ARRAY[ST_StartPoint(part), ST_EndPoint(part)]) AS point
            FROM (SELECT ref, row_no, (ST_Dump(geom)).geom AS part FROM staging) parts
        ), loose AS (
            SELECT DISTINCT e.ref FROM ends e
            WHERE NOT EXISTS (SELECT 1 FROM staging s WHERE s.row_no <> e.row_no
                              AND ST_DWithin(s.geom, e.point, 0.02))
              AND EXISTS (SELECT 1 FROM staging s WHERE s.row_no <> e.row_no
                          AND ST_DWithin(s.geom, e.point, %s))
        )
        SELECT count(*), (array_agg(ref ORDER BY ref))[1:%s] FROM loose
        """,
        [reach_m, limit],
    )
    count, refs = cursor.fetchone()
    return int(count), list(refs or [])


def _find_by_place(cursor: Any) -> None:
    cursor.execute("CREATE INDEX ON staging USING gist (geom)")
    cursor.execute("ANALYZE staging (geom)")


def staged_count(cursor: Any) -> int:
    cursor.execute("SELECT count(*) FROM staging")
    return int(cursor.fetchone()[0])


def staged_digest(cursor: Any, columns: Sequence[str]) -> tuple[str, int]:
    """Return SHA-256 over the rows in the order of their ids, and their number."""
    cursor.execute(DIGEST.format(sql.SQL("({}) hashes").format(_hashes(columns))))
    return _digest(cursor)


def _digest(cursor: Any) -> tuple[str, int]:
    digest, count = cursor.fetchone()
    return str(digest), int(count)


def _hashes(columns: Sequence[str]) -> sql.Composed:
    """Give the query for id and hash of every staged row."""
    return sql.SQL(
        "SELECT ref, sha256(ST_AsBinary(geom) || convert_to(ROW({})::text, 'UTF8')) AS hash"
        " FROM staging"
    ).format(sql.SQL(", ").join(sql.Identifier(name) for name in columns if name != "geom"))
