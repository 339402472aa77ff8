// The score as the engines compute it (engines/scoring), small enough to follow a slider at once.
// One test holds both against each other on random cases.

/** Value of a quantity between fixed bounds: 0 at worst, 1 at best, null where unknown. */
export function valueOf(quantity, { worst, best }) {
  if (quantity === null || Number.isNaN(quantity)) return null;
  const value = (quantity - worst) / (best - worst);
  return Math.min(1, Math.max(0, value));
}

/** Weighted mean of the known values, what each adds to it, and the share of weight they carry. */
export function scoreOf(values, weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw new RangeError('All weights are 0; give at least one criterion a weight.');
  const carried = values.reduce((sum, value, i) => sum + (value === null ? 0 : weights[i] / total), 0);
  const parts = values.map((value, i) => (
    value === null || carried === 0 ? null : (value * (weights[i] / total)) / carried
  ));
  const score = carried === 0 ? null : parts.reduce((sum, part) => sum + (part ?? 0), 0);
  return { score, parts, carried };
}

/** Rank the parcels that no gate refuses, the best first; names alone break ties. */
export function rankOf(parcels) {
  const placed = parcels.filter((parcel) => !parcel.refused && parcel.score !== null);
  placed.sort((a, b) => b.score - a.score || (a.ref < b.ref ? -1 : 1));
  return new Map(placed.map((parcel, i) => [parcel.ref, i + 1]));
}

/** Score and rank everything for these criteria ({worst, best, weight} each). */
export function rescore(parcels, criteria) {
  const weights = criteria.map((criterion) => criterion.weight);
  const scored = parcels.map((parcel) => ({
    ...parcel,
    ...scoreOf(parcel.quantities.map((quantity, j) => valueOf(quantity, criteria[j])), weights),
  }));
  const rank = rankOf(scored);
  return scored.map((parcel) => ({ ...parcel, rank: rank.get(parcel.ref) ?? null }));
}
