/* The one object that says what the map shows. It never changes: every act makes a new one, so that
   acts can be undone, and the whole of it fits into the address. */
const MINE = ["l", "f", "t", "d", "c", "a", "n"];
const MOST_STEPS = 200;
const SAME_ACT_MS = 900;
const esc = encodeURIComponent;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export function firstView(layers) {
  return {
    order: layers.toSorted((a, b) => a.order - b.order).map((layer) => layer.id),
    on: Object.fromEntries(layers.map((layer) => [layer.id, layer.visible])),
    opacity: Object.fromEntries(layers.map((layer) => [layer.id, 1])),
    method: Object.fromEntries(layers.filter((layer) => layer.classes).map((layer) => [layer.id, layer.classes.methods[0].key])),
    hidden: {}, month: null, hour: null, quantity: "demand", tilted: false, raster: false, chosen: null, area: null, only: {},
  };
}

/* --- the address ------------------------------------------------------------------------------ */
const lists = (table) => Object.entries(table).filter(([, words]) => words.length).map(([key, words]) => `${esc(key)}~${words.map(esc).join(",")}`).join("!");
const unlist = (text) => Object.fromEntries(text.split("!").map((part) => part.split("~")).filter(([, words]) => words !== undefined).map(([key, words]) => [decodeURIComponent(key), words.split(",").map(decodeURIComponent)]));

export function encoded(view, first) {
  const parts = {};
  if (!["order", "on", "opacity", "method"].every((key) => same(view[key], first[key]))) {
    parts.l = view.order.map((id) => [id, Number(view.on[id]), Math.round(100 * view.opacity[id]), view.method[id] ?? ""].join(",")).join("!");
  }
  parts.f = lists(view.hidden);
  if (view.month !== null || view.hour !== null || view.quantity !== first.quantity) parts.t = [view.month ?? "", view.hour ?? "", view.quantity].join(",");
  if (view.tilted || view.raster) parts.d = `${view.tilted ? 3 : 2}${view.raster ? "r" : ""}`;
  if (view.chosen) parts.c = `${view.chosen.layer}~${esc(view.chosen.ref)}`;
  if (view.area?.ring) parts.a = `r~${esc(view.area.ring)}`;
  if (view.area?.around) parts.a = `o~${esc(view.area.around)}~${view.area.metres}`;
  parts.n = lists(view.only);
  return MINE.filter((key) => parts[key]).map((key) => `${key}=${parts[key]}`);
}
const inHash = () => location.hash.slice(1).split("&").filter(Boolean);
export const foreign = () => inHash().filter((part) => !MINE.includes(part.split("=")[0]));

function orders(text, view, known) {
  for (const part of text.split("!")) {
    const [id, on, opacity, method] = part.split(",");
    if (!known.has(id)) continue;
    view.on[id] = on === "1";
    view.opacity[id] = Math.min(1, Math.max(0, Number(opacity) / 100 || 0));
    if (method && known.get(id).classes?.methods.some((one) => one.key === method)) view.method[id] = method;
  }
  const named = text.split("!").map((part) => part.split(",")[0]).filter((id) => known.has(id));
  view.order = [...view.order.filter((id) => !named.includes(id)), ...named];
}
const within = (text, most) => (text === "" || !(Number(text) >= 0 && Number(text) <= most) ? null : Math.round(Number(text)));

/* What the address says, over the usual view; parts that mean nothing here are left out. */
export function decoded(first, layers) {
  const view = structuredClone(first);
  const known = new Map(layers.map((layer) => [layer.id, layer]));
  const read = {
    l: (text) => orders(text, view, known),
    f: (text) => { view.hidden = Object.fromEntries(Object.entries(unlist(text)).filter(([key]) => known.has(key.split(":")[0]))); },
    t: (text) => {
      const [month, hour, quantity] = text.split(",");
      Object.assign(view, { month: within(month, 11), hour: within(hour ?? "", 23), quantity: ["absorbable", "headroom"].includes(quantity) ? quantity : "demand" });
    },
    d: (text) => Object.assign(view, { tilted: text.startsWith("3"), raster: text.endsWith("r") }),
    c: (text) => {
      const [layer, ref] = text.split("~");
      if (known.has(layer) && ref) view.chosen = { layer, ref: decodeURIComponent(ref) };
    },
    a: (text) => {
      // a ring may hold the sign that parts the others
      if (text.startsWith("r~")) view.area = { ring: decodeURIComponent(text.slice(2)) };
      const [kind, what, metres] = text.split("~");
      if (kind === "o" && Number(metres) > 0) view.area = { around: decodeURIComponent(what), metres: Number(metres) };
    },
    n: (text) => { view.only = unlist(text); },
  };
  for (const part of inHash()) {
    const at = part.indexOf("=");
    try { read[part.slice(0, at)]?.(part.slice(at + 1)); } catch { /* an address that somebody cut off */ }
  }
  return view;
}

/* --- what was, what is, what was undone --------------------------------------------------------- */
export function startState(layers) {
  const first = firstView(layers);
  let view = decoded(first, layers);
  let [past, future, listeners] = [[], [], []];
  let last = { act: "", at: 0 };

  function show(next) {
    const before = view;
    view = next;
    for (const listener of listeners) listener(view, before);
    writeAddress();
  }
  function writeAddress() {
    // where the map is comes first: the library that writes it leaves the rest alone
    const parts = [...foreign().toSorted((a, b) => b.startsWith("map=") - a.startsWith("map=")), ...encoded(view, first)];
    const hash = parts.length ? `#${parts.join("&")}` : "";
    if (hash !== location.hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
  }
  function step(from, to) {
    if (!from.length) return;
    to.push(view);
    last = { act: "", at: 0 };
    show(from.pop());
  }
  return {
    first,
    get view() { return view; },
    /* `act` names what is done: a slider that is dragged is one act, not a hundred. */
    set(patch, act = "") {
      const next = { ...view, ...patch };
      if (same(next, view)) return;
      const now = Date.now();
      if (!(act && act === last.act && now - last.at < SAME_ACT_MS)) {
        past.push(view);
        if (past.length > MOST_STEPS) past.shift();
      }
      last = { act, at: now };
      future = [];
      show(next);
    },
    undo: () => step(past, future),
    redo: () => step(future, past),
    get canUndo() { return past.length > 0; },
    get canRedo() { return future.length > 0; },
    reread() { show(decoded(first, layers)); },
    listen(listener) { listeners.push(listener); },
    writeAddress,
  };
}
