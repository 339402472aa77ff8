/* Drawing parcels and constraints: Terra Draw on the map, the attributes in a table beside it. */
import { TerraDraw, TerraDrawLineStringMode, TerraDrawPolygonMode, TerraDrawSelectMode } from "../../vendor/terra-draw.js";
import { TerraDrawMapLibreGLAdapter } from "../../vendor/terra-draw-maplibre.js";
import { data } from "../lib/page.js";
import { onThemeChange, token } from "../lib/tokens.js";
import { contains, geometryOf, ringsFrom, ringsOf, textOf } from "./rings.js";
import { DRAWN, makeMap } from "./view.js";

const given = data("edit-data");
const texts = data("edit-texts");
const part = (name) => document.querySelector(`[data-${name}]`);
const csrf = part("token").querySelector("input").value;
const body = part("rows");
const errors = part("errors");
const [west, south, east, north] = given.bounds;
const text = (value) => (value === null || value === undefined ? "" : String(value));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

const map = await makeMap({
  container: document.getElementById("map"), layers: given.layers, hidden: new Set(given.layers.filter((one) => !one.visible).map((one) => one.id)),
  texts, camera: { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 24 } },
});
await new Promise((done) => map.once("load", done));

const editable = { feature: { draggable: true, coordinates: { midpoints: true, draggable: true, deletable: true } } };
const isHole = (feature) => feature.properties.hole === true;
const shown = () => ({
  fillColor: (feature) => token(isHole(feature) ? "map-ground" : "accent"), fillOpacity: (feature) => (isHole(feature) ? 0.7 : 0.3),
  outlineColor: () => token("accent"), outlineWidth: 2,
});
const picking = () => {
  const [accent, ground] = [token("accent-strong"), token("map-casing")];
  return {
    selectedPolygonColor: (feature) => (isHole(feature) ? token("map-ground") : accent), selectedPolygonFillOpacity: 0.45, selectedPolygonOutlineColor: accent, selectedPolygonOutlineWidth: 3,
    selectionPointColor: accent, selectionPointOutlineColor: ground, selectionPointWidth: 5, selectionPointOutlineWidth: 1.5,
    midPointColor: ground, midPointOutlineColor: accent, midPointWidth: 3, midPointOutlineWidth: 1.5,
  };
};
const draw = new TerraDraw({
  adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: DRAWN }),
  modes: [new TerraDrawPolygonMode({ styles: shown() }), new TerraDrawLineStringMode(), new TerraDrawSelectMode({ flags: { polygon: editable }, styles: picking() })],
});
draw.start();
onThemeChange(() => {
  draw.updateModeOptions("polygon", { styles: shown() });
  draw.updateModeOptions("select", { styles: picking() });
});

const newKey = () => draw.getFeatureId();
const original = new Map(given.features.map((one) => [one.ref, one]));
let rows = given.features.map(({ ref, geometry, ...values }) => ({
  key: newKey(), was: ref, ref, rings: ringsOf(geometry, newKey), fixed: false, drawn: false,
  values: Object.fromEntries(given.fields.map(({ name }) => [name, text(values[name])])),
}));
let history = [];
let chosen = null;
let drawing = "new"; // what the next area is: a feature, another part, a hole

function remember() {
  history.push(structuredClone(rows));
  if (history.length > 100) history.shift();
}
const area = (ring) => ({ id: ring.key, type: "Feature", geometry: { type: "Polygon", coordinates: [ring.corners] }, properties: { mode: "polygon", hole: ring.hole } });
const rowOf = (key) => rows.find((row) => row.rings.some((ring) => ring.key === key));
const picked = () => rows.find((row) => row.key === chosen && !row.fixed);
function redraw() {
  draw.clear();
  for (const answer of draw.addFeatures(rows.filter((row) => !row.fixed).flatMap((row) => row.rings.map(area)))) {
    // what Terra Draw cannot hold keeps its shape
    if (!answer.valid) rowOf(answer.id).fixed = true;
  }
}
function freeRef(start = texts.new) {
  const taken = new Set(rows.map((row) => row.ref));
  let number = 1;
  while (taken.has(`${start}-${number}`)) number += 1;
  return `${start}-${number}`;
}

const emptyValues = () => Object.fromEntries(given.fields.map(({ name, words }) => [name, words.length ? words[words.length - 1].word : ""]));
const newRow = (rings) => ({ key: newKey(), was: null, ref: freeRef(), rings, fixed: false, drawn: true, values: emptyValues() });

