/* How each kind of layer is drawn. Parts without a source belong to the layer's own tiles. */
import { language } from "../lib/quantities.js";
import { token } from "../lib/tokens.js";
import { FONT, categorised, classed, estimated, hatched, isOther, methodOf, steps, text, zoomed } from "./paint.js";

const round = { "line-cap": "round", "line-join": "round" };
const STOREY_M = 3.2;
const PATHS = ["footway", "path", "track", "cycleway", "steps", "bridleway", "pedestrian", "corridor"];

function streets(layer) {
  const path = ["match", ["get", "street_kind"], PATHS, true, false];
  const wide = ["match", ["get", "street_kind"], ["motorway", "trunk", "primary"], 2.1, ["secondary"], 1.7, ["tertiary", "residential", "unclassified", "living_street"], 1.25, 0.85];
  const width = (add) => zoomed(12, ["+", 0.4, ["*", wide, 0.5]], 16, ["+", add, ["*", wide, 4]], 19, ["+", add * 2, ["*", wide, 16]]);
  return [
    { id: `${layer.id}-path`, type: "line", minzoom: 14, filter: path, layout: round,
      paint: { "line-color": token("map-path"), "line-width": zoomed(14, 0.7, 18, 2.6), "line-dasharray": [2.2, 2] } },
    { id: `${layer.id}-case`, type: "line", minzoom: 14, filter: ["!", path], layout: round, paint: { "line-color": token("map-street-case"), "line-width": width(1.2) } },
    { id: `${layer.id}-fill`, type: "line", filter: ["!", path], layout: round, paint: { "line-color": token("map-street"), "line-width": width(0) } },
    { id: `${layer.id}-name`, type: "symbol", minzoom: 15.5, filter: ["all", ["!", path], ["!=", ["get", "name"], ""]],
      layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": FONT, "text-size": zoomed(15.5, 10.5, 18, 13), "symbol-spacing": 320, "text-max-angle": 30 }, paint: text() },
  ];
}
function constraints(layer) {
  return [
    { id: `${layer.id}-fill`, type: "fill", paint: { "fill-antialias": true, "fill-color": categorised(layer) } },
    hatched(layer, "hatch", { filter: isOther(layer), paint: { "fill-pattern": "hatch-gate" } }),
    { id: `${layer.id}-edge`, type: "line", filter: isOther(layer), paint: { "line-color": token("gate"), "line-width": zoomed(12, 0.6, 17, 1.6) } },
    { id: `${layer.id}-name`, type: "symbol", minzoom: 15, filter: ["!=", ["get", "name"], ""],
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 11 }, paint: text() },
  ];
}
function buildings(layer, view) {
  const name = { id: `${layer.id}-name`, type: "symbol", minzoom: 17, filter: ["!=", ["get", "name"], ""],
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 11, "text-max-width": 9 }, paint: text() };
  const point = { id: `${layer.id}-point`, type: "circle", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": classed(layer, view),
    "circle-radius": zoomed(12, 1.2, 18, 6), "circle-stroke-color": token("map-building-line"), "circle-stroke-width": 0.6 } };
  if (view.tilted) {
    // a building whose storeys nobody knows stays flat
    const height = ["*", STOREY_M, ["coalesce", ["get", "storeys"], 0]];
    return [point, { id: `${layer.id}-body`, type: "fill-extrusion", filter: ["!=", ["geometry-type"], "Point"],
      paint: { "fill-extrusion-color": classed(layer, view), "fill-extrusion-height": height, "fill-extrusion-opacity": 0.94 } }, name];
  }
  return [
    { id: `${layer.id}-fill`, type: "fill", paint: { "fill-color": classed(layer, view) } },
    point,
    ...(estimated(layer) ? [hatched(layer, "hatch", { minzoom: 14.5, filter: ["has", layer.classes.property] })] : []),
    { id: `${layer.id}-line`, type: "line", minzoom: 14, paint: { "line-color": token("map-building-line"), "line-width": zoomed(14, 0.4, 18, 1.1) } },
    name,
  ];
}
function pipes(layer, view) {
  const width = ["+", 1, ["*", 0.008, ["coalesce", ["get", "dn_mm"], 80]]];
  const line = (id, color, side) => ({
    id: `${layer.id}-${id}`, type: "line", layout: { "line-cap": estimated(layer) ? "butt" : "round", "line-join": "round" },
    paint: { "line-color": color, "line-width": zoomed(12, ["*", 0.5, width], 16, width, 19, ["*", 2, width]),
      "line-offset": zoomed(12, 0.7 * side, 16, 1.7 * side, 19, 4 * side), ...(estimated(layer) ? { "line-dasharray": [4, 1.6] } : {}) },
  });
  // the way of the water is known where we grew the network ourselves: away from the plant
  const arrows = { id: `${layer.id}-flow`, type: "symbol", minzoom: 15, filter: ["has", "flow_share"], layout: {
    "symbol-placement": "line", "symbol-spacing": 90, "icon-image": "flow", "icon-size": zoomed(15, 0.55, 18, 1), "icon-offset": [0, -7], "icon-ignore-placement": true, "icon-allow-overlap": true } };
  return [line("supply", classed(layer, view, "supply"), -1), line("return", token("return"), 1), ...(estimated(layer) ? [arrows] : [])];
}
function parcels(layer) {
  const state = (name) => ["boolean", ["feature-state", name], false];
  const score = ["number", ["feature-state", "score"], -1];
  return [
    { id: `${layer.id}-fill`, type: "fill", paint: {
      "fill-color": ["case", state("refused"), token("refused"), ["<", score, 0], token("missing"), steps(methodOf(layer, {}), score)],
      "fill-opacity": ["case", state("refused"), 0.75, 0.92] } },
    { id: `${layer.id}-refused`, type: "fill", paint: { "fill-pattern": "hatch-strong", "fill-opacity": ["case", state("refused"), 0.8, 0] } },
    { id: `${layer.id}-edge`, type: "line", paint: { "line-color": token("ink"), "line-width": zoomed(13, 0.5, 17, 1.3), "line-opacity": 0.75 } },
  ];
}
export const kilowatts = (value) => ["case", [">=", ["abs", value], 1000],
  ["concat", ["number-format", ["/", value, 1000], { locale: language, "max-fraction-digits": 1 }], "\u202fMW"],
  ["concat", ["number-format", ["round", value], { locale: language }], "\u202fkW"]];

