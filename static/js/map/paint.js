/* Colours and widths as expressions of the map style; classes come from the server, with the layer. */
import { token } from "../lib/tokens.js";

export const FONT = ["Inter Variable"];
export const KW_PER_MWH_A = 1000 / 8760;
export const estimated = (layer) => layer.nature !== "measured";
export const zoomed = (...stops) => ["interpolate", ["exponential", 1.6], ["zoom"], ...stops];
export const methodOf = (layer, view) => layer.classes.methods.find((one) => one.key === view.method?.[layer.id]) ?? layer.classes.methods[0];

export function steps(method, input) {
  const [lowest, ...others] = method.colours.map(token);
  return ["step", input, lowest, ...method.breaks.flatMap((limit, i) => [limit, others[i]])];
}
/* Grey where the value is missing: never a colour of the ramp. */
export function classed(layer, view, missing = "missing") {
  const value = ["get", layer.classes.property];
  const input = layer.classes.unit.includes("MWh") && view.factor ? ["*", value, view.factor] : value;
  return ["case", ["==", ["typeof", value], "number"], steps(methodOf(layer, view), input), token(missing)];
}
export function categorised(layer) {
  const { property, entries } = layer.categories;
  const other = entries.find((entry) => !entry.words.length);
  return ["match", ["get", property], ...entries.filter((entry) => entry.words.length).flatMap((entry) => [entry.words, token(entry.colour)]), token(other.colour)];
}
export const isOther = (layer) => ["!", ["in", ["get", layer.categories.property], ["literal", layer.categories.entries.flatMap((entry) => entry.words)]]];
export const text = (extra = {}) => ({
  "text-color": token("map-label"), "text-halo-color": token("map-label-halo"), "text-halo-width": 1.4, ...extra,
});
export const hatched = (layer, id, extra = {}) => ({
  id: `${layer.id}-${id}`, type: "fill", paint: { "fill-pattern": "hatch-fine" }, ...extra,
});
