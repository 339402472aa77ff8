/* Month and hour of the day: demand, and what the network can take, as they are then. */
import { digits, language, quantity } from "../lib/quantities.js";

const monthName = (month) => new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" }).format(Date.UTC(2021, month, 15));
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/* The mean of a table of months and hours over what was not chosen; months weigh by their days. */
export function valueAt(table, month, hour) {
  if (!table) return null;
  const ofMonth = (m) => (hour === null ? mean(table[m]) : table[m][hour]);
  if (month !== null) return ofMonth(month);
  return DAYS.reduce((sum, days, m) => sum + days * ofMonth(m), 0) / 365;
}

export function startHours({ state, url, texts }) {
  const box = document.querySelector("[data-hours]");
  const part = (name) => box.querySelector(`[data-hours-${name}]`);
  const sliders = { month: part("month"), hour: part("hour") };
  let tables = null;
  let asked = null;

  function load() {
    asked ??= (url ? fetch(url).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null) : Promise.resolve(null)).then((found) => {
      tables = found;
      for (const choice of part("quantity").options) {
        const missing = found ? found.missing[choice.value] : texts.noRun;
        choice.disabled = Boolean(missing);
        if (missing) { choice.title = missing; choice.textContent = `${choice.dataset.label}: ${missing}`; }
      }
      if (!found?.demand) part("why").textContent = found?.missing.demand ?? texts.noRun;
      box.classList.toggle("greyed", !found?.demand);
      for (const slider of Object.values(sliders)) slider.disabled = !found?.demand;
      document.documentElement.dataset.hoursState = "loaded";
      return tables;
    });
    return asked;
  }
  /* 0 is the whole year, or the whole day. */
  const chosen = (slider) => (Number(slider.value) === 0 ? null : Number(slider.value) - 1);
  for (const [name, slider] of Object.entries(sliders)) {
    slider.addEventListener("input", () => state.set({ [name]: chosen(slider) }, name));
  }
  part("quantity").addEventListener("change", (event) => state.set({ quantity: event.target.value }));
  part("reset").addEventListener("click", () => state.set({ month: null, hour: null }));
  box.addEventListener("toggle", () => { if (box.open) load(); });

  function show(view) {
    sliders.month.value = view.month === null ? 0 : view.month + 1;
    sliders.hour.value = view.hour === null ? 0 : view.hour + 1;
    part("quantity").value = view.quantity;
    const month = view.month === null ? texts.wholeYear : monthName(view.month);
    const hour = view.hour === null ? texts.wholeDay : `${view.hour}–${view.hour + 1}\u202f${texts.oclock}`;
    part("month-text").textContent = month;
    part("hour-text").textContent = hour;
    sliders.month.setAttribute("aria-valuetext", month);
    sliders.hour.setAttribute("aria-valuetext", hour);
    if (!tables?.demand) return;
    part("why").textContent = view.quantity === "demand" ? demandText(view) : rangeText(view);
  }
  const demandText = (view) => texts.demandSays.replace("%(n)s", digits(100 * valueAt(tables.demand, view.month, view.hour), 2));
  function rangeText(view) {
    const values = Object.values(tables.parcels[view.quantity] ?? {}).map((table) => valueAt(table, view.month, view.hour));
    if (!values.length) return tables.missing[view.quantity] ?? "";
    return texts[`${view.quantity}Says`].replace("%(low)s", quantity(Math.min(...values), "kW")).replace("%(high)s", quantity(Math.max(...values), "kW"));
  }
  const isSet = (view) => view.month !== null || view.hour !== null;
  if (isSet(state.view)) box.open = true;
  return {
    show, load,
    /* What demand is multiplied with; nothing while the whole year is shown. */
    factor: (view) => (isSet(view) && view.quantity === "demand" ? valueAt(tables?.demand, view.month, view.hour) : null),
    /* What the network could take on a parcel then, or the grid give [kW]; null where hours are not kept. */
    ofParcel: (view, ref) => (view.quantity === "demand" ? null : valueAt(tables?.parcels[view.quantity]?.[ref], view.month, view.hour)),
  };
}
