/* The legend of a layer, from the same classes and colours that it is painted with. */
import { digits } from "../lib/quantities.js";
import { KW_PER_MWH_A, estimated, methodOf } from "./paint.js";

export function make(tag, className, content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content !== undefined && content !== null) element.textContent = content;
  return element;
}
function swatch(colour, look = "box") {
  const sign = make("i", `swatch ${look}`);
  sign.style.setProperty("--swatch", `var(--${colour})`);
  return sign;
}
function entry(colour, label, look) {
  const item = make("li");
  item.append(swatch(colour, look), make("span", "", label));
  return item;
}
/* "under 56", "56 to 139", "139 and more": said, not guessed from a ramp. */
export function rangeText(breaks, at, texts) {
  const [low, high] = [breaks[at - 1], breaks[at]];
  if (low === undefined) return texts.under.replace("%(n)s", digits(high));
  if (high === undefined) return texts.andMore.replace("%(n)s", digits(low));
  return `${digits(low)} – ${digits(high)}`;
}
const scaled = (breaks, view, unit) => (view.factor && unit.includes("MWh") ? breaks.map((limit) => limit * KW_PER_MWH_A) : breaks);
const unitText = (unit, view) => (view.factor && unit.includes("MWh") ? { "MWh/(ha a)": "kW/ha", "MWh/(m a)": "kW/m", "MWh/a": "kW" }[unit] : unit).replace("degC", "°C");

const LOOK = { pipes: "stroke", heat_lines: "stroke", feeders: "stroke" };
const MISSING = { pipes: "supply", substations: "unknown", feeders: "unknown" };
const MARKED = ["heat_demand", "buildings", "pipes", "heat_lines"]; // estimates are hatched or dashed on the map too
const HEADROOM = ["none", "little", "enough"];

function ramp(list, classes, method, view, texts, layer) {
  const breaks = scaled(method.breaks, view, classes.unit);
  method.colours.forEach((colour, at) => {
    const mark = layer.kind === "substations" ? `mark ${HEADROOM[at]}` : `${LOOK[layer.kind] ?? "box"}${estimated(layer) && MARKED.includes(layer.kind) ? " estimated" : ""}`;
    list.append(entry(colour, layer.kind === "substations" || layer.kind === "feeders" ? headroom(breaks, at, texts) : rangeText(breaks, at, texts), mark));
  });
}
const headroom = (breaks, at, texts) => [texts.headroomNone, texts.headroomLittle, texts.headroomEnough][at].replace("%(n)s", digits(breaks[1]));

export function fillLegend(element, layer, view, texts, { hasCells = false, isSifted = false } = {}) {
  const list = make("ol", "legend-list");
  if (layer.classes) {
    const method = methodOf(layer, view);
    const heading = [layer.classes.label, unitText(layer.classes.unit, view)].filter(Boolean).join(", ");
    element.replaceChildren(make("p", "small muted", heading), list);
    ramp(list, layer.classes, method, view, texts, layer);
    if (layer.kind === "parcels") list.append(entry("refused", texts.refused, "box crossed"));
    list.append(entry(MISSING[layer.kind] ?? "missing", layer.kind === "pipes" ? texts.temperatureUnknown : texts.missing, layer.kind === "substations" ? "mark unknown" : LOOK[layer.kind] ?? "box"));
    if (layer.kind === "pipes") list.append(entry("return", texts.return, "stroke"));
    if (method.source) element.append(make("p", "small muted", `${texts.classes}: ${method.source}`));
  } else if (layer.categories) {
    element.replaceChildren(list);
    for (const { colour, label, hatched } of layer.categories.entries) list.append(entry(colour, label, hatched ? "box gate" : "box"));
  } else {
    element.replaceChildren();
    return;
  }
  if (layer.kind === "pipes") {
    const widths = make("ol", "legend-list widths");
    for (const dn of [50, 200, 500]) {
      const item = entry("supply", `DN ${dn}`, "stroke");
      item.firstChild.style.setProperty("--width", `${1 + 0.008 * dn}px`);
      widths.append(item);
    }
    element.append(widths);
    if (estimated(layer)) element.append(make("p", "small muted", `${texts.dashed} ${texts.flow}`));
  }
  if (hasCells) {
    const added = make("ol", "legend-list");
    layer.cells.colours.forEach((colour, at) => added.append(entry(colour, rangeText(scaled(layer.cells.breaks, view, layer.cells.unit), at, texts), "box")));
    element.append(make("p", "small", `${texts.addedUp} ${layer.cells.label}${layer.cells.unit ? `, ${unitText(layer.cells.unit, view)}` : ""}`), added);
    if (isSifted) element.append(make("p", "small", texts.addedAll));
  }
}
