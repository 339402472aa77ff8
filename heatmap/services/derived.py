"""Layers made from layers: which can be derived, from what, and doing it.

A derived layer is labelled with its method and the versions it was made from. It never takes the
place of a measured one: where the layer in use was measured, nothing is derived.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from heatmap.choices import DataClass, LayerKind, Nature
from heatmap.derive import candidates, demand, lines, network, substations
from heatmap.errors import Refusal
from heatmap.models import FEATURE_MODELS, LayerVersion, Municipality
from heatmap.services.layers import CLASS_ORDER, Provenance, joined, publish_features
from heatmap.services.versions import keep_versions
from heatmap.version_selectors import attribute_columns, newer_inputs, versions_in_use

Rows = list[dict[str, Any]]
FILLED_LAYER = "Buildings with missing demand derived"


@dataclass(frozen=True)
class Recipe:
    """How one kind of layer is derived."""

    kind: LayerKind
    layer_name: str
    inputs: tuple[LayerKind, ...]
    method: str
    make: Callable[..., Rows]
    renews: bool = False
    """Whether it only renews a layer that is there, whose features it takes as well."""


def _rated(present: Rows, buildings: Rows) -> Rows:
    rated = substations.with_ratings(present, demand.with_floor_area(buildings))
    return [old | new for old, new in zip(present, rated, strict=True)]


def _network(buildings: Rows, streets: Rows, plants: Rows) -> Rows:
    return network.grow(streets, plants, buildings)


def _lines(buildings: Rows, streets: Rows) -> Rows:
    return lines.linear_density(streets, buildings)


RECIPES: dict[str, Recipe] = {
    recipe.kind: recipe
    for recipe in (
        Recipe(
            LayerKind.BUILDINGS, FILLED_LAYER, (LayerKind.BUILDINGS,), demand.FILLED_METHOD,
            demand.fill_missing_demand,
        ),
        Recipe(
            LayerKind.HEAT_DEMAND, "Heat demand per 100 m cell", (LayerKind.BUILDINGS,),
            demand.CELL_METHOD, demand.demand_cells,
        ),
        Recipe(
            LayerKind.HEAT_LINES, "Linear heat density on streets",
            (LayerKind.BUILDINGS, LayerKind.STREETS), lines.METHOD, _lines,
        ),
        Recipe(
            LayerKind.PIPES, "Heat network",
            (LayerKind.BUILDINGS, LayerKind.STREETS, LayerKind.PLANTS), network.METHOD, _network,
        ),
        Recipe(
            LayerKind.PARCELS, "Candidate parcels", (LayerKind.BUILDINGS,), candidates.METHOD,
            candidates.cut_anew, renews=True,
        ),
        Recipe(
            LayerKind.SUBSTATIONS, "Substations", (LayerKind.BUILDINGS,), substations.METHOD,
            _rated, renews=True,
        ),
    )
}  # fmt: skip


def derivable(town: Municipality) -> list[Recipe]:
    """Return what the layers of the town allow to derive, and no measured layer stands for."""
    in_use = versions_in_use(town)
    return [recipe for recipe in RECIPES.values() if _hindrance(recipe, in_use) is None]


def follow_ups(version: LayerVersion) -> list[LayerKind]:
    """Return the kinds to derive anew after this version was published.

    Missing demand of buildings comes first; the rest follows when that is there. Layers that
    nobody has derived or asked for yet begin with their first inputs.
    """
    kind, in_use = version.layer.kind, versions_in_use(version.municipality)
    if kind not in in_use or in_use[kind].pk != version.pk:
        return []
    filling = RECIPES[LayerKind.BUILDINGS]
    if kind == LayerKind.BUILDINGS and _hindrance(filling, in_use) is None:
        return [filling.kind]
    return [
        recipe.kind
        for recipe in RECIPES.values()
        if kind in recipe.inputs
        and recipe.kind != kind
        and _hindrance(recipe, in_use) is None
        and _is_due(recipe, in_use)
    ]


def _is_due(recipe: Recipe, in_use: dict[str, LayerVersion]) -> bool:
    """A layer from elsewhere that names no inputs is left alone."""
    present = in_use.get(recipe.kind)
    return present is None or bool(newer_inputs(present, in_use))


def _hindrance(recipe: Recipe, in_use: dict[str, LayerVersion]) -> Refusal | None:
    """Why the layer cannot be derived now; None if it can."""
    missing = [kind for kind in recipe.inputs if kind not in in_use]
    if missing:
        return Refusal(
            gettext_noop("These layers are needed first: %(layers)s."), layers=", ".join(missing)
        )
    if recipe.kind == LayerKind.BUILDINGS:
        buildings = in_use[LayerKind.BUILDINGS]
        if buildings.nature != Nature.MEASURED or not _without_demand(buildings).exists():
            return Refusal(gettext_noop("No building of the layer in use lacks its heat demand."))
        return None
    present = in_use.get(recipe.kind)
    if recipe.renews and (present is None or not present.inputs):
        return Refusal(
            gettext_noop("There is no derived layer of this kind that could be renewed.")
        )
    if present is not None and present.nature == Nature.MEASURED:
        return Refusal(
            gettext_noop(
                "The layer “%(layer)s” in use was measured or surveyed; a derived one does not "
                "take its place."
            ),
            layer=present.layer.name,
        )
    return None


def _without_demand(buildings: LayerVersion) -> QuerySet[Any]:
    model: Any = FEATURE_MODELS[LayerKind.BUILDINGS]
    return model.objects.filter(  # type: ignore[no-any-return]
        version=buildings, heat_demand_mwh_per_a=None, area_m2__isnull=False
    )


def feature_rows(version: LayerVersion) -> Rows:
    """Return the features of a version as the rows that were published, with area and length."""
    kind = version.layer.kind
    model: Any = FEATURE_MODELS[kind]
    columns = ["ref", "geom", "area_m2", "length_m", *attribute_columns(kind)]
    rows = model.objects.filter(version=version).order_by("ref").values(*columns)
    return [{**row, "wkb": bytes(row.pop("geom").wkb).hex()} for row in rows.iterator()]


def derive(town: Municipality, kind: str, user: User | None) -> LayerVersion:
    """Derive a layer from the versions in use and publish it. Call it inside an identity.

    Raises
    ------
    Refusal
        If an input is missing, a measured layer stands in its place, or nothing comes out.
    """
    if kind not in RECIPES:
        raise Refusal(gettext_noop("Layers of this kind are not derived from others."))
    keep_versions(town)
    recipe, in_use = RECIPES[kind], versions_in_use(town)
    hindrance = _hindrance(recipe, in_use)
    if hindrance:
        raise hindrance
    used = [in_use[each] for each in recipe.inputs]
    present = in_use[recipe.kind] if recipe.renews else None
    taken = [present, *used] if present else used
    rows = recipe.make(*(feature_rows(version) for version in taken))
    if not rows:
        raise Refusal(
            gettext_noop(
                "Nothing came out: the layers it is made from hold no heat demand near streets."
            )
        )
    name = present.layer.name if present else recipe.layer_name
    return publish_features(town, recipe.kind, name, rows, _origin(recipe, used, present, user))


def _origin(
    recipe: Recipe, used: list[LayerVersion], present: LayerVersion | None, user: User | None
) -> Provenance:
    taken = [present, *used] if present else used
    # what follows from sensitive data is as sensitive: a cell may hold a single house; what only
    # shows where buildings stand is no more so than before
    classes = [DataClass(version.data_class) for version in ([present] if present else used)]
    return Provenance(
        source=joined([version.source for version in taken], 300),
        licence=joined([version.licence for version in taken], 200),
        crs_delivered="EPSG:3035",
        data_class=max(classes, key=CLASS_ORDER.index),
        nature=Nature(present.nature) if present else Nature.DERIVED,
        method=recipe.method,
        data_date=joined([version.data_date for version in taken], 40),
        user=user,
        inputs=[version.pk for version in used],
    )
