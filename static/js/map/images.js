/* Small pictures the map style uses: hatches and point marks, drawn in the theme's colours. */
import { token } from "../lib/tokens.js";

const RATIO = 2;

function canvas(size) {
  const surface = document.createElement("canvas");
  surface.width = surface.height = size * RATIO;
  const pen = surface.getContext("2d");
  pen.scale(RATIO, RATIO);
  return [surface, pen];
}
const picture = (surface, pen) => pen.getImageData(0, 0, surface.width, surface.height);

function hatch(color, step, width) {
  const [surface, pen] = canvas(step);
  pen.strokeStyle = color;
  pen.lineWidth = width;
  for (const shift of [-step, 0, step]) {
    pen.beginPath();
    pen.moveTo(shift - 1, step + 1);
    pen.lineTo(shift + step + 1, -1);
    pen.stroke();
  }
  return picture(surface, pen);
}

function mark(fill, draw) {
  const size = 22;
  const [surface, pen] = canvas(size);
  pen.fillStyle = fill;
  pen.strokeStyle = token("map-casing");
  pen.lineWidth = 2;
  pen.beginPath();
  pen.roundRect(2, 2, size - 4, size - 4, 5);
  pen.stroke();
  pen.fill();
  pen.fillStyle = pen.strokeStyle = token("map-casing");
  draw(pen);
  return picture(surface, pen);
}
function bolt(pen) {
  pen.beginPath();
  for (const [x, y] of [[12.5, 4.5], [6.5, 12.2], [10.4, 12.2], [9.2, 17.5], [15.5, 9.6], [11.4, 9.6]]) pen.lineTo(x, y);
  pen.fill();
}
function flame(pen) {
  pen.beginPath();
  pen.moveTo(11, 4);
  pen.bezierCurveTo(17, 9.5, 16.5, 17.5, 11, 17.5);
  pen.bezierCurveTo(5.5, 17.5, 5.5, 11.5, 8.6, 9);
  pen.bezierCurveTo(9, 11, 10.4, 11, 10.6, 10.4);
  pen.bezierCurveTo(11.2, 8.4, 10.6, 6, 11, 4);
  pen.fill();
}

/* Headroom as a traffic light that needs no colour: a whole bolt, half of one, a cross, a question. */
function halfBolt(pen) {
  pen.save();
  pen.beginPath();
  pen.rect(0, 11, 22, 11);
  pen.clip();
  bolt(pen);
  pen.restore();
  pen.lineWidth = 1.1;
  pen.beginPath();
  for (const [x, y] of [[12.5, 4.5], [6.5, 12.2], [10.4, 12.2], [9.2, 17.5], [15.5, 9.6], [11.4, 9.6]]) pen.lineTo(x, y);
  pen.closePath();
  pen.stroke();
}
function cross(pen) {
  pen.lineWidth = 2.4;
  pen.beginPath();
  for (const [x1, y1, x2, y2] of [[6.5, 6.5, 15.5, 15.5], [15.5, 6.5, 6.5, 15.5]]) { pen.moveTo(x1, y1); pen.lineTo(x2, y2); }
  pen.stroke();
}
function question(pen) {
  pen.font = '700 14px "Inter Variable", sans-serif';
  pen.textAlign = "center";
  pen.fillText("?", 11, 16);
}
function chevron(color) {
  const [surface, pen] = canvas(12);
  pen.strokeStyle = color;
  pen.lineWidth = 2;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  pen.moveTo(4, 2.5);
  pen.lineTo(8.5, 6);
  pen.lineTo(4, 9.5);
  pen.stroke();
  return picture(surface, pen);
}

export function addImages(map) {
  const images = {
    "hatch-fine": hatch(token("map-hatch"), 6, 1),
    "hatch-strong": hatch(token("ink-3"), 7, 1.6),
    "hatch-gate": hatch(token("gate"), 8, 1.4),
    "mark-plant": mark(token("map-plant"), flame),
    "headroom-enough": mark(token("good"), bolt),
    "headroom-little": mark(token("warn"), halfBolt),
    "headroom-none": mark(token("bad"), cross),
    "headroom-unknown": mark(token("unknown"), question),
    flow: chevron(token("ink")),
  };
  for (const [name, image] of Object.entries(images)) {
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio: RATIO });
  }
}
