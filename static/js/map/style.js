/* The map style: made from the layers the server describes and the colours of tokens.css. */
import { ramp, token } from "../lib/tokens.js";

const FONT = ["Inter Variable"];
const estimated = (layer) => layer.nature !== "measured";

function steps(layer, input) {
  const colors = ramp(layer.palette, layer.breaks.length + 1);
  return ["step", input, colors[0], ...layer.breaks.flatMap((b, i) => [b, colors[i + 1]])];
}
function classed(layer) {
  const value = ["get", layer.breaksProperty];
  return ["case", ["!", ["has", layer.breaksProperty]], token("missing"),
    ["==", ["typeof", value], "number"], steps(layer, value), token("missing")];
}
const hatched = (layer, id, extra = {}) => ({
  id: `${layer.id}-${id}`, type: "fill", paint: { "fill-pattern": "hatch-fine" }, ...extra,
});
const zoomed = (...stops) => ["interpolate", ["exponential", 1.6], ["zoom"], ...stops];
const text = (extra = {}) => ({
  "text-color": token("map-label"), "text-halo-color": token("map-label-halo"), "text-halo-width": 1.4, ...extra,
});

const DRAW = {
  constraints(layer) {
    const kind = ["get", "constraint_kind"];
    const open = ["grass", "meadow", "park", "farmland", "scrub", "heath", "green"];
    const housing = ["residential", "noise_sensitive"];
    const known = ["water", "forest", "wood", ...open, ...housing];
    return [
      { id: `${layer.id}-fill`, type: "fill", paint: { "fill-antialias": true, "fill-color":
        ["match", kind, "water", token("map-water"), ["forest", "wood"], token("map-forest"), open, token("map-open"), housing, token("map-housing"), token("map-protect")] } },
      hatched(layer, "hatch", { filter: ["!", ["in", kind, ["literal", known]]] }),
      { id: `${layer.id}-name`, type: "symbol", minzoom: 15, filter: ["!=", ["get", "name"], ""],
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 11 }, paint: text() },
    ];
  },
  heat_demand(layer) {
    return [
      { id: `${layer.id}-fill`, type: "fill", paint: { "fill-color": classed(layer), "fill-opacity": 0.72, "fill-outline-color": token("map-ground") } },
      ...(estimated(layer) ? [hatched(layer, "hatch")] : []),
    ];
  },
  streets(layer) {
    const path = ["match", ["get", "street_kind"], ["footway", "path", "track", "cycleway", "steps", "bridleway", "pedestrian", "corridor"], true, false];
    const wide = ["match", ["get", "street_kind"], ["motorway", "trunk", "primary"], 2.1, ["secondary"], 1.7, ["tertiary", "residential", "unclassified", "living_street"], 1.25, 0.85];
    const width = (add) => zoomed(12, ["+", 0.4, ["*", wide, 0.5]], 16, ["+", add, ["*", wide, 4]], 19, ["+", add * 2, ["*", wide, 16]]);
    const round = { "line-cap": "round", "line-join": "round" };
    return [
      { id: `${layer.id}-path`, type: "line", minzoom: 14, filter: path, layout: round,
        paint: { "line-color": token("map-path"), "line-width": zoomed(14, 0.7, 18, 2.6), "line-dasharray": [2.2, 2] } },
      { id: `${layer.id}-case`, type: "line", minzoom: 14, filter: ["!", path], layout: round, paint: { "line-color": token("map-street-case"), "line-width": width(1.2) } },
      { id: `${layer.id}-fill`, type: "line", filter: ["!", path], layout: round, paint: { "line-color": token("map-street"), "line-width": width(0) } },
      { id: `${layer.id}-name`, type: "symbol", minzoom: 15.5, filter: ["all", ["!", path], ["!=", ["get", "name"], ""]],
        layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": FONT, "text-size": zoomed(15.5, 10.5, 18, 13), "symbol-spacing": 320, "text-max-angle": 30 }, paint: text() },
    ];
  },
  heat_lines(layer) {
    return [{ id: `${layer.id}-fill`, type: "line", layout: { "line-cap": "butt", "line-join": "round" },
      paint: { "line-color": classed(layer), "line-width": zoomed(12, 2, 16, 6, 19, 18), ...(estimated(layer) ? { "line-dasharray": [3, 0.7] } : {}) } }];
  },
  buildings(layer) {
    return [
      { id: `${layer.id}-fill`, type: "fill", paint: { "fill-color": classed(layer) } },
      { id: `${layer.id}-point`, type: "circle", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": classed(layer),
        "circle-radius": zoomed(12, 1.2, 18, 6), "circle-stroke-color": token("map-building-line"), "circle-stroke-width": 0.6 } },
      ...(estimated(layer) ? [hatched(layer, "hatch", { minzoom: 14.5, filter: ["has", layer.breaksProperty] })] : []),
      { id: `${layer.id}-line`, type: "line", minzoom: 14, paint: { "line-color": token("map-building-line"), "line-width": zoomed(14, 0.4, 18, 1.1) } },
      { id: `${layer.id}-name`, type: "symbol", minzoom: 17, filter: ["!=", ["get", "name"], ""],
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 11, "text-max-width": 9 }, paint: text() },
    ];
  },
  pipes(layer) {
    const width = ["+", 1, ["*", 0.008, ["coalesce", ["get", "dn_mm"], 80]]];
    const line = (id, color, side) => ({
      id: `${layer.id}-${id}`, type: "line", layout: { "line-cap": estimated(layer) ? "butt" : "round", "line-join": "round" },
      paint: { "line-color": token(color), "line-width": zoomed(12, ["*", 0.5, width], 16, width, 19, ["*", 2, width]),
        "line-offset": zoomed(12, 0.7 * side, 16, 1.7 * side, 19, 4 * side), ...(estimated(layer) ? { "line-dasharray": [4, 1.6] } : {}) },
    });
    return [line("supply", "supply", -1), line("return", "return", 1)];
  },
  parcels(layer) {
    const state = (name) => ["boolean", ["feature-state", name], false];
    const score = ["number", ["feature-state", "score"], -1];
    return [
      { id: `${layer.id}-fill`, type: "fill", paint: {
        "fill-color": ["case", state("refused"), token("refused"), ["<", score, 0], token("missing"), steps(layer, score)],
        "fill-opacity": ["case", state("refused"), 0.75, 0.92] } },
      { id: `${layer.id}-refused`, type: "fill", paint: { "fill-pattern": "hatch-strong", "fill-opacity": ["case", state("refused"), 0.8, 0] } },
      { id: `${layer.id}-edge`, type: "line", paint: { "line-color": token("ink"), "line-width": zoomed(13, 0.5, 17, 1.3), "line-opacity": 0.75 } },
    ];
  },
  feeders(layer) {
    return [
      { id: `${layer.id}-line`, type: "line", layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("map-grid"), "line-width": zoomed(12, 1, 16, 2.2, 19, 4), "line-dasharray": [5, 2] } },
    ];
  },
  grid_model(layer) {
    return [
      { id: `${layer.id}-line`, type: "line", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("map-grid"), "line-width": zoomed(12, 1, 16, 2, 19, 3.5) } },
      { id: `${layer.id}-point`, type: "circle", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": token("map-grid"),
        "circle-radius": zoomed(12, 1.6, 18, 5), "circle-stroke-color": token("surface"), "circle-stroke-width": 0.8 } },
    ];
  },
  substations: (layer) => point(layer, "mark-substation", "map-grid"),
  plants: (layer) => point(layer, "mark-plant", "map-plant"),
};

