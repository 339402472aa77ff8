/* The parcel page: the small map, and the charts of its year. */
import { duration, headroom, temperatures, week, year } from "../charts/parcel.js";
import { data } from "../lib/page.js";
import { around } from "../map/around.js";
import { firstView } from "../map/state.js";
import { makeStyle } from "../map/style.js";
import { makeMap } from "../map/view.js";

const place = data("map-data");
const charts = data("chart-data");
const container = document.getElementById("map");

async function drawPlace() {
  const parcels = place.layers.find((layer) => layer.kind === "parcels");
  const style = () => makeStyle(place.layers, firstView(place.layers), { extras: around(place) });
  const map = await makeMap({
    container, layers: place.layers, style, texts: data("map-texts"), controls: false, interactive: false,
    camera: { center: [place.lon, place.lat], zoom: 16 },
  });
  const paint = () => map.setFeatureState({ source: parcels.id, sourceLayer: "parcels", id: place.ref }, { selected: true, score: place.score ?? -1, refused: place.refused });
  map.on("load", paint);
  map.on("styledata", () => { if (parcels && map.isStyleLoaded()) paint(); });
}
async function drawCharts() {
  const find = (name) => document.querySelector(`[data-chart="${name}"]`);
  if (!charts.url || !find("year")) return;
  const answer = await fetch(charts.url);
  if (!answer.ok) {
    for (const element of document.querySelectorAll("[data-chart]")) element.textContent = charts.texts.failed;
    return;
  }
  const hourly = await answer.json();
  await document.fonts.ready;
  temperatures(find("temperatures"), hourly, charts.texts);
  const showWeek = week(find("week"), hourly, charts.texts);
  year(find("year"), hourly, charts.texts, showWeek);
  if (find("duration") && hourly.absorbable_kw) {
    duration(find("duration"), hourly, charts.texts);
    headroom(find("headroom"), hourly, charts.texts);
  }
  document.documentElement.dataset.charts = "drawn";
}
drawPlace();
drawCharts();
