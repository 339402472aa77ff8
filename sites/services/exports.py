"""Files people take away from a run."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext_noop

from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.render.folium_map import render_map
from heatmap.shape_selectors import drawn_features, kept_at_home
from sites.models import Run
from sites.sentences import hint, said
from sites.services.scoring import run_document

WGS84 = 4326


def folium_map(run: Run, language: str) -> str:
    """Return the map of a run as one HTML file that opens without a network.

    Raises
    ------
    Refusal
        If the run has no result.
    """
    with acting_as(job_id=run.pk):
        if run.result is None:
            raise Refusal(gettext_noop("This run has no result to show."))
        layers = run.inputs["layers"]
        versions = {kind: layer["version_id"] for kind, layer in layers.items()}
        features = {"type": "FeatureCollection", "features": drawn_features(versions, WGS84)}
        document = run_document(run) | {"kept_at_home": kept_at_home(versions.values())}
    return render_map(spoken(document, language), features, language)


def spoken(document: dict[str, Any], language: str) -> dict[str, Any]:
    """Return the document with the hints of its gates and the sources in the reader's language."""
    with translation.override(language):
        parcels = [
            parcel | {"gates": [gate | {"hint": hint(gate)} for gate in parcel["gates"]]}
            for parcel in document["parcels"]
        ]
        layers = [layer | {"source": said(layer["source"])} for layer in document["layers"]]
    return document | {"parcels": parcels, "layers": layers}
