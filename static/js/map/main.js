/* The map page: one state, and the parts of the page that show it or change it. */
import { data } from "../lib/page.js";
import { calm } from "../lib/tokens.js";
import { areaOfRing, startArea } from "./area.js";
import { around } from "./around.js";
import { startCoords } from "./coords.js";
import { showPicture } from "./fallback.js";
import { endFirstLook } from "./first_look.js";
import { startGrid } from "./grid.js";
import { startHours } from "./hours.js";
import { startMeasure } from "./measure.js";
import { startPanel } from "./panel.js";
import { startParcels } from "./parcels.js";
import { boxRing, startTools } from "./tools.js";
import { startSearch } from "./search.js";
import { startSheet } from "./sheet.js";
import { startState } from "./state.js";
import { makeStyle } from "./style.js";
import { startToolbar } from "./toolbar.js";
import { canDraw, makeMap } from "./view.js";

const given = data("map-data");
const { layers, urls, bounds } = given;
const texts = data("map-texts");
const words = data("map-words");
const container = document.getElementById("map");
const page = document.querySelector(".map-page");
const status = document.querySelector("[data-map-status]");
const say = (sentence) => { status.textContent = sentence; };

document.querySelector("[data-run-choice]")?.addEventListener("change", (event) => {
  location.search = `?run=${encodeURIComponent(event.target.value)}`;
});

async function start() {
  const sheet = startSheet(page);
  const state = startState(layers);
  const grid = startGrid(given.grid);
  const hours = startHours({ state, url: urls.hours, texts: texts.hours });
  const [west, south, east, north] = bounds;
  const extras = {};
  // the factor of the hour is known once its table has come: until then the year is shown
  const seen = () => ({ ...state.view, factor: hours.factor(state.view) });
  const style = () => makeStyle(layers, seen(), { extras, raster: given.raster });

  const map = await makeMap({
    container, layers, style, texts, hash: "map",
    camera: { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: sheet.padding() } },
  });
  map.on("movestart", (event) => { if (event.originalEvent) endFirstLook(); });
  let planned = 0;
  const restyle = () => { planned ||= requestAnimationFrame(() => { planned = 0; map.setStyle(style()); }); };
  const draw = (name) => (collection) => { extras[name] = collection; map.getSource(name)?.setData(collection); };
  let drewAt = 0;
  const tools = startTools({ map, draw: draw("tool"), texts: texts.tools, say });
  const finished = (then) => (...found) => { drewAt = Date.now(); then(...found); };
  const parcels = startParcels({
    map, state, layers, urls, candidates: given.candidates, scores: given.scores, words, texts, sheet, tools, isDrawn: () => Date.now() - drewAt < 400,
    ofHour: (ref) => ({ label: texts[state.view.quantity], kw: hours.ofParcel(state.view, ref) }),
    showAround: (parcel) => { for (const [name, collection] of Object.entries(around(parcel))) draw(name)(collection); },
  });
  const panel = startPanel({ state, layers, map, url: urls.kinds, words, texts: texts.legend, say });
  const area = startArea({ state, layers, urls, map, draw: draw("area"), texts: texts.area, say });
  const measure = startMeasure({ tools, grid, draw: draw("tool"), texts: texts.measure });
  startCoords({ map, grid, texts: texts.coords, say });
  startSearch({
    url: urls.search, versions: layers.map((layer) => layer.version).join(","), texts: texts.search, say,
    go(place) {
      const [w, s, e, n] = place.bounds;
      sheet.lower();
      const layer = layers.find((one) => one.id === place.layer);
      state.set({ on: { ...state.view.on, [layer.id]: true }, chosen: { layer: layer.id, ref: place.ref } });
      map.fitBounds([[w, s], [e, n]], { maxZoom: 17.2, padding: sheet.padding(60), duration: calm() ? 0 : 700 });
    },
  });
  const choose = finished((points) => state.set({ area: areaOfRing(points), only: {} }));
  const toolbar = startToolbar({
    map, state, layers, town: given.town, run: given.run, texts, say, measure,
    draw: (kind) => (tools.active === kind ? tools.stop() : tools.start(kind, choose)),
    chooseView() {
      const box = map.getBounds();
      choose(boxRing(box.getSouthWest().toArray(), box.getNorthEast().toArray()));
    },
    chooseAround(metres) {
      const mark = parcels.selected;
      if (mark) state.set({ area: { around: `${mark.layer.id}:${mark.id}`, metres }, only: {} });
      else say(texts.area.chooseFirst);
    },
  });

  /* What the network could take, or the grid give, at each parcel of the short-list in that month and hour. */
  function drawHour(view) {
    const known = given.places.map(([ref, lon, lat]) => [hours.ofParcel(view, ref), lon, lat]).filter(([kw]) => kw !== null);
    draw("hour")({ type: "FeatureCollection", features: known.map(([kw, lon, lat]) => ({
      type: "Feature", properties: { kw, of: view.quantity }, geometry: { type: "Point", coordinates: [lon, lat] } })) });
  }
  /* Places that are no parcels have no colour of their own: they stand as the numbers of the list. */
  function drawPlaces() {
    if (!given.candidates.some(([prefix]) => prefix)) return;
    draw("place")({ type: "FeatureCollection", features: given.places.map(([, lon, lat], at) => ({
      type: "Feature", properties: { rank: at + 1 }, geometry: { type: "Point", coordinates: [lon, lat] } })) });
  }
  function show(view) {
    drawHour(view);
    panel.show(seen());
    hours.show(view);
    toolbar.show(view);
    area.show(view);
    parcels.follow(view);
  }
  state.listen((view, before) => {
    if (view.tilted !== before.tilted) tilt(view.tilted);
    if (["order", "on", "opacity", "method", "hidden", "month", "hour", "quantity", "tilted", "raster"].some((key) => view[key] !== before[key])) restyle();
    show(view);
  });
  function tilt(on) {
    if (on) map.dragRotate.enable(); else map.dragRotate.disable();
    if (on) map.touchPitch.enable(); else map.touchPitch.disable();
    map.easeTo({ pitch: on ? 50 : 0, bearing: on ? map.getBearing() : 0, duration: calm() ? 0 : 500 });
  }
  if (state.view.tilted) { map.dragRotate.enable(); map.touchPitch.enable(); }
  addEventListener("hashchange", () => state.reread());
  if (state.view.month !== null || state.view.hour !== null) hours.load().then(() => { restyle(); show(state.view); });
  document.querySelector("[data-hours]").addEventListener("toggle", () => hours.load().then(() => { restyle(); show(state.view); }));
  // the library writes where the map is; what else belongs into the address comes after it
  map.on("moveend", () => state.writeAddress());
  map.once("load", () => { endFirstLook(); drawPlaces(); parcels.loadScores(); show(state.view); });
  show(state.view);
}

if (canDraw()) start(); else showPicture(container, `${urls.picture}${location.search}`, texts.still);
