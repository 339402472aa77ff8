/* Without WebGL there is a picture instead of the map; list, table and all numbers stay. */
export function showPicture(container, url, texts) {
  const picture = document.createElement("img");
  picture.src = url;
  picture.alt = texts.pictureOf;
  picture.className = "still";
  const why = document.createElement("p");
  why.className = "note still-why";
  why.textContent = texts.noWebgl;
  container.classList.add("is-still");
  container.setAttribute("role", "img");
  container.setAttribute("aria-label", texts.pictureOf);
  container.replaceChildren(picture, why);
  container.dataset.state = "idle";
  for (const part of document.querySelectorAll("[data-needs-map]")) part.hidden = true;
  // the list leads to the pages of the parcels instead
  for (const row of document.querySelectorAll("[data-ref]")) row.addEventListener("click", () => location.assign(row.dataset.url));
}
