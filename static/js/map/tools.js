/* Drawing on the map with one finger, the mouse, or the keyboard: lasso, rectangle, line, ring.
   With the keyboard the map is moved below a cross in its middle; Enter sets a point. */
import { simplified } from "./polyline.js";

const NEAR_PX = 10;
const MOST_POINTS = 240;
const point = (at) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } });
const lineOf = (points) => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: points } });
const ringOf = (points) => ({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...points, points[0]]] } });
export const boxRing = ([x1, y1], [x2, y2]) => [[x1, y1], [x2, y1], [x2, y2], [x1, y2]];

/* `draw` shows what is being drawn, `done` gets it: points, and whether they close. */
export function startTools({ map, draw, texts, say }) {
  const container = map.getContainer();
  const canvas = map.getCanvasContainer();
  let tool = null; // { kind: lasso | box | line | ring, done }
  let points = [];
  let from = null;

  const lngLat = (event) => {
    const box = container.getBoundingClientRect();
    const at = map.unproject([event.clientX - box.left, event.clientY - box.top]);
    return [at.lng, at.lat];
  };
  const dragged = () => tool.kind === "lasso" || tool.kind === "box";
  function show(extra = null) {
    const all = extra ? [...points, extra] : points;
    const features = [];
    if (tool?.kind === "box" && all.length === 2) features.push(ringOf(boxRing(...all)), lineOf([...boxRing(...all), all[0]]));
    else if ((tool?.kind === "lasso" || tool?.kind === "ring") && all.length > 2) features.push(ringOf(all), lineOf([...all, all[0]]));
    else if (all.length > 1) features.push(lineOf(all));
    if (tool && !dragged()) features.push(...points.map(point));
    draw({ type: "FeatureCollection", features });
  }
  function stop() {
    tool = null;
    points = [];
    from = null;
    container.classList.remove("drawing");
    map.dragPan.enable();
    map.doubleClickZoom.enable();
    map.touchZoomRotate.enable();
    for (const button of document.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", "false");
    show();
  }
  function finish() {
    const { done, kind } = tool;
    let found = points;
    if (kind === "box" && found.length === 2) found = boxRing(...found);
    for (let tolerance = 2e-6; kind === "lasso" && found.length > MOST_POINTS; tolerance *= 2) found = simplified(found, tolerance);
    stop();
    if (found.length >= (kind === "line" ? 2 : 3)) done(found, kind);
  }
  function add(at) {
    const [first, last] = [points[0], points.at(-1)];
    const close = (other) => other && map.project(other).dist(map.project(at)) < NEAR_PX;
    if (points.length && close(last)) { finish(); return; }
    if (tool.kind === "ring" && points.length > 2 && close(first)) { finish(); return; }
    points = [...points, at];
    if (tool.kind === "box" && points.length === 2) { finish(); return; }
    tool.changed?.(points);
    show();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (!tool || event.button) return;
    from = [event.clientX, event.clientY];
    if (!dragged()) return;
    event.stopPropagation();
    canvas.setPointerCapture(event.pointerId);
    points = [lngLat(event)];
  }, true);
  canvas.addEventListener("pointermove", (event) => {
    if (!tool) return;
    if (dragged() && from && event.buttons) {
      points = tool.kind === "box" ? [points[0], lngLat(event)] : [...points, lngLat(event)];
      show();
    } else if (points.length && !dragged()) { show(lngLat(event)); tool.changed?.([...points, lngLat(event)]); }
  }, true);
  canvas.addEventListener("pointerup", (event) => {
    if (!tool || !from) return;
    const moved = Math.hypot(event.clientX - from[0], event.clientY - from[1]);
    from = null;
    // a lasso ends where it began: how far it went counts, not where it ends
    const far = tool.kind === "lasso" ? points.some((at) => map.project(at).dist(map.project(points[0])) > NEAR_PX) : moved > NEAR_PX;
    if (dragged()) { if (far) finish(); else { points = []; show(); } return; }
    if (moved < NEAR_PX) add(lngLat(event));
  }, true);
  canvas.addEventListener("dblclick", (event) => { if (tool) { event.stopPropagation(); event.preventDefault(); } }, true);

  container.addEventListener("keydown", (event) => {
    if (!tool) return;
    const middle = map.getCenter().toArray();
    if (event.key === "Enter") {
      event.preventDefault();
      if (tool.kind === "lasso") tool.kind = "ring"; // corners instead of a hand's way
      add(middle);
    }
    if (event.key === "Backspace") { event.preventDefault(); points = points.slice(0, -1); show(); }
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && tool) { event.stopPropagation(); stop(); say(texts.stopped); }
  }, true);

  return {
    get active() { return tool?.kind ?? null; },
    stop,
    finish: () => { if (tool) finish(); },
    start(kind, done, changed) {
      stop();
      tool = { kind, done, changed };
      container.classList.add("drawing");
      map.doubleClickZoom.disable();
      if (dragged()) { map.dragPan.disable(); map.touchZoomRotate.disable(); }
      for (const button of document.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === kind));
      map.getCanvas().focus({ preventScroll: true });
      say(texts.how[kind]);
    },
  };
}
