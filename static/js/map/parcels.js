/* Candidates, list and map linked both ways: pointing, choosing, and the card that says what was chosen.
   They are parcels, or for a pilot buildings and plants: `candidates` says how their references begin. */
import { calm } from "../lib/tokens.js";
import { fillInspector } from "./inspector.js";

const STEPS = { ArrowDown: (at) => at + 1, ArrowUp: (at) => at - 1, Home: () => 0, End: () => Infinity };
const target = (mark) => ({ source: mark.layer.id, sourceLayer: mark.layer.kind, id: mark.id });
const path = (ref) => ref.split("/").map(encodeURIComponent).join("/");
const same = (a, b) => a?.id === b?.id && a?.layer.id === b?.layer.id;

export function startParcels({ map, state, layers, urls, candidates, scores, words, texts, sheet, showAround, tools, isDrawn, ofHour }) {
  const inspector = document.getElementById("inspector");
  const container = map.getContainer();
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const searched = candidates.map(([prefix, kind]) => ({ prefix, layer: layers.find((layer) => layer.kind === kind) })).filter(({ layer }) => layer);
  const markOf = (ref) => {
    const found = searched.find(({ prefix }) => ref.startsWith(prefix));
    return found ? { layer: found.layer, id: ref.slice(found.prefix.length) } : null;
  };
  const refOf = (mark) => {
    const found = searched.find(({ layer }) => layer === mark?.layer);
    return found ? found.prefix + mark.id : null;
  };
  const rows = new Map([...document.querySelectorAll("[data-ref]")].map((row) => [row.dataset.ref, row]));
  const briefs = new Map();
  let [hovered, selected, all] = [null, null, scores];
  let shown = Promise.resolve(); // the card is filled

  /* Before the style is there nothing can be marked; it is caught up on when it comes. */
  const sign = (mark, states) => { if (map.getSource(mark.layer.id)) map.setFeatureState(target(mark), states); };
  function paintScores() {
    if (!all) return;
    all.refs.forEach((ref, i) => { const mark = markOf(ref); if (mark) sign(mark, { score: all.scores[i] ?? -1, refused: all.scores[i] === null }); });
  }
  async function loadScores() {
    if (all || !urls.scores) return;
    const answer = await fetch(urls.scores).catch(() => null);
    if (!answer?.ok) return;
    all = await answer.json();
    paintScores();
  }
  async function feature(mark) {
    const answer = await fetch(urls.feature.replace("/0/", `/${mark.layer.version}/`).replace("REF", path(mark.id))).catch(() => null);
    return answer?.ok ? (await answer.json()).properties : null;
  }
  function brief(ref) {
    if (!urls.brief) return Promise.resolve(null);
    if (!briefs.has(ref)) briefs.set(ref, fetch(urls.brief.replace("REF", path(ref))).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null));
    return briefs.get(ref);
  }
  function hover(mark) {
    if (same(mark, hovered)) return;
    for (const [old, on] of [[hovered, false], [mark, true]]) {
      if (!old) continue;
      sign(old, { hover: on });
      rows.get(refOf(old))?.classList.toggle("hover", on);
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
  function propertiesOf(mark) {
    const found = map.querySourceFeatures(mark.layer.id, { sourceLayer: mark.layer.kind, filter: ["==", ["get", "ref"], mark.id] });
    return found.toSorted((a, b) => Object.keys(b.properties).length - Object.keys(a.properties).length)[0]?.properties;
  }
  async function show(mark, properties) {
    if (selected) {
      sign(selected, { selected: false });
      for (const row of rows.values()) row.removeAttribute("aria-current");
    }
    selected = mark;
    if (!mark) { inspector.hidden = true; showAround(null); return; }
    sign(mark, { selected: true });
    const ref = urls.brief ? refOf(mark) : null;
    const row = ref && rows.get(ref);
    if (row) {
      row.setAttribute("aria-current", "true");
      row.closest("details")?.setAttribute("open", "");
      reveal(row);
    }
    let known = properties ?? propertiesOf(mark) ?? { ref: mark.id, name: row?.querySelector("b")?.textContent ?? "" };
    let candidate = null;
    const fill = () => fillInspector(inspector, {
      layer: mark.layer, properties: known, candidate, words, texts,
      parcelUrl: candidate ? urls.parcel.replace("REF", path(ref)) : null, hour: candidate ? ofHour(ref) : null,
    });
    fill();
    if (!ref) showAround(null);
    const asked = [feature(mark).then((found) => { known = found ? { ...found, ...known, complete: true } : known; })];
    if (ref) asked.push(brief(ref).then((found) => { candidate = found; }));
    for (const answer of asked) {
      await answer;
      if (!same(mark, selected)) return;
      // a button that has the focus keeps it when the card is filled anew
      const focus = inspector.contains(document.activeElement) && document.activeElement.matches("a") ? "a" : null;
      fill();
      if (focus) inspector.querySelector(focus)?.focus({ preventScroll: true });
    }
    if (ref) showAround(candidate);
  }
  function choose(mark, properties) {
    state.set({ chosen: mark ? { layer: mark.layer.id, ref: mark.id } : null }, "choose");
    shown = show(mark, properties);
  }
  function follow(view) {
    const mark = view.chosen && byId.has(view.chosen.layer) ? { layer: byId.get(view.chosen.layer), id: view.chosen.ref } : null;
    if (!same(mark, selected)) show(mark);
  }
  const offset = () => (sheet.small() ? [0, container.offsetHeight * 0.23 - 42] : [150, 0]);
  async function goTo(ref) {
    choose(markOf(ref));
    sheet.lower();
    const place = await brief(ref);
    if (place) map.flyTo({ center: [place.lon, place.lat], zoom: Math.max(map.getZoom(), 16.4), offset: offset(), duration: calm() ? 0 : 700 });
  }

  /* Up, down, Home and End move through the list; Enter shows the parcel, and once more opens it. */
  const order = [...rows.values()];
  function moveInList(event) {
    const step = STEPS[event.key];
    if (!step) return;
    const shown = order.filter((one) => one.checkVisibility());
    const next = shown[Math.min(Math.max(step(shown.indexOf(event.currentTarget)), 0), shown.length - 1)];
    event.preventDefault();
    next?.focus();
  }
  for (const [ref, row] of rows) {
    row.addEventListener("click", async (event) => {
      await goTo(ref);
      // a key press has no detail: the focus goes where the next Enter is wanted
      if (event.detail === 0) { await shown; inspector.querySelector("a")?.focus({ preventScroll: true }); }
    });
    row.addEventListener("keydown", moveInList);
    row.addEventListener("mouseenter", () => hover(markOf(ref)));
    row.addEventListener("focus", () => hover(markOf(ref)));
    row.addEventListener("mouseleave", () => hover(null));
    row.addEventListener("blur", () => hover(null));
  }

  /* --- on the map ---------------------------------------------------------------------------------- */
  function under(point) {
    const box = [[point.x - 3, point.y - 3], [point.x + 3, point.y + 3]];
    const found = map.queryRenderedFeatures(box).filter((f) => f.properties?.ref && !/-(casing|selcasing|outline|hatch|refused|edge)$/.test(f.layer.id));
    const feature = found.find((f) => f.layer.type === "symbol" && f.layer.id.endsWith("mark")) ?? found.find((f) => f.sourceLayer === "parcels") ?? found[0];
    const layer = feature && byId.get(feature.source);
    return layer && { mark: { layer, id: feature.properties.ref }, properties: feature.properties };
  }
  map.on("mousemove", ({ point }) => {
    if (tools.active) return;
    const found = under(point);
    map.getCanvas().style.cursor = found ? "pointer" : "";
    hover(found && found.mark.layer.kind !== "streets" ? found.mark : null);
  });
  map.on("mouseout", () => hover(null));
  map.on("click", ({ point }) => {
    if (tools.active || isDrawn()) return;
    const found = under(point);
    choose(found?.mark ?? null, found?.properties);
  });
  function close() {
    const row = rows.get(refOf(selected));
    choose(null);
    row?.focus({ preventScroll: true });
  }
  inspector.addEventListener("click", (event) => { if (event.target.closest("[data-close]")) close(); });
  addEventListener("keydown", (event) => { if (event.key === "Escape" && selected && !tools.active) close(); });
  map.on("style.load", () => {
    paintScores();
    if (selected) sign(selected, { selected: true });
  });
  return { follow, loadScores, paintScores, choose, get selected() { return selected; } };
}
