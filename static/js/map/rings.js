/* A shape as its rings: each is an area of its own while it is drawn, and all become one shape again.
   A ring is { key, corners, part, hole }: `part` numbers the areas of a shape, holes belong to theirs. */

export function ringsOf(geometry, newKey) {
  const parts = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  return parts.flatMap((rings, part) => rings.map((corners, place) => ({ key: newKey(), corners, part, hole: place > 0 })));
}

/* The shape that the rings make; null where no area is left. A hole without its area is none. */
export function geometryOf(rings) {
  const outer = rings.filter((ring) => !ring.hole);
  const parts = outer.map((ring) => [ring.corners, ...rings.filter((one) => one.hole && one.part === ring.part).map((one) => one.corners)]);
  if (!parts.length) return null;
  return parts.length === 1 ? { type: "Polygon", coordinates: parts[0] } : { type: "MultiPolygon", coordinates: parts };
}

/* Whether a point lies in a ring: an odd number of edges to its right. */
export function contains(corners, [x, y]) {
  let inside = false;
  for (let at = 0, before = corners.length - 1; at < corners.length; before = at, at += 1) {
    const [ax, ay] = corners[at];
    const [bx, by] = corners[before];
    if ((ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/* Corners as lines of text, "longitude latitude"; an empty line between rings. */
export function textOf(rings) {
  return rings.map(({ corners }) => corners.slice(0, -1).map(([x, y]) => `${x.toFixed(7)} ${y.toFixed(7)}`).join("\n")).join("\n\n");
}

/* The rings that such lines say, or the number of the line that says none. A ring inside another one
   is a hole of it. */
export function ringsFrom(text, newKey) {
  const found = [[]];
  for (const [place, line] of text.split("\n").entries()) {
    if (!line.trim()) { if (found.at(-1).length) found.push([]); continue; }
    const numbers = line.trim().split(/[\s;]+/).map((word) => Number(word.replace(/,$/, "").replace(",", ".")));
    if (numbers.length !== 2 || !numbers.every(Number.isFinite) || Math.abs(numbers[0]) > 180 || Math.abs(numbers[1]) > 90) return { wrong: place + 1 };
    found.at(-1).push(numbers.map((number) => Number(number.toFixed(9))));
  }
  const rings = found.filter((corners) => corners.length);
  if (!rings.length || rings.some((corners) => corners.length < 3)) return { short: true };
  const closed = rings.map((corners) => (String(corners[0]) === String(corners.at(-1)) ? corners : [...corners, corners[0]]));
  const around = closed.map((corners, mine) => closed.findIndex((other, place) => place !== mine && contains(other, corners[0])));
  return { rings: closed.map((corners, place) => ({ key: newKey(), corners, part: around[place] < 0 ? place : around[place], hole: around[place] >= 0 })) };
}
