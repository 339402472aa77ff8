/* Lengths and areas in the town's own grid, as everywhere in Heathub. */
import { quantity } from "../lib/quantities.js";
import { areaM2, lengthM } from "./grid.js";

export function startMeasure({ tools, grid, draw, texts }) {
  const box = document.querySelector("[data-measured]");
  const value = box.querySelector("output");

  function say(points, kind) {
    box.hidden = false;
    const ring = kind === "ring" && points.length > 2 ? [...points, points[0]] : points;
    const parts = [`${texts.length}: ${quantity(lengthM(ring, grid), "m")}`];
    if (kind === "ring" && points.length > 2) {
      const area = areaM2(points, grid);
      parts.push(`${texts.area}: ${area === null ? texts.beyond : quantity(area, "m2")}`);
    }
    value.textContent = parts.join(" · ");
  }
  function start(kind) {
    if (tools.active === kind) { tools.finish(); return; }
    value.textContent = texts.begin;
    box.hidden = false;
    tools.start(kind, (points) => {
      const closed = kind === "ring" ? [...points, points[0]] : points;
      draw({ type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: closed } }] });
      say(points, kind);
    }, (points) => say(points, kind));
  }
  function stop() {
    if (tools.active === "line" || tools.active === "ring") tools.stop();
    draw({ type: "FeatureCollection", features: [] });
    box.hidden = true;
  }
  box.querySelector("[data-end-measure]").addEventListener("click", stop);
  return { start, stop };
}
