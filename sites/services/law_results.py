"""The legal checks of one parcel as plain JSON."""

from typing import Any

from engines.evaluation.hubs import Hubs
from engines.evaluation.judge import Judgement
from engines.evaluation.law import law, legal_facts
from engines.law.checks import Check
from sites.assembly import Assembled
from sites.services.plain import number


def law_document(i: int, given: Assembled, hubs: Hubs, judged: Judgement) -> list[dict[str, Any]]:
    """Return every check and attestation of one parcel (row)."""
    facts = legal_facts(
        i, hubs, judged.gates[i], given.town.plants_kw, given.choices, given.assumptions
    )
    return [check_document(one) for one in law(facts, given.choices, given.rows[i].ref)]


def check_document(check: Check) -> dict[str, Any]:
    return {
        "key": check.key,
        "kind": check.kind,
        "label": check.label,
        "state": check.state,
        "fact": check.fact,
        "value": number(check.value),
        "relation": check.relation,
        "threshold": number(check.threshold),
        "unit": check.unit,
        "source": check.source,
        "legal_version": check.legal_version,
    }
