/* Loaded in the head, before anything is painted: sets data-theme. The switch sends "theme". */
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("heathub-theme"); } catch { return null; } };
  const apply = () => {
    root.dataset.theme = stored() ?? (dark.matches ? "dark" : "light");
    root.dispatchEvent(new CustomEvent("theme"));
  };
  apply();
  dark.addEventListener("change", apply);
  // paper is white: charts and map are redrawn for it
  addEventListener("beforeprint", () => {
    root.dataset.theme = "light";
    root.dispatchEvent(new CustomEvent("theme"));
  });
  addEventListener("afterprint", apply);
  addEventListener("click", (event) => {
    const other = event.target.closest?.("[data-switch-theme]");
    if (!other) return;
    try { localStorage.setItem("heathub-theme", root.dataset.theme === "dark" ? "light" : "dark"); } catch { /* private mode */ }
    apply();
  });
  // another language, the same place: the server never sees the part of the address after #
  addEventListener("submit", (event) => {
    const next = event.target.matches("[data-keep-place]") && event.target.elements.next;
    if (next) next.value = next.value.split("#")[0] + location.hash;
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
})();
