/* The town at first sight: a drawing of the server, laid where the map is going to draw the same.
   It needs nothing else of the page, so that it stands before the map's library is read. */
import { data } from "../lib/page.js";
import { framing } from "./sheet.js";

const EQUATOR_PX = 512; // of the whole web map at zoom 0
const across = (lon) => lon / 360 + 0.5;
const down = (lat) => 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);

/* Where the map looks at first, as it is going to look: [centre across, centre down, pixels across]. */
function look(box, [west, south, east, north]) {
  const parts = location.hash.slice(1).split("&").filter(Boolean);
  if (parts.length) {
    const [zoom, lat, lng, bearing] = (parts[0].match(/^map=(.+)/)?.[1] ?? "").split("/").map(Number);
    // an address that says more shows something else than the drawing does
    return parts.length > 1 || bearing || !Number.isFinite(lng) ? null : [across(lng), down(lat), EQUATOR_PX * 2 ** zoom];
  }
  const room = framing();
  const [width, height] = [box.width - room.left - room.right, box.height - room.top - room.bottom];
  const px = Math.min(width / (across(east) - across(west)), height / (down(south) - down(north)));
  const middle = (a, b) => (a + b) / 2;
  return [
    middle(across(west), across(east)) - (room.left - room.right) / 2 / px,
    middle(down(south), down(north)) - (room.top - room.bottom) / 2 / px, px,
  ];
}

async function show(place) {
  const view = look(place.getBoundingClientRect(), data("map-data").bounds);
  const answer = view && await fetch(place.dataset.firstLook);
  if (!answer?.ok || place.dataset.firstLook === "over") return;
  const drawing = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  const [west, south, east, north] = drawing.dataset.bounds.split(" ").map(Number);
  const [x, y, px] = view;
  const box = place.getBoundingClientRect();
  Object.assign(drawing.style, {
    left: `${box.width / 2 + (across(west) - x) * px}px`, top: `${box.height / 2 + (down(north) - y) * px}px`,
    width: `${(across(east) - across(west)) * px}px`, height: `${(down(south) - down(north)) * px}px`,
  });
  if (place.dataset.firstLook === "over") return;
  place.replaceChildren(document.importNode(drawing, true));
  // once it is painted: what bin/bench map calls the first useful paint
  requestAnimationFrame(() => setTimeout(() => performance.mark("map-seen")));
}

/* The map has drawn itself, or somebody has moved it. */
export function endFirstLook() {
  const place = document.querySelector("[data-first-look]");
  if (place) { place.dataset.firstLook = "over"; place.replaceChildren(); }
}

const given = document.querySelector("[data-first-look]");
if (given) show(given);
