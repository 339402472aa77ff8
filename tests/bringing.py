"""Brings files as a person does, from the first byte to what is published, and reads the report."""

from pathlib import Path

from django.core.files import File

from heatmap.errors import sentence
from heatmap.identity import acting_as
from heatmap.models import Upload
from heatmap.services import uploads


def upload(town, path: Path, kind: str = "parcels", **answers) -> Upload:
    with acting_as(municipality=town.slug), path.open("rb") as handle:
        received = uploads.receive(
            town, None, kind=kind, file=File(handle), name=path.name, **answers
        )
    return uploads.process(received.job_id)


def notes(done: Upload) -> str:
    return "\n".join(sentence(note["message"], note["values"]) for note in done.report["notes"])
