/* A MapLibre map of one town, used by the map page, by the drawing of layers and by the small map of a parcel. */
import { AttributionControl, Map as LibreMap, NavigationControl, ScaleControl } from "../../vendor/maplibre.js";
import { calm, onThemeChange } from "../lib/tokens.js";
import { addImages } from "./images.js";
import { firstView } from "./state.js";
import { makeStyle } from "./style.js";

export const canDraw = () => {
  try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; }
};
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

/* `style` makes the style anew, as often as it is needed; without it all layers look as usual. */
export async function makeMap({ container, layers, hidden, style, texts, camera, controls = true, interactive = true, hash = false, minZoom = 9 }) {
  const usual = firstView(layers);
  for (const id of hidden ?? []) usual.on[id] = false;
  const look = style ?? (() => makeStyle(layers, usual));
  document.fonts.load('500 12px "Inter Variable"').catch(() => {});
  const map = new LibreMap({
    container, style: look(), ...camera, hash, interactive, maxZoom: 19.5, minZoom, maxPitch: 60,
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
  map.addControl(new AttributionControl({ compact: Boolean(style) || small }), "bottom-right");
  map.on("style.load", () => addImages(map));
  onThemeChange(() => { addImages(map); map.setStyle(look(), { transformStyle: keepDrawn }); });
  if (small) map.once("idle", () => container.querySelector(".maplibregl-compact-show")?.classList.remove("maplibregl-compact-show"));
  map.on("dataloading", () => { container.dataset.state = "busy"; });
  map.on("idle", () => {
    container.dataset.state = "idle";
  });
  // every layer in view is drawn, from its tiles
  map.once("load", () => performance.mark("map-drawn"));
  return map;
}
