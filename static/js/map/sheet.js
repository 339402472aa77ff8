/* On small screens the side panels are one sheet at the bottom, with three heights. */
const HEIGHTS = ["low", "half", "full"];
const HEIGHT_PX = { low: () => 84, half: () => 0.46 * innerHeight, full: () => 0.5 * innerHeight };
const small = matchMedia("(max-width: 899px)");

/* The room that the panels leave to the map, in pixels from each side. */
export function framing(around = 16) {
  const { height } = document.querySelector(".sheet").dataset;
  return { top: around, left: around, right: around, bottom: around + (small.matches ? HEIGHT_PX[height]() : 0) };
}

export function startSheet(page) {
  const sheet = page.querySelector(".sheet");
  const handle = page.querySelector("[data-sheet-handle]");
  const tabs = [...page.querySelectorAll("[data-sheet-tab]")];
  const set = (height) => {
    sheet.dataset.height = height;
    handle.setAttribute("aria-expanded", String(height !== "low"));
  };
  handle.addEventListener("click", () => set(HEIGHTS[(HEIGHTS.indexOf(sheet.dataset.height) + 1) % 3]));
  let from = null;
  handle.addEventListener("pointerdown", (event) => { from = event.clientY; handle.setPointerCapture(event.pointerId); });
  handle.addEventListener("pointerup", (event) => {
    const moved = from === null ? 0 : from - event.clientY;
    from = null;
    if (Math.abs(moved) < 24) return;
    const at = HEIGHTS.indexOf(sheet.dataset.height) + Math.sign(moved);
    set(HEIGHTS[Math.max(0, Math.min(2, at))]);
    handle.addEventListener("click", (click) => click.stopImmediatePropagation(), { once: true, capture: true });
  });
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      sheet.dataset.tab = tab.dataset.sheetTab;
      for (const other of tabs) other.setAttribute("aria-pressed", String(other === tab));
      if (sheet.dataset.height === "low") set("half");
    });
  }
  return {
    small: () => small.matches,
    padding: framing,
    lower: () => { if (small.matches) set("low"); },
  };
}
