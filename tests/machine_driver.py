"""Starts work on a private installation, as the web server would. One word a line, one answer."""

import json
import os
import sys
import tempfile
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heatmap.settings")
django.setup()

import numpy as np  # noqa: E402
import shapely  # noqa: E402
from django.core.files import File  # noqa: E402
from django.db import connection  # noqa: E402
from factories import make_person, make_town  # noqa: E402
from shapefiles import zipped  # noqa: E402

from heatmap.choices import LayerKind, Role  # noqa: E402
from heatmap.identity import acting_as  # noqa: E402
from heatmap.jobs import hand_over  # noqa: E402
from heatmap.models import LayerVersion, Municipality  # noqa: E402
from heatmap.services import uploads  # noqa: E402
from heatmap.services.demo import DEMO_TOWNS, load_town  # noqa: E402
from heatmap.services.layers import Provenance, publish_features  # noqa: E402
from heatmap.services.municipalities import let_in  # noqa: E402
from sites.jobs import start_run  # noqa: E402
from sites.services.studies import first_study  # noqa: E402

PARCELS = 1200
IMPORTED = 6000
SEED = 11


def squares(bounds_m, count, side_m):
    rng = np.random.default_rng(SEED)
    west = rng.uniform(bounds_m[0], bounds_m[2] - side_m, count)
    south = rng.uniform(bounds_m[1], bounds_m[3] - side_m, count)
    return shapely.box(west, south, west + side_m, south + side_m)


class Driver:
    def __init__(self) -> None:
        self.planner = make_person("planner")
        load_town(DEMO_TOWNS[0], lambda line: None)
        self.slug = DEMO_TOWNS[0].slug
        with acting_as(municipality=self.slug):
            town = Municipality.objects.get()
            let_in(town, self.planner, Role.PLANNER)
            old = LayerVersion.objects.get(layer__kind=LayerKind.PARCELS)
            shapes = squares(town.extent.extent, PARCELS, 30.0)
            rows = [
                {"ref": f"G-{i:05d}", "wkb": wkb, "parcel_kind": "parking"}
                for i, wkb in enumerate(shapely.to_wkb(shapes, hex=True))
            ]
            publish_features(
                town, LayerKind.PARCELS, old.layer.name, rows,
                Provenance("generated", "none", "EPSG:3035", old.data_class, "illustrative"),
            )  # fmt: skip
        self.other = make_town("import-town", member=self.planner)
        self.third, self.files = make_town("derive-town", member=self.planner), 0
        # in the middle of the town of the factory, in its own grid
        shapes = squares((291_000, 5_626_000, 294_000, 5_631_000), IMPORTED, 20.0)
        folder = Path(tempfile.mkdtemp(dir=os.environ["HEATHUB_VAR"]))
        columns = {"FLURSTUECK": [f"{i:05d}" for i in range(IMPORTED)]}
        self.file = zipped(folder, shapes=list(shapes), columns=columns)

    def run(self) -> dict[str, str]:
        with acting_as(user_id=self.planner.pk):
            town = Municipality.objects.get(slug=self.slug)
            return {"run": str(start_run(first_study(town), self.planner).pk)}

    def upload(self) -> dict[str, str]:
        answers = {"kind": "parcels", "name": self.file.name, "columns": {"ref": "FLURSTUECK"}}
        with acting_as(user_id=self.planner.pk), self.file.open("rb") as handle:
            upload = uploads.receive(self.other, self.planner, file=File(handle), **answers)
            hand_over(upload.job_id)
        return {"upload": str(upload.job_id)}

    def buildings(self) -> dict[str, str]:
        """A file of buildings for a town of its own, whose cells of demand follow from them."""
        shapes = squares((291_000, 5_626_000, 294_000, 5_631_000), 50, 20.0)
        folder = Path(tempfile.mkdtemp(dir=os.environ["HEATHUB_VAR"]))
        columns = {"id": [f"{i:05d}" for i in range(50)], "demand_mwh": [10.0 + self.files] * 50}
        self.files += 1
        file = zipped(folder, shapes=list(shapes), columns=columns)
        with acting_as(user_id=self.planner.pk), file.open("rb") as handle:
            upload = uploads.receive(
                self.third, self.planner, kind="buildings", name=file.name, file=File(handle),
                columns={"heat_demand_mwh_per_a": {"column": "demand_mwh", "unit": "MWh"}},
            )  # fmt: skip
            hand_over(upload.job_id)
        return {"upload": str(upload.job_id)}

    def both(self) -> dict[str, str]:
        return self.run() | self.upload()


driver = Driver()
for line in sys.stdin:
    sys.stdout.write(json.dumps(getattr(driver, line.strip())()) + "\n")
    sys.stdout.flush()
    connection.close()  # as at the end of every request
