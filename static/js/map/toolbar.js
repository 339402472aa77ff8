/* The buttons beside the map, and the keys that do the same. */
import { printMap } from "./print.js";

export function startToolbar({ map, state, layers, town, run, texts, say, measure, draw, chooseView, chooseAround }) {
  const button = (name) => document.querySelector(`[data-do="${name}"]`);
  const metres = document.querySelector("[data-around-metres]");
  const inText = (event) => event.target.closest?.("input:not([type=checkbox]):not([type=range]), select, textarea");

  /* Exactly what one sees, for somebody else: the run or the versions, and the state of the map. */
  async function link() {
    state.writeAddress();
    const address = new URL(location.href);
    address.search = run ? `?run=${run}` : `?versions=${layers.map((layer) => layer.version).join(",")}`;
    try {
      await navigator.clipboard.writeText(address.href);
      say(texts.toolbar.linkCopied);
    } catch {
      history.replaceState(history.state, "", address.pathname + address.search + address.hash);
      say(texts.toolbar.linkInBar);
    }
  }
  const DO = {
    undo: state.undo, redo: state.redo, link,
    lasso: () => draw("lasso"), box: () => draw("box"), view: chooseView,
    around: () => chooseAround(Math.max(1, Math.min(20000, Number(metres.value) || 100))),
    line: () => measure.start("line"), ring: () => measure.start("ring"),
    tilt: () => state.set({ tilted: !state.view.tilted }),
    raster: () => state.set({ raster: !state.view.raster }),
    print: () => printMap({ map, state, layers, town, texts: texts.print }),
  };
  for (const [name, act] of Object.entries(DO)) {
    button(name)?.addEventListener("click", () => {
      const menu = button(name).closest("details");
      if (menu && name !== "around") menu.open = false;
      act();
    });
  }
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || inText(event)) return;
    const again = event.key === "y" || (event.key.toLowerCase() === "z" && event.shiftKey);
    if (event.key !== "z" && !again) return;
    event.preventDefault();
    if (again) state.redo(); else state.undo();
  });
  return {
    show(view) {
      button("undo").disabled = !state.canUndo;
      button("redo").disabled = !state.canRedo;
      button("tilt").setAttribute("aria-pressed", String(view.tilted));
      button("raster")?.setAttribute("aria-pressed", String(view.raster));
      button("around").disabled = !view.chosen;
    },
  };
}
