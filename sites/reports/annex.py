"""The annex of the report: assumptions, layers, notes, and where the run came from."""

from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import DASH, count, quantity
from sites.assumption_words import assumption_label
from sites.assumptions import catalogue_label
from sites.sentences import reason, said
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
        "name": assumption_label(name),
        "key": name,
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


def _layer(layer: dict[str, Any]) -> dict[str, Any]:
    """One block: what and when in the head, then the texts that may be long."""
    name, kind = said(layer.get("name")), layer_word(str(layer.get("kind") or ""))
    version = layer.get("version")
    fingerprint = str(layer.get("content_hash") or "")[:SHORT_HASH]
    facts = (
        word(layer.get("nature") or "unknown", "nature"),
        str(layer.get("data_date") or ""),
        _("version %(version)s") % {"version": version} if version else "",
        _("%(rows)s rows") % {"rows": count(layer.get("rows"))},
        _("fingerprint %(hash)s") % {"hash": fingerprint} if fingerprint else "",
    )
    lines = (
        (_("Source"), said(layer.get("source")) or DASH),
        (_("Licence"), said(layer.get("licence")) or DASH),
        (_("Method"), said(layer.get("method"))),
    )
    return {
        "title": f"{kind}: {name}" if name and name != kind else kind,
        "facts": [fact for fact in facts if fact],
        "lines": [{"label": label, "value": value} for label, value in lines if value],
    }


def annex(doc: dict[str, Any]) -> dict[str, Any]:
    study = doc.get("study") or {}
    identity = (
        (_("Run"), doc["run"]),
        (_("Fingerprint of the run"), doc.get("digest") or DASH),
        (_("Version of the engines"), doc.get("engine_version") or DASH),
        (_("Made at"), doc.get("created_at") or DASH),
        (_("Grid of coordinates"), f"EPSG:{doc['municipality'].get('srid') or DASH}"),
        (_("Technology"), catalogue_label("hub_technologies", study.get("technology"))),
        (_("Computers"), catalogue_label("miners", study.get("miner"))),
        (_("Electricity tariff"), catalogue_label("tariffs", study.get("tariff"))),
    )
    return {
        "assumptions": _assumptions(doc),
        "layers": [_layer(layer) for layer in doc.get("layers") or []],
        "illustrative": [word(item, "input") for item in doc.get("illustrative") or [] if item],
        "notes": [reason(note) for note in doc.get("notes") or [] if note],
        "identity": [{"label": label, "value": str(value) or DASH} for label, value in identity],
        "methods": [
            f"docs/methods/{name}.md"
            for name in (
                "thermal",
                "grid",
                "dispatch",
                "compute",
                "economics",
                "uncertainty",
                "carbon",
                "scoring",
                "study",
                "law",
            )
        ],
    }