/* The rings of a row as they are drawn now; with an area its holes go. */
function drawnRings(row, polygons) {
  const rings = row.rings.filter((ring) => polygons.has(ring.key)).map((ring) => {
    const [corners] = polygons.get(ring.key).geometry.coordinates;
    return same(corners, ring.corners) ? ring : { ...ring, corners: structuredClone(corners) };
  });
  const shifts = new Map(rings.filter((ring) => !ring.hole).map((ring) => [ring.part, shift(row.rings.find((one) => one.key === ring.key).corners, ring.corners)]));
  return rings.filter((ring) => shifts.has(ring.part)).map((ring) => {
    const by = ring.hole && row.rings.includes(ring) ? shifts.get(ring.part) : null;
    return by ? { ...ring, corners: ring.corners.map(([x, y]) => [Number((x + by[0]).toFixed(9)), Number((y + by[1]).toFixed(9))]) } : ring;
  });
}
/* By how much an area was moved as a whole, null where it was not: its holes go with it. */
function shift(before, after) {
  const by = [after[0][0] - before[0][0], after[0][1] - before[0][1]];
  const whole = before.length === after.length && before.every((corner, at) => corner.every((value, axis) => Math.abs(after[at][axis] - value - by[axis]) < 2e-7));
  return whole && (by[0] || by[1]) ? by : null;
}
/* Takes over what was drawn: moved corners, new areas, areas deleted with the Delete key. */
function absorb() {
  const polygons = new Map(draw.getSnapshot().filter((one) => one.geometry.type === "Polygon" && one.properties.mode === "polygon").map((one) => [one.id, one]));
  const next = rows.map((row) => {
    if (row.fixed) return row;
    const rings = drawnRings(row, polygons);
    return rings.length === row.rings.length && rings.every((ring, at) => ring === row.rings[at]) ? row : { ...row, rings, drawn: true };
  }).filter((row) => row.fixed || row.rings.length);
  const known = new Set(rows.flatMap((row) => row.rings.map((ring) => ring.key)));
  const added = [...polygons.values()].filter((one) => !known.has(one.id) && !one.properties.currentlyDrawing);
  if (!added.length && next.length === rows.length && next.every((row, at) => row === rows[at])) return;
  remember();
  rows = next;
  for (const one of added) place(one);
  const now = new Map(draw.getSnapshot().map((one) => [one.id, one.geometry.coordinates[0]]));
  if (added.length || rows.some((row) => !row.fixed && row.rings.some((ring) => !same(now.get(ring.key), ring.corners))) || now.size > rows.flatMap((row) => row.rings).length) redraw();
  fill();
}
/* Gives a new area to the feature it was drawn for, or makes a feature of it. */
function place(one) {
  const ring = { key: one.id, corners: structuredClone(one.geometry.coordinates[0]), part: 0, hole: drawing === "hole" };
  const row = drawing === "new" ? null : picked();
  if (!row) { rows.push(newRow([{ ...ring, hole: false }])); return; }
  const home = row.rings.find((other) => !other.hole && contains(other.corners, ring.corners[0]));
  if (ring.hole && !home) { rows.push(newRow([{ ...ring, hole: false }])); say([texts.holeOutside]); return; }
  ring.part = ring.hole ? home.part : Math.max(...row.rings.map((other) => other.part)) + 1;
  rows = rows.map((other) => (other === row ? { ...row, rings: [...row.rings, ring], drawn: true } : other));
}

function changes() {
  const put = [];
  for (const row of rows) {
    const old = row.ref === row.was ? original.get(row.was) : null;
    const values = Object.fromEntries(Object.entries(row.values).filter(([name, value]) => !old || value !== text(old[name])));
    if (old && !row.drawn && !Object.keys(values).length) continue;
    put.push({ ref: row.ref, ...values, ...(!old || row.drawn ? { geometry: geometryOf(row.rings) } : {}) });
  }
  const kept = new Set(rows.map((row) => row.ref));
  return { base: given.base, put, removed: [...original.keys()].filter((ref) => !kept.has(ref)) };
}
function count() {
  const { put, removed } = changes();
  const number = put.length + removed.length;
  part("count").textContent = number ? texts.changes.replace("%(count)s", number) : texts.none;
  document.querySelector("[data-act=undo]").disabled = !history.length;
  return number;
}

function field(row, { name, label, words }) {
  const value = name === "ref" ? row.ref : row.values[name];
  const input = document.createElement(words?.length ? "select" : "input");
  for (const { word, label: shown } of words ?? []) input.add(new Option(shown, word));
  if (words?.length && !words.some(({ word }) => word === value)) input.add(new Option(value, value));
  input.value = value;
  input.name = name;
  input.setAttribute("aria-label", `${row.ref}: ${label}`);
  input.addEventListener("change", () => {
    remember();
    const mine = rows.find((one) => one.key === row.key);
    if (name === "ref") mine.ref = input.value.trim(); else mine.values[name] = input.value;
    count();
  });
  return input;
}
const COLUMNS = [{ name: "ref", label: texts.id }, ...given.fields];
function fill() {
  const head = document.createElement("tr");
  for (const { label, unit } of COLUMNS) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = unit ? `${label} (${unit})` : label;
    head.append(cell);
  }
  part("head").replaceChildren(head);
  body.replaceChildren(...rows.map((row) => {
    const line = document.createElement("tr");
    line.dataset.key = row.key;
    if (row.fixed) line.title = texts.fixed;
    for (const column of COLUMNS) {
      const cell = document.createElement("td");
      cell.append(field(row, column));
      line.append(cell);
    }
    line.addEventListener("focusin", () => choose(row.key));
    return line;
  }));
  mark();
  count();
}
function mark() {
  for (const line of body.children) line.classList.toggle("chosen", line.dataset.key === chosen);
}
function choose(key) {
  if (chosen === key) return;
  chosen = key;
  mark();
  const row = rows.find((one) => one.key === key);
  showCorners();
  if (row && !row.fixed && draw.getMode() === "select") {
    draw.selectFeature(row.rings[0].key);
    const [lon, lat] = row.rings[0].corners[0];
    if (!map.getBounds().contains([lon, lat])) map.easeTo({ center: [lon, lat], duration: 0 });
  }
}

