"""What happens to versions after they were published: brought back, or deleted for good."""

from functools import partial

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_noop
from psycopg import sql

from heatmap.choices import LayerKind
from heatmap.errors import Refusal
from heatmap.models import (
    FEATURE_MODELS,
    Layer,
    LayerVersion,
    LayerWork,
    Municipality,
    Upload,
)
from heatmap.services.audit import record
from heatmap.services.layers import publish
from heatmap.tile_cache import forget_tiles
from heatmap.version_selectors import attribute_columns, resting_on

RESTS = {
    "version_in_use": gettext_noop(
        "Version %(number)s is the one in use.\nPublish or restore another one first."
    ),
    "version_is_input": gettext_noop(
        "Version %(number)s cannot be deleted: a derived layer was made from it.\nDelete the "
        "derived version first."
    ),
    "run_rests_on_version": gettext_noop(
        "Version %(number)s cannot be deleted: a run was made from it, and its result and reports "
        "lead back to it."
    ),
}
KEEPING = 4
"""First key of the advisory locks that keep versions; the second is the town."""
SERIES_COLUMNS = ("quantity", "year_label", "station_ref", "values")


def keep_versions(town: Municipality) -> None:
    """Let no version of the town be deleted until this transaction ends.

    What is made from versions names them only when it is stored; a version that went between being
    read and being named would leave it without its source.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [KEEPING, town.pk])


def newest_number(layer: Layer) -> int:
    """Return the number of the newest published version."""
    published = layer.versions.filter(published_at__isnull=False)
    return int(published.aggregate(newest=Max("number"))["newest"] or 0)


def check_restorable(old: LayerVersion) -> None:
    """Refuse to bring back what is in use already."""
    if old.number >= newest_number(old.layer):
        raise Refusal(
            gettext_noop("Version %(number)s is the one in use; there is nothing to restore."),
            number=old.number,
        )


def restore(old: LayerVersion, user: User | None) -> LayerVersion:
    """Publish the content of an older version as a new one. Call it inside an identity.

    Provenance, class and nature are those of the old version; the report says where it comes from.

    Raises
    ------
    Refusal
        If it is the version in use.
    """
    layer = Layer.objects.select_for_update().get(pk=old.layer_id)
    check_restorable(old)
    last = layer.versions.aggregate(last=Max("number"))["last"]
    new = LayerVersion.objects.get(pk=old.pk)
    new.pk, new.number, new.published_at, new.created_by = None, last + 1, None, user
    new._state.adding = True
    new.report = old.report | {"restored_from": old.number}
    new.save()
    is_series = layer.kind == LayerKind.SERIES
    table = "heatmap_series" if is_series else FEATURE_MODELS[layer.kind]._meta.db_table
    columns = (
        list(SERIES_COLUMNS)
        if is_series
        else ["ref", "geom", "area_m2", "length_m", *attribute_columns(layer.kind)]
    )
    fields = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "INSERT INTO {table} (municipality_id, version_id, {fields})"
                " SELECT municipality_id, %s, {fields} FROM {table} WHERE version_id = %s"
            ).format(table=sql.Identifier(table), fields=fields),
            [new.pk, old.pk],
        )
        # the tables of a grid model lie beside its features; of other kinds there are none
        cursor.execute(
            "INSERT INTO heatmap_gridmodel (municipality_id, version_id, tables)"
            " SELECT municipality_id, %s, tables FROM heatmap_gridmodel WHERE version_id = %s",
            [new.pk, old.pk],
        )
    record("version_restored", new.municipality, layer.name, number=old.number)
    return publish(new)


def delete_for_good(version: LayerVersion) -> None:
    """Delete a version, its features, and the file it was read from. Call it inside an identity.

    The database does it whole or not at all, for administrators of the town alone
    (`heathub_delete_version`); runs refuse it from their own table.

    Raises
    ------
    Refusal
        If it is in use, or a derived layer, run or report rests on it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [KEEPING, version.municipality_id])
    Layer.objects.select_for_update().get(pk=version.layer_id)
    if version.number >= newest_number(version.layer):
        raise _refused("version_in_use", version)
    if resting_on(version).exists():
        raise _refused("version_is_input", version)
    town, name, number = version.municipality, version.layer.name, version.number
    try:
        with transaction.atomic():
            uploads = list(Upload.objects.filter(version=version))
            for upload in uploads:
                upload.version, upload.report, upload.proposal = None, {}, {}
                upload.save(update_fields=["version", "report", "proposal"])
            LayerWork.objects.filter(old=version).update(old=None)
            LayerWork.objects.filter(new=version).update(new=None)
            with connection.cursor() as cursor:
                cursor.execute("SELECT heathub_delete_version(%s)", [version.pk])
    except DatabaseError as error:
        rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if rule not in RESTS:
            raise
        raise _refused(rule, version) from error
    record("version_deleted", town, name, number=number, content=version.content_hash)
    transaction.on_commit(partial(forget_tiles, version.pk))
    for upload in uploads:
        transaction.on_commit(partial(upload.file.delete, save=False))


def _refused(rule: str, version: LayerVersion) -> Refusal:
    return Refusal(RESTS[rule], number=version.number)
