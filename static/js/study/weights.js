/* Other weights, tried at once: the score and the rank of every parcel follow the sliders. */
import { data } from "../lib/page.js";
import { digits } from "../lib/quantities.js";
import { rescore } from "./score.js";

const given = data("weights-data");
const sliders = [...document.querySelectorAll("[data-weight]")];
const body = document.querySelector("#weights tbody");
const rows = new Map([...(body?.rows ?? [])].map((row) => [row.dataset.ref, row]));

function show() {
  const criteria = given.criteria.map((criterion, i) => ({ ...criterion, weight: Number(sliders[i].value) }));
  for (const [i, slider] of sliders.entries()) slider.nextElementSibling.textContent = `${digits(criteria[i].weight, 3)}\u202f%`;
  if (!criteria.some((criterion) => criterion.weight > 0)) return;
  const scored = rescore(given.parcels, criteria);
  for (const parcel of scored) {
    const row = rows.get(parcel.ref);
    if (!row) continue;
    row.querySelector("[data-new-rank]").textContent = parcel.rank ?? "–";
    row.querySelector("[data-new-score]").textContent = parcel.score === null ? "–" : new Intl.NumberFormat(document.documentElement.lang || "en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(parcel.score);
  }
  const order = scored.filter((parcel) => rows.has(parcel.ref)).sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
  for (const parcel of order) body.append(rows.get(parcel.ref));
}

for (const slider of sliders) slider.addEventListener("input", show);
document.querySelector("[data-weights-reset]")?.addEventListener("click", () => {
  for (const [i, slider] of sliders.entries()) slider.value = given.criteria[i].weight;
  show();
});
if (given && sliders.length) show();
