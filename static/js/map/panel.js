/* The panel of layers: what is shown, in which order, how strongly, of which kinds, by which classes. */
import { digits } from "../lib/quantities.js";
import { fillLegend, make } from "./legend.js";
import { hiddenOf } from "./style.js";

const rowOf = (id) => document.querySelector(`[data-layer-row="${CSS.escape(id)}"]`);

export function startPanel({ state, layers, map, url, words, texts, say }) {
  const list = document.querySelector("[data-layer-list]");
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const withCells = new Set();
  const wordOf = (word) => words[word] ?? (word.replaceAll("_", " ") || texts.missing);

  for (const layer of layers) {
    const row = rowOf(layer.id);
    if (!row) continue;
    row.querySelector("[data-layer]").addEventListener("change", (event) => {
      state.set({ on: { ...state.view.on, [layer.id]: event.target.checked } });
    });
    row.querySelector("[data-opacity]")?.addEventListener("input", (event) => {
      state.set({ opacity: { ...state.view.opacity, [layer.id]: Number(event.target.value) / 100 } }, `opacity ${layer.id}`);
    });
    row.querySelector("[data-method]")?.addEventListener("change", (event) => {
      state.set({ method: { ...state.view.method, [layer.id]: event.target.value } });
    });
    row.querySelector("[data-words]")?.addEventListener("change", () => filter(layer, row));
    row.querySelector("details.more-of-layer")?.addEventListener("toggle", (event) => { if (event.target.open) fillWords(layer, row); });
    startMoving(layer.id, row);
  }

  /* --- order: by dragging the handle, or with the arrow keys on it ------------------------------- */
  function move(id, by) {
    const order = [...state.view.order];
    const from = order.indexOf(id);
    const to = Math.min(order.length - 1, Math.max(0, from + by));
    if (to === from) return;
    order.splice(to, 0, ...order.splice(from, 1));
    state.set({ order });
    const place = order.length - to;
    say(texts.moved.replace("%(name)s", byId.get(id).name).replace("%(place)s", place).replace("%(all)s", order.length));
  }
  function startMoving(id, row) {
    const handle = row.querySelector("[data-move]");
    handle.addEventListener("keydown", (event) => {
      // the list shows the top of the map first: up in the list is up on the map
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      move(id, by);
      handle.focus();
    });
    // the row stays where it is until it is let go: moving it would lose the pointer
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      row.classList.add("moving");
      let goal = null;
      const mark = (next) => {
        goal?.other.classList.remove("drop-before", "drop-after");
        goal = next;
        goal?.other.classList.add(goal.before ? "drop-before" : "drop-after");
      };
      const follow = ({ clientY }) => {
        const others = [...list.querySelectorAll("[data-layer-row]")].filter((one) => one !== row);
        const other = others.find((one) => clientY < one.getBoundingClientRect().bottom) ?? others.at(-1);
        const box = other.getBoundingClientRect();
        mark({ other, before: clientY < box.top + box.height / 2 });
      };
      const drop = () => {
        handle.removeEventListener("pointermove", follow);
        row.classList.remove("moving");
        const to = goal;
        mark(null);
        if (!to) return;
        const order = [...list.querySelectorAll("[data-layer-row]")].map((one) => one.dataset.layerRow).filter((one) => one !== id);
        order.splice(order.indexOf(to.other.dataset.layerRow) + (to.before ? 0 : 1), 0, id);
        state.set({ order: order.reverse() });
      };
      handle.addEventListener("pointermove", follow);
      handle.addEventListener("lostpointercapture", drop, { once: true });
    });
  }

  /* --- kinds: all that the layer has, and how many features of each -------------------------------- */
  async function fillWords(layer, row) {
    const box = row.querySelector("[data-words]");
    if (!box || box.querySelector("input")) return;
    const answer = await fetch(url.replace("/0/", `/${layer.version}/`)).catch(() => null);
    if (!answer?.ok) { box.replaceChildren(make("p", "small muted", texts.noKinds)); return; }
    const { kinds } = await answer.json();
    const hidden = hiddenOf(state.view, layer)[layer.kindsColumn] ?? [];
    box.replaceChildren(...kinds.map(([word, count]) => {
      const label = make("label", "word");
      const input = make("input");
      Object.assign(input, { type: "checkbox", value: word, checked: !hidden.includes(word) });
      label.append(input, make("span", "", wordOf(word)), make("span", "muted", digits(count)));
      return label;
    }));
  }
  function filter(layer, row) {
    const off = [...row.querySelectorAll("[data-words] input")].filter((input) => !input.checked).map((input) => input.value);
    const hidden = { ...state.view.hidden };
    const key = `${layer.id}:${layer.kindsColumn}`;
    delete hidden[key];
    if (off.length) hidden[key] = off;
    state.set({ hidden });
  }

  /* --- what the panel shows follows the state ------------------------------------------------------ */
  function show(view) {
    const wanted = view.order.toReversed();
    const shown = [...list.querySelectorAll("[data-layer-row]")].map((row) => row.dataset.layerRow);
    if (wanted.join() !== shown.join()) {
      const focused = document.activeElement;
      list.append(...wanted.map(rowOf).filter(Boolean));
      if (list.contains(focused)) focused.focus({ preventScroll: true });
    }
    for (const layer of layers) {
      const row = rowOf(layer.id);
      if (!row) continue;
      row.querySelector("[data-layer]").checked = view.on[layer.id];
      const opacity = row.querySelector("[data-opacity]");
      if (opacity) {
        opacity.value = Math.round(100 * view.opacity[layer.id]);
        row.querySelector("[data-opacity-text]").textContent = `${opacity.value}\u202f%`;
      }
      const method = row.querySelector("[data-method]");
      if (method) method.value = view.method[layer.id];
      const off = hiddenOf(view, layer)[layer.kindsColumn] ?? [];
      row.classList.toggle("sifted", off.length > 0);
      for (const input of row.querySelectorAll("[data-words] input")) input.checked = !off.includes(input.value);
      fillLegend(row.querySelector("[data-legend]"), layer, view, texts, { hasCells: withCells.has(layer.id), isSifted: off.length > 0 });
    }
  }
  /* Squares have a legend of their own while there are any. */
  map.on("idle", () => {
    for (const layer of layers) {
      if (!layer.cells || !map.getLayer(`${layer.id}-cells`)) continue;
      const has = state.view.on[layer.id] && map.queryRenderedFeatures({ layers: [`${layer.id}-cells`] }).length > 0;
      if (has === withCells.has(layer.id)) continue;
      if (has) withCells.add(layer.id); else withCells.delete(layer.id);
      fillLegend(rowOf(layer.id).querySelector("[data-legend]"), layer, state.view, texts, { hasCells: has, isSifted: rowOf(layer.id).classList.contains("sifted") });
    }
  });
  return { show };
}
