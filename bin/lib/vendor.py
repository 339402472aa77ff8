"""Copies the front-end libraries from node_modules to static/vendor, version in the path.

Writes two generated files beside them: manifest.json (for templates) and one ES module per
library that our own modules import (so that no module names a version).
"""

import json
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"

# package: files to take; the name before "=" is how templates and modules ask for the file
FILES = {
    "maplibre-gl": {
        "maplibre-gl.mjs": "dist/maplibre-gl.mjs",
        "maplibre-gl-shared.mjs": "dist/maplibre-gl-shared.mjs",
        "maplibre-gl-worker.mjs": "dist/maplibre-gl-worker.mjs",
        "maplibre-gl.css": "dist/maplibre-gl.css",
    },
    "echarts": {"echarts.mjs": "dist/echarts.esm.min.mjs"},
    "htmx.org": {"htmx.js": "dist/htmx.min.js"},
    "leaflet": {"leaflet.js": "dist/leaflet.js", "leaflet.css": "dist/leaflet.css"},
    "axe-core": {"axe.js": "axe.min.js"},
    "@fontsource-variable/inter": {
        "inter.woff2": "files/inter-latin-wght-normal.woff2",
        "inter-ext.woff2": "files/inter-latin-ext-wght-normal.woff2",
    },
    # the same face as TrueType files, which the report needs
    "@expo-google-fonts/inter": {
        "inter-regular.ttf": "400Regular/Inter_400Regular.ttf",
        "inter-semibold.ttf": "600SemiBold/Inter_600SemiBold.ttf",
    },
}
MODULES = {"maplibre.js": "maplibre-gl.mjs", "echarts.js": "echarts.mjs"}


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    manifest: dict[str, str] = {}
    for package, files in FILES.items():
        version = json.loads((SOURCE / package / "package.json").read_text())["version"]
        folder = f"{package.split('/')[-1]}-{version}"
        (TARGET / folder).mkdir(parents=True)
        for name, path in files.items():
            if not (SOURCE / package / path).exists() and name == "maplibre-gl-shared.mjs":
                continue
            shutil.copy(SOURCE / package / path, TARGET / folder / name)
            manifest[name] = f"{folder}/{name}"
        for licence in (SOURCE / package).glob("LICENSE*"):
            shutil.copy(licence, TARGET / folder / licence.name)
    for module, name in MODULES.items():
        (TARGET / module).write_text(f'export * from "./{manifest[name]}";\n', encoding="utf-8")
    (TARGET / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
