"""Finding a place by what people call it: a parcel, a street, a substation, a plant, a building."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from psycopg import sql

from heatmap.choices import LayerKind
from heatmap.models import FEATURE_MODELS, LayerVersion

SEARCHED = (
    LayerKind.PARCELS,
    LayerKind.STREETS,
    LayerKind.SUBSTATIONS,
    LayerKind.FEEDERS,
    LayerKind.PLANTS,
    LayerKind.BUILDINGS,
)
MOST_FOUND = 12
FEWEST_LETTERS = 2

# pieces of one street are one find; what begins with the words comes first
ONE_KIND = sql.SQL("""
(SELECT * FROM (
    SELECT {version} AS version_id, {place} AS place, label, min(ref) AS ref,
           ST_Extent(ST_Transform(geom, 4326)) AS box, count(*) AS n
    FROM (
        SELECT CASE WHEN name <> '' THEN name ELSE ref END AS label, ref, geom
        FROM {table} WHERE version_id = {version} AND (name ILIKE %(within)s {or_ref})
    ) named
    GROUP BY label, {piece}
) kind_found
ORDER BY label NOT ILIKE %(begins)s, length(label), label LIMIT %(most)s)""")
FIND = sql.SQL("""
SELECT version_id, label, ref, ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box), n
FROM ({kinds}) found
ORDER BY label NOT ILIKE %(begins)s, place, length(label), label, ref LIMIT %(most)s""")


def _pattern(words: str) -> str:
    for character in ("\\", "%", "_"):
        words = words.replace(character, "\\" + character)
    return words


def find_places(versions: Iterable[LayerVersion], words: str) -> list[dict[str, Any]]:
    """Return places whose name or reference holds the words, with their bounds in degrees."""
    searched = [version for version in versions if version.layer.kind in SEARCHED]
    words = words.strip().replace("\x00", "")
    if len(words) < FEWEST_LETTERS or not searched:
        return []
    kinds = sql.SQL(" UNION ALL ").join(
        ONE_KIND.format(
            version=sql.Literal(version.pk),
            place=sql.Literal(SEARCHED.index(LayerKind(version.layer.kind))),
            table=sql.Identifier(FEATURE_MODELS[version.layer.kind]._meta.db_table),
            piece=sql.SQL("1=1" if version.layer.kind == LayerKind.STREETS else "ref"),
            # nobody knows a street by its number in a register
            or_ref=sql.SQL(
                "" if version.layer.kind == LayerKind.STREETS else "OR ref ILIKE %(within)s"
            ),
        )
        for version in searched
    )
    pattern = _pattern(words)
    with connection.cursor() as cursor:
        cursor.execute(
            FIND.format(kinds=kinds),
            {"within": f"%{pattern}%", "begins": f"{pattern}%", "most": MOST_FOUND},
        )
        rows = cursor.fetchall()
    kind_of = {version.pk: version.layer.kind for version in searched}
    return [
        {
            "layer": f"{kind_of[version]}-{version}",
            "kind": kind_of[version],
            "label": label,
            "ref": ref,
            "bounds": [round(float(side), 6) for side in box],
            "pieces": n,
        }
        for version, label, ref, *box, n in rows
    ]
