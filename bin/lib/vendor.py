"""Copies the front-end libraries from node_modules to static/vendor, version in the path.

Writes generated files beside them: manifest.json (for templates), fonts.css, and one ES module
per library that our own modules import (so that nothing else names a version).
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
        "maplibre-gl-worker.mjs": "dist/maplibre-gl-worker.mjs",
        "maplibre-gl.css": "dist/maplibre-gl.css",
    },
    "terra-draw": {"terra-draw.mjs": "dist/terra-draw.module.js"},
    "terra-draw-maplibre-gl-adapter": {
        "terra-draw-maplibre.mjs": "dist/terra-draw-maplibre-gl-adapter.module.js"
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
LATIN = (
    "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, "
    "U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD"
)
LATIN_EXTENDED = "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+1E00-1E9F, U+2080-2089, U+2190-2199"
FONTS = {"inter.woff2": LATIN, "inter-ext.woff2": LATIN_EXTENDED}
FONT_FACE = """@font-face {{
  font-family: "Inter Variable"; font-weight: 100 900; font-display: swap;
  src: url("{path}") format("woff2"); unicode-range: {characters};
}}
"""
MODULES = {
    "maplibre.js": "maplibre-gl.mjs",
    "echarts.js": "echarts.mjs",
    "terra-draw.js": "terra-draw.mjs",
    "terra-draw-maplibre.js": "terra-draw-maplibre.mjs",
}
# a library that imports another by its bare name; browsers want an address
BARE_IMPORTS = {"terra-draw-maplibre.mjs": ("terra-draw", "terra-draw.js")}


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    manifest: dict[str, str] = {}
    for package, files in FILES.items():
        version = json.loads((SOURCE / package / "package.json").read_text())["version"]
        folder = f"{package.split('/')[-1]}-{version}"
        (TARGET / folder).mkdir(parents=True)
        for name, path in files.items():
            shutil.copy(SOURCE / package / path, TARGET / folder / name)
            manifest[name] = f"{folder}/{name}"
        for licence in (SOURCE / package).glob("LICENSE*"):
            shutil.copy(licence, TARGET / folder / licence.name)
    for module, name in MODULES.items():
        (TARGET / module).write_text(f'export * from "./{manifest[name]}";\n', encoding="utf-8")
    for name, (package, module) in BARE_IMPORTS.items():
        file = TARGET / manifest[name]
        text = file.read_text(encoding="utf-8")
        bare = f'from"{package}"'
        if bare not in text:
            raise SystemExit(f"{name} no longer imports {package} as expected")
        file.write_text(text.replace(bare, f'from"../{module}"'), encoding="utf-8")
    faces = (FONT_FACE.format(path=manifest[n], characters=c) for n, c in FONTS.items())
    (TARGET / "fonts.css").write_text("".join(faces), encoding="utf-8")
    (TARGET / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
