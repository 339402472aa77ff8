"""What changed between two runs of one study: inputs, ranks, and what moved each parcel."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import score
from sites.assumption_words import assumption_label
from sites.sentences import said
from sites.words import word

MOST = 12
LEAST = 1e-9


def change_findings(
    inputs: tuple[dict[str, Any], dict[str, Any]],
    before: Sequence[dict[str, Any]],
    after: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """Compare two runs of a study.

    `inputs` are those of the earlier and of the later run; `before` and `after` are the results
    of their parcels.
    """
    old = {row["ref"]: row for row in before}
    rows = [
        _row(old.get(row["ref"]), row)
        for row in after
        if row["ref"] not in old or _moved(old[row["ref"]], row)
    ]
    gone = [ref for ref in old if ref not in {row["ref"] for row in after}]
    return {
        "causes": _causes(*inputs),
        "rows": rows[:MOST],
        "more": max(0, len(rows) - MOST),
        "gone": ", ".join(sorted(gone)),
        "same": len(after) - len(rows),
    }


def _moved(old: dict[str, Any], new: dict[str, Any]) -> bool:
    if old.get("rank") != new.get("rank"):
        return True
    scores = old.get("score"), new.get("score")
    return None not in scores and abs(scores[1] - scores[0]) > LEAST


def _causes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Name every input that differs."""
    found = []
    for kind, layer in new["layers"].items():
        was = old["layers"].get(kind)
        values = {"name": said(layer["name"]), "new": layer["version"]}
        if was is None:
            found.append(_("new layer: %(name)s") % values)
        elif was["content_hash"] != layer["content_hash"]:
            change = values | {"old": was["version"]}
            found.append(_("%(name)s: version %(new)s in place of %(old)s") % change)
    found += [
        _("layer no longer there: %(name)s") % {"name": said(layer["name"])}
        for kind, layer in old["layers"].items()
        if kind not in new["layers"]
    ]
    values = {entry["key"]: entry["value"] for entry in old["assumptions"]}
    found += [
        _("%(name)s: %(new)g in place of %(old)g")
        % {
            "name": assumption_label(entry["key"]),
            "new": entry["value"],
            "old": values[entry["key"]],
        }
        for entry in new["assumptions"]
        if entry["key"] in values and values[entry["key"]] != entry["value"]
    ]
    if any(new["study"].get(key) != old["study"].get(key) for key in new["study"]):
        found.append(_("choices of the study"))
    if new["engine_version"] != old["engine_version"] or new["tables"] != old["tables"]:
        found.append(_("engines or their tables"))
    return found


def _row(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    return {
        "ref": new["ref"],
        "name": new.get("name") or new["ref"],
        "old_rank": _rank(old),
        "new_rank": _rank(new),
        "old_score": score(old["score"]) if old else "",
        "new_score": score(new["score"]),
        "why": _why(old, new),
    }


def _rank(row: dict[str, Any] | None) -> str:
    if row is None:
        return _("new")
    return str(row["rank"]) if row.get("rank") else _("refused")


def _why(old: dict[str, Any] | None, new: dict[str, Any]) -> str:
    """Say which gates turned, else which criteria moved the score most."""
    if old is None:
        return _("was not there before")
    states = {gate["key"]: gate["state"] for gate in old["gates"]}
    turned = [
        gate
        for gate in new["gates"]
        if "red" in (gate["state"], states.get(gate["key"]))
        and gate["state"] != states.get(gate["key"])
    ]
    if turned:
        return "; ".join(
            _("%(gate)s: %(state)s")
            % {"gate": word(gate["key"], "gate"), "state": word(gate["state"], "state")}
            for gate in turned
        )
    moved = sorted(_moves(old, new), key=lambda one: -abs(one[1]))[:2]
    if moved:
        return "; ".join(
            f"{word(key, 'criterion')} {'+' if change > 0 else '−'}{score(abs(change))}"
            for key, change in moved
        )
    return _("others moved past it")


def _moves(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, float]]:
    was = {one["key"]: one.get("contribution") or 0.0 for one in old["criteria"]}
    changes = [
        (one["key"], (one.get("contribution") or 0.0) - was.get(one["key"], 0.0))
        for one in new["criteria"]
    ]
    return [(key, change) for key, change in changes if abs(change) > LEAST]
