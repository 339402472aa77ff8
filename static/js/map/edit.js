/* Drawing parcels and constraints: Terra Draw on the map, the attributes in a table beside it. */
import { TerraDraw, TerraDrawLineStringMode, TerraDrawPolygonMode, TerraDrawSelectMode } from "../../vendor/terra-draw.js";
import { TerraDrawMapLibreGLAdapter } from "../../vendor/terra-draw-maplibre.js";
import { data } from "../lib/page.js";
import { token } from "../lib/tokens.js";
import { makeMap } from "./view.js";

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
const styles = { fillColor: token("accent"), fillOpacity: 0.3, outlineColor: token("accent"), outlineWidth: 2 };
const draw = new TerraDraw({
  adapter: new TerraDrawMapLibreGLAdapter({ map }),
  modes: [new TerraDrawPolygonMode({ styles }), new TerraDrawLineStringMode(), new TerraDrawSelectMode({ flags: { polygon: editable } })],
});
draw.start();

const original = new Map(given.features.map((one) => [one.ref, one]));
let rows = given.features.map(({ ref, geometry, fixed, ...values }) => ({
  key: draw.getFeatureId(), was: ref, ref, geometry, fixed, drawn: false,
  values: Object.fromEntries(given.fields.map(({ name }) => [name, text(values[name])])),
}));
let history = [];
let chosen = null;

function remember() {
  history.push(structuredClone(rows));
  if (history.length > 100) history.shift();
}
const area = (row) => ({ id: row.key, type: "Feature", geometry: row.geometry, properties: { mode: "polygon" } });
function redraw() {
  draw.clear();
  for (const answer of draw.addFeatures(rows.filter((row) => !row.fixed).map(area))) {
    // what Terra Draw cannot hold keeps its shape
    if (!answer.valid) rows.find((row) => row.key === answer.id).fixed = true;
  }
}
function freeRef(start = texts.new) {
  const taken = new Set(rows.map((row) => row.ref));
  let number = 1;
  while (taken.has(`${start}-${number}`)) number += 1;
  return `${start}-${number}`;
}

/* Takes over what was drawn: moved corners, new areas, areas deleted with the Delete key. */
function absorb() {
  const polygons = new Map(draw.getSnapshot().filter((one) => one.geometry.type === "Polygon" && one.properties.mode === "polygon").map((one) => [one.id, one]));
  const next = rows.filter((row) => row.fixed || polygons.has(row.key)).map((row) => {
    const now = polygons.get(row.key)?.geometry;
    return row.fixed || same(now.coordinates, row.geometry.coordinates) ? row : { ...row, geometry: structuredClone(now), drawn: true };
  });
  const known = new Set(rows.map((row) => row.key));
  const added = [...polygons.values()].filter((one) => !known.has(one.id) && !one.properties.currentlyDrawing);
  if (!added.length && next.length === rows.length && next.every((row, at) => row === rows[at])) return;
  remember();
  rows = next;
  for (const one of added) rows.push({ key: one.id, was: null, ref: freeRef(), geometry: structuredClone(one.geometry), fixed: false, drawn: true, values: Object.fromEntries(given.fields.map(({ name, words }) => [name, words.length ? words[words.length - 1].word : ""])) });
  fill();
}

function changes() {
  const put = [];
  for (const row of rows) {
    const old = row.ref === row.was ? original.get(row.was) : null;
    const values = Object.fromEntries(Object.entries(row.values).filter(([name, value]) => !old || value !== text(old[name])));
    if (old && !row.drawn && !Object.keys(values).length) continue;
    put.push({ ref: row.ref, ...values, ...(!old || row.drawn ? { geometry: row.geometry } : {}) });
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
  if (row && !row.fixed && draw.getMode() === "select") {
    draw.selectFeature(key);
    const [lon, lat] = row.geometry.coordinates[0][0];
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
  const row = rows.find((one) => one.key === chosen && !one.fixed);
  draw.removeFeatures([line.id]);
  setMode("select");
  if (!row) { say([texts.chooseFirst]); return; }
  const answer = await send(given.split, { area: row.geometry, line: line.geometry });
  if (answer.errors) { say(answer.errors); return; }
  say([]);
  remember();
  rows = rows.filter((one) => one.key !== row.key);
  for (const geometry of answer.parts) rows.push({ ...structuredClone(row), key: draw.getFeatureId(), was: null, ref: freeRef(row.ref), geometry, drawn: true });
  chosen = null;
  redraw();
  fill();
}
function setMode(mode) {
  draw.setMode(mode);
  for (const button of document.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
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
  },
  undo() {
    if (!history.length) return;
    rows = history.pop();
    chosen = null;
    redraw();
    fill();
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
    const cutting = button.dataset.mode === "linestring";
    if (cutting && !rows.some((row) => row.key === chosen && !row.fixed)) { say([texts.chooseFirst]); return; }
    say([]);
    const kept = chosen;
    setMode(button.dataset.mode);
    if (cutting) { chosen = kept; mark(); part("count").textContent = texts.drawLine; }
  });
}
for (const button of document.querySelectorAll("[data-act]")) button.addEventListener("click", () => ACTS[button.dataset.act]());
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "z" || event.target.closest("input, select")) return;
  event.preventDefault();
  ACTS.undo();
});
const warn = (event) => { if (count()) event.preventDefault(); };
addEventListener("beforeunload", warn);

draw.on("finish", (id) => {
  const feature = draw.getSnapshotFeature(id);
  if (feature?.geometry.type === "LineString") splitBy(feature);
  else absorb();
});
draw.on("select", (id) => { chosen = id; mark(); body.querySelector(".chosen")?.scrollIntoView({ block: "nearest" }); });
map.getContainer().addEventListener("pointerup", () => setTimeout(absorb));
map.getContainer().addEventListener("keyup", () => setTimeout(absorb));

redraw();
setMode("select");
fill();
document.getElementById("map").dataset.ready = "";
