/* A MapLibre map of one town, used by the map page, by the drawing of layers and by the small map of a parcel. */
import { AttributionControl, Map as LibreMap, NavigationControl, ScaleControl } from "../../vendor/maplibre.js";
import { calm, onThemeChange } from "../lib/tokens.js";
import { addImages } from "./images.js";
import { firstView } from "./state.js";
import { makeStyle } from "./style.js";

export const canDraw = () => {
  try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; }
};

/* `style` makes the style anew, as often as it is needed; without it all layers look as usual. */
export async function makeMap({ container, layers, hidden, style, texts, camera, controls = true, interactive = true, hash = false }) {
  const usual = firstView(layers);
  for (const id of hidden ?? []) usual.on[id] = false;
  const look = style ?? (() => makeStyle(layers, usual));
  document.fonts.load('500 12px "Inter Variable"').catch(() => {});
  const map = new LibreMap({
    container, style: look(), ...camera, hash, interactive, maxZoom: 19.5, minZoom: 9, maxPitch: 60,
    attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: calm() ? 0 : 150,
    locale: texts.controls,
  });
  map.touchZoomRotate?.disableRotation();
  map.keyboard?.disableRotation();
  if (controls) {
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
  }
  map.addControl(new AttributionControl({ compact: true }), "bottom-right");
  map.on("style.load", () => addImages(map));
  onThemeChange(() => { addImages(map); map.setStyle(look()); });
  if (!controls || innerWidth < 900) map.once("idle", () => container.querySelector(".maplibregl-compact-show")?.classList.remove("maplibregl-compact-show"));
  map.on("dataloading", () => { container.dataset.state = "busy"; });
  map.on("idle", () => {
    container.dataset.state = "idle";
  });
  // every layer in view is drawn: what bin/bench map calls the first useful paint
  map.once("load", () => performance.mark("map-drawn"));
  return map;
}
