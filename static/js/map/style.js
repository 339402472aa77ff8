/* The map style: a pure function of the layers, of what is to be seen, and of the theme's colours. */
import { token } from "../lib/tokens.js";
import { DRAW, cells, kilowatts, marks } from "./drawn.js";
import { FONT, text } from "./paint.js";
import { firstView } from "./state.js";

const OPACITY = {
  fill: ["fill-opacity"], line: ["line-opacity"], symbol: ["icon-opacity", "text-opacity"],
  circle: ["circle-opacity", "circle-stroke-opacity"], "fill-extrusion": ["fill-extrusion-opacity"],
};
const EMPTY = { type: "FeatureCollection", features: [] };
const geojson = (data) => ({ type: "geojson", data: data ?? EMPTY });

function faded(part, opacity) {
  if (opacity === 1) return part;
  const paint = { ...part.paint };
  for (const name of OPACITY[part.type]) paint[name] = typeof (paint[name] ?? 1) === "number" ? opacity * (paint[name] ?? 1) : ["*", opacity, paint[name]];
  return { ...part, paint };
}
/* Words that a person has switched off; cells hold sums of all words and stay as they are. */
function sifted(part, hidden) {
  const rules = Object.entries(hidden ?? {}).filter(([, words]) => words.length)
    .map(([column, words]) => ["!", ["in", ["to-string", ["get", column]], ["literal", words]]]);
  if (!rules.length) return part;
  return { ...part, filter: ["all", ...(part.filter ? [part.filter] : []), ...rules] };
}
function partsOf(layer, view) {
  const own = (DRAW[layer.kind]?.(layer, view) ?? []).map((part) => sifted(part, hiddenOf(view, layer)));
  const all = layer.cells ? [...cells(layer, view), ...own] : own;
  return all.map((part) => faded({
    "source-layer": layer.kind, ...part, source: layer.id,
    layout: { ...part.layout, visibility: view.on[layer.id] ? "visible" : "none" },
  }, view.opacity[layer.id]));
}
/* `hidden` lists layer~column: the address keeps one list per layer and column. */
export function hiddenOf(view, layer) {
  const found = {};
  for (const [key, words] of Object.entries(view.hidden ?? {})) {
    const [id, column] = key.split(":");
    if (id === layer.id) found[column] = words;
  }
  return found;
}
function source(layer) {
  return {
    type: "vector", tiles: [location.origin + layer.tiles], minzoom: layer.minZoom, maxzoom: layer.maxZoom,
    promoteId: { [layer.kind]: "ref" }, attribution: [layer.source, layer.licence].filter(Boolean).map(escapeText).join(", "),
  };
}
const line = (id, from, color, width, extra = {}) => ({ id, source: from, type: "line", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": token(color), "line-width": width, ...extra } });

/* What lies above all layers: the way to the network and the noise circle of the chosen parcel, the
   chosen part of the town, and what is being drawn. */
function above() {
  return [
    { id: "noise-fill", source: "noise", type: "fill", paint: { "fill-color": token("noise"), "fill-opacity": 0.1 } },
    line("noise-line", "noise", "noise", 1.6, { "line-dasharray": [3, 2] }),
    line("route-case", "route", "map-casing", 7), line("route-line", "route", "hub", 4),
    { id: "area-fill", source: "area", type: "fill", paint: { "fill-color": token("accent"), "fill-opacity": 0.1 } },
    line("area-case", "area", "map-casing", 5), line("area-line", "area", "accent", 2.4, { "line-dasharray": [2.5, 1.6] }),
    { id: "tool-fill", source: "tool", type: "fill", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": token("accent"), "fill-opacity": 0.12 } },
    line("tool-case", "tool", "map-casing", 5), line("tool-line", "tool", "accent", 2.4),
    { id: "tool-point", source: "tool", type: "circle", filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 4.5, "circle-color": token("surface"), "circle-stroke-color": token("accent"), "circle-stroke-width": 2 } },
    { id: "place-circle", source: "place", type: "circle", paint: { "circle-radius": 10, "circle-color": token("accent"), "circle-stroke-color": token("map-casing"), "circle-stroke-width": 1.5 } },
    { id: "place-text", source: "place", type: "symbol", layout: { "text-field": ["to-string", ["get", "rank"]], "text-font": FONT, "text-size": 11, "symbol-sort-key": ["get", "rank"] }, paint: { "text-color": token("on-accent") } },
    { id: "hour-circle", source: "hour", type: "circle", paint: { "circle-radius": ["interpolate", ["linear"], ["sqrt", ["max", 0, ["get", "kw"]]], 0, 3, 60, 22],
      "circle-color": ["match", ["get", "of"], "headroom", token("map-grid"), token("used")], "circle-opacity": 0.75, "circle-stroke-color": token("map-casing"), "circle-stroke-width": 1.5 } },
    { id: "hour-text", source: "hour", type: "symbol", layout: { "text-field": kilowatts(["get", "kw"]), "text-font": FONT, "text-size": 11.5, "text-offset": [0, 1.9], "text-optional": true }, paint: text() },
  ];
}

export function makeStyle(layers, view = firstView(layers), { extras = {}, raster = null } = {}) {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const sorted = view.order.map((id) => byId.get(id)).filter(Boolean);
  const drawn = sorted.flatMap((layer) => partsOf(layer, view));
  const shapes = drawn.filter((part) => part.type !== "symbol");
  const signs = drawn.filter((part) => part.type === "symbol");
  const outlined = sorted.filter((layer) => layer.shape === "area" || layer.kind === "pipes").flatMap(marks);
  const below = raster && view.raster ? [{ id: "raster", type: "raster", source: "raster", paint: { "raster-saturation": -0.6, "raster-opacity": 0.75 } }] : [];
  return {
    version: 8,
    sources: {
      ...(raster ? { raster: { type: "raster", tiles: [raster.tiles], tileSize: 256, attribution: escapeText(raster.attribution) } } : {}),
      ...Object.fromEntries(sorted.map((layer) => [layer.id, source(layer)])),
      ...Object.fromEntries(["noise", "route", "area", "tool", "place", "hour"].map((name) => [name, geojson(extras[name])])),
    },
    layers: [{ id: "ground", type: "background", paint: { "background-color": token("map-ground") } }, ...below, ...shapes, ...outlined, ...above(), ...signs],
  };
}

function escapeText(value) {
  return value.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}
