/* Colours from tokens.css, for map and charts. */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
export function ramp(prefix, count) {
  return Array.from({ length: count }, (_, i) => token(`${prefix}-${i + 1}`));
}
export function onThemeChange(callback) {
  document.documentElement.addEventListener("theme", callback);
}
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
