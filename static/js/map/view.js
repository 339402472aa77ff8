/* A MapLibre map of one town, used by the map page and by the small map of a parcel. */
import { AttributionControl, Map as LibreMap, NavigationControl, ScaleControl } from "../../vendor/maplibre.js";
import { calm, onThemeChange } from "../lib/tokens.js";
import { addImages } from "./images.js";
import { makeStyle } from "./style.js";

const NARROW_PX = 640; // below this the sources would cover the map
/* Layers and sources whose names begin so were drawn by a person; another theme leaves them. */
export const DRAWN = "drawn";
function keepDrawn(before, next) {
  const mine = (name) => name.startsWith(`${DRAWN}-`);
  return {
    ...next,
    sources: { ...next.sources, ...Object.fromEntries(Object.entries(before?.sources ?? {}).filter(([name]) => mine(name))) },
    layers: [...next.layers, ...(before?.layers ?? []).filter(({ id }) => mine(id))],
  };
}

export async function makeMap({ container, layers, hidden, texts, camera, controls = true, interactive = true, hash = false, minZoom = 9 }) {
  await document.fonts.load('500 12px "Inter Variable"').catch(() => {});
  const map = new LibreMap({
    container, style: makeStyle(layers, hidden), ...camera, hash, interactive, maxZoom: 19.5, minZoom,
    attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: calm() ? 0 : 150,
    locale: texts.controls,
  });
  map.touchZoomRotate?.disableRotation();
  map.keyboard?.disableRotation();
  if (controls) {
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
  }
  const small = !controls || Math.min(innerWidth - 260, container.clientWidth) < NARROW_PX;
  map.addControl(new AttributionControl({ compact: small }), "bottom-right");
  map.once("style.load", () => addImages(map));
  onThemeChange(() => { addImages(map); map.setStyle(makeStyle(layers, hidden), { transformStyle: keepDrawn }); });
  if (small) map.once("idle", () => container.querySelector(".maplibregl-compact-show")?.classList.remove("maplibregl-compact-show"));
  map.on("dataloading", () => { container.dataset.state = "busy"; });
  map.on("idle", () => { container.dataset.state = "idle"; });
  return map;
}

export function setVisible(map, layer, visible) {
  for (const part of map.getStyle().layers) {
    if (part.source === layer.id) map.setLayoutProperty(part.id, "visibility", visible ? "visible" : "none");
  }
}
