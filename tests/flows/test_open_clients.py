"""Real programs read the open interface: GDAL, schemathesis, and QGIS where it is installed.

PyQGIS weighs a gigabyte with what it needs, so it judges where it is there (apt-get install
python3-qgis qgis-providers) and is left out where it is not.
"""

import json
import os
import shutil
import subprocess
import sys

import pyogrio
import pytest
import shapely

from heatmap.identity import acting_as
from heatmap.models import FEATURE_MODELS, LayerVersion
from heatmap.services import tokens

EXAMPLES = 60 if os.environ.get("HEATHUB_TEST_ALL") else 6
# what a schema allows may still be refused with a reason: a box from right to left, a moment that
# is none, a value that features of this kind do not have
LEFT_OUT = "positive_data_acceptance"


@pytest.fixture(scope="module")
def key(town, planner):
    with acting_as(user_id=planner.pk):
        _token, secret = tokens.create_token(
            town, planner, name="judge", scope="read,restricted", days=1
        )
    return secret


@pytest.fixture(scope="module")
def expected(town):
    """How many features each layer of the town has, by the id of its collection."""
    counts = {}
    with acting_as(municipality=town.slug):
        versions = LayerVersion.objects.filter(published_at__isnull=False).select_related("layer")
        for version in versions.order_by("number"):
            model = FEATURE_MODELS.get(version.layer.kind)
            if model is not None:
                name = f"{town.slug}-{version.layer.kind}-{version.layer_id}"
                counts[name] = model.objects.filter(version=version).count()
    return counts


@pytest.fixture(params=["bearer", "password"])
def gdal(live_url, key, request):
    """GDAL's own driver, with the token as a person gives it."""
    options = {
        "bearer": {"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": key},
        "password": {"GDAL_HTTP_AUTH": "BASIC", "GDAL_HTTP_USERPWD": f"token:{key}"},
    }[request.param]
    pyogrio.set_gdal_config_options(options)
    yield f"OAPIF:{live_url}/api/"
    pyogrio.set_gdal_config_options(dict.fromkeys(options))


def test_gdal_lists_pages_and_filters_every_layer(gdal, expected):
    listed = {name for name, _shape in pyogrio.list_layers(gdal)}
    assert listed == set(expected)
    for name, count in expected.items():
        meta, _fids, shapes, values = pyogrio.raw.read(gdal, layer=name, PAGE_SIZE="20")
        assert len(shapes) == count, name
        refs = values[list(meta["fields"]).index("ref")]
        assert len(set(refs)) == count, name
        one = pyogrio.raw.read(gdal, layer=name, where=f"ref = '{refs[0]}'")
        assert len(one[2]) == 1, name


def test_gdal_finds_what_lies_in_a_box_of_the_stored_reference_system(gdal, expected, town):
    name = next(name for name in expected if "-buildings-" in name)
    # GDAL takes features as they are stored, northing first, and turns the axes itself
    meta, _fids, shapes, _values = pyogrio.raw.read(gdal, layer=name)
    assert meta["crs"] == "EPSG:3035"
    west, south, east, north = shapely.total_bounds(shapely.from_wkb(shapes))
    assert (4_038_000 < west < east < 4_047_000, 3_077_000 < south < north < 3_087_000) == (
        True,
        True,
    )
    half = (west, south, (west + east) / 2, north)
    some = shapely.from_wkb(pyogrio.raw.read(gdal, layer=name, bbox=half)[2])
    box = shapely.box(*half)
    inside = [shape for shape in shapely.from_wkb(shapes) if shapely.intersects(shape, box)]
    assert 0 < len(some) == len(inside) < expected[name]


def test_schemathesis_finds_no_failure_and_no_undocumented_answer(live_url, key, tmp_path):
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{live_url}/api/openapi.json",
        "--header", f"Authorization: Bearer {key}", "--max-examples", str(EXAMPLES),
        "--seed", "1", "--exclude-checks", LEFT_OUT, "--no-color",
    ]  # fmt: skip
    # what it keeps for the next time stays out of the project
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=900, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "Tested: 13" in done.stdout


QGIS = """
import json, sys
from qgis.core import (QgsApplication, QgsVectorLayer, QgsFeatureRequest, QgsRectangle,
    QgsMapSettings, QgsMapRendererParallelJob, QgsAuthMethodConfig)
from qgis.PyQt.QtCore import QSize
QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
url, names = sys.argv[1], json.loads(sys.argv[2])
manager = QgsApplication.authManager()
manager.setMasterPassword("of this test", True)
config = QgsAuthMethodConfig("Basic")
config.setName("heathub")
config.setConfig("username", "token")
config.setConfig("password", sys.argv[3])
manager.storeAuthenticationConfig(config)
found = {}
for name in names:
    uri = f"typename='{name}' url='{url}' authcfg='{config.id()}' pageSize='20'"
    layer = QgsVectorLayer(uri, name, "OAPIF")
    if not layer.isValid():
        found[name] = layer.error().message()
        continue
    refs = {feature["ref"] for feature in layer.getFeatures()}
    some = next(iter(refs), None)
    filtered = QgsVectorLayer(uri, name, "OAPIF")
    expression = QgsFeatureRequest().setFilterExpression(f"ref = '{some}'")
    one = sum(1 for _ in filtered.getFeatures(expression))
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setOutputSize(QSize(200, 200))
    settings.setExtent(layer.extent())
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    colours = {image.pixel(x, y) for x in range(0, 200, 2) for y in range(0, 200, 2)}
    found[name] = [len(refs), one, len(colours) > 1]
print("FOUND" + json.dumps(found))
"""


def _python_of_qgis() -> str | None:
    python = shutil.which("python3", path="/usr/bin")
    if python is None:
        return None
    done = subprocess.run([python, "-c", "import qgis.core"], capture_output=True, check=False)
    return python if done.returncode == 0 else None


def test_qgis_lists_pages_filters_and_draws_every_layer(live_url, key, expected, tmp_path):
    python = _python_of_qgis()
    if python is None:
        pytest.skip("PyQGIS is not installed")
    kept = {"PATH", "HOME", "LANG"}
    env = {name: value for name, value in os.environ.items() if name in kept} | {
        "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path),
        "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path),
    }  # fmt: skip
    done = subprocess.run(
        [python, "-c", QGIS, f"{live_url}/api/", json.dumps(list(expected)), key],
        capture_output=True, text=True, timeout=300, check=False, env=env, cwd=tmp_path,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("FOUND")]
    assert lines, done.stdout[-1500:] + done.stderr[-3000:]
    found = json.loads(lines[0].removeprefix("FOUND"))
    assert found == {name: [count, 1, True] for name, count in expected.items()}
