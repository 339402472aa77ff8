"""What the stand-alone map draws: features with their style and only the values that are shown."""

from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _

from heatmap.quantities import DASH, is_missing, quantity
from heatmap.quantities import score as written_score
from heatmap.render.palette import colours, heat_breaks, heat_class, score_class


def harmless(text: object) -> str:
    """Escape for HTML, and braces too: folium reads what it has written as a template again."""
    return str(escape(text)).replace("{", "&#123;").replace("}", "&#125;")


def drawable(feature: dict[str, Any]) -> list[dict[str, Any]]:
    """Take a collection of shapes apart, which folium cannot; nothing for a feature without any."""
    geometry = feature.get("geometry") or {"type": "GeometryCollection", "geometries": []}
    if geometry["type"] != "GeometryCollection":
        return [feature]
    parts = [{**feature, "geometry": part} for part in geometry["geometries"]]
    return [one for part in parts for one in drawable(part)]


def of_kind(features: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [f for f in features if (f.get("properties") or {}).get("kind") == kind]


def _shown(feature: dict[str, Any], at: str, style: dict[str, Any], rows: dict[str, str]) -> dict:
    """Return the feature with its style and only those values that are shown, all escaped."""
    return {
        "type": "Feature",
        "id": at,
        "geometry": feature["geometry"],
        "properties": {"style": style, **{key: harmless(value) for key, value in rows.items()}},
    }


def cells_drawn(features: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[float]]:
    c = colours()
    demands = [f["properties"]["heat_demand_mwh_per_a"] for f in features]
    breaks = heat_breaks([d for d in demands if not is_missing(d)])
    drawn = []
    for k, (feature, demand) in enumerate(zip(features, demands, strict=True)):
        step = heat_class(demand, breaks)
        style = {
            "color": c["map-ground"],
            "weight": 0.5,
            "fillColor": c[f"heat-{step}"] if step else c["missing"],
            "fillOpacity": 0.8,
        }
        rows = {
            "demand": quantity(demand, "MWh/a"),
            "buildings": quantity(feature["properties"]["buildings"], ""),
        }
        drawn.append(_shown(feature, f"d{k}", style, rows))
    return drawn, breaks


def _with_geometry(feature: dict[str, Any]) -> dict[str, Any]:
    """Return the properties, and whether the feature is a line."""
    return {**feature["properties"], "line": "Line" in feature["geometry"]["type"]}


def styled(features: list[dict[str, Any]], prefix: str, style: Any) -> list[dict[str, Any]]:
    return [
        _shown(
            f,
            f"{prefix}{k}",
            style(_with_geometry(f)),
            {"name": f["properties"].get("name") or DASH},
        )
        for k, f in enumerate(features)
    ]


def _candidate_rows(parcel: dict[str, Any]) -> dict[str, str]:
    money, energy = parcel.get("money") or {}, parcel.get("energy_mwh") or {}
    red = [str(g.get("hint") or g["key"]) for g in parcel.get("gates") or [] if g["state"] == "red"]
    rank, score = parcel.get("rank"), parcel.get("score")
    return {
        "name": str(parcel.get("name") or parcel["ref"]),
        "rank": str(rank) if rank else _("refused"),
        "score": written_score(score) if rank else DASH,
        "coverage": quantity(parcel.get("coverage"), "share", 2),
        "power": quantity((parcel.get("hub") or {}).get("power_it_kw"), "kW"),
        "used": quantity(energy.get("used"), "MWh/a"),
        "pipe": quantity((parcel.get("connection") or {}).get("length_m"), "m"),
        "cost": quantity(money.get("lcoh_gross_eur_per_mwh"), "EUR/MWh"),
        "why": " ".join(red) or DASH,
    }


def candidates_drawn(doc: dict[str, Any], features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    c = colours()
    by_ref = {parcel["ref"]: parcel for parcel in doc.get("parcels") or []}
    drawn = []
    for k, feature in enumerate(features):
        parcel = by_ref.get(feature["properties"].get("ref"))
        if parcel is None:
            continue
        step = score_class(parcel.get("score")) if parcel.get("rank") else None
        style = {
            "color": c["accent"] if parcel.get("rank") == 1 else c["ink"],
            "weight": 3 if parcel.get("rank") == 1 else 1,
            "fillColor": c[f"score-{step}"] if step else "url(#hh-refused)",
            "fillOpacity": 0.95,
        }
        drawn.append(_shown(feature, f"p{k}", style, _candidate_rows(parcel)))
    return drawn


def bounds_of(features: list[dict[str, Any]]) -> list[list[float]] | None:
    main = [f for f in features if f["properties"].get("kind") in ("parcels", "pipes")]
    points: list[tuple[float, float]] = []

    def walk(part: Any) -> None:
        if part and isinstance(part[0], int | float):
            points.append((part[1], part[0]))
        else:
            for piece in part:
                walk(piece)

    for feature in main or features:
        walk(feature["geometry"]["coordinates"])
    if not points:
        return None
    lats, lons = [p[0] for p in points], [p[1] for p in points]
    return [[min(lats), min(lons)], [max(lats), max(lons)]]
