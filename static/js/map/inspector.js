/* The card that says what was clicked, with every value's unit and where it came from. */
import { quantity } from "../lib/quantities.js";

function make(tag, className, content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content !== undefined) element.textContent = content;
  return element;
}

function valueText(property, value, words, texts) {
  if (value === null || value === undefined || value === "") return texts.missing;
  if (property.words) return words[String(value)] ?? String(value).replaceAll("_", " ");
  return typeof value === "number" ? quantity(value, property.unit) : String(value);
}

function row(list, label, value) {
  const line = make("div");
  line.append(make("dt", "", label), make("dd", "", value));
  list.append(line);
}

export function fillInspector(element, { layer, properties, candidate, words, texts, parcelUrl, hour = null }) {
  const head = make("div", "inspector-head");
  const titles = make("div");
  titles.append(make("p", "small muted", layer.label), make("h2", "", properties.name || properties.ref));
  const close = make("button", "button quiet icon");
  close.type = "button";
  close.setAttribute("aria-label", texts.close);
  close.dataset.close = "";
  close.append(make("span", "cross"));
  head.append(titles, close);

  const list = make("dl", "values");
  if (candidate) {
    row(list, texts.rank, candidate.refused ? texts.refused : quantity(candidate.rank));
    if (!candidate.refused) row(list, texts.score, quantity(candidate.score, "", 2));
    row(list, texts.verdict, texts.verdicts[candidate.verdict] ?? candidate.verdict);
    row(list, texts.coverage, quantity(candidate.coverage, "share", 2));
    if (candidate.power_it_kw !== null) row(list, texts.size, quantity(candidate.power_it_kw, "kW"));
    if (candidate.heat_used_mwh_per_a !== null) row(list, texts.heatUsed, quantity(candidate.heat_used_mwh_per_a, "MWh/a"));
    if (candidate.connection_m !== null) row(list, texts.connection, quantity(candidate.connection_m, "m"));
    if (candidate.noise_radius_m !== null) row(list, texts.noise, quantity(candidate.noise_radius_m, "m"));
    if (hour?.kw !== null && hour?.kw !== undefined) row(list, hour.label, quantity(hour.kw, "kW"));
  }
  if (properties.name) row(list, texts.ref, properties.ref);
  for (const property of layer.properties) {
    if (property.key === "name") continue;
    // a tile from far away carries little; what has not come yet is not said to be missing
    const known = properties.complete || property.key in properties;
    row(list, property.label, known ? valueText(property, properties[property.key], words, texts) : "…");
  }

  const origin = make("div", "origin small muted");
  origin.append(make("span", `chip ${layer.nature}`, layer.natureLabel));
  origin.append(make("p", "", [layer.source, layer.licence, layer.date].filter(Boolean).join(" · ")));
  if (layer.method) origin.append(make("p", "", layer.method));

  element.replaceChildren(head, list);
  if (candidate && parcelUrl) {
    const link = make("a", "button primary", texts.open);
    link.href = parcelUrl;
    element.append(link);
  }
  element.append(origin);
  element.hidden = false;
}
