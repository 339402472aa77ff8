/* Rings of [lon, lat] as short text, six decimals; heatmap/polyline.py reads the same. */
const PRECISION = 1e6;

function written(number) {
  let value = number < 0 ? ~(number << 1) : number << 1;
  let text = "";
  for (; value >= 32; value >>>= 5) text += String.fromCharCode((32 | (value & 31)) + 63);
  return text + String.fromCharCode(value + 63);
}
export function encode(points) {
  let [lat, lon, text] = [0, 0, ""];
  for (const [x, y] of points) {
    const [north, east] = [Math.round(y * PRECISION), Math.round(x * PRECISION)];
    text += written(north - lat) + written(east - lon);
    [lat, lon] = [north, east];
  }
  return text;
}
export function decode(text) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const character of text) {
    const part = character.charCodeAt(0) - 63;
    value |= (part & 31) << shift;
    shift += 5;
    if (part < 32) { numbers.push(value & 1 ? ~(value >>> 1) : value >>> 1); value = shift = 0; }
  }
  const points = [];
  let [lat, lon] = [0, 0];
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    lat += numbers[at];
    lon += numbers[at + 1];
    points.push([lon / PRECISION, lat / PRECISION]);
  }
  return points;
}
/* Leaves out points that lie within `tolerance` of the line between their neighbours (Douglas and Peucker). */
export function simplified(points, tolerance) {
  if (points.length < 3) return points;
  const [first, last] = [points[0], points.at(-1)];
  const [dx, dy] = [last[0] - first[0], last[1] - first[1]];
  const length = Math.hypot(dx, dy);
  let [farthest, at] = [0, 0];
  for (let i = 1; i < points.length - 1; i += 1) {
    const [x, y] = [points[i][0] - first[0], points[i][1] - first[1]];
    const distance = length ? Math.abs(x * dy - y * dx) / length : Math.hypot(x, y);
    if (distance > farthest) [farthest, at] = [distance, i];
  }
  if (farthest <= tolerance) return [first, last];
  return [...simplified(points.slice(0, at + 1), tolerance).slice(0, -1), ...simplified(points.slice(at), tolerance)];
}
