/* The map page: layers, ranked list and map, linked both ways. */
import { data } from "../lib/page.js";
import { calm } from "../lib/tokens.js";
import { fillInspector } from "./inspector.js";
import { startSheet } from "./sheet.js";
import { makeMap, setVisible } from "./view.js";

const { layers, candidates, bounds } = data("map-data");
const texts = data("map-texts");
const words = data("map-words");
const page = document.querySelector(".map-page");
const container = document.getElementById("map");
const inspector = document.getElementById("inspector");
const parcels = layers.find((layer) => layer.kind === "parcels");
const hidden = new Set(layers.filter((layer) => !layer.visible).map((layer) => layer.id));
const byRef = new Map(candidates.map((candidate) => [candidate.ref, candidate]));
const rows = new Map([...document.querySelectorAll("[data-ref]")].map((row) => [row.dataset.ref, row]));
const sheet = startSheet(page);
const [west, south, east, north] = bounds;

const map = await makeMap({
  container, layers, hidden, texts, hash: "map",
  camera: { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: sheet.padding(16) } },
});

let hovered = null;
let selected = null;
const target = (mark) => ({ source: mark.layer.id, sourceLayer: mark.layer.kind, id: mark.id });
const same = (a, b) => a?.id === b?.id && a?.layer.id === b?.layer.id;

function paintScores() {
  if (!parcels) return;
  for (const { ref, score, refused } of candidates) {
    map.setFeatureState(target({ layer: parcels, id: ref }), { score: score ?? -1, refused });
  }
}
function hover(mark) {
  if (same(mark, hovered)) return;
  for (const [old, on] of [[hovered, false], [mark, true]]) {
    if (!old) continue;
    map.setFeatureState(target(old), { hover: on });
    rows.get(old.layer === parcels ? old.id : null)?.classList.toggle("hover", on);
  }
  hovered = mark;
}
/* Scrolls the list alone: scrollIntoView would shift the whole page under the bottom sheet. */
function reveal(row) {
  const panel = row.closest(".panel");
  const [place, frame] = [row.getBoundingClientRect(), panel.getBoundingClientRect()];
  const by = Math.min(place.top - frame.top - 8, 0) || Math.max(place.bottom - frame.bottom + 8, 0);
  if (by) panel.scrollBy({ top: by, behavior: calm() ? "auto" : "smooth" });
}
function select(mark, properties) {
  if (selected) {
    map.setFeatureState(target(selected), { selected: false });
    for (const row of rows.values()) row.removeAttribute("aria-current");
  }
  selected = mark;
  if (!mark) { inspector.hidden = true; return; }
  map.setFeatureState(target(mark), { selected: true });
  const candidate = mark.layer === parcels ? byRef.get(mark.id) : null;
  const row = candidate && rows.get(mark.id);
  if (row) {
    row.setAttribute("aria-current", "true");
    row.closest("details")?.setAttribute("open", "");
    reveal(row);
  }
  const parcelUrl = candidate ? row?.dataset.url : null;
  fillInspector(inspector, { layer: mark.layer, properties, candidate, words, texts, parcelUrl });
}
function propertiesOf(ref) {
  const found = parcels && map.querySourceFeatures(parcels.id, { sourceLayer: "parcels", filter: ["==", ["get", "ref"], ref] })[0];
  return found?.properties ?? { ...byRef.get(ref) };
}
function goTo(ref) {
  const { lon, lat } = byRef.get(ref);
  sheet.lower();
  map.flyTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 16.4), offset: sheet.small() ? [0, container.offsetHeight * 0.23 - 42] : [150, 0], duration: calm() ? 0 : 700 });
  select({ layer: parcels, id: ref }, propertiesOf(ref));
}

/* Up, down, Home and End move through the list; Enter shows the parcel, and once more opens it. */
const order = [...rows.values()];
const STEPS = { ArrowDown: (at) => at + 1, ArrowUp: (at) => at - 1, Home: () => 0, End: () => Infinity };
function moveInList(event) {
  const step = STEPS[event.key];
  if (!step) return;
  const shown = order.filter((one) => one.checkVisibility());
  const next = shown[Math.min(Math.max(step(shown.indexOf(event.currentTarget)), 0), shown.length - 1)];
  event.preventDefault();
  next?.focus();
}
for (const [ref, row] of rows) {
  row.addEventListener("click", (event) => {
    goTo(ref);
    // a key press has no detail: the focus goes where the next Enter is wanted
    if (event.detail === 0) inspector.querySelector("a")?.focus({ preventScroll: true });
  });
  row.addEventListener("keydown", moveInList);
  row.addEventListener("mouseenter", () => hover({ layer: parcels, id: ref }));
  row.addEventListener("focus", () => hover({ layer: parcels, id: ref }));
  row.addEventListener("mouseleave", () => hover(null));
  row.addEventListener("blur", () => hover(null));
}
function under(point) {
  const box = [[point.x - 3, point.y - 3], [point.x + 3, point.y + 3]];
  const found = map.queryRenderedFeatures(box).filter((f) => f.properties?.ref && !/-(casing|outline|hatch|refused)$/.test(f.layer.id));
  const feature = found.find((f) => f.layer.type === "symbol" && f.layer.id.endsWith("mark")) ?? found.find((f) => f.sourceLayer === "parcels") ?? found[0];
  const layer = feature && layers.find((one) => one.id === feature.source);
  return layer && { mark: { layer, id: feature.properties.ref }, properties: feature.properties };
}
map.on("mousemove", ({ point }) => {
  const found = under(point);
  map.getCanvas().style.cursor = found ? "pointer" : "";
  hover(found && found.mark.layer.kind !== "streets" ? found.mark : null);
});
map.on("mouseout", () => hover(null));
map.on("click", ({ point }) => {
  const found = under(point);
  select(found?.mark ?? null, found?.properties);
});
function closeInspector() {
  const row = selected && rows.get(selected.id);
  select(null);
  row?.focus({ preventScroll: true });
}
inspector.addEventListener("click", (event) => { if (event.target.closest("[data-close]")) closeInspector(); });
addEventListener("keydown", (event) => { if (event.key === "Escape" && selected) closeInspector(); });

for (const box of document.querySelectorAll("[data-layer]")) {
  const layer = layers.find((one) => one.id === box.dataset.layer);
  box.checked = !hidden.has(layer.id);
  box.addEventListener("change", () => {
    if (box.checked) hidden.delete(layer.id); else hidden.add(layer.id);
    setVisible(map, layer, box.checked);
  });
}
document.querySelector("[data-run-choice]")?.addEventListener("change", (event) => {
  location.search = `?run=${encodeURIComponent(event.target.value)}`;
});
map.on("load", paintScores);
map.on("styledata", () => { if (map.isStyleLoaded()) paintScores(); });
