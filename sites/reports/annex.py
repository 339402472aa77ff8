"""The annex of the report: assumptions, layers, notes, and where the run came from."""

from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import DASH, count, quantity
from sites.words import group_label, plain, word

SHORT_HASH = 12


def layer_word(kind: str) -> str:
    words = {
        "heat_demand": _("Heat demand"),
        "buildings": _("Buildings"),
        "pipes": _("Heat pipes"),
        "substations": _("Substations"),
        "feeders": _("Feeders"),
        "parcels": _("Parcels"),
        "constraints": _("Limits"),
        "streets": _("Streets"),
        "plants": _("Heating plants"),
        "series": _("Time series"),
    }
    return words.get(kind, plain(kind))


def _given(value: Any) -> int:
    """Return how many digits a stored number really has, four at most."""
    if not isinstance(value, int | float):
        return 1
    mantissa = f"{value:.3e}".partition("e")[0]
    return max(1, len(mantissa.lstrip("-").replace(".", "").strip("0")))


def _assumption(entry: dict[str, Any]) -> dict[str, str]:
    value, unit = entry.get("value"), str(entry.get("unit") or "")
    written = value if isinstance(value, str) else quantity(value, unit, _given(value))
    name = str(entry["key"])
    return {
        "name": name.partition(".")[2].replace("_", " ") or name,
        "value": written,
        "tag": word(entry.get("tag") or "", "tag") or DASH,
        "source": str(entry.get("source") or DASH),
        "note": str(entry.get("note") or ""),
    }


def _assumptions(doc: dict[str, Any]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for entry in doc.get("assumptions") or []:
        groups.setdefault(str(entry["key"]).split(".")[0], []).append(_assumption(entry))
    return [{"title": group_label(key), "rows": rows} for key, rows in groups.items()]


def _layer(layer: dict[str, Any]) -> dict[str, str]:
    nature = word(layer.get("nature") or "unknown", "nature")
    method = str(layer.get("method") or "")
    return {
        "kind": layer_word(str(layer.get("kind") or "")),
        "name": str(layer.get("name") or DASH),
        "nature": nature,
        "method": method,
        "source": str(layer.get("source") or DASH),
        "licence": str(layer.get("licence") or DASH),
        "date": str(layer.get("data_date") or DASH),
        "version": str(layer.get("version") or DASH),
        "rows": count(layer.get("rows")),
        "hash": str(layer.get("content_hash") or "")[:SHORT_HASH] or DASH,
    }


def _sentence(item: Any) -> str:
    """Return a note in the reader's language, where it is one of our own sentences."""
    names = ("text", "note", "name", "key")
    found = next((item[n] for n in names if item.get(n)), "") if isinstance(item, dict) else item
    return _(str(found)) if found else ""


def annex(doc: dict[str, Any]) -> dict[str, Any]:
    study = doc.get("study") or {}
    identity = (
        (_("Run"), doc["run"]),
        (_("Fingerprint of the run"), doc.get("digest") or DASH),
        (_("Version of the engines"), doc.get("engine_version") or DASH),
        (_("Made at"), doc.get("created_at") or DASH),
        (_("Grid of coordinates"), f"EPSG:{doc['municipality'].get('srid') or DASH}"),
        (_("Technology"), plain(study.get("technology"))),
        (_("Computers"), plain(study.get("miner"))),
        (_("Electricity tariff"), plain(study.get("tariff"))),
    )
    return {
        "assumptions": _assumptions(doc),
        "layers": [_layer(layer) for layer in doc.get("layers") or []],
        "illustrative": [
            plain(_sentence(i)) for i in doc.get("illustrative") or [] if _sentence(i)
        ],
        "notes": [_sentence(n) for n in doc.get("notes") or [] if _sentence(n)],
        "identity": [{"label": label, "value": str(value) or DASH} for label, value in identity],
        "methods": [
            f"docs/methods/{name}.md"
            for name in ("thermal", "grid", "dispatch", "compute", "economics", "scoring")
        ],
    }
