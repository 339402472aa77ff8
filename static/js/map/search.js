/* The search box: a combobox with a list, by mouse, finger or keyboard. */
import { make } from "./legend.js";

const PAUSE_MS = 180;

export function startSearch({ url, versions, go, texts, say }) {
  const input = document.querySelector("[data-search]");
  const list = document.getElementById("search-list");
  let places = [];
  let at = -1;
  let waiting = 0;
  let asked = 0;

  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function mark(next) {
    const items = [...list.children];
    at = (next + places.length) % places.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", items[at].id);
    items[at].scrollIntoView({ block: "nearest" });
  }
  function choose(place) {
    input.value = place.label;
    close();
    go(place);
  }
  function fill() {
    list.replaceChildren(...places.map((place, i) => {
      const item = make("li");
      Object.assign(item, { id: `found-${i}`, role: "option" });
      item.setAttribute("aria-selected", "false");
      item.append(make("b", "", place.label), make("span", "small muted", place.kindLabel));
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(place); });
      return item;
    }));
    list.hidden = !places.length;
    input.setAttribute("aria-expanded", String(places.length > 0));
    at = -1;
    say(places.length ? texts.found.replace("%(n)s", places.length) : texts.foundNothing);
  }
  async function ask() {
    const words = input.value.trim();
    if (words.length < 2) { places = []; close(); return; }
    const mine = asked += 1;
    const answer = await fetch(`${url}?${new URLSearchParams({ q: words, versions })}`).catch(() => null);
    if (mine !== asked || !answer?.ok) return;
    ({ places } = await answer.json());
    fill();
  }
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, PAUSE_MS); });
  input.addEventListener("keydown", async (event) => {
    if (event.key === "Escape") { close(); event.stopPropagation(); return; }
    if (event.key === "Enter") {
      event.preventDefault();
      if (!places.length) { clearTimeout(waiting); await ask(); }
      if (places.length) choose(places[Math.max(at, 0)]);
      return;
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !places.length) return;
    event.preventDefault();
    list.hidden = false;
    mark(at < 0 && by < 0 ? places.length - 1 : at + by);
  });
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", (event) => event.preventDefault());
}
