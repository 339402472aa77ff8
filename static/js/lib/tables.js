/* A table wider than its place can be scrolled by keyboard too. */
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth + 1) {
      target.tabIndex = 0;
      target.setAttribute("role", "group");
      const heading = target.closest("section, article, details")?.querySelector("h2, h3, summary");
      if (heading) target.setAttribute("aria-label", heading.textContent.trim());
    } else {
      target.removeAttribute("tabindex");
    }
  }
});
for (const wrap of document.querySelectorAll(".table-wrap")) watch.observe(wrap);
