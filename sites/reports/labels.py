"""The headings and column heads of the report."""

from django.utils.translation import gettext as _


def labels() -> dict[str, str]:
    return {
        "council_page": _("For the council"),
        "verdict": _("Verdict"),
        "if_held": _("If the assumptions held"),
        "for": _("What speaks for it"),
        "against": _("What speaks against it"),
        "nothing": _("Nothing of weight."),
        "money": _("The money"),
        "heat_only": _("Heat only"),
        "compute": _("With computing"),
        "speculative": _("speculative"),
        "missing": _("What is missing to decide"),
        "nothing_missing": _("Nothing that decides is missing."),
        "steps": _("Next steps"),
        "map": _("The map"),
        "shortlist": _("The short-list"),
        "shortlist_note": _(
            "Score on fixed scales from 0 to 1. Rests on data: the share of weight carried by"
            " measured or uploaded values. Cost and value count heat only."
        ),
        "rank": _("Rank"),
        "place": _("Place"),
        "score": _("Score"),
        "coverage": _("Rests on data"),
        "power": _("Power"),
        "pipe": _("Pipe"),
        "used": _("Heat used"),
        "cost": _("Cost of heat, EUR/MWh"),
        "npv": _("Net present value"),
        "conditional": _("If the assumptions held"),
        "refused": _("Ruled out, and why"),
        "refused_note": _("A place is ruled out when it misses one condition, whatever its score."),
        "none_refused": _("No place is ruled out."),
        "condition": _("Condition"),
        "value": _("Value"),
        "threshold": _("Needed"),
        "state": _("State"),
        "hint": _("What would change it"),
        "gates": _("Conditions"),
        "criteria": _("How the score is made up"),
        "criterion": _("Criterion"),
        "weight": _("Weight"),
        "bounds": _("Scale from 0 to 1"),
        "nature": _("Origin"),
        "figures": _("In figures"),
        "cost_chart": _("Cost of heat in EUR/MWh"),
        "energy_chart": _("Electricity in a year and what becomes of it"),
        "year_chart": _("Heat through the year"),
        "temperature_chart": _("Temperatures through the year"),
        "assumed": _("What the second answer assumes"),
        "books": _("What a bank would ask"),
        "lines": _("All years by line, thousand EUR"),
        "town": _("The network and the market"),
        "annex": _("Annex"),
        "assumptions": _("Assumptions"),
        "assumptions_note": _(
            "Sourced: from the source named. Estimate: by experts, to be replaced."
            " Computed: from other rows. Set here: changed in this study."
        ),
        "assumption": _("Assumption"),
        "tag": _("Kind"),
        "source": _("Source"),
        "layers": _("Layers"),
        "layer": _("Layer"),
        "licence": _("Licence"),
        "date": _("As of"),
        "version": _("Version"),
        "rows": _("Rows"),
        "hash": _("Fingerprint"),
        "illustrative": _("Illustrative inputs"),
        "notes": _("Notes of the run"),
        "identity": _("Where this report comes from"),
        "methods": _("Equations, valid ranges and sources of every engine"),
        "attached": _(
            "The whole run is attached to this file as run.json: all places, all numbers,"
            " unrounded. The same inputs give the same fingerprint."
        ),
        "contents": _("Contents"),
        "page": _("Page"),
        "run": _("Run"),
        "label": _("Quantity"),
        "attachment": _("The document of the run, complete and unrounded"),
    }
