/* A chosen part of the town: its sums, worked out by the server, chips to narrow them, and files. */
import { quantity } from "../lib/quantities.js";
import { make } from "./legend.js";
import { decode, encode } from "./polyline.js";

const ENDINGS = { geojson: "GeoJSON", gpkg: "GeoPackage", csv: "CSV" };
const UNITS = { heat_demand_mwh_per_a: "MWh/a", area_m2: "m2", length_m: "m", firm_headroom_kw: "kW", capacity_kw: "kW" };

export const areaOfRing = (points) => ({ ring: encode(points) });

export function startArea({ state, layers, urls, draw, texts, say, map }) {
  const card = document.getElementById("area");
  const versions = layers.map((layer) => layer.version).join(",");
  let asked = 0;
  let now = "";

  const only = (view) => Object.entries(view.only).filter(([, words]) => words.length).map(([kind, words]) => `${kind}:${words.join(",")}`).join(";");
  function query(view) {
    const parts = new URLSearchParams({ versions });
    if (view.area.ring) parts.set("ring", view.area.ring);
    else { parts.set("around", view.area.around); parts.set("metres", view.area.metres); }
    if (only(view)) parts.set("only", only(view));
    return parts;
  }
  function outline(view, found) {
    const geometry = view.area?.ring ? { type: "Polygon", coordinates: [[...decode(view.area.ring), decode(view.area.ring)[0]]] } : found?.outline;
    draw({ type: "FeatureCollection", features: view.area && geometry ? [{ type: "Feature", properties: {}, geometry }] : [] });
  }
  function line(list, label, value, note) {
    const row = make("div");
    row.append(make("dt", "", label), make("dd", "", value));
    if (note) row.append(make("dd", "small muted note-of", note));
    list.append(row);
  }
  function sums(list, each) {
    for (const [key, unit] of Object.entries(UNITS)) {
      if (!(key in each.sums)) continue;
      const unknown = each.sums.known === undefined ? 0 : each.sums.count - each.sums.known;
      line(list, `${each.name}: ${texts.sums[key]}`, quantity(each.sums[key], unit), unknown ? texts.unknownOf.replace("%(n)s", unknown).replace("%(all)s", each.sums.count) : "");
    }
  }
  function chips(view, each) {
    const group = make("fieldset", "chips");
    group.append(make("legend", "small muted", `${each.name}: ${each.sums.count}`));
    for (const { word, label, count } of each.words) {
      const chosen = view.only[each.kind] ?? [];
      const button = make("button", "chip-button", `${label} ${count}`);
      button.type = "button";
      button.setAttribute("aria-pressed", String(chosen.includes(word)));
      button.addEventListener("click", () => {
        const words = chosen.includes(word) ? chosen.filter((one) => one !== word) : [...chosen, word];
        state.set({ only: { ...state.view.only, [each.kind]: words } });
      });
      group.append(button);
    }
    return group;
  }
  function files(view, found) {
    const box = make("details", "files small");
    box.append(make("summary", "", texts.takeHome));
    for (const each of found.layers.filter((one) => one.sums.count)) {
      const row = make("p", "", `${each.name} (${each.sums.count}): `);
      for (const [ending, label] of Object.entries(ENDINGS)) {
        const link = make("a", "", label);
        link.href = `${urls.file.replace("KIND", each.kind).replace("ENDING", ending)}?${query(view)}`;
        link.download = "";
        row.append(link, " ");
      }
      box.append(row);
    }
    return box;
  }
  function fill(view, found) {
    const list = make("dl", "values");
    line(list, texts.areaSize, quantity(found.area_m2, "m2"));
    for (const each of found.layers.filter((one) => one.sums.count)) sums(list, each);
    if (found.linear_density_mwh_per_m_a !== null) line(list, texts.linearDensity, quantity(found.linear_density_mwh_per_m_a, "MWh/(m a)"), texts.linearDensityHow);
    const body = card.querySelector("[data-area-body]");
    body.replaceChildren(list, ...found.layers.filter((one) => one.words.length).map((each) => chips(view, each)), files(view, found), make("p", "small muted", texts.areaHow));
    say(`${texts.areaSize}: ${quantity(found.area_m2, "m2")}`);
    document.documentElement.dataset.area = "filled";
  }
  async function show(view) {
    const wanted = view.area ? String(query(view)) : "";
    if (wanted === now) return;
    now = wanted;
    card.hidden = !view.area;
    outline(view);
    if (!view.area) return;
    delete document.documentElement.dataset.area;
    const mine = asked += 1;
    const body = card.querySelector("[data-area-body]");
    body.setAttribute("aria-busy", "true");
    const answer = await fetch(`${urls.area}?${wanted}`).catch(() => null);
    if (mine !== asked) return;
    body.removeAttribute("aria-busy");
    const found = await answer?.json().catch(() => null);
    if (!answer?.ok || !found) { body.replaceChildren(make("p", "note bad", found?.error ?? texts.failed)); return; }
    outline(view, found);
    fill(view, found);
  }
  card.querySelector("[data-close-area]").addEventListener("click", () => { state.set({ area: null, only: {} }); map.getCanvas().focus(); });
  return { show };
}
