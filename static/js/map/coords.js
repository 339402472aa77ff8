/* Coordinates in the town's grid under the cursor, or in the middle of the map; a click copies them. */
const written = (number) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 }).format(number);

export function startCoords({ map, grid, texts, say }) {
  const field = document.querySelector("[data-coords]");
  let shown = "";
  function show(point) {
    const place = grid?.place([point.lng, point.lat]);
    if (place) {
      field.textContent = `${texts.east} ${written(place[0])}  ${texts.north} ${written(place[1])}`;
      shown = `${place[0].toFixed(1)} ${place[1].toFixed(1)}`;
    } else {
      field.textContent = `${point.lat.toFixed(5)}° N  ${point.lng.toFixed(5)}° ${texts.degreesEast}`;
      shown = `${point.lat.toFixed(6)} ${point.lng.toFixed(6)}`;
    }
    field.title = `${place ? `${grid.name} (EPSG:${grid.epsg})` : "WGS 84"}. ${texts.copy}`;
  }
  const middle = () => show(map.getCenter());
  map.on("mousemove", ({ lngLat }) => show(lngLat));
  map.on("mouseout", middle);
  map.on("moveend", middle);
  middle();
  field.addEventListener("click", async () => {
    middle();
    try { await navigator.clipboard.writeText(shown); say(`${texts.copied}: ${shown}`); } catch { say(shown); }
  });
  // the place under the cursor: the field itself cannot be reached without leaving it
  map.on("contextmenu", async ({ lngLat, originalEvent }) => {
    originalEvent.preventDefault();
    if (map.dragRotate.isEnabled()) return;
    show(lngLat);
    try { await navigator.clipboard.writeText(shown); say(`${texts.copied}: ${shown}`); } catch { say(shown); }
  });
}
