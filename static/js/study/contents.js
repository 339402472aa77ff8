/* The list of contents of a long page marks the part that one is reading. */
const links = [...document.querySelectorAll(".contents a")];
const parts = links.map((link) => document.getElementById(link.hash.slice(1)));
const line = () => document.querySelector(".contents").getBoundingClientRect().bottom + 24;

let planned = 0;
function mark() {
  planned = 0;
  const limit = line();
  const at = parts.findLastIndex((part) => part && part.getBoundingClientRect().top <= limit);
  links.forEach((link, i) => {
    if (i === at) link.setAttribute("aria-current", "location"); else link.removeAttribute("aria-current");
  });
  // only the list itself is moved, never the page
  const list = links[0]?.closest("ul");
  if (list && at >= 0) list.scrollLeft = links[at].offsetLeft - list.offsetLeft - (list.clientWidth - links[at].offsetWidth) / 2;
}
addEventListener("scroll", () => { planned ||= requestAnimationFrame(mark); }, { passive: true });
if (links.length) mark();