function say(sentences) {
  errors.replaceChildren(...sentences.map((one) => Object.assign(document.createElement("p"), { textContent: one })));
  errors.hidden = !sentences.length;
  if (sentences.length) errors.focus();
}
async function send(url, document_) {
  try {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": csrf }, body: JSON.stringify(document_) });
    return await answer.json();
  } catch {
    return { errors: [texts.failed] };
  }
}
async function splitBy(line) {
  const row = picked();
  draw.removeFeatures([line.id]);
  setMode("select");
  if (!row) { say([texts.chooseFirst]); return; }
  const answer = await send(given.split, { area: geometryOf(row.rings), line: line.geometry });
  if (answer.errors) { say(answer.errors); return; }
  say([]);
  remember();
  rows = rows.filter((one) => one.key !== row.key);
  for (const geometry of answer.parts) rows.push({ ...structuredClone(row), key: newKey(), was: null, ref: freeRef(row.ref), rings: ringsOf(geometry, newKey), drawn: true });
  chosen = null;
  redraw();
  fill();
}
function setMode(mode, what = "new") {
  draw.setMode(mode);
  drawing = what;
  for (const button of document.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode && (button.dataset.what ?? "new") === what));
}

/* The same without a mouse: corners as lines of text. */
const corners = part("corners");
function showCorners() {
  const row = picked();
  part("corners-of").textContent = row ? texts.cornersOf.replace("%(ref)s", row.ref) : texts.cornersNew;
  corners.value = row ? textOf(row.rings) : "";
  document.querySelector("[data-act=applyCorners]").disabled = !row;
}
function typedRings() {
  const { rings, wrong } = ringsFrom(corners.value, newKey);
  if (!rings) say([wrong ? texts.wrongCorner.replace("%(line)s", wrong) : texts.fewCorners]);
  return rings;
}

const ACTS = {
  remove() {
    if (!rows.some((row) => row.key === chosen)) { say([texts.chooseFirst]); return; }
    say([]);
    remember();
    rows = rows.filter((row) => row.key !== chosen);
    chosen = null;
    redraw();
    fill();
    showCorners();
  },
  undo() {
    if (!history.length) return;
    rows = history.pop();
    chosen = null;
    redraw();
    fill();
    showCorners();
  },
  applyCorners() {
    const row = picked();
    const rings = row && typedRings();
    if (!rings) return;
    say([]);
    remember();
    rows = rows.map((other) => (other === row ? { ...row, rings, drawn: true } : other));
    redraw();
    fill();
  },
  addCorners() {
    const rings = typedRings();
    if (!rings) return;
    say([]);
    remember();
    const row = newRow(rings);
    rows.push(row);
    redraw();
    fill();
    body.querySelector(`[data-key="${row.key}"] input[name=ref]`)?.focus();
  },
  async save() {
    absorb();
    part("count").textContent = texts.saving;
    const answer = await send(given.save, changes());
    if (answer.next) { removeEventListener("beforeunload", warn); location.assign(answer.next); return; }
    count();
    say(answer.errors ?? [texts.failed]);
  },
};
for (const button of document.querySelectorAll("[data-mode]")) {
  button.addEventListener("click", () => {
    const { mode, what } = button.dataset;
    const needsOne = mode === "linestring" || what;
    if (needsOne && !picked()) { say([texts.chooseFirst]); return; }
    say([]);
    const kept = chosen;
    setMode(mode, what);
    if (needsOne) { chosen = kept; mark(); part("count").textContent = what ? texts.drawPart : texts.drawLine; }
  });
}
for (const button of document.querySelectorAll("[data-act]")) button.addEventListener("click", () => ACTS[button.dataset.act]());
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "z" || event.target.closest("input, select")) return;
  event.preventDefault();
  ACTS.undo();
});
const unfinished = () => draw.getSnapshot().some((one) => one.properties.currentlyDrawing);
const warn = (event) => { if (count() || unfinished()) event.preventDefault(); };
addEventListener("beforeunload", warn);

draw.on("finish", (id) => {
  const feature = draw.getSnapshotFeature(id);
  if (feature?.geometry.type === "LineString") splitBy(feature);
  else absorb();
});
draw.on("select", (id) => { chosen = rowOf(id)?.key ?? null; mark(); showCorners(); body.querySelector(".chosen")?.scrollIntoView({ block: "nearest" }); });
map.getContainer().addEventListener("pointerup", () => setTimeout(absorb));
map.getContainer().addEventListener("keyup", () => setTimeout(absorb));

redraw();
setMode("select");
fill();
showCorners();
document.getElementById("map").dataset.ready = "";
