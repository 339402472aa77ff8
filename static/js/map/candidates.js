/* Where a file would lie in each coordinate system, on the town's own map. The sketch that the server
   drew stays where there is no WebGL. */
import { Marker } from "../../vendor/maplibre.js";
import { data } from "../lib/page.js";
import { onThemeChange, token } from "../lib/tokens.js";
import { DRAWN, makeMap } from "./view.js";

const SOURCE = `${DRAWN}-candidates`;
const HIGHEST = 85; // degrees north and south that the map can show
const ring = ([west, south, east, north]) => [[[west, south], [east, south], [east, north], [west, north], [west, south]]];
const hasWebGL = () => Boolean(document.createElement("canvas").getContext("webgl2"));
let shown = null;

function outlines({ town, candidates }, chosen) {
  const feature = (extent, properties) => ({ type: "Feature", geometry: { type: "Polygon", coordinates: ring(extent) }, properties });
  return { type: "FeatureCollection", features: [
    feature(town, { what: "town" }),
    ...candidates.map((one) => feature(one.extent, { what: one.value === chosen ? "chosen" : "candidate" })),
  ] };
}
function together(boxes) {
  const low = (at) => Math.min(...boxes.map((box) => box[at]));
  const high = (at) => Math.max(...boxes.map((box) => box[at]));
  return [[low(0), Math.max(low(1), -HIGHEST)], [high(2), Math.min(high(3), HIGHEST)]];
}
const paint = () => [
  { id: `${SOURCE}-town`, type: "line", filter: ["==", ["get", "what"], "town"], paint: { "line-color": token("accent"), "line-width": 2, "line-dasharray": [3, 2] } },
  { id: `${SOURCE}-other`, type: "line", filter: ["==", ["get", "what"], "candidate"], paint: { "line-color": token("supply"), "line-width": 1.6 } },
  { id: `${SOURCE}-fill`, type: "fill", filter: ["==", ["get", "what"], "chosen"], paint: { "fill-color": token("supply"), "fill-opacity": 0.18 } },
  { id: `${SOURCE}-chosen`, type: "line", filter: ["==", ["get", "what"], "chosen"], paint: { "line-color": token("supply"), "line-width": 3.5 } },
];

async function start(figure) {
  const given = data("place-map");
  const container = figure.querySelector("[data-place-map]");
  const choices = [...document.querySelectorAll("input[name=place]")];
  const chosen = () => choices.find((one) => one.checked)?.value;
  container.hidden = false;
  const map = await makeMap({
    container, layers: given.layers, hidden: new Set(given.layers.filter((one) => !one.visible).map((one) => one.id)), texts: given.texts,
    camera: { bounds: together([given.town, ...given.candidates.map((one) => one.extent)]), fitBoundsOptions: { padding: 32 } }, minZoom: 0,
  });
  shown = map;
  await new Promise((done) => map.once("load", done));
  figure.querySelector("svg").setAttribute("hidden", "");
  map.addSource(SOURCE, { type: "geojson", data: outlines(given, chosen()) });
  for (const layer of paint()) map.addLayer({ ...layer, source: SOURCE });
  onThemeChange(() => { for (const { id, paint: colours } of paint()) for (const [name, value] of Object.entries(colours)) map.setPaintProperty(id, name, value); });
  // systems that differ by some metres only share a place
  for (const group of Object.values(Object.groupBy(given.candidates, ({ extent }) => extent.map((value) => value.toFixed(3)).join()))) {
    const element = Object.assign(document.createElement("span"), { className: "candidate-number", textContent: group.map(({ number }) => number).join(", ") });
    element.setAttribute("aria-hidden", "true");
    const [{ extent }] = group;
    new Marker({ element, anchor: "bottom-left" }).setLngLat([extent[0], Math.min(extent[3], HIGHEST)]).addTo(map);
  }
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      map.getSource(SOURCE).setData(outlines(given, chosen()));
      const one = given.candidates.find(({ value }) => value === chosen());
      if (one) map.fitBounds(together([given.town, one.extent]), { padding: 32, duration: 0 });
    });
  }
  container.dataset.ready = "";
}
async function show() {
  const figure = document.querySelector("[data-places]");
  if (!figure || figure.dataset.begun !== undefined || !hasWebGL()) return;
  figure.dataset.begun = "";
  shown?.remove();
  try {
    await start(figure);
  } catch (trouble) {
    // the sketch is still there; what failed is for the log of the browser
    figure.querySelector("[data-place-map]").hidden = true;
    figure.querySelector("svg").removeAttribute("hidden");
    console.warn(trouble);
  }
}
await show();
// other answers bring other places
document.body.addEventListener("htmx:afterSettle", show);