function feeders(layer, view) {
  return [
    { id: `${layer.id}-casing`, type: "line", layout: round, paint: { "line-color": token("map-grid"), "line-width": zoomed(12, 1.4, 16, 4, 19, 7), "line-opacity": 0.35 } },
    { id: `${layer.id}-line`, type: "line", layout: round, paint: { "line-color": classed(layer, view, "unknown"), "line-width": zoomed(12, 1, 16, 2.2, 19, 4), "line-dasharray": [5, 2] } },
  ];
}
function substations(layer, view) {
  const value = ["get", "firm_headroom_kw"];
  const method = methodOf(layer, view);
  const names = ["none", "little", "enough"];
  const icon = ["case", ["==", ["typeof", value], "number"],
    ["step", value, `headroom-${names[0]}`, ...method.breaks.flatMap((limit, i) => [limit, `headroom-${names[i + 1]}`])], "headroom-unknown"];
  const label = ["case", ["==", ["typeof", value], "number"], ["concat", ["get", "name"], "\n", kilowatts(value)], ["get", "name"]];
  return [
    { id: `${layer.id}-fill`, type: "fill", minzoom: 16, paint: { "fill-color": token("map-grid"), "fill-opacity": 0.3 } },
    { id: `${layer.id}-mark`, type: "symbol", layout: {
      "icon-image": icon, "icon-size": zoomed(12, 0.6, 16, 0.95), "icon-allow-overlap": true,
      "text-field": ["step", ["zoom"], "", 15.5, label], "text-font": FONT, "text-size": 11.5,
      "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true, "text-max-width": 10 }, paint: text() },
  ];
}
function plants(layer) {
  return [
    { id: `${layer.id}-fill`, type: "fill", minzoom: 16, paint: { "fill-color": token("map-plant"), "fill-opacity": 0.35 } },
    { id: `${layer.id}-mark`, type: "symbol", layout: {
      "icon-image": "mark-plant", "icon-size": zoomed(12, 0.6, 16, 0.95), "icon-allow-overlap": true,
      "text-field": ["step", ["zoom"], "", 13, ["get", "name"]], "text-font": FONT, "text-size": 11.5,
      "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true, "text-max-width": 10 }, paint: text() },
  ];
}
function heat_demand(layer, view) {
  return [
    { id: `${layer.id}-fill`, type: "fill", paint: { "fill-color": classed(layer, view), "fill-opacity": 0.72, "fill-outline-color": token("map-ground") } },
    ...(estimated(layer) ? [hatched(layer, "hatch")] : []),
  ];
}
function heat_lines(layer, view) {
  return [{ id: `${layer.id}-fill`, type: "line", layout: { "line-cap": "butt", "line-join": "round" },
    paint: { "line-color": classed(layer, view), "line-width": zoomed(12, 2, 16, 6, 19, 18), ...(estimated(layer) ? { "line-dasharray": [3, 0.7] } : {}) } }];
}
function grid_model(layer) {
  return [
    { id: `${layer.id}-line`, type: "line", filter: ["==", ["geometry-type"], "LineString"], layout: round, paint: { "line-color": token("map-grid"), "line-width": zoomed(12, 1, 16, 2, 19, 3.5) } },
    { id: `${layer.id}-point`, type: "circle", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": token("map-grid"),
      "circle-radius": zoomed(12, 1.6, 18, 5), "circle-stroke-color": token("surface"), "circle-stroke-width": 0.8 } },
  ];
}
export const DRAW = { constraints, heat_demand, streets, heat_lines, buildings, pipes, parcels, feeders, grid_model, substations, plants };

/* Where a tile holds too much, the server adds up: squares of the grid, of a layer of their own. */
export function cells(layer, view) {
  const value = ["get", layer.cells.property];
  const input = layer.cells.perYear && view.factor ? ["*", value, view.factor] : value;
  return [{ id: `${layer.id}-cells`, type: "fill", "source-layer": `${layer.kind}_cells`, paint: {
    "fill-color": ["case", ["==", ["typeof", value], "number"], steps(layer.cells, input), token("missing")], "fill-opacity": 0.8, "fill-antialias": false } }];
}
/* Outlines of what is pointed at and chosen lie above everything else. */
export function marks(layer) {
  const on = (name) => ["boolean", ["feature-state", name], false];
  const line = (id, color, width, opacity) => ({
    id: `${layer.id}-${id}`, type: "line", source: layer.id, "source-layer": layer.kind, layout: { "line-join": "round" },
    paint: { "line-color": color, "line-width": width, "line-opacity": opacity },
  });
  const chosen = ["case", on("selected"), 1, on("hover"), 0.9, 0];
  return [
    line("selcasing", token("map-casing"), ["case", on("selected"), 7, 5], chosen),
    line("outline", token("accent"), ["case", on("selected"), 3, 2], chosen),
  ];
}
