/* Notices about work that ended: they stay until they are closed, by button or with Escape. */
const region = document.getElementById("notices");

region?.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest("[data-notice]").remove();
});
region?.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.target.closest("[data-notice]")?.remove();
});