function point(layer, image, color) {
  return [
    { id: `${layer.id}-fill`, type: "fill", minzoom: 16, paint: { "fill-color": token(color), "fill-opacity": 0.35 } },
    { id: `${layer.id}-mark`, type: "symbol", layout: {
      "icon-image": image, "icon-size": zoomed(12, 0.6, 16, 0.95), "icon-allow-overlap": true,
      "text-field": ["step", ["zoom"], "", layer.kind === "plants" ? 13 : 16.5, ["get", "name"]], "text-font": FONT, "text-size": 11.5,
      "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true, "text-max-width": 10 }, paint: text() },
  ];
}

/* Outlines of what is pointed at and chosen lie above everything else. */
function marks(layer) {
  const on = (name) => ["boolean", ["feature-state", name], false];
  const line = (id, color, width, opacity) => ({
    id: `${layer.id}-${id}`, type: "line", source: layer.id, "source-layer": layer.kind, layout: { "line-join": "round" },
    paint: { "line-color": color, "line-width": width, "line-opacity": opacity },
  });
  const chosen = ["case", on("selected"), 1, on("hover"), 0.9, 0];
  return [
    line("casing", token("map-casing"), ["case", on("selected"), 7, 5], chosen),
    line("outline", token("accent"), ["case", on("selected"), 3, 2], chosen),
  ];
}

export function makeStyle(layers, hidden) {
  const sorted = layers.toSorted((a, b) => a.order - b.order);
  const drawn = sorted.flatMap((layer) => (DRAW[layer.kind]?.(layer) ?? []).map((part) => ({
    ...part, source: layer.id, "source-layer": layer.kind,
    layout: { ...part.layout, visibility: hidden.has(layer.id) ? "none" : "visible" },
  })));
  const shapes = drawn.filter((part) => part.type !== "symbol");
  const signs = drawn.filter((part) => part.type === "symbol");
  const outlined = sorted.filter((layer) => layer.shape === "area" || layer.kind === "pipes").flatMap(marks);
  return {
    version: 8,
    sources: Object.fromEntries(sorted.map((layer) => [layer.id, {
      type: "vector", tiles: [`${location.origin}/tiles/${layer.kind}/${layer.version}/{z}/{x}/{y}.mvt`],
      minzoom: layer.minZoom, maxzoom: layer.maxZoom, promoteId: { [layer.kind]: "ref" },
      attribution: [layer.source, layer.licence].filter(Boolean).map(escapeText).join(", "),
    }])),
    layers: [{ id: "ground", type: "background", paint: { "background-color": token("map-ground") } }, ...shapes, ...outlined, ...signs],
  };
}

function escapeText(value) {
  return value.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}
