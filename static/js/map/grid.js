/* The town's own grid: degrees to metres by the polynomial that the server fitted to it. */
export function startGrid(grid) {
  if (!grid) return null;
  const value = (coefficients, x, y) => {
    let [sum, at] = [0, 0];
    for (let i = 0; i <= 3; i += 1) for (let j = 0; j <= 3 - i; j += 1) { sum += coefficients[at] * x ** i * y ** j; at += 1; }
    return sum;
  };
  const place = ([lon, lat]) => {
    const [x, y] = [(lon - grid.middle[0]) / grid.half[0], (lat - grid.middle[1]) / grid.half[1]];
    return Math.abs(x) > 1 || Math.abs(y) > 1 ? null : [value(grid.east, x, y), value(grid.north, x, y)];
  };
  return { place, name: grid.name, epsg: grid.epsg };
}
const EARTH_M = 6371008.8;
const rad = (degrees) => (degrees * Math.PI) / 180;
/* On the globe, for places beyond the town's grid. */
function apart([lon1, lat1], [lon2, lat2]) {
  const half = Math.sin(rad(lat2 - lat1) / 2) ** 2 + Math.cos(rad(lat1)) * Math.cos(rad(lat2)) * Math.sin(rad(lon2 - lon1) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(half));
}
export function lengthM(points, grid) {
  const placed = points.map((point) => grid?.place(point));
  let sum = 0;
  for (let i = 1; i < points.length; i += 1) {
    sum += placed[i - 1] && placed[i] ? Math.hypot(placed[i][0] - placed[i - 1][0], placed[i][1] - placed[i - 1][1]) : apart(points[i - 1], points[i]);
  }
  return sum;
}
/* Null where a corner lies beyond the grid: an area on the globe is another matter. */
export function areaM2(points, grid) {
  const placed = points.map((point) => grid?.place(point));
  if (points.length < 3 || placed.some((place) => !place)) return null;
  const [ox, oy] = placed[0];
  const twice = placed.reduce((sum, [x, y], i) => {
    const [nx, ny] = placed[(i + 1) % placed.length];
    return sum + (x - ox) * (ny - oy) - (nx - ox) * (y - oy);
  }, 0);
  return Math.abs(twice) / 2;
}
